import type { ConversationEvent } from '../../machines/conversation/events.ts';
import type { TransportEvent } from '../shared/transport.ts';
import type { MessageOrder } from './messageOrder.ts';

/** What is told of somebody's reading. */
export type ToldRead = Omit<Extract<TransportEvent, { readonly type: 'message.read' }>, 'type'>;

/** Most of them that wait for their message. */
const mostWaiting = 100;

/** Turns what is told of reading into evidence. What names a message that was not told yet waits for it: it may well be faster. */
export class PeerReads {
  readonly #order: MessageOrder;
  #waiting: readonly ToldRead[] = [];

  readonly #ownId: string | undefined;

  constructor(order: MessageOrder, ownId: string | undefined) {
    this.#order = order;
    this.#ownId = ownId;
  }

  /** The events that a frame amounts to now: one, or none yet. */
  take(frame: ToldRead): readonly ConversationEvent[] {
    this.#waiting = [...this.#waiting, frame].slice(-mostWaiting);
    return this.due();
  }

  /** The events of frames whose message was told meanwhile. */
  due(): readonly ConversationEvent[] {
    const isTold = ({ conversationId, messageId }: ToldRead): boolean =>
      this.#order.find(conversationId, messageId) !== undefined;
    const due = this.#waiting.filter(isTold);
    if (due.length > 0) this.#waiting = this.#waiting.filter((frame) => !isTold(frame));
    return due.map(({ conversationId, participantId, messageId }) => {
      const mark = { position: this.#order.positionOf(conversationId, messageId), messageId };
      return participantId === this.#ownId
        ? { type: 'read.elsewhere', conversationId, mark }
        : { type: 'peer.read', conversationId, participantId, mark };
    });
  }
}
