import type { Clock } from '../shared/clock.ts';
import { ClockStep } from '../shared/clockStep.ts';

/** How long overdue work may hold the loop at one go, ms: what it sets off, answers say, comes on top within a frame of 16. */
const slice = 5;
/** How much of it at most, for a clock that moves in steps longer than that. */
const mostAtOnce = 100;

/** Something to be done at a time. */
export interface Deadline {
  /** When, monotonic ms. */
  readonly at: number;
  /** Of two at one time, the one that was set first comes first. */
  readonly order: number;
  /** Whose it is. */
  readonly owner: object;
  /** What is to be done; `null` once it was done or is not wanted any more. */
  run: (() => void) | null;
}

/**
 * The deadlines of everybody on one timer of a clock, that of the first which is due. Of one owner's, no two are met in
 * the same task: what the first sets off, an answer that a promise brings, comes before the second, as with timers of
 * their own. Work that is overdue is done in slices, and the loop has its turn between two.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #step = new ClockStep();
  /** A binary heap, the first that is due at its top. What was taken back stays in it until it would be due. */
  #heap: Deadline[] = [];
  #live = 0;
  #count = 0;
  #timer: unknown = null;
  /** When the timer fires, monotonic ms. */
  #firesAt = Number.POSITIVE_INFINITY;
  #isRunning = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many deadlines are set. */
  get size(): number {
    return this.#live;
  }

  /** In which steps the clock moves, ms: learnt once for everybody (I-2). */
  get resolution(): number {
    return this.#clock.resolution ?? this.#step.ms;
  }

  /** How many are overdue; what is below one that is not is not looked at. */
  get overdue(): number {
    const heap = this.#heap;
    const now = this.#now();
    const places = [0];
    let count = 0;
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const deadline = heap[place];
      if (!deadline || deadline.at >= now) continue;
      if (deadline.run !== null) count += 1;
      places.push(2 * place + 1, 2 * place + 2);
    }
    return count;
  }

  /** Sets a deadline in `ms`. */
  set(owner: object, ms: number, run: () => void): Deadline {
    const deadline = { at: this.#now() + Math.max(0, ms), order: this.#count, owner, run };
    this.#count += 1;
    this.#push(deadline);
    this.#live += 1;
    if (!this.#isRunning && deadline.at < this.#firesAt) this.#arm();
    return deadline;
  }

  /** Takes one back; one that was met, or taken back before, is none. Returns whether it was one. */
  clear(deadline: Deadline): boolean {
    if (deadline.run === null) return false;
    deadline.run = null;
    this.#live -= 1;
    if (this.#live === 0) this.clearAll();
    else if (this.#heap.length > 2 * this.#live + 1000) this.#sweep();
    return true;
  }

  /** Takes all back. */
  clearAll(): void {
    for (const deadline of this.#heap) deadline.run = null;
    this.#heap = [];
    this.#live = 0;
    this.#disarm();
  }

  #now(): number {
    return this.#step.note(this.#clock.now());
  }

  #meetDue(): void {
    this.#timer = null;
    this.#firesAt = Number.POSITIVE_INFINITY;
    this.#isRunning = true;
    const later: Deadline[] = [];
    try {
      this.#meetSlice(later);
    } finally {
      for (const deadline of later) if (deadline.run !== null) this.#push(deadline);
      this.#isRunning = false;
      this.#arm();
    }
  }

  /** Meets what is due, for as long as a slice lasts; those who have to wait for the next one go to `later`. */
  #meetSlice(later: Deadline[]): void {
    const began = this.#now();
    const met = new Set<object>();
    for (let now = began; met.size < mostAtOnce && now - began < slice; now = this.#now()) {
      const deadline = this.#heap[0];
      if (!deadline || deadline.at > now) break;
      this.#pop();
      const { owner, run } = deadline;
      if (run === null) continue;
      if (met.has(owner)) {
        later.push(deadline);
        continue;
      }
      met.add(owner);
      deadline.run = null;
      this.#live -= 1;
      run();
    }
  }

  /** Sets the timer to the first deadline. */
  #arm(): void {
    while (this.#heap[0]?.run === null) this.#pop();
    const first = this.#heap[0];
    if (!first || first.at >= this.#firesAt) return;
    this.#disarm();
    this.#firesAt = first.at;
    this.#timer = this.#clock.setTimeout(
      () => this.#meetDue(),
      Math.max(0, Math.ceil(first.at - this.#now())),
    );
  }

  #disarm(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#firesAt = Number.POSITIVE_INFINITY;
  }

  /** Throws out what was taken back. */
  #sweep(): void {
    const live = this.#heap.filter(({ run }) => run !== null);
    this.#heap = [];
    for (const deadline of live) this.#push(deadline);
  }

  #push(deadline: Deadline): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(deadline);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = heap[above] as Deadline;
      if (!isBefore(deadline, other)) break;
      heap[place] = other;
      place = above;
    }
    heap[place] = deadline;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Deadline, heap[below] as Deadline))
        below += 1;
      if (!isBefore(heap[below] as Deadline, last)) break;
      heap[place] = heap[below] as Deadline;
      place = below;
    }
    heap[place] = last;
  }
}

const isBefore = (one: Deadline, other: Deadline): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** The clock of one owner: its timers are deadlines among everybody's. */
export class OwnClock implements Clock {
  readonly now: Clock['now'];
  readonly wallNow: Clock['wallNow'];
  readonly #deadlines: Deadlines;
  readonly #owner: object;
  readonly #changed: () => void;
  #timers = 0;

  /** Of an owner who is told whenever a timer is set, taken back or met. */
  constructor(clock: Clock, deadlines: Deadlines, owner: object, changed: () => void) {
    this.now = clock.now;
    this.wallNow = clock.wallNow;
    this.#deadlines = deadlines;
    this.#owner = owner;
    this.#changed = changed;
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers;
  }

  get resolution(): number {
    return this.#deadlines.resolution;
  }

  setTimeout(callback: () => void, ms: number): Deadline {
    this.#timers += 1;
    this.#changed();
    return this.#deadlines.set(this.#owner, ms, () => {
      this.#timers -= 1;
      this.#changed();
      callback();
    });
  }

  clearTimeout(id: unknown): void {
    if (!id || !this.#deadlines.clear(id as Deadline)) return;
    this.#timers -= 1;
    this.#changed();
  }
}
