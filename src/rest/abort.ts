import type { ConversationError } from '../errors.ts';

/**
 * Settles as `work` does, or rejects with what `giveUp` returns as soon as `signal` aborts, whichever comes
 * first. `giveUp` runs at most once, and `work` not at all when the signal has aborted already. Leaves no
 * listener on the signal, so a long-lived one does not collect them (C-1).
 */
export function unlessAborted<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  giveUp: () => ConversationError,
): Promise<T> {
  if (signal === undefined) return work();
  if (signal.aborted) return Promise.reject(giveUp());
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(giveUp());
    signal.addEventListener('abort', onAbort, { once: true });
    const settleBy =
      <V>(settle: (value: V) => void) =>
      (value: V) => {
        signal.removeEventListener('abort', onAbort);
        settle(value);
      };
    work().then(settleBy(resolve), settleBy(reject));
  });
}

/**
 * Runs `work` with a signal that aborts after `timeout` ms or with the caller's `signal`. For calls that no
 * chart watches over: the deadline spans everything `work` does, its timer and listener never outlive it.
 */
export async function withinDeadline<T>(
  timeout: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(abort, timeout);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
