import type { Timing, TransportCapabilities } from '../../machines/conversation/types.ts';
import { longestSilence } from '../../machines/waits.ts';
import { invalidOption } from '../shared/errors.ts';
import { checkDelay, checkWaitNames, longestDelay } from '../shared/validate.ts';

/** Waits to change; each is optional, each is checked at construction (L-3). See {@link Timing}. */
export type TimingOptions = Partial<Timing>;

/**
 * The waits that hold where nothing else is said. `spacing` and `timeToLive` come from the transport, and what follows
 * from them is of the usual ones here: `renewal`, `renewalWorth` and `typingDeadline`.
 */
export const defaultTiming = {
  idle: 3000,
  blink: 150,
  renewal: 4000,
  renewalWorth: 200,
  stopWorth: 200,
  typingDeadline: 3000,
  /**
   * As long as waiting for neighbours costs next to nothing: over the reading traces of `test/bench` a read is told 0.41 s late on
   * the mean at 0 ms, since calls are a second apart, and 0.42 s at 200 ms, for 7 % fewer calls (0.53 a view, 0.49). From there on
   * each call saved is paid for: 0.49 s and 0.44 at 500 ms, 0.73 s and 0.35 at 1000 ms, the least that can be done within that
   * lag, and 2.07 s and 0.21 at 3000 ms.
   */
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

const resolved = new Map<string, Timing>();
const mostResolved = 50;

/**
 * The waits of one conversation, completed and checked; the same object for all whose options and back end are alike.
 * @throws ConversationError `invalid-option`, naming the wait that is out of range or contradicts another.
 */
export function timingOf(options: unknown, capabilities: TransportCapabilities): Timing {
  const key = keyOf(options, capabilities);
  const known = key === null ? undefined : resolved.get(key);
  if (known) return known;
  const timing = resolveTiming(options, capabilities);
  if (key === null) return timing;
  if (resolved.size >= mostResolved) resolved.clear();
  resolved.set(key, timing);
  return timing;
}

/** What waits follow from, as text; `null` where somebody has to look closer. */
function keyOf(options: unknown, capabilities: TransportCapabilities): string | null {
  const { stopTyping, spacing, timeToLive } = capabilities;
  const back = [stopTyping, spacing, timeToLive];
  if (options === undefined) return JSON.stringify(back);
  if (typeof options !== 'object' || options === null) return null;
  const isPlain = Object.getPrototypeOf(options) === Object.prototype;
  return isPlain && Object.values(options).every(Number.isFinite) ? JSON.stringify([back, options]) : null;
}

/**
 * Completes and checks the waits of one conversation.
 * @throws ConversationError `invalid-option`, naming the wait that is out of range or contradicts another.
 */
function resolveTiming(options: unknown, capabilities: TransportCapabilities): Timing {
  const given = checkWaitNames(options, known) as TimingOptions;
  const spacing = checkDelay('timing.spacing', given.spacing ?? capabilities.spacing);
  const timeToLive = checkDelay('timing.timeToLive', given.timeToLive ?? capabilities.timeToLive, 1);
  const idle = checkDelay('timing.idle', given.idle ?? defaultTiming.idle, 1);
  const deadline = checkDelay('timing.deadline', given.deadline ?? defaultTiming.deadline, 1);
  const timing: Timing = {
    ...defaultTiming,
    spacing,
    timeToLive,
    renewal: renewalOf(timeToLive, spacing),
    renewalWorth: renewalWorthOf(capabilities.stopTyping, timeToLive, idle),
    typingDeadline: typingDeadlineOf(timeToLive, deadline),
    ...given,
  };
  for (const name of known) {
    if (name !== 'jitter' && name !== 'tries') {
      checkDelay(`timing.${name}`, timing[name], mayBeZero.has(name) ? 0 : 1);
    }
  }
  checkTogether(timing, capabilities.spacing);
  return Object.freeze(timing);
}

/** An indicator is renewed a second before it goes out, so that the call has time to arrive (T-4). */
const renewalOf = (timeToLive: number, spacing: number): number =>
  Math.max(spacing, timeToLive - Math.min(1000, Math.ceil(timeToLive / 5)));

/**
 * A renewal that no stop can take back shows what is left of the truth, and the rest of its time-to-live besides. Keys
 * may still come, so less than half of it is enough: over the typing traces of `test/bench`, least is shown wrongly
 * between 1500 and 2100 ms of 5000. One that a stop can take back costs that stop besides.
 */
const renewalWorthOf = (stopTyping: boolean, timeToLive: number, idle: number): number =>
  Math.floor(Math.min(stopTyping ? defaultTiming.renewalWorth : 0.4 * timeToLive, 0.7 * idle));

/** A call that hangs leaves the other side in the dark: it is given up well before what it says is over (T-12). */
const typingDeadlineOf = (timeToLive: number, deadline: number): number =>
  Math.max(1, Math.min(defaultTiming.typingDeadline, Math.floor(0.6 * timeToLive), deadline));

const mayBeZero: ReadonlySet<keyof Timing> = new Set([
  'blink',
  'renewalWorth',
  'stopWorth',
  'collect',
  'readInterval',
  'spacing',
  'announceAfter',
  'announceGap',
]);
const known = [...Object.keys(defaultTiming), 'spacing', 'timeToLive'] as readonly (keyof Timing)[];
/** A parked lane rests up to twice its park time; half the longest timer keeps that in range. */
const longestPark = Math.floor(longestDelay / 2);

function checkTogether(timing: Timing, transportSpacing: number): void {
  const { spacing, idle, renewal, timeToLive, backoffBase, jitter, tries } = timing;
  const must = (name: keyof Timing, expected: string, holds: boolean): void => {
    if (!holds) throw invalidOption(`timing.${name}`, expected, timing[name]);
  };
  must('park', `at most ${longestPark} ms`, timing.park <= longestPark);
  must('jitter', 'a number from 0 to 1', typeof jitter === 'number' && jitter >= 0 && jitter <= 1);
  must('tries', 'a whole number from 1 to 10', Number.isInteger(tries) && tries >= 1 && tries <= 10);
  must(
    'spacing',
    `at least the transport's own spacing of ${transportSpacing} ms`,
    spacing >= transportSpacing,
  );
  must('renewal', `at least timing.spacing (${spacing} ms)`, renewal >= spacing);
  const lit = `less than timing.timeToLive (${timeToLive} ms), or`;
  must('renewal', `${lit} the indicator flickers`, renewal < timeToLive || spacing >= timeToLive);
  must(
    'renewalWorth',
    `less than timing.idle (${idle} ms), or nothing is ever renewed`,
    timing.renewalWorth < idle,
  );
  must('typingDeadline', `${lit} a call outlasts what it says`, timing.typingDeadline < timeToLive);
  must('backoffCap', `at least timing.backoffBase (${backoffBase} ms)`, timing.backoffCap >= backoffBase);
}
