import type { Clock } from './clock.ts';

/** How far the wall clock must run ahead of the monotonic one before that counts as a sleep, ms. */
const slept = 30_000;

/**
 * Says whether the machine slept since the last call: the monotonic clock may stand still then, the wall
 * clock goes on. A wall clock that was set back says nothing, nor does a clock that throws.
 */
export function sleepWatch(clock: Clock): () => boolean {
  let before = Number.POSITIVE_INFINITY;
  return () => {
    try {
      const ahead = clock.wallNow() - clock.now();
      const hasSlept = ahead - before > slept;
      before = ahead;
      return hasSlept;
    } catch {
      return false;
    }
  };
}
