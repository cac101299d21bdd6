/** How many messages one conversation remembers by their ids; those told longest ago go first. */
const mostMessages = 5000;

/** How many more of others are remembered by their positions, so that they still count as unread. */
const mostForgotten = 100_000;

/** How many places of messages that were taken out are kept. */
const mostGone = 500;

/** The share of the room that a message takes which follows the one before it, so that a thousand more fit. */
const little = 1 / 64;

/** Who wrote a message; nobody said so of one that is known from an earlier run only. */
export type Author = 'own' | 'others' | null;

/** Where one message stands, and what is known of it. */
export interface Place {
  readonly messageId: string;
  /** Greater is newer. Between two messages there is always room, but for the last bits of a number. */
  readonly position: number;
  /** Whether the application gave the position; else it was found here. */
  readonly isGiven: boolean;
  readonly author: Author;
  /** Who wrote it by id, where somebody else did and said so in this run. */
  readonly participantId: string | null;
  /** The back end's time of it, ms since 1970. */
  readonly sentAt: number | null;
  /** Whether it was told as a page of the past. */
  readonly isHistory: boolean;
}

/** What is told of a message. */
export interface MessageFacts {
  /** Place in the order, where the back end gives one. */
  readonly position?: number | undefined;
  /** The back end's time of it, ms since 1970. */
  readonly sentAt?: number | undefined;
  readonly author?: Author;
  /** Who wrote it. */
  readonly participantId?: string;
}

/** A message of a page of the past, oldest first. */
export type PageMessage = MessageFacts & { readonly messageId: string };

/**
 * The messages of one conversation in their order. A given position decides; then the back end's time,
 * beside the neighbours whose time is known; then arrival. Who is known keeps their place.
 */
export class Places {
  readonly #byId = new Map<string, Place>();
  /** What was taken out: it still stands between its neighbours, and a mark may stand on it. */
  readonly #gone = new Set<Place>();
  /** By position; of equal ones the later told is the later. */
  #sorted: Place[] = [];
  /** The same without what was taken out, until something changes. */
  #left: readonly Place[] | null = null;
  /** The greatest position there ever was: what arrives goes above it. */
  #newest = 0;
  /** Where messages of others stand whose ids were forgotten, from the oldest to the newest. */
  readonly #forgotten: number[] = [];
  #hasForgotten = false;
  /** Goes on from one id to the next: looked for from the start, the oldest would stand behind the places of all before it. */
  #oldest: IterableIterator<string> | null = null;
  #revision = 0;
  /** The last answer of `countOthers`, until something changes. */
  #counted: { readonly after: number; readonly from: number | null; readonly count: number } | null = null;
  /** What was put last: a run of messages between the same two shares out the room there is. */
  #last: Place | null = null;

  /** Another number after every change. */
  get revision(): number {
    return this.#revision;
  }

  get newest(): number {
    return this.#newest;
  }

  /** Whether the ids of some messages were forgotten. */
  get hasForgotten(): boolean {
    return this.#hasForgotten;
  }

  /**
   * How many messages of others stand after a position, or from another one on. Asked at every step of the chart:
   * the last answer is remembered, and what has moved since is counted.
   */
  countOthers(after: number, from: number | null): number {
    const last = this.#counted;
    if (last?.after === after && last.from === from) return last.count;
    const isRead = readUpTo(after, from);
    const count =
      last?.from === null && from === null
        ? last.count + this.#others(isRead, upTo(last.after)) - this.#others(upTo(last.after), isRead)
        : this.#others(isRead, () => true);
    this.#counted = { after, from, count };
    return count;
  }

  /** How many messages of others stand above those that one says, and among those that the other does. */
  #others(isBelow: UpTo, isWithin: UpTo): number {
    const forgotten = countWhile(this.#forgotten, isWithin) - countWhile(this.#forgotten, isBelow);
    let count = Math.max(0, forgotten);
    const end = this.#countWhile(isWithin);
    for (let index = this.#countWhile(isBelow); index < end; index += 1) {
      const place = this.#sorted[index];
      if (place?.author === 'others' && !this.#gone.has(place)) count += 1;
    }
    return count;
  }

  /** From the oldest to the newest. */
  get sorted(): readonly Place[] {
    if (this.#gone.size === 0) return this.#sorted;
    this.#left ??= this.#sorted.filter((place) => !this.#gone.has(place));
    return this.#left;
  }

  find(messageId: string): Place | undefined {
    return this.#byId.get(messageId);
  }

  /** Makes room: the next message that arrives stands above this position. */
  rise(position: number): void {
    this.#newest = Math.max(this.#newest, position);
  }

  /** Puts a message where it was, with what is known of it. */
  put(place: Place): void {
    const isKnown = this.remove(place.messageId) !== undefined || this.#isToldAgain(place);
    // Of too many that are forgotten the oldest goes as another comes, and counts no more.
    const counted = isKnown || this.#forgotten.length === mostForgotten ? null : this.#counted;
    this.#changed();
    const index = this.#indexAbove(place.position);
    if (index === this.#sorted.length) this.#sorted.push(place);
    else this.#sorted.splice(index, 0, place);
    this.#byId.set(place.messageId, place);
    this.rise(place.position);
    while (this.#byId.size > mostMessages) {
      this.#oldest ??= this.#byId.keys();
      this.#forgetId(this.#oldest.next().value as string);
    }
    if (!counted || place.author === null) return;
    const { after, from, count } = counted;
    const isUnread = place.author === 'others' && !readUpTo(after, from)(place.position);
    this.#counted = { after, from, count: count + (isUnread ? 1 : 0) };
  }

  /** What is forgotten still counts as unread while it is. */
  #forgetId(messageId: string): void {
    const place = this.remove(messageId);
    this.#hasForgotten = true;
    if (place?.author !== 'others') return;
    this.#forgotten.splice(countWhile(this.#forgotten, upTo(place.position)), 0, place.position);
    if (this.#forgotten.length > mostForgotten) this.#forgotten.shift();
  }

  /** Whether the position says that it is one of those whose ids were forgotten: it is one of them no more. */
  #isToldAgain({ position, isGiven }: Place): boolean {
    const index = isGiven ? this.#forgotten.lastIndexOf(position) : -1;
    if (index >= 0) this.#forgotten.splice(index, 1);
    return index >= 0;
  }

  remove(messageId: string): Place | undefined {
    const place = this.#byId.get(messageId);
    if (!place) return undefined;
    this.#byId.delete(messageId);
    this.#forget(place);
    return place;
  }

  /** Takes a message out. Its place is kept, so that what comes later stands above or below it as ever. */
  takeOut(messageId: string): Place | undefined {
    const place = this.#byId.get(messageId);
    if (!place) return undefined;
    this.#byId.delete(messageId);
    this.#gone.add(place);
    this.#changed();
    for (const oldest of this.#gone) {
      if (this.#gone.size <= mostGone) break;
      this.#gone.delete(oldest);
      this.#forget(oldest);
    }
    return place;
  }

  #forget(place: Place): void {
    this.#changed();
    // The oldest goes most often, and is taken off at no cost.
    if (this.#sorted[0] === place) this.#sorted.shift();
    else this.#sorted.splice(this.#indexOf(place), 1);
  }

  #changed(): void {
    this.#left = null;
    this.#counted = null;
    this.#revision += 1;
  }

  /** Notes a message that comes in: above all others, or below those that are newer by their time. */
  note(message: PageMessage): Place {
    return this.#noteAt(message, false, () => this.#indexByTime(message.sentAt));
  }

  /**
   * Notes a page of the past, oldest first. What is known keeps its place, and what stands beside it in the page
   * stands beside it here; a page that knows nobody goes by its times, and without them below everything.
   */
  notePage(messages: readonly PageMessage[]): void {
    let above: Place | null = null;
    for (let index = messages.length - 1; index >= 0; index -= 1) {
      const message = messages[index];
      if (!message) continue;
      const next = above;
      above = this.#noteAt(message, true, () =>
        next ? this.#indexBelow(next, message.sentAt) : this.#indexOfLast(messages, index),
      );
    }
  }

  #noteAt(message: PageMessage, isHistory: boolean, indexOf: () => number): Place {
    const { messageId, position, sentAt, author = null, participantId } = message;
    const known = this.#byId.get(messageId);
    const place: Place = {
      messageId,
      position: position ?? known?.position ?? this.#positionAt(indexOf(), isHistory),
      isGiven: position !== undefined || known?.isGiven === true,
      author: known?.author === 'own' ? 'own' : (author ?? known?.author ?? null),
      participantId: participantId ?? known?.participantId ?? null,
      sentAt: sentAt ?? known?.sentAt ?? null,
      isHistory: known?.isHistory ?? isHistory,
    };
    if (known?.position === place.position) this.#replace(known, place);
    else this.put(place);
    if (known === undefined) this.#last = place;
    return place;
  }

  /** What is told again is remembered for longer, where it stands. */
  #replace(known: Place, place: Place): void {
    this.#changed();
    this.#sorted[this.#indexOf(known)] = place;
    this.#byId.delete(place.messageId);
    this.#byId.set(place.messageId, place);
  }

  /** The index of the first message above a position. */
  #indexAbove(position: number): number {
    return this.#countWhile(upTo(position));
  }

  #countWhile(isWithin: UpTo): number {
    return countWhile(this.#sorted, ({ position }) => isWithin(position));
  }

  #indexOf(place: Place): number {
    return this.#sorted.lastIndexOf(place, this.#indexAbove(place.position));
  }

  /** From the top down past everything that is newer by its time; a message without a time says nothing. */
  #indexByTime(sentAt: number | undefined, from = this.#sorted.length): number {
    if (sentAt === undefined) return from;
    let found = from;
    for (let index = from - 1; index >= 0; index -= 1) {
      const time = this.#sorted[index]?.sentAt ?? null;
      if (time !== null && time <= sentAt) break;
      if (time !== null) found = index;
    }
    return found;
  }

  #indexBelow(above: Place, sentAt: number | undefined): number {
    return this.#indexByTime(sentAt, this.#indexOf(above));
  }

  /** Where the last message of a page goes: above the nearest in the page that is known, else by its time, else below all. */
  #indexOfLast(messages: readonly PageMessage[], last: number): number {
    for (let index = last - 1; index >= 0; index -= 1) {
      const known = this.#byId.get(messages[index]?.messageId ?? '');
      if (known) return this.#indexFromBelow(messages[last]?.sentAt, this.#indexOf(known) + 1);
    }
    return this.#indexFromBelow(messages[last]?.sentAt, 0);
  }

  /** From a place upwards past everything that is older by its time. */
  #indexFromBelow(sentAt: number | undefined, from: number): number {
    if (sentAt === undefined) return from;
    let found = from;
    for (let index = from; index < this.#sorted.length; index += 1) {
      const time = this.#sorted[index]?.sentAt ?? null;
      if (time !== null && time > sentAt) break;
      if (time !== null) found = index + 1;
    }
    return found;
  }

  #positionAt(index: number, isHistory: boolean): number {
    const below = this.#sorted[index - 1];
    const above = this.#sorted[index];
    if (above === undefined) {
      // The first that is told is as new as can be, but a page of the past is not newer than a mark.
      const isBelowMarks = isHistory && below === undefined && this.#newest > 0;
      return isBelowMarks ? this.#newest : Math.floor(this.#newest) + 1;
    }
    if (below === undefined) return Math.ceil(above.position) - 1;
    const [low, high] = [below.position, above.position];
    const between = [this.#shareBetween(below, above), 1 / 2]
      .map((share) => low + (high - low) * share)
      .find((position) => position > low && position < high);
    return between ?? low;
  }

  /** How far up between two neighbours the next goes: a little beside the one that was put last, else halfway. */
  #shareBetween(below: Place, above: Place): number {
    if (this.#last?.messageId === below.messageId) return little;
    return this.#last?.messageId === above.messageId ? 1 - little : 1 / 2;
  }
}

/** Says of positions whether they are among the lower ones. */
type UpTo = (position: number) => boolean;

const upTo =
  (most: number): UpTo =>
  (position) =>
    position <= most;

/** Positions that are read: up to one, but not from another one on. */
const readUpTo =
  (after: number, from: number | null): UpTo =>
  (position) =>
    position <= after && (from === null || position < from);

/** How many of some sorted things are among the lower ones. */
function countWhile<T>(sorted: readonly T[], isWithin: (each: T) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isWithin(sorted[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
