import type { Clock } from '../shared/clock.ts';

/** How far the wall clock must run ahead of the monotonic one before that counts as a sleep, ms. */
const slept = 30_000;

/**
 * Says whether the machine slept since the last call: the monotonic clock may stand still then, the wall
 * clock goes on. A wall clock that was set back says nothing.
 */
export function sleepWatch(clock: Clock): () => boolean {
  let offset: number | undefined;
  return () => {
    const now = clock.wallNow() - clock.now();
    const jumped = offset !== undefined && now - offset > slept;
    offset = now;
    return jumped;
  };
}
