import { bodyBytes } from '../../machines/conversation/flush.logic.ts';
import type { Accepted, ReadCall } from '../../machines/conversation/types.ts';
import type { AttemptOptions } from '../shared/transport.ts';

/** What platforms let the calls carry together that outlive a page is 64 KiB; a little is left for typing stops. */
const most = 63 * 1024;

let underWay = 0;

/** Bytes that read calls with `keepalive` may still carry, over every conversation of the page. */
export const keepaliveRoom = (): number => most - underWay;

/** Makes a read call, and counts it against the room while it is under way if it is to outlive the page. */
export async function makeReadCall(
  call: ReadCall,
  { signal }: AttemptOptions,
  send: () => Promise<Accepted>,
): Promise<Accepted> {
  if (call.keepalive !== true) return send();
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
