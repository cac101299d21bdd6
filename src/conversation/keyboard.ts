import type { Readings } from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';
import { ClockStep } from '../shared/clockStep.ts';

/** How long a time stamp is believed after the clock was looked at last, ms. */
const longestTrust = 5000;
/** How much later than its event a key may be told of, ms: a page can be busy. */
const longestLag = 1000;
/** What two clocks that move in steps may seem to be off by, ms. */
const slack = 250;

/** What is noted of the keys. */
export interface KeyNotes {
  /** How many came. */
  count: number;
  /** When the last one came, by the wall clock, ms. */
  at: number;
}

/**
 * The clock and the keys. A key's age is the larger of what both clocks say, so that a key from before a sleep is old
 * although `performance.now()` stood still, and a wall clock set back makes no key young.
 *
 * To note a key takes one reading of the wall clock, and none where the key brings its time: how far that clock is ahead
 * of the other is known from the last look. Where the machine slept between that look and a key with a time, the key
 * counts as older than it is: what was said before the sleep is no longer true anyway.
 */
export class Keyboard implements Readings {
  readonly #clock: Clock;
  readonly #step = new ClockStep();
  readonly #notes: KeyNotes;
  /** When both clocks were looked at last, monotonic ms, and how far the wall clock was ahead then. */
  #lookedAt = 0;
  #ahead = 0;
  /** How many keys had come by then. */
  #lookedCount = 0;
  /** Whether time stamps of events are told by this clock, as far as is known. */
  #isStamped = false;

  /** Over notes that somebody else keeps as well, where such are given. */
  constructor(clock: Clock, notes: KeyNotes = { count: 0, at: 0 }) {
    this.#clock = clock;
    this.#notes = notes;
    this.#lookedAt = clock.now();
    this.#ahead = clock.wallNow() - this.#lookedAt;
    this.#lookedCount = notes.count;
  }

  now(): number {
    return this.#step.note(this.#clock.now());
  }

  step(): number {
    return this.#clock.resolution ?? this.#step.ms;
  }

  keyCount(): number {
    return this.#notes.count;
  }

  keyAge(): number {
    const lookedAt = this.#lookedAt;
    const age = this.#look() - this.#notes.at;
    if (age >= -slack) return Math.max(0, age);
    // A key of the future: whoever stamped it has another clock. One without a stamp came since the last look, at which
    // the wall clock stood before it was set ahead and back; of all that time nothing is known, so the key may be as old.
    const oldest = this.#isStamped ? 0 : this.#lookedAt - lookedAt;
    this.#isStamped = false;
    this.#notes.at += age - oldest;
    return oldest;
  }

  noteKey(): void {
    this.takeKey(0);
  }

  /** Writes down a key that came `age` ms ago. */
  takeKey(age: number): void {
    this.#notes.count += 1;
    this.#notes.at = this.#look() - age;
  }

  /** Writes down a key that came at `stamp`, monotonic ms; now, where that cannot be. */
  noteKeyAt(stamp: number | undefined): void {
    this.#notes.count += 1;
    this.#notes.at = this.#timeOf(stamp);
  }

  /** The same, if it came within `ms` after the one before; else nothing. Returns whether. */
  noteKeyWithin(ms: number, stamp: number | undefined): boolean {
    const time = this.#timeOf(stamp);
    const since = time - this.#notes.at;
    if (!(since < ms && since >= -longestLag)) return false;
    this.#notes.count += 1;
    if (since > 0) this.#notes.at = time;
    return true;
  }

  /** Looks whether a time stamp may be told by this clock, so that the next ones need no look. */
  weighStamp(stamp: number | undefined): void {
    if (stamp !== undefined) this.#timeOf(stamp);
  }

  /** When a key came, by the wall clock. A stamp is believed for a while after it was held against that clock. */
  #timeOf(stamp: number | undefined): number {
    if (typeof stamp !== 'number') return this.#wallNow();
    const sinceLook = stamp - this.#lookedAt;
    const time = stamp + this.#ahead;
    if (this.#isStamped && sinceLook >= 0 && sinceLook <= longestTrust) return time;
    const now = this.#wallNow();
    const lag = now - time;
    this.#isStamped = lag >= -slack && lag <= longestLag;
    if (!this.#isStamped) return now;
    this.#lookedAt = Math.max(this.#lookedAt, stamp);
    return Math.max(time, Math.min(this.#notes.at, now));
  }

  /** Reads the wall clock; where it was set back since the last key, it is looked at before that is taken for an age. */
  #wallNow(): number {
    const now = this.#clock.wallNow();
    return now < this.#notes.at - slack ? this.#look() : now;
  }

  /** Reads both clocks; returns the wall clock's time. */
  #look(): number {
    const { at, count } = this.#notes;
    // One that came since the last look, and by the old time before it, came by the new one.
    const isOfNow = count > this.#lookedCount && at - this.#ahead < this.#lookedAt - slack;
    this.#lookedAt = this.#clock.now();
    this.#lookedCount = count;
    const wall = this.#clock.wallNow();
    const ahead = wall - this.#lookedAt;
    if (ahead < this.#ahead - slack) {
      if (!isOfNow) this.#notes.at -= this.#ahead - ahead; // Set back: the key may be of before.
    } else if (ahead < this.#ahead) return wall;
    this.#ahead = ahead;
    return wall;
  }
}
