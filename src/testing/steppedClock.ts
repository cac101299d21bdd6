import type { Clock } from '../shared/clock.ts';
import { invalidOption } from '../shared/errors.ts';
import { checkDelay, checkNames, checkOptions, longestDelay, namesOf } from '../shared/validate.ts';

/** How far each of a clock's three hands moves by itself, ms. */
export interface ClockJump {
  /** Monotonic time alone; timers keep what is left of them. From 0: it never goes back. */
  readonly now?: number;
  /** The wall clock alone, as a user or a time server moves it. Negative: back. */
  readonly wall?: number;
  /** Timers alone: each fires so much later, as in a tab in the background. From 0. */
  readonly timers?: number;
}

/** A clock that stands still until it is told to go on. */
export interface SteppedClock extends Clock {
  /**
   * Goes on by `ms`. Every timer fires at its own time, in the order of their times, and after each the
   * program's pending promises run, so that a timer that a timer sets is met in the same call. Throws an `Error`
   * where timers at one time do not come to an end.
   * @example
   * await clock.advance(10_000);
   */
  advance(ms: number): Promise<void>;
  /**
   * Lets pending promises run without going on.
   * @example
   * await clock.settle(); // replies that are due at once are in
   */
  settle(): Promise<void>;
  /**
   * Moves the wall clock alone, as a user or a time server does; monotonic time and timers stay.
   * @example
   * clock.shiftWall(-3_600_000); // the user sets the clock back an hour
   */
  shiftWall(ms: number): void;
  /**
   * Lets monotonic time pass without firing a timer until the next `advance`, as a sleeping machine does.
   * @example
   * clock.sleep(60_000); // the lid was shut for a minute
   */
  sleep(ms: number): void;
  /**
   * Moves one of monotonic time, wall time and timers, and leaves the others. Throws `invalid-option`.
   * @example
   * clock.jump({ timers: 900 }); // a tab in the background: timers come late
   */
  jump(hands: ClockJump): void;
  /**
   * Ends a test: throws an `Error` that says when each is due where timers are set, since something was not stopped.
   * @example
   * conversation.stop();
   * clock.end(); // throws where a timer is left
   */
  end(): void;
  /** How many timers are set. */
  readonly timers: number;
}

/** How a {@link SteppedClock} starts. */
export interface SteppedClockOptions {
  /** Wall-clock time at the start, ms since 1970. Default: 2026-01-01T00:00:00Z. */
  readonly wall?: number;
  /** In which steps `now()` moves, ms, as a browser's does; timers are exact (I-2). Default: 0, exactly. */
  readonly resolution?: number;
  /**
   * Waits for everything real that the program has under way, a request to a server on loopback say.
   * Called after each timer. Default: one turn of the event loop.
   */
  readonly settle?: () => Promise<void>;
}

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly callback: () => void;
}

const optionNames = namesOf<SteppedClockOptions>({ wall: true, settle: true, resolution: true });
/** More timers than that at one time are a loop that never ends. */
const mostAtOnce = 2000;

const handNames = namesOf<ClockJump>({ now: true, wall: true, timers: true });

/**
 * Makes a {@link SteppedClock} that starts at monotonic time 0.
 * @example
 * const clock = createSteppedClock();
 * const transport = createScriptedTransport({ clock });
 * const conversation = createConversation({ transport, clock, conversationId: 'c1' }).start();
 * conversation.keystroke();
 * await clock.advance(10_000);
 * expect(transport.log).toEqual(['0.0 ON', '3.0 OFF']);
 */
export function createSteppedClock(options: SteppedClockOptions = {}): SteppedClock {
  checkOptions(options, 'an object', optionNames);
  const { wall = Date.UTC(2026, 0, 1), settle = nextTurn, resolution = 0 } = options;
  const timers = new Map<number, Timer>();
  let now = 0;
  let wallOffset = wall;
  let lastId = 0;

  const firstDue = (until: number): Timer | undefined =>
    [...timers.values()]
      .filter((timer) => timer.at <= until)
      .sort((one, other) => one.at - other.at || one.id - other.id)[0];
  const postpone = (ms: number): void => {
    for (const timer of timers.values()) timers.set(timer.id, { ...timer, at: timer.at + ms });
  };

  return {
    resolution,
    now: () => (resolution > 0 ? Math.floor(now / resolution) * resolution : now),
    wallNow: () => now + wallOffset,
    setTimeout: (callback, ms) => {
      lastId += 1;
      timers.set(lastId, { id: lastId, at: now + Math.max(0, ms), callback });
      return lastId;
    },
    clearTimeout: (id) => {
      timers.delete(id as number);
    },
    advance: async (ms) => {
      const until = now + checkDelay('ms', ms);
      await settle();
      let atOnce = 0;
      for (let timer = firstDue(until); timer; timer = firstDue(until)) {
        timers.delete(timer.id);
        atOnce = timer.at > now ? 0 : atOnce + 1;
        if (atOnce > mostAtOnce)
          throw new Error(`More than ${mostAtOnce} timers fired at ${now} ms: something spins.`);
        now = Math.max(now, timer.at);
        timer.callback();
        await settle();
      }
      now = until;
    },
    settle,
    shiftWall: (ms) => {
      wallOffset += ms;
    },
    sleep: (ms) => {
      now += checkDelay('ms', ms);
    },
    jump: (hands) => {
      checkOptions(hands, 'an object', handNames);
      checkNames('', hands, handNames);
      const ahead = checkDelay('now', hands.now ?? 0);
      const later = checkDelay('timers', hands.timers ?? 0);
      const { wall: shift = 0 } = hands;
      if (!Number.isInteger(shift) || Math.abs(shift) > 2 ** 53) {
        throw invalidOption('wall', 'a whole number of ms', shift);
      }
      now += ahead;
      wallOffset += shift - ahead;
      postpone(ahead + later);
    },
    end: () => {
      if (timers.size === 0) return;
      const due = [...timers.values()].map(({ at }) =>
        at - now >= longestDelay ? 'never' : `in ${at - now} ms`,
      );
      throw new Error(
        `${timers.size} timer${timers.size > 1 ? 's are' : ' is'} still set (due ${due.join(', ')}): stop what set ${timers.size > 1 ? 'them' : 'it'} before the test ends.`,
      );
    },
    get timers() {
      return timers.size;
    },
  };
}

/** Ends after every promise that can settle without outside help has done so. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
