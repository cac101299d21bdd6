import { ConversationError } from '../shared/errors.ts';

/** How many message ids one conversation remembers; the oldest go first. */
const mostMessages = 5000;

interface Place {
  readonly position: number;
  /** Whether the application gave the position; else it is that of arrival. */
  readonly isGiven: boolean;
  /** Whether somebody else's message stands here, so that it can be unread. */
  readonly isOthers: boolean;
}

interface Order {
  readonly places: Map<string, Place>;
  newest: number;
  /** The last answer of `unreadAfter`, until something changes. */
  counted: { readonly after: number; readonly count: number } | null;
}

/** What is known of a message besides its id. */
export interface MessageFacts {
  /** Place in the order, where the back end gives one. */
  readonly position?: number | undefined;
  /** Whether somebody else wrote it. Default: no. */
  readonly isOthers?: boolean;
}

/**
 * The order of each conversation's messages: the order in which the application told of them, or the
 * position it gave. Never the wall clock, so a mark cannot go backwards when a clock does.
 */
export class MessageOrder {
  readonly #orders = new Map<string, Order>();

  /** Notes a message. A message that is known keeps its place; a given position wins over arrival. */
  note(conversationId: string, messageId: string, { position, isOthers = false }: MessageFacts = {}): void {
    const order = this.#of(conversationId);
    const known = order.places.get(messageId);
    if (known !== undefined && position === undefined && (known.isOthers || !isOthers)) return;
    const place = position ?? known?.position ?? Math.floor(order.newest) + 1;
    put(order, messageId, {
      position: place,
      isGiven: position !== undefined || known?.isGiven === true,
      isOthers: isOthers || known?.isOthers === true,
    });
    for (const oldest of order.places.keys()) {
      if (order.places.size <= mostMessages) break;
      order.places.delete(oldest);
    }
  }

  /**
   * Takes over the places that an earlier run gave, oldest first, and puts what was told since above them.
   * Told again, those messages keep their places; new ones go above `floor` too.
   */
  restore(conversationId: string, places: readonly (readonly [string, number])[], floor: number): void {
    const order = this.#of(conversationId);
    const toldSince = [...order.places];
    order.places.clear();
    order.newest = Math.max(floor, 0);
    for (const [messageId, position] of places) {
      put(order, messageId, { position, isGiven: false, isOthers: false });
    }
    for (const [messageId, { position, isGiven, isOthers }] of toldSince) {
      this.note(conversationId, messageId, { isOthers, position: isGiven ? position : undefined });
    }
  }

  /** The places that arrival gave, oldest first: what another run cannot know. */
  arrivals(conversationId: string): readonly (readonly [messageId: string, position: number])[] {
    const places = [...(this.#orders.get(conversationId)?.places ?? [])];
    return places
      .filter(([, { isGiven }]) => !isGiven)
      .map(([messageId, { position }]) => [messageId, position] as const)
      .sort(([, one], [, other]) => one - other);
  }

  /** Where a message stands; `undefined` when nobody told of it. */
  find(conversationId: string, messageId: string): number | undefined {
    return this.#orders.get(conversationId)?.places.get(messageId)?.position;
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
   * The place that "everything up to now" stands for: the newest known message; where the application
   * tells of none, a place newer than every one asked for before.
   */
  upToNow(conversationId: string): number {
    const order = this.#of(conversationId);
    if (order.places.size === 0) order.newest += 1;
    return order.newest;
  }

  /** How many messages of others that were told stand after a position. */
  unreadAfter(conversationId: string, after: number): number {
    const order = this.#orders.get(conversationId);
    if (!order) return 0;
    if (order.counted?.after === after) return order.counted.count;
    let count = 0;
    for (const { isOthers, position } of order.places.values()) {
      if (isOthers && position > after) count += 1;
    }
    order.counted = { after, count };
    return count;
  }

  /** Where the newest message of somebody else stands; `undefined` when none was told. */
  newestOfOthers(conversationId: string): number | undefined {
    const places = [...(this.#orders.get(conversationId)?.places.values() ?? [])];
    const others = places.filter(({ isOthers }) => isOthers).map(({ position }) => position);
    return others.length > 0 ? others.reduce((one, other) => Math.max(one, other)) : undefined;
  }

  /** The newest of these messages that somebody else wrote; `undefined` where none of them is known as that. */
  newestOfOthersAmong(
    conversationId: string,
    messageIds: Iterable<string>,
  ): { readonly position: number; readonly messageId: string } | undefined {
    const places = this.#orders.get(conversationId)?.places;
    let newest: { readonly position: number; readonly messageId: string } | undefined;
    for (const messageId of messageIds) {
      const place = places?.get(messageId);
      if (!place?.isOthers || (newest && newest.position >= place.position)) continue;
      newest = { position: place.position, messageId };
    }
    return newest;
  }

  #of(conversationId: string): Order {
    const known = this.#orders.get(conversationId);
    if (known) return known;
    const order: Order = { places: new Map(), newest: 0, counted: null };
    this.#orders.set(conversationId, order);
    return order;
  }
}

function put(order: Order, messageId: string, place: Place): void {
  order.places.delete(messageId);
  order.places.set(messageId, place);
  order.newest = Math.max(order.newest, place.position);
  order.counted = null;
}
