import { randomOf, type TypingSession } from './generator.ts';
import { difference, lengthOf, longestOf, type Span, union } from './spans.ts';

/** The time that a replay goes by: a stepped clock, or faked timers under a subject that uses the platform's. */
export interface Time {
  /** Monotonic ms. */
  now(): number;
  /** Goes on by `ms`; every timer fires at its own time, and pending promises run after each. */
  advance(ms: number): Promise<void>;
}

/** What a subject is put into: its time, and the network. */
export interface World<T extends Time> {
  readonly time: T;
  /** One typing call leaves now. Resolves when it is accepted; rejects at once, or never settles, as the replay has it. */
  call(isTyping: boolean): Promise<void>;
}

/** Who turns what a person does into typing calls: this package, a peer of it, a throttle by hand. */
export interface Subject {
  /** A key was pressed. */
  key(): unknown;
  /** The person sent the message. The other side has it, and the indicator is out there. */
  sent(): unknown;
  /** The session is over: leaves no timer. Calls that it makes are not counted. */
  end(): unknown;
}

/** How a subject is made, anew for each session; it may be shared between them where a peer works so. */
export type MakeSubject<T extends Time> = (world: World<T>) => Subject | Promise<Subject>;

/** What becomes of one call. */
export type Fate = 'accepted' | 'failed' | 'hangs';

/** A replay. */
export interface ReplayOptions<T extends Time> {
  readonly sessions: readonly TypingSession[];
  readonly time: T;
  readonly subject: MakeSubject<T>;
  /** How long the other side shows an indicator that nobody renews, ms. Default: 5000. */
  readonly timeToLive?: number;
  /** For how long a key says that somebody types, ms. Default: 3000. */
  readonly typesFor?: number;
  /** What becomes of the calls: of the `index`-th of a session, from 0. Default: each is accepted. */
  readonly fate?: (index: number) => Fate;
}

/** How it went. Shares are of the time of all sessions. */
export interface ReplayResult {
  readonly sessions: number;
  readonly minutes: number;
  readonly keys: number;
  readonly calls: number;
  readonly callsPerMinute: number;
  /** Shown while nobody typed, percent. */
  readonly falselyLit: number;
  /** Not shown while somebody typed, percent. */
  readonly falselyDark: number;
  /** Both, percent. */
  readonly wrong: number;
  /** Longest time in one go that was not shown while somebody typed, ms. */
  readonly longestDark: number;
  /** Least time between the starts of two calls of a session, ms. */
  readonly leastGap: number;
  /** Most calls within any minute of a session. */
  readonly mostInMinute: number;
}

/**
 * Lets a subject type through the sessions, one after another, and says what it told the other side, and how true that
 * was. The other side shows the indicator from an on-call that arrives until an off-call, the message, or its
 * time-to-live; a call arrives at once, or not at all.
 */
export async function replay<T extends Time>(options: ReplayOptions<T>): Promise<ReplayResult> {
  const { sessions, time, subject: make, timeToLive = 5000, typesFor = 3000 } = options;
  const fate = options.fate ?? (() => 'accepted');
  let minutes = 0;
  let keys = 0;
  let calls = 0;
  let lit = 0;
  let dark = 0;
  let longestDark = 0;
  let leastGap = Number.POSITIVE_INFINITY;
  let mostInMinute = 0;

  for (const session of sessions) {
    const left = await play(session, time, make, fate);
    const told = shownBy(left, session, timeToLive);
    const truth = truthOf(session, typesFor);
    const untold = difference(truth, told);
    const times = left.map(({ at }) => at);
    minutes += session.endsAt / 60_000;
    keys += session.keys.length;
    calls += times.length;
    lit += lengthOf(difference(told, truth));
    dark += lengthOf(untold);
    longestDark = Math.max(longestDark, longestOf(untold));
    leastGap = Math.min(leastGap, ...times.slice(1).map((at, index) => at - (times[index] ?? 0)));
    mostInMinute = Math.max(
      mostInMinute,
      ...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length),
    );
  }
  const percent = (ms: number): number => (100 * ms) / (minutes * 60_000);
  return {
    sessions: sessions.length,
    minutes,
    keys,
    calls,
    callsPerMinute: calls / minutes,
    falselyLit: percent(lit),
    falselyDark: percent(dark),
    wrong: percent(lit + dark),
    longestDark,
    leastGap,
    mostInMinute,
  };
}

/** Fails a share of the calls, by a seed: `network`, at once. */
export function failing(share: number, seed: number): (index: number) => Fate {
  const random = randomOf(seed);
  return () => (random.chance(share) ? 'failed' : 'accepted');
}

/** Lets one call of each session hang for ever, and accepts the others. */
export const hanging =
  (nth: number) =>
  (index: number): Fate =>
    index === nth ? 'hangs' : 'accepted';

interface Left {
  readonly at: number;
  readonly isTyping: boolean;
  readonly fate: Fate;
}

async function play<T extends Time>(
  session: TypingSession,
  time: T,
  make: MakeSubject<T>,
  fate: (index: number) => Fate,
): Promise<readonly Left[]> {
  const left: Left[] = [];
  const from = time.now();
  const goTo = (at: number): Promise<void> => time.advance(from + at - time.now());
  const call = (isTyping: boolean): Promise<void> => {
    const at = time.now() - from;
    if (at > session.endsAt) return Promise.resolve();
    const becomes = fate(left.length);
    left.push({ at, isTyping, fate: becomes });
    if (becomes === 'hangs') return new Promise(() => {});
    return becomes === 'failed' ? Promise.reject(new Error('The call failed.')) : Promise.resolve();
  };
  const subject = await make({ time, call });
  for (const key of session.keys) {
    await goTo(key);
    subject.key();
  }
  await goTo(session.endsAt);
  if (session.sentAt !== null) subject.sent();
  await time.advance(0);
  await subject.end();
  await time.advance(60_000);
  return left;
}

function truthOf({ keys, sentAt, endsAt }: TypingSession, typesFor: number): readonly Span[] {
  const last = sentAt ?? endsAt;
  return union(keys.map((key): Span => [key, Math.min(key + typesFor, last)]));
}

function shownBy(
  left: readonly Left[],
  { sentAt, endsAt }: TypingSession,
  timeToLive: number,
): readonly Span[] {
  const arrived = left.filter(({ fate }) => fate === 'accepted');
  return union(
    arrived.map(({ at, isTyping }, index): Span => {
      const next = arrived[index + 1]?.at ?? endsAt;
      return [at, isTyping ? Math.min(at + timeToLive, next, sentAt ?? endsAt) : at];
    }),
  );
}
