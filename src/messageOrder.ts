import { ConversationError } from './errors.ts';

/** How many message ids one conversation remembers; the oldest go first. */
const mostMessages = 5000;

interface Order {
  readonly positions: Map<string, number>;
  newest: number;
}

/**
 * The order of each conversation's messages: the order in which the application told of them, or the
 * position it gave. Never the wall clock, so a mark cannot go backwards when a clock does.
 */
export class MessageOrder {
  readonly #orders = new Map<string, Order>();

  /** Notes a message. A message that is known keeps its place; a given position wins over arrival. */
  note(conversationId: string, messageId: string, position?: number): void {
    const order = this.#of(conversationId);
    const known = order.positions.get(messageId);
    if (known !== undefined && position === undefined) return;
    const place = position ?? Math.floor(order.newest) + 1;
    order.positions.delete(messageId);
    order.positions.set(messageId, place);
    order.newest = Math.max(order.newest, place);
    if (order.positions.size > mostMessages) {
      for (const oldest of order.positions.keys()) {
        order.positions.delete(oldest);
        break;
      }
    }
  }

  /**
   * Where a message stands.
   * @throws ConversationError `unknown-message` when nobody told of it: its place cannot be guessed.
   */
  positionOf(conversationId: string, messageId: string): number {
    const position = this.#orders.get(conversationId)?.positions.get(messageId);
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
    if (order.positions.size === 0) order.newest += 1;
    return order.newest;
  }

  #of(conversationId: string): Order {
    const known = this.#orders.get(conversationId);
    if (known) return known;
    const order: Order = { positions: new Map(), newest: 0 };
    this.#orders.set(conversationId, order);
    return order;
  }
}
