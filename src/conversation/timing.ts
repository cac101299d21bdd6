import type { Timing, TransportCapabilities } from '../../machines/conversation/types.ts';
import { longestSilence } from '../../machines/waits.ts';
import { invalidOption } from '../shared/errors.ts';
import { checkDelay, checkWaitNames, longestDelay } from '../shared/validate.ts';

/** Waits to change; each is optional, each is checked at construction (L-3). See {@link Timing}. */
export type TimingOptions = Partial<Timing>;

/** The waits that hold where nothing else is said; `spacing` and `timeToLive` come from the transport. */
export const defaultTiming = {
  idle: 3000,
  blink: 150,
  renewal: 4000,
  collect: 200,
  readInterval: 1000,
  backoffBase: 1000,
  backoffCap: 30_000,
  jitter: 0.5,
  tries: 3,
  park: 30_000,
  retryAfterCap: longestSilence,
  deadline: 10_000,
  remoteTimeToLive: 5000,
  announceAfter: 1000,
  announceGap: 15_000,
} as const satisfies Omit<Timing, 'spacing' | 'timeToLive'>;

/**
 * Completes and checks the waits of one conversation.
 * @throws ConversationError `invalid-option`, naming the wait that is out of range or contradicts another.
 */
export function resolveTiming(options: unknown, capabilities: TransportCapabilities): Timing {
  const given = checkWaitNames(options, known) as TimingOptions;
  const { timeToLive } = capabilities;
  const spacing = checkDelay('timing.spacing', given.spacing ?? capabilities.spacing);
  const renewal = Math.max(defaultTiming.renewal, spacing);
  const timing: Timing = { ...defaultTiming, spacing, timeToLive, renewal, ...given };
  for (const name of delays) checkDelay(`timing.${name}`, timing[name], mayBeZero.has(name) ? 0 : 1);
  checkDelay('timing.park', timing.park, 1);
  if (timing.park > longestPark) throw invalidOption('timing.park', `at most ${longestPark} ms`, timing.park);
  checkFraction(timing.jitter);
  checkTries(timing.tries);
  checkTogether(timing, capabilities.spacing);
  return Object.freeze(timing);
}

const delays = [
  'spacing',
  'idle',
  'blink',
  'renewal',
  'timeToLive',
  'collect',
  'readInterval',
  'backoffBase',
  'backoffCap',
  'retryAfterCap',
  'deadline',
  'remoteTimeToLive',
  'announceAfter',
  'announceGap',
] as const satisfies readonly (keyof Timing)[];

const mayBeZero: ReadonlySet<keyof Timing> = new Set([
  'blink',
  'collect',
  'readInterval',
  'spacing',
  'announceAfter',
  'announceGap',
]);
const known = [...delays, 'park', 'jitter', 'tries'] as const;
/** A parked lane rests up to twice its park time; half the longest timer keeps that in range. */
const longestPark = Math.floor(longestDelay / 2);

function checkFraction(jitter: unknown): void {
  if (typeof jitter !== 'number' || !(jitter >= 0 && jitter <= 1)) {
    throw invalidOption('timing.jitter', 'a number from 0 to 1', jitter);
  }
}

function checkTries(tries: unknown): void {
  if (typeof tries !== 'number' || !Number.isInteger(tries) || tries < 1 || tries > 10) {
    throw invalidOption('timing.tries', 'a whole number from 1 to 10', tries);
  }
}

function checkTogether(timing: Timing, transportSpacing: number): void {
  const { spacing, renewal, timeToLive, backoffBase, backoffCap } = timing;
  if (spacing < transportSpacing) {
    throw invalidOption(
      'timing.spacing',
      `at least the transport's own spacing of ${transportSpacing} ms`,
      spacing,
    );
  }
  if (renewal < spacing) {
    throw invalidOption('timing.renewal', `at least timing.spacing (${spacing} ms)`, renewal);
  }
  if (renewal >= timeToLive && spacing < timeToLive) {
    throw invalidOption(
      'timing.renewal',
      `less than timing.timeToLive (${timeToLive} ms), or the indicator flickers`,
      renewal,
    );
  }
  if (backoffCap < backoffBase) {
    throw invalidOption('timing.backoffCap', `at least timing.backoffBase (${backoffBase} ms)`, backoffCap);
  }
}
