import { connectViewer, createInspector } from 'genesys-conversation-machine/inspect';
import { find } from '../page/dom.ts';

/** Stands between the guest's machines and the live chart: it copies nothing while that is closed. */
export const inspector = createInspector();

/** Shows the sandbox's inspector in this page, from the moment somebody opens that part of it. */
export function bindLiveChart(): void {
  const part = find<HTMLDetailsElement>('#live-chart');
  const frame = find<HTMLIFrameElement>('#live-chart iframe');
  let leave: (() => void) | undefined;
  part.addEventListener('toggle', () => {
    leave?.();
    leave = undefined;
    if (!part.open) {
      frame.removeAttribute('src');
      return;
    }
    leave = connectViewer(inspector, { viewer: frame, origin: location.origin });
    frame.src = '/inspector/';
  });
}
