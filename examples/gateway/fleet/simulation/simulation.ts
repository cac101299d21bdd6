import FlatQueue from 'flatqueue';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type CallKind, reserves, slicesOf } from '../../budget.ts';
import { within } from '../within.ts';
import { type Costs, type Part, shares } from './costs.ts';

/** A fleet to be simulated, and what its guests do. Times are ms. */
export interface Setting {
  readonly guests: number;
  readonly processes: number;
  /** How far apart a guest's messages are, on average. */
  readonly every: number;
  /** Calls a minute that the platform grants. */
  readonly budget: number;
  /** How long guests write. What they have written is told to its end. */
  readonly duration: number;
  /** How long it takes until all have begun. */
  readonly beginning: number;
  readonly seed: number;
}

/** What wears out, and how much of it is asked for: 1 is all that there is. */
export interface Load {
  readonly gateways: number;
  readonly redis: number;
  readonly budget: number;
}

/** What became of a simulated fleet. */
export interface Outcome {
  readonly messages: number;
  /** From the guest's message until its answer is shown: half of them, and 99 of 100, ms. */
  readonly half: number;
  readonly mostOfAHundred: number;
  /** The most that waited for the budget at one time. */
  readonly mostWaiting: number;
  readonly load: Load;
  /** What is asked for the most. */
  readonly first: keyof Load;
  /** How many guests would ask for all of that. */
  readonly mostGuests: number;
  /** Memory of one process, MB. */
  readonly memory: number;
}

/**
 * Simulates a fleet event by event: every process is one core that does one thing after another, Redis is one core, and the platform
 * grants calls in slices, in which messages come before receipts and typing is dropped, by the gateway's own rules. A part of a
 * message's way is work in the process that the guest, or the webhook, happens to reach, and then in Redis. How long each takes is
 * chance, exponential about its mean; a guest's pauses are as those of the load of `npm run fleet`. The same seed gives the same.
 */
export function simulate(setting: Setting, costs: Costs): Outcome {
  const { guests, processes, every, duration } = setting;
  const random = xoroshiro128plus(setting.seed);
  const chance = (): number => uniformFloat64(random);
  const about = (mean: number): number => -mean * Math.log(1 - chance());
  const events = new FlatQueue<() => void>();
  let now = 0;
  const after = (ms: number, act: () => void): void => events.push(act, now + ms);

  const idle = costs.idleGateway / 1000;
  const idleRedis = (costs.idleRedis * processes) / 1000;
  const gateways = Array.from({ length: processes }, () => createCore(() => now, after));
  const redis = createCore(() => now, after);
  const someone = () => gateways[Math.floor(chance() * processes)] as Core;
  const work = (part: Part, act: () => void): void =>
    someone().work(about(costs.gatewayTime * shares[part]) / (1 - idle), () =>
      redis.work(about(costs.redisTime * shares[part]) / (1 - idleRedis), act),
    );
  const budget = createBudgetLine(setting.budget, chance, after);

  const waits: number[] = [];
  const write = (isFirst: boolean): void => {
    const begun = now;
    work('typing', () => {
      budget.ask('typing', () => {});
    });
    after(300 + chance() * 700, () => {
      const written = now;
      work('message', () =>
        budget.ask('message', () =>
          after(about(costs.platformTime), () =>
            work('answer', () => {
              // Whoever listens for ends subscribes to a conversation that has begun, and asks about it once.
              if (isFirst) for (const kind of ['other', 'check'] as const) budget.ask(kind, () => {});
              waits.push(now - written);
              work('receipt', () => budget.ask('receipt', () => {}));
            }),
          ),
        ),
      );
    });
    const next = begun + 650 + every * (0.5 + chance());
    if (next < duration) events.push(() => write(false), next);
  };
  for (let guest = 0; guest < guests; guest += 1) after(chance() * setting.beginning, () => write(true));
  for (let act = events.pop(); act !== undefined; act = events.pop()) {
    act();
    now = events.peekValue() ?? now;
  }

  const load = {
    gateways:
      idle + ((1 - idle) * gateways.reduce((sum, { spent }) => sum + spent, 0)) / processes / duration,
    redis: idleRedis + ((1 - idleRedis) * redis.spent) / duration,
    budget: budget.asked / budget.granted(duration),
  };
  const idleOf: Load = { gateways: idle, redis: idleRedis, budget: 0 };
  const [first, most] = (Object.entries(load) as [keyof Load, number][]).reduce((one, other) =>
    other[1] > one[1] ? other : one,
  );
  return {
    messages: waits.length,
    ...{ half: within(waits, 0.5), mostOfAHundred: within(waits, 0.99) },
    ...{ mostWaiting: budget.mostWaiting, load, first },
    mostGuests: Math.floor((guests * (1 - idleOf[first])) / (most - idleOf[first])),
    memory: costs.processMemory + (costs.guestMemory * guests) / processes,
  };
}

/** A core: what it is given is done in order, one thing after another. */
interface Core {
  work(ms: number, act: () => void): void;
  /** How long it has worked in all, ms. */
  readonly spent: number;
}

function createCore(now: () => number, after: (ms: number, act: () => void) => void): Core {
  let [free, spent] = [0, 0];
  return {
    work: (ms, act) => {
      free = Math.max(free, now()) + ms;
      spent += ms;
      after(free - now(), act);
    },
    get spent() {
      return spent;
    },
  };
}

/** What stands in line, and comes to its turn side by side when a slice of the budget begins; typing is dropped instead. */
const inLine = ['message', 'receipt', 'other', 'check'] as const;

/** The calls of the platform that are granted, slice by slice, and who waits for them. */
function createBudgetLine(
  callsPerMinute: number,
  chance: () => number,
  after: (ms: number, act: () => void) => void,
) {
  const { seconds, points } = slicesOf(callsPerMinute);
  const lines = new Map<CallKind, (() => void)[]>(inLine.map((kind) => [kind, []]));
  const lineOf = (kind: CallKind): (() => void)[] => lines.get(kind) ?? [];
  let [spent, asked, mostWaiting, isSliceOpen] = [0, 0, 0, false];
  const isRoom = (kind: CallKind): boolean => spent < Math.max(1, Math.floor(points * (1 - reserves[kind])));
  const go = (act: () => void): void => {
    spent += 1;
    openSlice();
    act();
  };
  const openSlice = (): void => {
    if (isSliceOpen) return;
    isSliceOpen = true;
    // Who waits comes again after whole seconds.
    after((seconds + chance()) * 1000, () => {
      [isSliceOpen, spent] = [false, 0];
      for (let isAny = true; isAny; ) {
        isAny = false;
        for (const kind of inLine) {
          const act = isRoom(kind) ? lineOf(kind).shift() : undefined;
          if (act !== undefined) go(act);
          isAny ||= act !== undefined;
        }
      }
    });
  };
  return {
    /** A call is to be made: at once, when there is room for it, or when its turn comes, or not at all where it is typing. */
    ask: (kind: CallKind, act: () => void): void => {
      if (kind !== 'typing') asked += 1;
      if (isRoom(kind)) go(act);
      else lineOf(kind).push(act);
      mostWaiting = Math.max(mostWaiting, lineOf('message').length);
    },
    /** Calls that had to be made, whenever: all but typing. */
    get asked() {
      return asked;
    },
    get mostWaiting() {
      return mostWaiting;
    },
    /** How many calls are granted in so many ms. */
    granted: (ms: number): number => (points * ms) / (seconds * 1000),
  };
}
