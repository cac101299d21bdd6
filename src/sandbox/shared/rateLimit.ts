import type { SandboxClock } from './clock.ts';
import { checkDelay, checkInteger, checkRecord } from './validate.ts';

/** At most `calls` accepted calls in any `window` milliseconds, per participant and lane. */
export interface RateLimit {
  calls: number;
  window: number;
}

/** Checks a rate limit: at least one call in a window of at least 1 ms. Throws a `TypeError`. */
export function checkRateLimit(value: unknown): RateLimit {
  const { calls, window } = checkRecord('rateLimit', value, ['calls', 'window']);
  return {
    calls: checkInteger('rateLimit.calls', calls, 1, 1_000_000),
    window: checkDelay('rateLimit.window', window, 1),
  };
}

const pruneAbove = 10_000;

/** A sliding window over the times of accepted calls. A refused call does not count against the limit. */
export class RateLimiter {
  readonly #clock: SandboxClock;
  readonly #accepted = new Map<string, number[]>();
  limit: RateLimit;

  constructor(clock: SandboxClock, limit: RateLimit) {
    this.#clock = clock;
    this.limit = limit;
  }

  /** Counts a call of `key`; returns 0 when it is allowed, else the whole seconds (at least 1) to wait. */
  take(key: string): number {
    const now = this.#clock.now();
    if (this.#accepted.size > pruneAbove) this.#prune(now);
    const recent = this.#recent(key, now);
    const oldestThatCounts = recent[recent.length - this.limit.calls];
    if (oldestThatCounts !== undefined) {
      return Math.max(1, Math.ceil((oldestThatCounts + this.limit.window - now) / 1000));
    }
    recent.push(now);
    this.#accepted.set(key, recent);
    return 0;
  }

  /** How many calls of `key` count now, and the whole seconds until the oldest of them no longer does. */
  look(key: string): { readonly used: number; readonly secondsLeft: number } {
    const now = this.#clock.now();
    const recent = this.#recent(key, now);
    const [oldest = now] = recent;
    return {
      used: recent.length,
      secondsLeft: Math.max(1, Math.ceil((oldest + this.limit.window - now) / 1000)),
    };
  }

  /** The calls that still count. They came in order, so that the old ones stand in front, and few of them at a time. */
  #recent(key: string, now: number): number[] {
    const times = this.#accepted.get(key) ?? [];
    const first = times.findIndex((time) => time > now - this.limit.window);
    times.splice(0, first < 0 ? times.length : first);
    return times;
  }

  #prune(now: number): void {
    for (const [key, times] of this.#accepted) {
      if (times.every((time) => time <= now - this.limit.window)) this.#accepted.delete(key);
    }
  }
}
