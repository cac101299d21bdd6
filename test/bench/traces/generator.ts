import { draw } from '../../../machines/random.ts';

/**
 * One person's typing at one message, times in ms from its start. They type, by the definition of `replay`, while there
 * was a key in the last 3 s and the message is not sent.
 */
export interface TypingSession {
  /** When a key was pressed; deletions are keys like others. Ascending. */
  readonly keys: readonly number[];
  /** When the message was sent; `null` for a draft that was abandoned. */
  readonly sentAt: number | null;
  /** Where the session ends: with the send, or 30 s after the last key of an abandoned draft. */
  readonly endsAt: number;
}

/** Which sessions to make. */
export interface TypingTraceOptions {
  /** A whole number; the same one makes the same sessions, on every machine. */
  readonly seed: number;
  /** How many sessions. Default: 200, about three and a half hours of typing. */
  readonly sessions?: number;
  /** Whether each is sent in the end. Default: true. */
  readonly isSent?: boolean;
}

/** The seed that the figures of the README are of. */
export const usualSeed = 20240607;

const shortestSession = 10_000;
const longestSession = 120_000;
const medianGap = 180;
const spreadOfGaps = 0.5;
/** Before deletions; with them about 22. */
const meanBurst = 20;
const shortestPause = 1000;
const longestPause = 20_000;
/** Which share of keys is followed by deletions, one to five. */
const deletions = 0.03;
const mostDeletions = 5;
const silenceAfterDraft = 30_000;

/**
 * Makes typing sessions out of a seed. A session begins no burst after 10 to 120 s (even); it is bursts of about 21 keys
 * (geometric), whose gaps are log-normal with a median of 180 ms and a sigma of 0.5, with pauses of 1 to 20 s
 * (log-uniform) between them. After 3 % of the keys one to five are deleted. It ends with a send, 0.2 to 0.8 s after the
 * last key. Who shows every change at once, with no spacing, and renews at the last moment, makes 13.6 calls a minute
 * and is never wrong.
 */
export function typingSessions(options: TypingTraceOptions): readonly TypingSession[] {
  const { seed, sessions = 200, isSent = true } = options;
  const random = randomOf(seed);
  return Array.from({ length: sessions }, () => typingSession(random, isSent));
}

function typingSession(random: Random, isSent: boolean): TypingSession {
  const length = random.between(shortestSession, longestSession);
  const keys: number[] = [];
  let time = 0;
  while (time < length) {
    let left = random.geometric(meanBurst);
    while (left > 0) {
      keys.push(Math.round(time));
      time += medianGap * Math.exp(spreadOfGaps * random.normal());
      left -= 1;
      if (random.chance(deletions)) left += random.whole(1, mostDeletions);
    }
    time += shortestPause * (longestPause / shortestPause) ** random.next();
  }
  const lastKey = keys.at(-1) ?? 0;
  if (!isSent) return { keys, sentAt: null, endsAt: lastKey + silenceAfterDraft };
  const sentAt = lastKey + Math.round(random.between(200, 800));
  return { keys, sentAt, endsAt: sentAt };
}

/** Seeded random numbers, of whichever distribution. */
export interface Random {
  /** Even, in [0, 1). */
  next(): number;
  between(from: number, to: number): number;
  whole(from: number, to: number): number;
  chance(share: number): boolean;
  /** Standard normal. */
  normal(): number;
  /** A whole number from 1. */
  geometric(mean: number): number;
}

/** Makes a {@link Random} of a seed. */
export function randomOf(seed: number): Random {
  let state = seed;
  const next = (): number => {
    const [value, following] = draw(state);
    state = following;
    return value;
  };
  const between = (from: number, to: number): number => from + (to - from) * next();
  return {
    next,
    between,
    whole: (from, to) => Math.floor(between(from, to + 1)),
    chance: (share) => next() < share,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    geometric: (mean) => 1 + Math.floor(Math.log(1 - next()) / Math.log(1 - 1 / mean)),
  };
}
