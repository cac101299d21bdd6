/**
 * What the sandbox tells the time by and sets its timers with. All numbers are milliseconds. A test passes a stepped
 * clock, so that expiry, rate limits and delays need no waiting.
 */
export interface SandboxClock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once after `ms` milliseconds and returns an id for `clearTimeout`. */
  setTimeout(callback: () => void, ms: number): unknown;
  /** Cancels a timer; an unknown or spent id is ignored. */
  clearTimeout(id: unknown): void;
}

const systemSetTimeout = globalThis.setTimeout;
const systemClearTimeout = globalThis.clearTimeout;

/** The machine's own clock. Keeps the timers it found at import, so that faked globals do not stop the server. */
export const systemClock: SandboxClock = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => systemSetTimeout(callback, ms),
  clearTimeout: (id) => systemClearTimeout(id as ReturnType<typeof setTimeout>),
};

/** Returns `clock` when it is a {@link SandboxClock}, else throws a `TypeError`. */
export function checkClock(clock: unknown): SandboxClock {
  for (const method of ['now', 'setTimeout', 'clearTimeout'] as const) {
    if (typeof (clock as Partial<SandboxClock> | null)?.[method] !== 'function') {
      throw new TypeError('clock must have the methods now, setTimeout and clearTimeout');
    }
  }
  return clock as SandboxClock;
}
