import type { Timing } from './conversation/types.ts';
import type { Failure } from './failure.ts';

/** The longest delay a timer takes, ms; what a wait says that only an event can end (L-3). */
export const never = 2 ** 31 - 1;

/** Makes a number fit for a timer: a whole number in [0, 2^31 - 1] (L-3). */
export function toDelay(ms: number): number {
  if (Number.isNaN(ms) || ms <= 0) return 0;
  return Math.min(Math.ceil(ms), never);
}

/**
 * How long to wait after the `failures`-th failure in a row: exponential backoff of which the share
 * `timing.jitter` is random, or the park time once the burst is used up.
 */
export function backoffWait(timing: Timing, failures: number, random: number): number {
  if (failures >= timing.tries) return toDelay(timing.park * (1 + random));
  const full = Math.min(timing.backoffCap, timing.backoffBase * 2 ** Math.max(0, failures - 1));
  return toDelay(full * (1 - timing.jitter) + full * timing.jitter * random);
}

/**
 * How long a rate limit lasts: what the server asked for, capped, and a little random time on top so that
 * its clients do not come back together; else the backoff (L-1, L-2).
 */
export function limitWait(timing: Timing, failure: Failure, failures: number, random: number): number {
  if (failure.retryAfterMs === undefined) return backoffWait(timing, failures, random);
  const asked = Math.min(Math.max(0, failure.retryAfterMs), timing.retryAfterCap);
  return toDelay(asked + timing.backoffBase * timing.jitter * random);
}
