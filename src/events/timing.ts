import type { StreamTiming } from '../../machines/stream/types.ts';
import { invalidOption } from '../shared/errors.ts';
import { checkDelay, checkWaitNames } from '../shared/validate.ts';

/** Waits of an event stream to change, ms; each is optional, each is checked at construction (L-3). */
export type StreamTimingOptions = Partial<Omit<StreamTiming, 'jitter' | 'tries'>>;

/** The waits of an event stream that hold where nothing else is said. */
export const defaultStreamTiming = {
  connect: 15_000,
  quiet: 30_000,
  answer: 4000,
  minUptime: 5000,
  reconnectBase: 1000,
  reconnectCap: 30_000,
} as const satisfies Required<StreamTimingOptions>;

/** How a history that cannot be had now is tried again: all jitter, three times. */
const catchingUp = { jitter: 1, tries: 3 } as const;

/** Completes and checks the waits of one stream. Throws `invalid-option`, naming the wait. */
export function resolveStreamTiming(options: unknown): StreamTiming {
  const given = checkWaitNames(options, Object.keys(defaultStreamTiming));
  for (const [name, value] of Object.entries(given)) {
    checkDelay(`timing.${name}`, value, name === 'minUptime' ? 0 : 1);
  }
  const timing: StreamTiming = { ...defaultStreamTiming, ...catchingUp, ...given };
  if (timing.reconnectCap < timing.reconnectBase) {
    throw invalidOption(
      'timing.reconnectCap',
      `at least timing.reconnectBase (${timing.reconnectBase} ms)`,
      timing.reconnectCap,
    );
  }
  return Object.freeze(timing);
}
