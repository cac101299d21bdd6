import { gatewayUrl, type Mode } from './settings.ts';

/** Shows the parts of the page that belong to `mode`, and hides the others. */
export function showMode(mode: Mode): void {
  document.documentElement.dataset.mode = mode;
  for (const part of document.querySelectorAll<HTMLElement>('[data-only]')) {
    part.hidden = !part.dataset.only?.split(' ').includes(mode);
  }
  for (const link of document.querySelectorAll<HTMLElement>('[data-transport]')) {
    if (link.dataset.transport === 'gateway') link.hidden = gatewayUrl() === '';
    if (link.dataset.transport === mode) link.setAttribute('aria-current', 'true');
  }
}
