import { make } from './dom.ts';
import type { Step } from './model.ts';

const mostRows = 200;

/** Shows the newest steps that match a search, newest at the bottom; a click on one goes there. */
export function createSequence(
  home: HTMLElement,
  goTo: (n: number) => void,
): (steps: readonly Step[], search: string) => void {
  let shown = '';
  home.addEventListener('click', (event) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-n]');
    if (row) goTo(Number(row.dataset.n));
  });
  return (steps, search) => {
    const words = search.trim().toLowerCase();
    const found = words === '' ? steps : steps.filter(({ text }) => text.toLowerCase().includes(words));
    const rows = found.slice(-mostRows);
    const state = `${rows[0]?.n ?? 0}-${rows.at(-1)?.n ?? 0}-${rows.length}-${words}`;
    if (state === shown) return;
    shown = state;
    const isAtEnd = home.scrollHeight - home.scrollTop - home.clientHeight < 40;
    const have = new Map([...home.children].map((row) => [(row as HTMLElement).dataset.n, row]));
    home.replaceChildren(...rows.map((step) => have.get(String(step.n)) ?? rowOf(step)));
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
