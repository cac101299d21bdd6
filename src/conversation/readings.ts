import type { Readings } from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';

/**
 * What the chart's timers read of the keyboard: two assignments a key, no event. A key's age is the larger
 * of what both clocks say, so that a key from before a sleep is old although `performance.now()` stood
 * still, and a wall clock set back makes no key young.
 */
export function createReadings(clock: Clock): Readings {
  let count = 0;
  let notedAt = 0;
  let notedOnWallAt = 0;
  return {
    now: () => clock.now(),
    keyCount: () => count,
    keyAge: () => Math.max(clock.now() - notedAt, clock.wallNow() - notedOnWallAt),
    noteKey: () => {
      count += 1;
      notedAt = clock.now();
      notedOnWallAt = clock.wallNow();
    },
  };
}
