import type { Clock } from '../clock.ts';
import { ConversationError } from '../errors.ts';

/** Runs `work` for at most `ms` by the given clock, and no longer than `signal` lives. Leaves no timer and no listener. */
export function withinClock<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const end = (): void => {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      end();
      controller.abort();
      reject(new ConversationError({ code: 'timeout', message: 'The answer did not come in time.' }));
    };
    const timer = clock.setTimeout(giveUp, ms);
    if (signal?.aborted) return giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
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
