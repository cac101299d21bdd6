import { find } from './dom.ts';

const names = ['guest', 'agent', 'why'];

/** Where there is little room, shows one part of the page at a time, by tabs; elsewhere all of it stands there. */
export function bindTabs(): void {
  const list = find('[role=tablist]');
  const tabs = names.map((name) => find<HTMLButtonElement>(`[data-tab=${name}]`, list));
  const panels = names.map((name) => find(`#${name}`));
  const narrow = matchMedia('(max-width: 719px)');

  const choose = (chosen: number): void => {
    document.documentElement.dataset.tab = names[chosen];
    for (const [index, tab] of tabs.entries()) {
      tab.ariaSelected = String(index === chosen);
      tab.tabIndex = index === chosen ? 0 : -1;
    }
  };
  const arrange = (): void => {
    list.hidden = !narrow.matches;
    for (const [index, panel] of panels.entries()) {
      if (narrow.matches) panel.setAttribute('role', 'tabpanel');
      else panel.removeAttribute('role');
      panel.setAttribute(
        'aria-labelledby',
        `${narrow.matches ? 'tab-' : ''}${names[index]}${narrow.matches ? '' : '-title'}`,
      );
    }
  };

  const isShown = (index: number): boolean => tabs[index]?.hidden === false;
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener('click', () => choose(index));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      let next = index;
      do next = (next + step + tabs.length) % tabs.length;
      while (!isShown(next));
      choose(next);
      tabs[next]?.focus();
    });
  }
  narrow.addEventListener('change', arrange);
  choose(0);
  arrange();
}
