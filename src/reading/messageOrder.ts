import type { Mark } from '../../machines/conversation/types.ts';
import { ConversationError } from '../shared/errors.ts';
import { RecentIds } from '../shared/recentIds.ts';
import { type Author, type MessageFacts, type PageMessage, type Place, Places } from './places.ts';

export type { MessageFacts, PageMessage } from './places.ts';

/** How many messages are remembered that were taken out; a telling of one that comes late changes nothing. */
const mostRemoved = 500;

interface Order {
  readonly places: Places;
  readonly removed: RecentIds;
  /** The last answer of `unread`, until something changes. */
  counted: { readonly after: number; readonly from: number | null; readonly count: number } | null;
}

/** A message's place as it outlives a run: where arrival alone put it, what time it has, and whether the guest wrote it. */
export interface KeptPlace {
  readonly messageId: string;
  readonly position: number;
  readonly sentAt: number | null;
  readonly isOwn: boolean;
}

/** What a telling amounts to. */
export interface Noted {
  /** Whether the message was told for the first time, in this run or an earlier one. */
  readonly isNew: boolean;
  /** Whether a newer message of the same author was told before. */
  readonly isPast: boolean;
}

/** The order of the messages of each conversation, and who wrote them. */
export class MessageOrder {
  readonly #orders = new Map<string, Order>();

  /** Notes a message that came in or was sent. One that is known keeps its place, unless a position is given. */
  note(conversationId: string, messageId: string, facts: MessageFacts = {}): Noted {
    const order = this.#of(conversationId);
    if (order.removed.has(messageId)) return { isNew: false, isPast: true };
    const isNew = order.places.find(messageId) === undefined;
    order.counted = null;
    const { position } = order.places.note({ ...facts, messageId });
    const newer = order.places.sorted.findLast(
      (other) => other.position <= position || isSameAuthor(other, facts),
    );
    return { isNew, isPast: newer !== undefined && newer.position > position };
  }

  /** Notes a page of the past, oldest first: below what was told before. */
  notePage(conversationId: string, messages: readonly PageMessage[]): void {
    const order = this.#of(conversationId);
    order.counted = null;
    order.places.notePage(messages.filter(({ messageId }) => !order.removed.has(messageId)));
  }

  /** Takes a message out for good. Returns its place, where it had one. */
  remove(conversationId: string, messageId: string): Place | undefined {
    const order = this.#of(conversationId);
    order.removed.note(messageId);
    order.counted = null;
    return order.places.takeOut(messageId);
  }

  isRemoved(conversationId: string, messageId: string): boolean {
    return this.#orders.get(conversationId)?.removed.has(messageId) ?? false;
  }

  /**
   * Takes over the places that an earlier run gave, and puts what was told since beside and above them. Told
   * again, those messages keep their places; new ones go above `floor` too.
   */
  restore(conversationId: string, places: readonly KeptPlace[], floor: number): void {
    const told = this.#orders.get(conversationId)?.places.sorted ?? [];
    const order: Order = { places: new Places(), removed: this.#of(conversationId).removed, counted: null };
    this.#orders.set(conversationId, order);
    order.places.rise(floor);
    for (const { isOwn, ...kept } of places) {
      const author: Author = isOwn ? 'own' : null;
      order.places.put({ ...kept, author, isGiven: false, isHistory: false, participantId: null });
    }
    const again = told.map(({ position, isGiven, sentAt, participantId, ...place }) => ({
      ...place,
      position: isGiven ? position : undefined,
      sentAt: sentAt ?? undefined,
      ...(participantId !== null && { participantId }),
    }));
    order.places.notePage(again.filter(({ isHistory }) => isHistory));
    for (const message of again.filter(({ isHistory }) => !isHistory)) order.places.note(message);
  }

  /** The places that no back end gave, oldest first: what another run cannot know. */
  kept(conversationId: string): readonly KeptPlace[] {
    const places = this.#orders.get(conversationId)?.places.sorted ?? [];
    return places
      .filter(({ isGiven }) => !isGiven)
      .map(({ messageId, position, sentAt, author }) => ({
        messageId,
        position,
        sentAt,
        isOwn: author === 'own',
      }));
  }

  /** Where a message stands; `undefined` when nobody told of it. */
  find(conversationId: string, messageId: string): number | undefined {
    return this.#orders.get(conversationId)?.places.find(messageId)?.position;
  }

  /** Whether the guest wrote a message. */
  isOwn(conversationId: string, messageId: string): boolean {
    return this.#orders.get(conversationId)?.places.find(messageId)?.author === 'own';
  }

  /**
   * Where a message stands.
   * @throws ConversationError `unknown-message` when nobody told of it: its place cannot be guessed.
   */
  positionOf(conversationId: string, messageId: string): number {
    const position = this.find(conversationId, messageId);
    if (position === undefined) {
      throw new ConversationError({
        code: 'unknown-message',
        message:
          'This message id was never told: call messageReceived({ messageId, participantId }) before it is read.',
      });
    }
    return position;
  }

  /**
   * What "everything up to now" stands for: the newest message of somebody else that was told. Where
   * none was, a place newer than every one asked for before, without a name.
   */
  upToNow(conversationId: string): Mark {
    const newest = this.newestOfOthers(conversationId);
    if (newest) return newest;
    const { places } = this.#of(conversationId);
    places.rise(Math.floor(places.newest) + 1);
    return { position: places.newest };
  }

  /** The newest message of somebody else that was told, and that stands before a position; `null` where there is none. */
  newestOfOthers(conversationId: string, before = Number.POSITIVE_INFINITY): Mark | null {
    const places = this.#orders.get(conversationId)?.places.sorted ?? [];
    const newestOf = (who: Author): Place | undefined =>
      places.findLast(({ author, position }) => author === who && position < before);
    // What only an earlier run told of may be gone since.
    const place = newestOf('others') ?? newestOf(null);
    return place ? { position: place.position, messageId: place.messageId } : null;
  }

  /** How many messages of others that were told stand after a position, or from another one on. */
  unread(conversationId: string, after: number, from: number | null): number {
    const order = this.#orders.get(conversationId);
    if (!order) return 0;
    if (order.counted?.after === after && order.counted.from === from) return order.counted.count;
    const count = order.places.sorted.filter(
      ({ author, position }) =>
        author === 'others' && (position > after || (from !== null && position >= from)),
    ).length;
    order.counted = { after, from, count };
    return count;
  }

  /** The newest of these messages that the guest did not write; `null` where none of them is known as that. */
  newestOfOthersAmong(conversationId: string, messageIds: Iterable<string>): Mark | null {
    const places = this.#orders.get(conversationId)?.places;
    let newest: Mark | null = null;
    for (const messageId of messageIds) {
      const place = places?.find(messageId);
      if (!place || place.author === 'own' || (newest && newest.position >= place.position)) continue;
      newest = { position: place.position, messageId };
    }
    return newest;
  }

  #of(conversationId: string): Order {
    const known = this.#orders.get(conversationId);
    if (known) return known;
    const order: Order = { places: new Places(), removed: new RecentIds(mostRemoved), counted: null };
    this.#orders.set(conversationId, order);
    return order;
  }
}

const isSameAuthor = (place: Place, { author, participantId }: MessageFacts): boolean =>
  author === 'own'
    ? place.author === 'own'
    : place.participantId === participantId && place.author === 'others';
