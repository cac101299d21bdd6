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

  /** Takes what is told; the guest's own is what names them, or is said to be. */
  take(told: ToldRead, isOwn = told.participantId === this.#ownId): void {
    const { conversationId, messageId } = told;
    const isKnown = (each: WaitingRead): boolean =>
      isOwn && each.isOwn && each.conversationId === conversationId && each.messageId === messageId;
    this.#waiting = [...this.#waiting.filter((each) => !isKnown(each)), { ...told, isOwn }].slice(
      -mostWaiting,
    );
  }

  /** The events of all that was taken and whose message has been told: each once. */
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
}
