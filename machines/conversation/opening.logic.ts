import type { Failure } from '../failure.ts';
import { type Args, base } from './base.ts';
import { type ActorEvent, failureIn } from './calls.logic.ts';
import type { ConversationEvent } from './events.ts';
import { isPending } from './ledger.logic.ts';
import type { ConversationContext } from './types.ts';

/** Guards on what an event means for the open conversation. */
export const openingGuards = {
  switches: ({ context, event }: Args) =>
    event.type === 'conversation.opened' && event.conversationId !== context.conversationId,
  endsOpenConversation: ({ context, event }: Args) =>
    event.type === 'conversation.ended' && event.conversationId === context.conversationId,
};

/** What opening, leaving and ending a conversation change for all regions. */
export const openingActions = {
  openConversation: base.assign(({ context, event }) => {
    if (event.type !== 'conversation.opened') return {};
    const { conversationId } = event;
    const { receipts, endedConversationId } = context;
    return {
      conversationId,
      endedConversationId: endedConversationId === conversationId ? null : endedConversationId,
      receipts: {
        ...receipts,
        ledgers: receipts.ledgers.map((ledger) =>
          ledger.conversationId === conversationId ? { ...ledger, over: false } : ledger,
        ),
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
    const ledger = context.receipts.ledgers.find((each) => each.conversationId === conversationId);
    const known = context.endedConversationId === conversationId;
    enqueue.assign({
      endedConversationId: conversationId,
      receipts: {
        ...context.receipts,
        ledgers: context.receipts.ledgers.map((each) => (each === ledger ? { ...each, over: true } : each)),
      },
    });
    if (!known) {
      enqueue.emit({
        type: 'conversation.ended',
        conversationId,
        ...(event.type !== 'conversation.ended' && { failure }),
      });
    }
    if (ledger?.seen && isPending(ledger)) {
      const { seen: mark, acknowledged } = ledger;
      enqueue.emit({ type: 'read.failed', conversationId, mark, acknowledged, failure, willRetry: false });
    }
  }),
};

function concernedBy(event: ConversationEvent, context: ConversationContext): string | null {
  if (event.type === 'conversation.ended' || event.type === 'flush.settled') return event.conversationId;
  const { type } = event as ActorEvent;
  return type.endsWith('.sendRead') ? context.receipts.conversationId : context.typing.conversationId;
}
