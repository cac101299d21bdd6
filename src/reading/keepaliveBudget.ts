import type { Accepted, ReadCall } from '../../machines/conversation/types.ts';

/** What platforms let the calls carry together that outlive a page is 64 KiB; a little is left for typing stops. */
const most = 63 * 1024;

/** Of all conversations of the page: the platform's limit is the page's. */
let underWay = 0;

/** What a call's body is besides its two ids, in bytes, rounded up. */
const bodyFrame = 48;

/** At most this many bytes a UTF-16 unit takes: an escape in JSON or three bytes of UTF-8. */
const bytesOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + (/[\w.~:-]/.test(character) ? 1 : 6), 0);

/** How long the body of a read call is at most, bytes. */
const bodyBytes = ({ conversationId, messageId = '' }: ReadCall): number =>
  bodyFrame + bytesOf(conversationId) + bytesOf(messageId);

/** Those of some calls that may leave together and outlive the page; where room gets scarce the earlier ones. */
export function withinKeepalive(calls: readonly ReadCall[]): readonly ReadCall[] {
  let room = most - underWay;
  return calls.filter((call) => {
    const bytes = bodyBytes(call);
    if (bytes > room) return false;
    room -= bytes;
    return true;
  });
}

/** Makes a call that is to outlive the page, and counts it against the room while it is under way. */
export async function countedKeepalive(
  call: ReadCall,
  signal: AbortSignal,
  send: () => Promise<Accepted>,
): Promise<Accepted> {
  const bytes = bodyBytes(call);
  const free = once(() => {
    underWay -= bytes;
  });
  underWay += bytes;
  signal.addEventListener('abort', free, { once: true });
  try {
    return await send();
  } finally {
    signal.removeEventListener('abort', free);
    free();
  }
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}
