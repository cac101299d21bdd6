import { find } from '../page/dom.ts';

export interface Notice {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

export function createNotice(root: HTMLElement): (notice: Notice | null) => void {
  const box = find('[data-part=notice]', root);
  const text = find('[data-part=notice-text]', root);
  const button = find<HTMLButtonElement>('[data-part=notice-action]', root);
  let shown: Notice | null = null;
  button.addEventListener('click', () => shown?.action?.run());

  return (notice) => {
    if (notice?.text === shown?.text) return;
    shown = notice;
    box.hidden = notice === null;
    text.textContent = notice?.text ?? '';
    button.hidden = notice?.action === undefined;
    button.textContent = notice?.action?.label ?? '';
  };
}
