import type { Takeover } from '../voice.ts';

/** Reckons how long messages were in nobody's hands, from what processes say and what was done to them. Times are ms. */
export interface Takeovers {
  /** A process was killed, has died, or was put to sleep. */
  failed(process: string, at: number): void;
  /** Redis was ended, or is back: while it is away nobody can take anything. */
  redis(is: 'away' | 'back', at: number): void;
  taken(takeover: Takeover): void;
  readonly count: number;
  /** The longest that a message was in nobody's hands: see {@link bareTime}. */
  readonly longest: number;
  /** The longest that it took until one was in another process' hands, the time in the line included. */
  readonly longestWithLine: number;
  /** How long Redis was away in all. */
  readonly redisAway: number;
}

/**
 * How long a message was in nobody's hands, and how long it then stood in line. The first begins with what happened to the process
 * that had it: its death, its sleep, or Redis' end; where nothing is known of, with the moment when it took the message. It ends
 * when another process takes it, or before that, when both is so: the dead process' lease has ended, and work for the message
 * stands in the line, where it waits for its turn like all others, as long as there are calls for it in the budget. The time for which
 * Redis was away counts as neither.
 */
export function bareTime(
  { heldSince, leaseEnd, inLine, takenAt }: Takeover,
  failures: readonly number[],
  absences: readonly Absence[] = [],
): { readonly bare: number; readonly inLine: number } {
  const after = [...failures, ...absences.map(({ from }) => from)].filter(
    (time) => time >= heldSince && time <= takenAt,
  );
  const begin = after.length === 0 ? heldSince : Math.min(...after);
  const end = inLine === null ? takenAt : Math.min(takenAt, Math.max(begin, leaseEnd, inLine));
  const away = (from: number, to: number): number =>
    absences.reduce(
      (sum, absence) => sum + Math.max(0, Math.min(to, absence.to) - Math.max(from, absence.from)),
      0,
    );
  return { bare: end - begin - away(begin, end), inLine: takenAt - end - away(end, takenAt) };
}

/** A time for which Redis was away. */
interface Absence {
  readonly from: number;
  to: number;
}

/** Begins to reckon. */
export function createTakeovers(): Takeovers {
  const failures = new Map<string, number[]>();
  const absences: Absence[] = [];
  let [count, longest, longestWithLine] = [0, 0, 0];
  return {
    failed: (process, at) => {
      failures.set(process, [...(failures.get(process) ?? []), at]);
    },
    redis: (is, at) => {
      const last = absences.at(-1);
      if (is === 'away') absences.push({ from: at, to: Number.POSITIVE_INFINITY });
      else if (last !== undefined) last.to = at;
    },
    taken: (takeover) => {
      const { bare, inLine } = bareTime(takeover, failures.get(takeover.from) ?? [], absences);
      count += 1;
      longest = Math.max(longest, bare);
      longestWithLine = Math.max(longestWithLine, bare + inLine);
    },
    get count() {
      return count;
    },
    get longest() {
      return longest;
    },
    get longestWithLine() {
      return longestWithLine;
    },
    get redisAway() {
      return absences.reduce((sum, { from, to }) => sum + to - from, 0);
    },
  };
}
