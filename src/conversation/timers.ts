import { never } from '../../machines/waits.ts';
import type { Clock } from '../shared/clock.ts';
import { onePer } from '../shared/onePer.ts';

/** A clock as XState wants it. */
interface Timers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
}

const known = new WeakMap<Clock, Timers>();

/**
 * The timers of a clock, for all charts that use it. A wait that only an event can end needs none: a chart that lasts for
 * the 24.8 days that a timer can would ask the same again then.
 */
export function timersOf(clock: Clock): Timers {
  return onePer(known, clock, () => ({
    setTimeout: (callback, ms) => (ms < never ? clock.setTimeout(callback, ms) : undefined),
    clearTimeout: (id) => clock.clearTimeout(id),
  }));
}
