import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Storage } from 'unstorage';

/**
 * What a gateway stands on: one process by itself, or Redis that a fleet shares. The gateway does not know which. Times are
 * ms. Everything rejects with {@link Unavailable} while what is behind it cannot be reached.
 */
export interface Backing {
  /** Sessions, conversations, and who is called what. */
  readonly storage: Storage;
  /**
   * Puts a value in the place of the version that it was made from; false where somebody else was faster. `value.version`
   * is one more than that version; the first is 1, and is put where there is nothing.
   */
  replace(key: string, value: Versioned): Promise<boolean>;
  /** Takes what only one may have at a time; undefined while another has it. */
  lease(name: string, duration: number): Promise<Lease | undefined>;
  /** Counts what is spent of a budget, all processes together: `points` in so many whole `seconds`. */
  limiter(name: string, budget: { readonly points: number; readonly seconds: number }): Limiter;
  /** Work that is done at least once, by whichever process; `act` is idempotent. */
  queue<Work extends object>(name: string, act: (work: Work) => Promise<void>): WorkQueue<Work>;
  /** Tells every process that listens to a topic. */
  publish(topic: string, notice: object): Promise<void>;
  /** Listens to a topic; resolves, once it does, to what ends it. What is published while Redis is away is lost: see `onReturn`. */
  listen<Notice extends object>(topic: string, hear: (notice: Notice) => void): Promise<() => void>;
  /** Calls back whenever what is behind it can be reached again. */
  onReturn(act: () => void): void;
  /** Whether it can be reached now. */
  isReady(): boolean;
  close(): Promise<void>;
}

/** What counts how much is spent. */
export type Limiter = Pick<RateLimiterAbstract, 'consume' | 'get' | 'set' | 'block'>;

/** A value that is replaced only where nobody else has replaced it meanwhile. */
export interface Versioned {
  readonly version: number;
}

/** Something that only one process has at a time. */
export interface Lease {
  /** Higher than that of everybody who had it before, so that what they write late is known for old. */
  readonly fence: number;
  /** How long it is surely ours yet, by the clocks of this process: 0 after a sleep that outlasted it. */
  left(): number;
  /** Begins its duration anew; false where it is not ours any more. */
  extend(): Promise<boolean>;
  release(): Promise<void>;
}

/** Where work is put. */
export interface WorkQueue<Work> {
  /** Resolves when the work is kept. Twice the same `id` is once the work, as long as it is there. `delay`: not before. */
  add(id: string, work: Work, delay?: number): Promise<void>;
  /** The work was done otherwise. */
  remove(id: string): Promise<void>;
  /** How much waits. */
  waiting(): Promise<number>;
}

/** Thrown by an `act` whose work is due later; anything else that it throws is tried again with growing pauses. */
export class Later extends Error {
  readonly after: number;
  /** Whether all the work of the queue has to wait, not this piece alone. */
  readonly isForAll: boolean;

  /** `after`: ms. */
  constructor(after: number, { isForAll = false } = {}) {
    super(`Due in ${after} ms.`);
    this.after = after;
    this.isForAll = isForAll;
  }
}

/** What holds the gateway's state cannot be reached, or does not answer in time. */
export class Unavailable extends Error {
  constructor(cause?: unknown) {
    super('The store of the gateway cannot be reached.', { cause });
  }
}

/** How long to wait before the next try of work that has failed `failures` times, ms. */
export const pauseAfter = (failures: number): number =>
  Math.min(30_000, 500 * 2 ** Math.min(failures - 1, 10));

/** Counts down by the clocks of this process: one stands still while a machine sleeps, the other may be set. */
export function countdown(duration: number): () => number {
  const [steady, wall] = [performance.now(), Date.now()];
  return () => Math.max(0, duration - Math.max(performance.now() - steady, Date.now() - wall));
}

const listenAgain = 1000;

/** Listens to a topic for good, also where that cannot begin now; returns what ends it. */
export function listenForGood<Notice extends object>(
  backing: Backing,
  topic: string,
  hear: (notice: Notice) => void,
): () => void {
  let end = (): void => {};
  let isEnded = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const begin = async (): Promise<void> => {
    try {
      end = await backing.listen(topic, hear);
      if (isEnded) end();
    } catch {
      if (!isEnded) timer = setTimeout(begin, listenAgain);
    }
  };
  void begin();
  return () => {
    isEnded = true;
    clearTimeout(timer);
    end();
  };
}
