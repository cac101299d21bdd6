import { element } from '../page/dom.ts';

export interface RegionView {
  readonly root: HTMLElement;
  /** Shows the path of active states, outermost first. */
  show(path: readonly string[]): void;
}

export function createRegion(name: string, question: string, states: readonly string[]): RegionView {
  const pills = states.map((state) => {
    const pill = element('li', { className: 'pill', textContent: state });
    pill.dataset.state = state;
    return pill;
  });
  const inner = element('span', { className: 'inner' });
  const root = element(
    'section',
    { className: 'region' },
    element('h4', { textContent: name }),
    element('p', { className: 'question', textContent: question }),
    element('div', { className: 'where' }, element('ol', { className: 'pills' }, ...pills), inner),
  );
  root.dataset.testid = `region-${name}`;

  return {
    root,
    show: ([active = '', ...deeper]) => {
      for (const pill of pills) {
        if (pill.dataset.state === active) pill.setAttribute('aria-current', 'true');
        else pill.removeAttribute('aria-current');
      }
      inner.textContent = deeper.join(' › ');
      root.dataset.active = [active, ...deeper].join('.');
    },
  };
}
