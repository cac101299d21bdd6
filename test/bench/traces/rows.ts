import { thrifty } from 'genesys-conversation-machine';
import type { SteppedClock } from 'genesys-conversation-machine/testing';
import { type TypingSession, typingSessions, usualSeed } from './generator.ts';
import { onOnly, ours, quickClock, withStop } from './ours.ts';
import { leastReads, readingSessions, replayReads } from './reads.ts';
import {
  failing,
  hanging,
  type MakeSubject,
  type ReplayOptions,
  type ReplayResult,
  replay,
} from './replay.ts';

/** Which traces a row is of. */
export interface RowOptions {
  /** Default: {@link usualSeed}. */
  readonly seed?: number;
  /** How many sessions. Default: 200. */
  readonly sessions?: number;
}

const play = (
  { seed = usualSeed, sessions }: RowOptions,
  subject: MakeSubject<SteppedClock>,
  more: Partial<ReplayOptions<SteppedClock>> = {},
): Promise<ReplayResult> =>
  replay({
    sessions: typingSessions({ seed, ...(sessions !== undefined && { sessions }) }),
    time: quickClock(),
    subject,
    ...more,
  });

/** What this package does with the typing traces, row by row of the table; each a promise of its {@link ReplayResult}. */
export const typingRows = {
  /** A back end with a stop call, nothing fails. */
  rest: (options: RowOptions = {}) => play(options, ours(withStop)),
  /** The same, and 10 % of the calls fail. */
  restFailing: ({ seed = usualSeed, ...rest }: RowOptions = {}) =>
    play({ seed, ...rest }, ours(withStop), { fate: failing(0.1, seed) }),
  /** A back end with a stop call, by the preset for fewer calls. */
  thrifty: (options: RowOptions = {}) => play(options, ours(withStop, thrifty)),
  /** "On" only, strictly more than 5 s apart. */
  socket: (options: RowOptions = {}) => play(options, ours(onOnly)),
  /** The same, and 10 % of the calls fail. */
  socketFailing: ({ seed = usualSeed, ...rest }: RowOptions = {}) =>
    play({ seed, ...rest }, ours(onOnly), { fate: failing(0.1, seed) }),
} as const;

/** Keys for a minute, five a second: nobody stops. */
const steady: TypingSession = {
  keys: Array.from({ length: 300 }, (_, index) => index * 200),
  sentAt: 60_000,
  endsAt: 60_000,
};

/** The longest time in one go that the other side is not shown somebody who types all the time, ms, with one call that hangs: the worst of the first ten. */
export async function longestDarkWithHang(): Promise<number> {
  let longest = 0;
  for (let nth = 0; nth < 10; nth += 1) {
    const result = await replay({
      sessions: [steady],
      time: quickClock(),
      subject: ours(withStop),
      fate: hanging(nth),
    });
    longest = Math.max(longest, result.longestDark);
  }
  return longest;
}

/** Least time between two read calls by default, ms: no lag budget below it makes the longest lag shorter. */
const readInterval = 1000;

/** Read calls per view at a lag budget, and the same as a multiple of the least that foresight could do within it. */
export async function readsAt(
  lag: number,
  { seed = usualSeed, sessions = 100 }: RowOptions = {},
): Promise<Awaited<ReturnType<typeof replayReads>> & { readonly overLeast: number }> {
  const reading = readingSessions(seed, sessions);
  const result = await replayReads(reading, { collect: lag });
  return { ...result, overLeast: result.callsPerView / leastReads(reading, Math.max(lag, readInterval)) };
}
