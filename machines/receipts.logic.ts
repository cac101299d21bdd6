import { acceptedIn, canCall, failureIn, isPending, now, started, succeeded, weigh } from './calls.logic.ts';
import { base } from './conversation.base.ts';
import type { ConversationEvent } from './conversation.events.ts';
import type { ConversationContext, Ledger, Mark, ReadCall, ReceiptsContext } from './conversation.types.ts';
import { type Failure, type FailureKind, kindOf } from './failure.ts';
import { draw } from './random.ts';
import { never, toDelay } from './waits.ts';

type Args = { context: ConversationContext; event: ConversationEvent };

/** How many conversations' ledgers are kept; one with an undelivered mark is never put out for another. */
const mostLedgers = 200;

const restedAt = ({ limit, receipts }: ConversationContext): number =>
  Math.max(receipts.notBefore, limit.blockedUntil);

const dueAt = (context: ConversationContext): number => Math.max(context.receipts.dueAt, restedAt(context));

const anyPending = ({ receipts, capabilities }: ConversationContext): boolean =>
  capabilities.readReceipts && receipts.ledgers.some(isPending);

const noneInFlight = ({ receipts }: ConversationContext): boolean => receipts.conversationId === null;

/** Whether a read call is ready to leave; typing steps back then. */
export function readDue(context: ConversationContext): boolean {
  return noneInFlight(context) && anyPending(context) && canCall(context) && now(context) >= dueAt(context);
}

/** The ledger to report from: the open conversation's own, else the first that has something pending. */
function nextLedger({ conversationId, receipts }: ConversationContext): Ledger | undefined {
  const pending = receipts.ledgers.filter(isPending);
  return pending.find((ledger) => ledger.conversationId === conversationId) ?? pending[0];
}

function ledgerInFlight({ receipts }: ConversationContext): Ledger | undefined {
  return receipts.ledgers.find((ledger) => ledger.conversationId === receipts.conversationId);
}

const newer = (one: Mark | null, other: Mark | null): Mark | null =>
  one === null || (other !== null && other.position > one.position) ? other : one;

function withLedger(
  receipts: ReceiptsContext,
  conversationId: string,
  change: (ledger: Ledger) => Ledger,
): readonly Ledger[] {
  const known = receipts.ledgers.some((ledger) => ledger.conversationId === conversationId);
  if (known) {
    return receipts.ledgers.map((ledger) =>
      ledger.conversationId === conversationId ? change(ledger) : ledger,
    );
  }
  const blank = {
    conversationId,
    seen: null,
    inFlight: null,
    acknowledged: null,
    refused: null,
    over: false,
  };
  const spare =
    receipts.ledgers.length < mostLedgers ? -1 : receipts.ledgers.findIndex((each) => !isPending(each));
  return [...receipts.ledgers.filter((_, index) => index !== spare), change(blank)];
}

function isNewer({ context, event }: Args): boolean {
  if (event.type !== 'message.viewed' && event.type !== 'read.requested') return false;
  const ledger = context.receipts.ledgers.find((each) => each.conversationId === event.conversationId);
  return !ledger?.seen || event.mark.position > ledger.seen.position;
}

const isLastTry = ({ context, event }: Args): boolean =>
  kindOf(failureIn(event, context)) !== 'unauthorized' &&
  context.receipts.failures + 1 >= context.timing.tries;

const settle = (receipts: ReceiptsContext, change: (ledger: Ledger) => Ledger): ReceiptsContext => ({
  ...receipts,
  ledgers: withLedger(receipts, receipts.conversationId ?? '', change),
  conversationId: null,
});

function nextReadAt(
  context: ConversationContext,
  kind: FailureKind,
  straggler: boolean,
  wait: number,
): number {
  if (kind === 'forbidden') return Number.MAX_SAFE_INTEGER;
  if (kind === 'unauthorized' && !straggler) return now(context);
  if (kind === 'refused' || kind === 'gone') return context.receipts.notBefore;
  return Math.max(context.receipts.notBefore, now(context) + wait);
}

const nextIntervalAt = (context: ConversationContext): number =>
  Math.max(now(context), context.receipts.calledAt + context.timing.readInterval);

const seen =
  (collectMs: (context: ConversationContext) => number) =>
  ({ context, event }: Args): ReceiptsContext => {
    const { receipts } = context;
    if (event.type !== 'message.viewed' && event.type !== 'read.requested') return receipts;
    const due = now(context) + collectMs(context);
    return {
      ...receipts,
      dueAt: anyPending(context) ? Math.min(receipts.dueAt, due) : due,
      ledgers: withLedger(receipts, event.conversationId, (ledger) => ({
        ...ledger,
        seen: newer(ledger.seen, event.mark),
      })),
    };
  };

export const receiptsGuards = {
  nothingPending: ({ context }: Args) => !anyPending(context),
  somethingPending: ({ context }: Args) => anyPending(context),
  readDue: ({ context }: Args) => readDue(context),
  readRested: ({ context }: Args) => now(context) >= restedAt(context),
  newerMark: isNewer,
  limitedLastTry: (args: Args) =>
    kindOf(failureIn(args.event, args.context)) === 'limited' && isLastTry(args),
  lastTry: isLastTry,
};

const timeLeft = (context: ConversationContext, until: number): number => {
  const left = until - now(context);
  return left > 0 ? toDelay(left) : never;
};

export const receiptsDelays = {
  readDue: ({ context }: { context: ConversationContext }) => timeLeft(context, dueAt(context)),
  readRested: ({ context }: { context: ConversationContext }) => timeLeft(context, restedAt(context)),
};

export const receiptsActions = {
  noteViewed: base.assign({ receipts: seen(({ timing }) => timing.collect) }),
  noteRequested: base.assign({ receipts: seen(() => 0) }),
  beginReading: base.assign(({ context }) => {
    const ledger = nextLedger(context);
    const { receipts } = context;
    if (!ledger) return {};
    return {
      ...started(context),
      receipts: {
        ...receipts,
        conversationId: ledger.conversationId,
        calledAt: now(context),
        notBefore: now(context) + context.timing.readInterval,
        ledgers: withLedger(receipts, ledger.conversationId, (each) => ({ ...each, inFlight: each.seen })),
      },
    };
  }),
  readAccepted: base.assign(({ context, event }) => ({
    ...succeeded(context, acceptedIn(event)),
    receipts: {
      ...settle(context.receipts, (ledger) => ({
        ...ledger,
        inFlight: null,
        acknowledged: newer(ledger.acknowledged, ledger.inFlight),
      })),
      failures: 0,
    },
  })),
  readFailed: base.assign(({ context, event }) => {
    const failure = failureIn(event, context);
    const kind = kindOf(failure);
    const { failures, wait, shared } = weigh(context, failure, context.receipts.failures);
    const straggler =
      kind === 'unauthorized' && (failure.tokenGeneration ?? context.token.current) < context.token.current;
    const settled = settle(context.receipts, (ledger) => ({
      ...ledger,
      inFlight: null,
      refused: kind === 'refused' ? (ledger.inFlight?.position ?? ledger.refused) : ledger.refused,
    }));
    return {
      ...shared,
      receipts: {
        ...settled,
        failures: kind === 'refused' || kind === 'gone' ? 0 : failures,
        notBefore: nextReadAt(context, kind, straggler, wait),
      },
    };
  }),
  startNewBurst: base.assign({
    receipts: ({ context }) => ({ ...context.receipts, failures: 0, notBefore: nextIntervalAt(context) }),
  }),
  startNewBurstWithJitter: base.assign(({ context }) => {
    const [random, seed] = draw(context.seed);
    const notBefore = nextIntervalAt(context) + context.timing.backoffBase * context.timing.jitter * random;
    return { seed, receipts: { ...context.receipts, failures: 0, notBefore } };
  }),
  restBetweenBursts: base.assign({ receipts: ({ context }) => ({ ...context.receipts, failures: 0 }) }),

  emitRead: base.emit(({ context }) => {
    const ledger = ledgerInFlight(context);
    return { type: 'read.acknowledged', conversationId: ledger?.conversationId ?? '', mark: markOf(ledger) };
  }),
  emitReadRetrying: base.emit(({ context, event }) => readFailure(context, failureIn(event, context), true)),
  emitReadUndeliverable: base.emit(({ context, event }) =>
    readFailure(context, failureIn(event, context), false),
  ),
  emitParked: base.emit(({ context }) => {
    const ledger = nextLedger(context);
    return {
      type: 'read.parked',
      conversationId: ledger?.conversationId ?? '',
      mark: ledger?.seen ?? markOf(ledger),
      msLeft: toDelay(restedAt(context) - now(context)),
    };
  }),
  emitReadLimited: base.emit(({ context, event }) => ({
    type: 'rate.limited',
    lane: 'read',
    msLeft: toDelay(context.limit.blockedUntil - now(context)),
    failure: failureIn(event, context),
  })),
};

const markOf = (ledger: Ledger | undefined): Mark => ledger?.inFlight ?? { position: 0 };

function readFailure(context: ConversationContext, failure: Failure, willRetry: boolean) {
  const ledger = ledgerInFlight(context);
  return {
    type: 'read.failed' as const,
    conversationId: ledger?.conversationId ?? '',
    mark: markOf(ledger),
    failure,
    willRetry,
  };
}

/** The call that reports the ledger under way. */
export function readCall(context: ConversationContext): ReadCall {
  const mark = markOf(ledgerInFlight(context));
  return {
    conversationId: context.receipts.conversationId ?? '',
    attempt: context.receipts.failures + 1,
    ...(mark.messageId !== undefined && { messageId: mark.messageId }),
  };
}
