import type { Failure } from '../failure.ts';
import { type Args, base, changing, emitting } from './base.ts';
import { type ActorEvent, failureIn, isOverIn } from './calls.logic.ts';
import type { ConversationEvent } from './events.ts';
import { isPending, ledgerOf, withLedger } from './ledger.logic.ts';
import type { ConversationContext, Ledger } from './types.ts';

/** Guards on what an event means for the open conversation. */
export const openingGuards = {
  switches: ({ context, event }: Args) =>
    event.type === 'conversation.opened' && event.conversationId !== context.conversationId,
  opensFirst: ({ context, event }: Args) =>
    event.type === 'conversation.opened' && context.conversationId === null,
  endsOpenConversation: ({ context, event }: Args) =>
    event.type === 'conversation.ended' && event.conversationId === context.conversationId,
};

/** What opening, leaving and ending a conversation change for all regions. */
export const openingActions = {
  openConversation: base.assign(({ context, event }) => {
    if (event.type !== 'conversation.opened') return {};
    const { conversationId } = event;
    const { receipts } = context;
    return {
      conversationId,
      receipts: {
        ...receipts,
        ledgers: reopened(receipts.ledgers, conversationId),
      },
    };
  }),
  closeConversation: base.assign({ conversationId: null }),
  /** The conversation is over: said once, with the read mark that can no longer be delivered. */
  giveUpConversation: base.enqueueActions(({ context, event, enqueue }) => {
    const conversationId = concernedBy(event, context);
    if (conversationId === null) return;
    const failure: Failure =
      event.type === 'conversation.ended'
        ? { code: 'conversation-ended', message: 'The conversation was ended; open another or reopen it.' }
        : failureIn(event, context);
    const ledger = ledgerOf(context, conversationId);
    const isLost = losesMarks(event, context);
    const isReply = event.type !== 'conversation.ended';
    const { receipts } = context;
    enqueue(
      changing({
        receipts: {
          ...receipts,
          ledgers: withLedger(receipts, conversationId, (each) => ({
            ...each,
            ended: true,
            endedByReply: isReply && (!each.ended || each.endedByReply),
            over: each.over || isLost,
          })),
        },
      }),
    );
    if (!isOverIn(context, conversationId)) {
      enqueue(
        emitting({
          type: 'conversation.ended',
          conversationId,
          ...(isReply && { failure }),
        }),
      );
    }
    if (isLost && ledger?.seen && isPending(ledger)) {
      const { seen: mark, acknowledged } = ledger;
      enqueue(
        emitting({ type: 'read.failed', conversationId, mark, acknowledged, failure, willRetry: false }),
      );
    }
  }),
  /** A call was accepted in a conversation that a reply had called over: it goes on, and its marks with it. */
  liftEnd: base.enqueueActions(({ context, event, enqueue }) => {
    const conversationId = concernedBy(event, context);
    if (context.capabilities.readsOutliveEnd === true && isRead(event)) return;
    const ledger = ledgerOf(context, conversationId);
    if (!ledger?.ended || !ledger.endedByReply) return;
    const { receipts } = context;
    enqueue(
      changing({
        receipts: { ...receipts, ledgers: reopened(receipts.ledgers, ledger.conversationId) },
      }),
    );
    enqueue(emitting({ type: 'conversation.resumed', conversationId: ledger.conversationId }));
  }),
};

/** The ledgers, that of a conversation no longer over. */
const reopened = (ledgers: readonly Ledger[], conversationId: string): readonly Ledger[] =>
  ledgers.map((each) =>
    each.conversationId === conversationId
      ? { ...each, ended: false, endedByReply: false, over: false }
      : each,
  );

/**
 * Whether marks that are not acknowledged can be delivered no more. Where nobody takes any, or the guest keeps
 * them, none is ever lost; where they outlive the end, only a read call that says so loses them.
 */
function losesMarks(event: ConversationEvent, { capabilities, receipts }: ConversationContext): boolean {
  if (!capabilities.readReceipts || !receipts.isShared) return false;
  if (capabilities.readsOutliveEnd !== true) return true;
  return isRead(event);
}

/** Whether an event is the answer to a read call. */
const isRead = (event: ConversationEvent): boolean =>
  event.type === 'flush.settled' || (event as ActorEvent).type.endsWith('.sendRead');

function concernedBy(event: ConversationEvent, context: ConversationContext): string | null {
  if (event.type === 'conversation.ended' || event.type === 'flush.settled') return event.conversationId;
  const { type } = event as ActorEvent;
  return type.endsWith('.sendRead') ? context.receipts.conversationId : context.typing.conversationId;
}
