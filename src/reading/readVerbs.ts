import type { ConversationEvent } from '../../machines/conversation/events.ts';
import { alreadyRefused, noReceipts } from '../conversation/refusals.ts';
import type { Conversation, ConversationActor } from '../conversation/types.ts';
import type { ConversationError } from '../shared/errors.ts';
import { checkId } from '../shared/validate.ts';
import type { LedgerKeeper } from './ledgerKeeper.ts';
import type { MessageOrder } from './messageOrder.ts';
import type { ReadWaiters } from './readWaiters.ts';

/** What the verbs about reading work with. */
export interface ReadVerbsOptions {
  readonly actor: ConversationActor;
  readonly order: MessageOrder;
  readonly waiters: ReadWaiters;
  readonly keeper: LedgerKeeper;
  readonly send: (event: ConversationEvent) => void;
  /** The open conversation. Throws `no-conversation`. */
  readonly known: () => string;
  /** Why a read call cannot be asked for now. */
  readonly refusal: () => ConversationError | null;
}

interface ReadVerbs extends Pick<Conversation, 'viewed' | 'markAsRead' | 'markAsUnread' | 'flush'> {
  unread(): number;
}

/** The verbs of a handle that are about reading. */
export function createReadVerbs(options: ReadVerbsOptions): ReadVerbs {
  const { actor, order, waiters, keeper, send, known, refusal } = options;
  const ledgerOf = (conversationId: string | null) =>
    actor.getSnapshot().context.receipts.ledgers.find((each) => each.conversationId === conversationId);

  const request = async (conversationId: string, messageId: string | undefined): Promise<void> => {
    const refused = refusal();
    if (refused) throw refused;
    const position =
      messageId === undefined ? order.upToNow(conversationId) : order.positionOf(conversationId, messageId);
    const mark = { position, ...(messageId !== undefined && { messageId }) };
    if (!actor.getSnapshot().context.capabilities.readReceipts) {
      send({ type: 'read.requested', conversationId, mark });
      throw noReceipts();
    }
    const ledger = ledgerOf(conversationId);
    if (ledger?.acknowledged && ledger.acknowledged.position >= position) {
      if (ledger.unreadFrom !== null) send({ type: 'read.requested', conversationId, mark });
      return;
    }
    if (ledger && ledger.refused !== null && ledger.refused >= position) throw alreadyRefused();
    const acknowledged = waiters.wait(conversationId, position);
    send({ type: 'read.requested', conversationId, mark });
    return acknowledged;
  };

  const markAsRead = async (messageId: string | undefined): Promise<void> => {
    const refused = refusal();
    if (refused) throw refused;
    const conversationId = known();
    if (messageId !== undefined) order.positionOf(conversationId, messageId);
    return new Promise((resolve) => keeper.whenLoaded(() => resolve(request(conversationId, messageId))));
  };

  return {
    viewed: (messageId) => {
      checkId('messageId', messageId);
      const conversationId = known();
      order.positionOf(conversationId, messageId);
      keeper.whenLoaded(() => {
        const position = order.find(conversationId, messageId);
        if (position === undefined) return;
        send({ type: 'message.viewed', conversationId, mark: { position, messageId } });
      });
    },
    markAsRead: (messageId) => {
      if (messageId !== undefined) checkId('messageId', messageId);
      const reading = markAsRead(messageId);
      reading.catch(() => {});
      return reading;
    },
    markAsUnread: (messageId) => {
      if (messageId !== undefined) checkId('messageId', messageId);
      const conversationId = known();
      const place = () =>
        messageId === undefined
          ? order.newestOfOthers(conversationId)
          : order.positionOf(conversationId, messageId);
      place();
      keeper.whenLoaded(() => {
        const position = place();
        if (position !== undefined) send({ type: 'unread.requested', conversationId, position });
      });
    },
    flush: () => {
      send({ type: 'flush.requested' });
      keeper.saveNow();
    },
    unread: () => ledgerOf(actor.getSnapshot().context.conversationId)?.unread ?? 0,
  };
}
