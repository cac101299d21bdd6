import { systemClock } from '../shared/clock.ts';
import { invalidOption } from '../shared/errors.ts';
import { checkNames, checkObject } from '../shared/validate.ts';
import type { Inspector } from './createInspector.ts';
import type { InspectorMessage } from './types.ts';

/** What a viewer is sent by the page it looks at: one batch, and the time on that page's clock. */
export interface ViewerBatch {
  readonly type: 'genesys-inspector.batch';
  /** Monotonic ms, by `performance.now()` of the page: what `at` of a message is held against. */
  readonly now: number;
  /** Whether this is the first batch since the viewer said hello. */
  readonly isFirst: boolean;
  readonly messages: readonly InspectorMessage[];
}

/** What a viewer says when it is ready to be sent batches; it says nothing else. */
export const viewerHello = 'genesys-inspector.hello';

/** Messages in one post: enough to be quick, and few enough for the viewer's frames. */
const mostInOnePost = 250;

/** Where a viewer stands. */
export interface ViewerPlace {
  /** Its window: what `window.open` returned, or the element of its frame. */
  readonly viewer: Window | HTMLIFrameElement;
  /** Its origin, such as `http://127.0.0.1:4870`. Another page in the same window is told nothing. */
  readonly origin: string;
}

/**
 * Shows what an inspector tells in the viewer of a sandbox: posts to that window, at that origin only, from the
 * moment the viewer asks. A viewer that is reloaded is told everything anew. Takes nothing from it but the asking:
 * no page can send a chart an event by this (S18). Returns what ends it.
 *
 * @throws ConversationError `invalid-option` where the origin is none, or there is no window.
 * @example
 * const origin = 'http://127.0.0.1:4870'; // `npx genesys-conversation-machine inspect`
 * const viewer = window.open(`${origin}/inspector/`);
 * if (viewer) connectViewer(createInspector(), { viewer, origin });
 */
export function connectViewer(inspector: Inspector, place: ViewerPlace): () => void {
  checkObject('place', place, 'an object with viewer and origin');
  checkNames('place.', place, ['viewer', 'origin']);
  const { viewer, origin } = place;
  if (typeof origin !== 'string' || !URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw invalidOption('origin', 'an origin such as http://127.0.0.1:4870', origin);
  }
  if (typeof viewer !== 'object' || viewer === null)
    throw invalidOption('viewer', 'a window or a frame', viewer);
  const windowOf = (): Window | null => ('contentWindow' in viewer ? viewer.contentWindow : viewer);
  let leave = (): void => {};

  const begin = (): void => {
    leave();
    let isFirst = true;
    leave = inspector.listen((messages) => {
      for (let from = 0; from < messages.length; from += mostInOnePost) {
        const part = messages.slice(from, from + mostInOnePost);
        const batch: ViewerBatch = {
          type: 'genesys-inspector.batch',
          now: systemClock.now(),
          isFirst,
          messages: part,
        };
        windowOf()?.postMessage(batch, origin);
        isFirst = false;
      }
    });
  };
  const take = (event: MessageEvent<unknown>): void => {
    if (event.source !== windowOf() || event.origin !== origin) return;
    if (event.data === viewerHello) begin();
  };
  window.addEventListener('message', take);
  return () => {
    window.removeEventListener('message', take);
    leave();
  };
}
