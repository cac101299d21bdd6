import type { Mark } from '../../machines/conversation/types.ts';
import { ConversationError } from '../shared/errors.ts';
import { RecentIds } from '../shared/recentIds.ts';
import { type Author, type MessageFacts, type PageMessage, type Place, Places } from './places.ts';

export type { MessageFacts, PageMessage } from './places.ts';

/** How many messages are remembered that were taken out; a telling of one that comes late changes nothing. */
const mostRemoved = 500;

/** How many accepted messages are remembered; who hears of one twice hears of it soon. */
const mostAccepted = 100;

interface Order {
  readonly places: Places;
  readonly removed: RecentIds;
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
  /** The guest's messages that were accepted. */
  readonly accepted = new RecentIds(mostAccepted);
  readonly #orders = new Map<string, Order>();

  /** Notes a message that came in or was sent. One that is known keeps its place, unless a position is given. */
  note(conversationId: string, messageId: string, facts: MessageFacts = {}): Noted {
    const order = this.#of(conversationId);
    if (order.removed.has(messageId)) return { isNew: false, isPast: true };
    const isNew = order.places.find(messageId) === undefined;
    const { position } = order.places.note({ ...facts, messageId });
    const newer = order.places.sorted.findLast(
      (other) => other.position <= position || isSameAuthor(other, facts),
    );
    return { isNew, isPast: newer !== undefined && newer.position > position };
  }

  /** Notes a page of the past, oldest first: below what was told before. */
  notePage(conversationId: string, messages: readonly PageMessage[]): void {
    const order = this.#of(conversationId);
    order.places.notePage(messages.filter(({ messageId }) => !order.removed.has(messageId)));
  }

  /** Takes a message out for good. Returns its place, where it had one. */
  remove(conversationId: string, messageId: string): Place | undefined {
    const order = this.#of(conversationId);
    order.removed.note(messageId);
    return order.places.takeOut(messageId);
  }

  isRemoved(conversationId: string, messageId: string): boolean {
    return this.#orders.get(conversationId)?.removed.has(messageId) ?? false;
  }

  /** The messages of a conversation; `undefined` where none was told. */
  places(conversationId: string): Places | undefined {
    return this.#orders.get(conversationId)?.places;
  }

  /** Forgets every place in a conversation, but not what was taken out. Returns where to put them anew. */
  beginAnew(conversationId: string): Places {
    const { removed } = this.#of(conversationId);
    const places = new Places();
    this.#orders.set(conversationId, { places, removed });
    return places;
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
   * @throws ConversationError `unknown-message` when nobody told of it, or too long ago: its place cannot be guessed.
   */
  positionOf(conversationId: string, messageId: string): number {
    const position = this.find(conversationId, messageId);
    if (position === undefined) {
      const isForgotten = this.#orders.get(conversationId)?.places.hasForgotten === true;
      throw new ConversationError({
        code: 'unknown-message',
        message: `This message id was ${isForgotten ? 'told too long ago and is forgotten, or was ' : ''}never told: call messageReceived({ messageId, participantId }) before it is read.`,
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
    return this.#orders.get(conversationId)?.places.countOthers(after, from) ?? 0;
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
    const order: Order = { places: new Places(), removed: new RecentIds(mostRemoved) };
    this.#orders.set(conversationId, order);
    return order;
  }
}

const isSameAuthor = (place: Place, { author, participantId }: MessageFacts): boolean =>
  author === 'own'
    ? place.author === 'own'
    : place.participantId === participantId && place.author === 'others';
