import { clockStep, now } from '../waits.ts';
import { type Args, base, changing, emitting } from './base.ts';
import { canCall, started, timedOut, weigh } from './calls.logic.ts';
import { reportable } from './ledger.logic.ts';
import type { ConversationContext, Ledger, ReadCall } from './types.ts';

const callFor = ({ conversationId, seen }: Ledger): ReadCall => ({
  conversationId,
  attempt: 1,
  keepalive: true,
  ...(seen?.messageId !== undefined && { messageId: seen.messageId }),
});

const openFirst = (
  ledgers: readonly Ledger[],
  { conversationId }: ConversationContext,
): readonly Ledger[] => {
  const isOpen = (ledger: Ledger) => ledger.conversationId === conversationId;
  return [...ledgers.filter(isOpen), ...ledgers.filter((ledger) => !isOpen(ledger))];
};

/** The calls that leave: as many as may outlive the page together, one after a rate limit (L-1). */
function fitting(context: ConversationContext): readonly ReadCall[] {
  const { ports, limit } = context;
  const pending = openFirst(reportable(context), context);
  const calls = pending.slice(0, limit.probing ? 1 : pending.length).map(callFor);
  return ports.policies?.withinKeepalive?.(calls) ?? calls;
}

const inFlight = ({ receipts }: ConversationContext): readonly Ledger[] =>
  receipts.ledgers.filter((ledger) => ledger.inFlight !== null);

/** The calls of a flush that has begun, that of the open conversation first. */
export const flushCalls = (context: ConversationContext): readonly ReadCall[] =>
  openFirst(inFlight(context), context).map(callFor);

/** A mark that failed a moment ago is not worth a call again: pages come and go fast. */
const isRested = (context: ConversationContext): boolean =>
  !context.receipts.failing || now(context) >= context.receipts.calledAt + context.timing.readInterval;

/** What a flush asks; none changes anything. */
export const flushGuards = {
  canFlush: ({ context }: Args) => canFlushNow(context) && isRested(context) && fitting(context).length > 0,
  flushed: ({ context }: Args) => inFlight(context).length === 0,
  flushAccepted: ({ event }: Args) => event.type === 'flush.settled' && event.failure === undefined,
};

/** The call under way is the lane's own and is given up for the flush, so it blocks nothing. */
function canFlushNow(context: ConversationContext): boolean {
  const own = context.receipts.conversationId === null ? 0 : 1;
  const { limit } = context;
  return canCall({ ...context, limit: { ...limit, inFlight: limit.inFlight - own } });
}

/** What a flush does to the ledgers it reports. */
export const flushActions = {
  beginFlushing: base.assign(({ context }) => {
    const leaving = new Set(fitting(context).map(({ conversationId }) => conversationId));
    const { receipts, timing } = context;
    return {
      ...started(context),
      receipts: {
        ...receipts,
        conversationId: null,
        calledAt: now(context),
        notBefore: Math.max(receipts.notBefore, now(context) + timing.readInterval + clockStep(context)),
        ledgers: receipts.ledgers.map((ledger) => ({
          ...ledger,
          inFlight: leaving.has(ledger.conversationId) ? ledger.seen : null,
        })),
      },
    };
  }),
  flushTimedOut: base.enqueueActions(({ context, enqueue }) => {
    const failure = timedOut(context.timing.deadline);
    for (const { conversationId, inFlight: mark, acknowledged } of inFlight(context)) {
      if (mark) {
        enqueue(
          emitting({ type: 'read.failed', conversationId, mark, acknowledged, failure, willRetry: true }),
        );
      }
    }
    const { failures, wait, shared } = weigh(context, failure, 0);
    enqueue(
      changing({
        ...shared,
        receipts: {
          ...context.receipts,
          failures,
          failing: true,
          notBefore: Math.max(context.receipts.notBefore, now(context) + wait),
          ledgers: context.receipts.ledgers.map((ledger) => ({ ...ledger, inFlight: null })),
        },
      }),
    );
  }),
};
