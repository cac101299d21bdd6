import type { Plain } from '../inspect/types.ts';
import { make } from './dom.ts';

/** Shows a context as a tree. What is open stays open when it changes. */
export function createContextTree(home: HTMLElement): (context: Plain | undefined) => void {
  const open = new Set(['typing', 'receipts']);
  let shown: Plain | undefined;
  home.addEventListener(
    'toggle',
    (event) => {
      const { dataset, open: isOpen } = event.target as HTMLDetailsElement;
      if (isOpen) open.add(dataset.path ?? '');
      else open.delete(dataset.path ?? '');
    },
    true,
  );
  return (context) => {
    if (context === shown) return;
    shown = context;
    home.replaceChildren(...(context === undefined ? [] : branches(context, '', open)));
  };
}

function branches(value: Plain, above: string, open: ReadonlySet<string>): HTMLElement[] {
  return Object.entries(value ?? {}).map(([name, below]: [string, Plain]) => {
    const path = above === '' ? name : `${above}.${name}`;
    if (typeof below !== 'object' || below === null || Object.keys(below).length === 0) {
      const leaf = make('div', 'leaf');
      leaf.append(make('span', 'key', name), make('span', 'value', JSON.stringify(below)));
      return leaf;
    }
    const branch = document.createElement('details');
    branch.dataset.path = path;
    branch.open = open.has(path);
    branch.append(make('summary', 'key', name), ...branches(below, path, open));
    return branch;
  });
}
