import type { ConversationEvent } from '../../machines/conversation/events.ts';
import type { MessageOrder } from './messageOrder.ts';
import type { ReadFrame } from './readFrame.ts';

/** Most frames that wait for their message. */
const mostWaiting = 100;

/** Turns read frames into evidence. A frame whose message was not told yet waits for it: it may well be faster. */
export class PeerReads {
  readonly #order: MessageOrder;
  #waiting: readonly ReadFrame[] = [];

  constructor(order: MessageOrder) {
    this.#order = order;
  }

  /** The events that a frame amounts to now: one, or none yet. */
  take(frame: ReadFrame): readonly ConversationEvent[] {
    this.#waiting = [...this.#waiting, frame].slice(-mostWaiting);
    return this.due();
  }

  /** The events of frames whose message was told meanwhile. */
  due(): readonly ConversationEvent[] {
    const isTold = ({ conversationId, messageId }: ReadFrame): boolean =>
      this.#order.find(conversationId, messageId) !== undefined;
    const due = this.#waiting.filter(isTold);
    if (due.length > 0) this.#waiting = this.#waiting.filter((frame) => !isTold(frame));
    return due.map(({ conversationId, participantId, messageId }) => ({
      type: 'peer.read',
      conversationId,
      participantId,
      mark: { position: this.#order.positionOf(conversationId, messageId), messageId },
    }));
  }
}
