import type { Clock } from './clock.ts';
import { ConversationError } from './errors.ts';

/** How long work may take. */
export interface Limits {
  /** Gives the work up when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Gives the work up when it passes. */
  readonly deadline?: Deadline | undefined;
}

/** A time by a clock. */
export interface Deadline {
  readonly clock: Clock;
  /** How long from the start of the work, ms. */
  readonly ms: number;
}

/**
 * Settles as `work` does, or rejects with what `giveUp` returns as soon as the deadline passes or the signal
 * aborts, whichever comes first; the signal that `work` gets aborts then. `giveUp` runs at most once, and
 * `work` not at all when the signal has aborted already. Leaves no timer, and no listener on the signal, so
 * that a long-lived one does not collect them (C-1).
 */
export function within<T>(
  { signal, deadline }: Limits,
  work: (signal: AbortSignal) => Promise<T>,
  giveUp: () => Error = tooLate,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(giveUp());
  const controller = new AbortController();
  return new Promise((resolve, reject) => {
    const end = (): void => {
      deadline?.clock.clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    const stop = (): void => {
      end();
      controller.abort();
      reject(giveUp());
    };
    const timer = deadline?.clock.setTimeout(stop, deadline.ms);
    signal?.addEventListener('abort', stop, { once: true });
    work(controller.signal).then(
      (value) => {
        end();
        resolve(value);
      },
      (thrown: unknown) => {
        end();
        reject(thrown);
      },
    );
  });
}

const tooLate = (): ConversationError =>
  new ConversationError({ code: 'timeout', message: 'The answer did not come in time.' });
