import type { SessionTiming } from '../../machines/session/types.ts';
import { longestSilence } from '../../machines/waits.ts';
import { invalidOption } from '../shared/errors.ts';
import { checkDelay, checkWaitNames } from '../shared/validate.ts';

/** Waits of a session to change, ms; each is optional, each is checked at construction (L-3). See {@link SessionTiming}. */
export type SessionTimingOptions = Partial<SessionTiming>;

/** The waits of a session that hold where nothing else is said. */
export const defaultSessionTiming: SessionTiming = Object.freeze({
  connect: 15_000,
  configure: 10_000,
  quiet: 45_000,
  answer: 10_000,
  doubt: 2500,
  echoSpacing: 30_000,
  minUptime: 5000,
  reconnectBase: 1000,
  reconnectCap: 30_000,
  reconnectWindow: 300_000,
  reconnectTries: 30,
  retryAfterCap: longestSilence,
  limitFallback: 5000,
  limitJitter: 500,
  notice: 300_000,
  echoWait: 10_000,
  settle: 5000,
  history: 15_000,
});

const mayBeZero: ReadonlySet<string> = new Set(['limitJitter', 'notice', 'minUptime']);

/** Completes and checks the waits of one session. Throws `invalid-option`, naming the wait. */
export function resolveSessionTiming(options: unknown): SessionTiming {
  const given = checkWaitNames(options, Object.keys(defaultSessionTiming));
  for (const [name, value] of Object.entries(given)) {
    checkDelay(`timing.${name}`, value, mayBeZero.has(name) ? 0 : 1);
  }
  const timing: SessionTiming = { ...defaultSessionTiming, ...given };
  if (timing.reconnectCap < timing.reconnectBase) {
    throw invalidOption(
      'timing.reconnectCap',
      `at least timing.reconnectBase (${timing.reconnectBase} ms)`,
      timing.reconnectCap,
    );
  }
  if (timing.echoSpacing < defaultSessionTiming.echoSpacing) {
    throw invalidOption(
      'timing.echoSpacing',
      'at least 30000 ms, which the server insists on',
      timing.echoSpacing,
    );
  }
  return Object.freeze(timing);
}
