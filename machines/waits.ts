import type { Failure } from './failure.ts';

/** How a lane that fails waits, ms unless the name says otherwise: part of the timing of every chart that has one. */
export interface WaitRules {
  /** First wait after a failure; doubles with each further one. */
  readonly backoffBase: number;
  /** Longest wait by backoff. */
  readonly backoffCap: number;
  /** Which part of a wait is random, from 0 to 1; not ms. */
  readonly jitter: number;
  /** Attempts of one burst before the lane parks; a count, not ms. */
  readonly tries: number;
  /** How long a parked lane rests; up to twice as long, at random. */
  readonly park: number;
  /** Longest wait a server can ask for (L-1). */
  readonly retryAfterCap: number;
}

/**
 * The longest delay a timer takes, ms, about 24.8 days (L-3). A wait that only an event can end lasts that
 * long: an `after` needs a number, and one idle timer costs less than a state of its own for "no timer".
 */
export const never = 2 ** 31 - 1;

/** How long somebody's typing is believed to last without a renewal, ms, whatever is said. */
export const longestTyping = 30_000;

/** How long a silence a server is believed to ask for where nothing else is agreed, ms (L-2). */
export const longestSilence = 300_000;

/** Makes a number fit for a timer: a whole number in [0, 2^31 - 1] (L-3). */
export function toDelay(ms: number): number {
  if (Number.isNaN(ms) || ms <= 0) return 0;
  return Math.min(Math.ceil(ms), never);
}

/** A machine's clock, monotonic ms. */
export const now = ({ ports }: { readonly ports: { readonly readings: { now(): number } } }): number =>
  ports.readings.now();

/** What a wait counted on that clock needs on top, ms, so that none is shorter than it should be (I-2). */
export const clockStep = ({
  ports,
}: {
  readonly ports: { readonly readings: { step?(): number } };
}): number => ports.readings.step?.() ?? 0;

/** How long it is until a time, ms; `never` where there is no such time or it is past (L-3). */
export function timeLeft(from: number, until: number | null): number {
  return until !== null && until > from ? toDelay(until - from) : never;
}

/**
 * The idiom "wait until": a guard says whether the time has come, a delay of the same name when to look. The
 * timer only brings the chart back into its state, and the guard is asked again: a time may have been moved
 * while one waited, a timer may fire late after a sleep, and what it was set for may no longer be true.
 * Delays resolve once, on entry; that is why the state is entered anew.
 */
export function askAgain<Wait extends string>(state: string, ...waits: readonly Wait[]) {
  const again = { target: state, reenter: true } as const;
  return Object.fromEntries(waits.map((wait) => [wait, again])) as Record<Wait, typeof again>;
}

/**
 * How long to wait after the `failures`-th failure in a row: exponential backoff of which the share
 * `timing.jitter` is random, or the park time once the burst is used up (L-5).
 */
export function backoffWait(timing: WaitRules, failures: number, random: number): number {
  if (failures >= timing.tries) return toDelay(timing.park * (1 + random));
  const full = Math.min(timing.backoffCap, timing.backoffBase * 2 ** Math.max(0, failures - 1));
  return toDelay(full * (1 - timing.jitter) + full * timing.jitter * random);
}

/**
 * How long a rate limit lasts: what the server asked for, capped, and a little random time on top so that
 * its clients do not come back together; else the backoff (L-1, L-2).
 */
export function limitWait(timing: WaitRules, failure: Failure, failures: number, random: number): number {
  if (failure.retryAfterMs === undefined) return backoffWait(timing, failures, random);
  const asked = Math.min(Math.max(0, failure.retryAfterMs), timing.retryAfterCap);
  return toDelay(asked + timing.backoffBase * timing.jitter * random);
}
