import type { KeyNotes } from '../conversation/keyboard.ts';

/** How many conversations there is room for at first. */
const firstRoom = 16;

/**
 * The keys of all conversations of a hub that have an actor. They are noted side by side: the actors themselves are spread
 * over much memory, and to fetch one of them from there takes longer than all that a key has to do.
 */
export class NotedKeys {
  /** Of each place: how many keys came. */
  counts = new Float64Array(firstRoom);
  /** Of each place: when the last one came, by the wall clock, ms. */
  times = new Float64Array(firstRoom);
  /** Places that somebody had, and gave back. */
  #free: number[] = [];
  /** How many places somebody has or had. */
  #made = 0;
  /** The places of those where a key is to be noted, and nothing more. */
  readonly #quiet = new Map<string, number>();

  /** Takes a place for the keys of one conversation. */
  take(): PlaceOfKeys {
    const place = this.#free.pop() ?? this.#made++;
    if (place === this.times.length) {
      this.counts = doubled(this.counts);
      this.times = doubled(this.times);
    }
    this.counts[place] = 0;
    this.times[place] = 0;
    return new PlaceOfKeys(this, place);
  }

  /** A place is free for another one. */
  release(place: number): void {
    this.#free.push(place);
    if (this.#free.length < this.#made) return;
    this.#free = [];
    this.#made = 0;
    this.counts = new Float64Array(firstRoom);
    this.times = new Float64Array(firstRoom);
  }

  /** From now on keys of that conversation are only noted. */
  hush(id: string, { place }: PlaceOfKeys): void {
    this.#quiet.set(id, place);
  }

  /** A key of that conversation may mean more again. */
  wake(id: string): void {
    this.#quiet.delete(id);
  }

  /**
   * Notes a key that comes now, if that is all there is to do: not where somebody has to hear of it, or the wall clock was set
   * back since the last one. Returns whether it did.
   */
  note(id: string, clock: { wallNow(): number }): boolean {
    const place = this.#quiet.get(id);
    if (place === undefined) return false;
    const now = clock.wallNow();
    if (now < (this.times[place] as number)) return false;
    this.times[place] = now;
    (this.counts[place] as number) += 1;
    return true;
  }
}

/** The notes of one conversation, among those of all until its place is given back. */
export class PlaceOfKeys implements KeyNotes {
  #all: Pick<NotedKeys, 'counts' | 'times'>;
  #place: number;
  readonly #keys: NotedKeys;

  constructor(keys: NotedKeys, place: number) {
    this.#all = keys;
    this.#keys = keys;
    this.#place = place;
  }

  /** Which place it is. */
  get place(): number {
    return this.#place;
  }

  /** Gives the place back. Who still looks finds what was noted. */
  giveBack(): void {
    const own = { counts: new Float64Array([this.count]), times: new Float64Array([this.at]) };
    this.#keys.release(this.#place);
    this.#all = own;
    this.#place = 0;
  }

  get count(): number {
    return this.#all.counts[this.#place] as number;
  }

  set count(count: number) {
    this.#all.counts[this.#place] = count;
  }

  get at(): number {
    return this.#all.times[this.#place] as number;
  }

  set at(time: number) {
    this.#all.times[this.#place] = time;
  }
}

function doubled(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(2 * numbers.length);
  more.set(numbers);
  return more;
}
