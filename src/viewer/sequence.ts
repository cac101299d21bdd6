import { make } from './dom.ts';
import type { Step } from './model.ts';

const mostRows = 200;

/** Shows the newest steps that match a search, newest at the bottom; a click on one goes there. */
export function createSequence(
  home: HTMLElement,
  goTo: (n: number) => void,
): (steps: readonly Step[], search: string) => void {
  let shown: readonly Step[] = [];
  let sought = '';
  // What is read of a layout makes it anew: whether the end is in view is noted as somebody scrolls.
  let isAtEnd = true;
  home.addEventListener('scroll', () => {
    isAtEnd = home.scrollHeight - home.scrollTop - home.clientHeight < 40;
  });
  home.addEventListener('click', (event) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-n]');
    if (row) goTo(Number(row.dataset.n));
  });
  return (steps, search) => {
    const words = search.trim().toLowerCase();
    const found = words === '' ? steps : steps.filter(({ text }) => text.toLowerCase().includes(words));
    const rows = found.slice(-mostRows);
    if (
      words === sought &&
      rows[0] === shown[0] &&
      rows.length === shown.length &&
      rows.at(-1) === shown.at(-1)
    ) {
      return;
    }
    const first = rows[0];
    const kept = words === sought && first ? shown.indexOf(first) : -1;
    const isContinued = kept >= 0 && shown.slice(kept).every((step, index) => step === rows[index]);
    if (isContinued) {
      // Most of it stays where it is: rows leave at the top, and come at the bottom.
      for (let gone = 0; gone < kept; gone += 1) home.firstElementChild?.remove();
      home.append(...rows.slice(shown.length - kept).map(rowOf));
    } else home.replaceChildren(...rows.map(rowOf));
    shown = rows;
    sought = words;
    if (isAtEnd) home.scrollTop = home.scrollHeight;
  };
}

function rowOf({ n, at, lane, text, isTrouble }: Step): HTMLElement {
  const row = make('li', `step ${lane}${isTrouble ? ' trouble' : ''}`);
  row.dataset.n = String(n);
  const button = make('button', 'what', text) as HTMLButtonElement;
  button.type = 'button';
  row.append(make('span', 'time', (at / 1000).toFixed(2)), button);
  return row;
}
