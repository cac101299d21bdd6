import { invalidOption } from './errors.ts';

/** Where all time of a conversation comes from: its timers and both its clocks. */
export interface Clock {
  /** Monotonic time, ms: never goes back, whatever happens to the wall clock. Spacing and waits use it. */
  now(): number;
  /** Wall-clock time, ms since 1970. Only tells that the machine slept, and reads HTTP dates. */
  wallNow(): number;
  /** Calls `callback` once after `ms`; returns what `clearTimeout` takes. */
  setTimeout(callback: () => void, ms: number): unknown;
  /** Takes a callback back that was not called yet; anything else does nothing. */
  clearTimeout(id: unknown): void;
  /** In which steps `now()` moves, ms, where that is known: 0 for exact. Default: learnt from its readings (I-2). */
  readonly resolution?: number;
}

/** The platform's clock. Looks its functions up at each use, so importing it reads nothing (C-2). */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
};

/**
 * The clock that an application gave, else the platform's.
 * @throws ConversationError `invalid-option` where it is no {@link Clock}.
 */
export function checkClock(clock: unknown = systemClock): Clock {
  for (const method of ['now', 'wallNow', 'setTimeout', 'clearTimeout'] as const) {
    if (typeof (clock as Partial<Clock> | null)?.[method] !== 'function') {
      throw invalidOption('clock', `an object with a ${method}() function`, clock);
    }
  }
  const { resolution } = clock as Clock;
  if (resolution !== undefined && !(resolution >= 0 && resolution <= 1000)) {
    throw invalidOption('clock.resolution', 'a number of ms from 0 to 1000, or absent', resolution);
  }
  return clock as Clock;
}
