import type { ConversationEvent } from '../../machines/conversation/events.ts';
import type { TransportEvent } from '../shared/transport.ts';
import type { MessageOrder } from './messageOrder.ts';

/** What is told of somebody's reading. */
export type ToldRead = Omit<Extract<TransportEvent, { readonly type: 'message.read' }>, 'type'>;

type WaitingRead = ToldRead & { readonly isOwn: boolean };

/** Most of them that wait for their message. */
const mostWaiting = 100;

/** Turns what is told of reading into evidence. What names a message that was not told yet waits for it: it may well be faster. */
export class PeerReads {
  readonly #order: MessageOrder;
  #waiting: readonly WaitingRead[] = [];

  readonly #ownId: string | undefined;

  constructor(order: MessageOrder, ownId: string | undefined) {
    this.#order = order;
    this.#ownId = ownId;
  }

  /** The events that a frame amounts to now: one, or none yet. */
  take(frame: ToldRead): readonly ConversationEvent[] {
    return this.#take({ ...frame, isOwn: frame.participantId === this.#ownId });
  }

  /** The events that the guest's own reading in another tab amounts to now. */
  takeOwn(conversationId: string, messageId: string): readonly ConversationEvent[] {
    return this.#take({ conversationId, messageId, participantId: '', isOwn: true });
  }

  /** The events of frames whose message was told meanwhile. */
  due(): readonly ConversationEvent[] {
    const isTold = ({ conversationId, messageId }: WaitingRead): boolean =>
      this.#order.find(conversationId, messageId) !== undefined;
    const due = this.#waiting.filter(isTold);
    if (due.length > 0) this.#waiting = this.#waiting.filter((frame) => !isTold(frame));
    return due.map(({ conversationId, participantId, messageId, isOwn }) => {
      const mark = { position: this.#order.positionOf(conversationId, messageId), messageId };
      return isOwn
        ? { type: 'read.elsewhere', conversationId, mark }
        : { type: 'peer.read', conversationId, participantId, mark };
    });
  }

  #take(read: WaitingRead): readonly ConversationEvent[] {
    const { conversationId, messageId, isOwn } = read;
    const isKnown = (each: WaitingRead): boolean =>
      isOwn && each.isOwn && each.conversationId === conversationId && each.messageId === messageId;
    this.#waiting = [...this.#waiting.filter((each) => !isKnown(each)), read].slice(-mostWaiting);
    return this.due();
  }
}
