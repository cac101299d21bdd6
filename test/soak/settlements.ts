import fc, { type Scheduler } from 'fast-check';
import { createSteppedClock, type SteppedClock } from 'genesys-conversation-machine/testing';

/** How the things settle that are under way. */
export interface Settling {
  /** Says which of those settles next whose time has come: the seed of a scheduler. */
  readonly order: number;
  /** How late one may be, ms: until then others settle before it, and time goes on; `null`: each as its time comes. */
  readonly late: number | null;
}

/** What is under way: an answer, a frame, what a storage does, a word between tabs. */
export interface Settlements {
  /** Everything else runs on it; it goes on as soon as the scheduler lets it. */
  readonly clock: SteppedClock;
  /** Does something in so many ms, or later: in order among those of one lane, where one is named. Returns what calls it off. */
  later(what: string, ms: number, work: () => void, lane?: string): () => void;
  /** Ends in so many ms, or later. */
  wait(what: string, ms: number): Promise<void>;
  /** From here on everything settles as its time comes. */
  end(): void;
}

interface Pending {
  work: (() => void) | null;
  isOverdue: boolean;
  timer: unknown;
}

/** Ways to settle, some of them late by at most so many ms; made small it is: each as its time comes. */
export const settlings = (...lates: readonly number[]): fc.Arbitrary<Settling> =>
  fc.record({ late: fc.constantFrom(null, 0, 0, ...lates), order: fc.nat() });

/**
 * The scheduler of a seed. A script holds the seed: clones of a scheduler draw from one source, so that a script with
 * one in it is not played alike again once it was made small.
 */
export const schedulerOf = (order: number): Scheduler =>
  fc.sample(fc.scheduler(), { seed: order, numRuns: 1 })[0] as Scheduler;

/** Turns of the loop for one step of the clock; more are a loop that never ends. */
const mostTurns = 5000;
/** Nothing in these worlds is real, so that one turn of the loop settles all that can settle by itself. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Makes {@link Settlements}, and the clock that they are on. */
export function createSettlements({ order, late }: Settling, resolution = 0): Settlements {
  const scheduler = schedulerOf(order);
  const due = new Set<Pending>();
  const lanes = new Map<string, Pending[]>();
  let isOver = false;
  let isClockInLine = false;
  let goesOn = false;

  const run = (pending: Pending): void => {
    due.delete(pending);
    clock.clearTimeout(pending.timer);
    pending.work?.();
  };
  /** The clock waits in line too, so that the scheduler draws what settles before time goes on. */
  const lineUpClock = (): void => {
    if (isClockInLine) return;
    isClockInLine = true;
    void scheduler.schedule(Promise.resolve(), 'clock').then(() => {
      isClockInLine = false;
      goesOn = true;
    });
  };
  const settle = async (): Promise<void> => {
    await turn();
    goesOn = false;
    const mayGoOn = (): boolean => goesOn && !isOver && ![...due].some(({ isOverdue }) => isOverdue);
    for (let turns = 0; due.size > 0 && !mayGoOn(); turns += 1) {
      if (turns > mostTurns)
        throw new Error(`More than ${mostTurns} settled at ${clock.now()} ms: something spins.`);
      const [first] = due;
      if (late === null && first) run(first);
      else {
        if (!isOver) lineUpClock();
        await scheduler.waitOne();
      }
      await turn();
    }
  };
  const clock = createSteppedClock({ resolution, settle });

  const comesDue = (pending: Pending, what: string, lane: string | undefined): void => {
    due.add(pending);
    if (late === null) return;
    // Within one instant too: it fires after what is due then, so that all of it is drawn from.
    pending.timer = clock.setTimeout(() => {
      pending.isOverdue = true;
    }, late);
    const line = lane === undefined ? [] : (lanes.get(lane) ?? []);
    if (lane !== undefined) lanes.set(lane, line);
    line.push(pending);
    void scheduler.schedule(Promise.resolve(), what).then(() => run(line.shift() as Pending));
  };

  const later: Settlements['later'] = (what, ms, work, lane) => {
    const pending: Pending = { work, isOverdue: false, timer: undefined };
    if (ms > 0) pending.timer = clock.setTimeout(() => comesDue(pending, what, lane), ms);
    else comesDue(pending, what, lane);
    return () => {
      pending.work = null;
      if (!due.has(pending)) clock.clearTimeout(pending.timer);
    };
  };

  return {
    clock,
    later,
    wait: (what, ms) =>
      new Promise((resolve) => {
        later(what, ms, resolve);
      }),
    end: () => {
      isOver = true;
    },
  };
}
