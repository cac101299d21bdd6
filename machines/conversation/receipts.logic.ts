import { type FailureKind, kindOf } from '../failure.ts';
import { draw } from '../random.ts';
import { clockStep, now, timeLeft, toDelay } from '../waits.ts';
import { type Args, base, changing, emitting } from './base.ts';
import {
  acceptedIn,
  canCall,
  failureIn,
  hasWord,
  mustAsk,
  started,
  succeeded,
  tokenRejected,
  usesUpBurst,
  weigh,
} from './calls.logic.ts';
import type { ConversationEvent } from './events.ts';
import {
  acknowledgedBy,
  isAbove,
  isPending,
  ledgerConcerned,
  ledgerOf,
  merged,
  newer,
  readElsewhere,
  reportable,
  withLedger,
  withoutMessage,
} from './ledger.logic.ts';
import type {
  ConversationContext,
  ConversationInput,
  Ledger,
  Mark,
  ReadCall,
  ReceiptsContext,
} from './types.ts';
import { withPeers } from './unread.logic.ts';

/** Nothing read and nothing under way: of all charts the same object, since most never get further. */
const nothingRead: ReceiptsContext = {
  isShared: true,
  ledgers: [],
  peers: [],
  forbidden: false,
  conversationId: null,
  calledAt: Number.MIN_SAFE_INTEGER,
  dueAt: 0,
  notBefore: 0,
  failures: 0,
  failing: false,
};

/** What the lane starts from: the marks of an earlier run. */
export const initialReceipts = ({
  ledgers = [],
  peers = [],
  conversationId,
  shareReads = true,
}: ConversationInput): ReceiptsContext =>
  shareReads && ledgers.length === 0 && peers.length === 0
    ? nothingRead
    : { ...nothingRead, isShared: shareReads, ledgers: merged([], ledgers, conversationId), peers };

const restedAt = ({ limit, receipts }: ConversationContext): number =>
  Math.max(receipts.notBefore, limit.blockedUntil);

const dueAt = (context: ConversationContext): number => Math.max(context.receipts.dueAt, restedAt(context));

const anyPending = (context: ConversationContext): boolean => reportable(context).length > 0;

const noneInFlight = ({ receipts }: ConversationContext): boolean =>
  receipts.ledgers.every(({ inFlight }) => inFlight === null);

/** Whether another tab reports from the ledger that is next: what it reports is waited for. */
const othersRead = (context: ConversationContext): boolean => {
  const ledger = nextLedger(context);
  return ledger !== undefined && context.ports.voice?.othersRead(ledger.conversationId) === true;
};

/** Whether a read call is ready to leave; typing steps back then. */
export function readDue(context: ConversationContext): boolean {
  return (
    noneInFlight(context) &&
    anyPending(context) &&
    canCall(context) &&
    now(context) >= dueAt(context) &&
    !othersRead(context)
  );
}

/**
 * Whether the call that is under way for a conversation may leave still, where it was held up: what it reports is
 * pending, the message that it names was not taken out, and nothing bars it.
 */
export function mayStillRead(context: ConversationContext, conversationId: string): boolean {
  const { limit, online, ports } = context;
  const { inFlight = null, acknowledged = null } = {
    ...reportable(context).find((ledger) => ledger.conversationId === conversationId),
  };
  const isNews = inFlight !== null && isAbove(inFlight, acknowledged);
  if (ports.policies?.isRemoved?.(conversationId, inFlight?.messageId)) return false;
  return isNews && online && !tokenRejected(context) && now(context) >= limit.blockedUntil;
}

/** The ledger to report from: the open conversation's own, else the first that has something pending. */
function nextLedger(context: ConversationContext, pending = reportable(context)): Ledger | undefined {
  const { conversationId } = context;
  return pending.find((ledger) => ledger.conversationId === conversationId) ?? pending[0];
}

function isNewer({ context, event }: Args): boolean {
  if (event.type !== 'message.viewed') return false;
  const ledger = ledgerOf(context, event.conversationId);
  return isAbove(event.mark, ledger?.seen ?? null);
}

/** A back end that fails everybody gets no second tries, only the first of each burst. */
const failuresBefore = ({ context, event }: Args): number => {
  const { failures } = context.receipts;
  if (event.type === 'flush.settled') return 0;
  return context.ports.policies?.mayRetry?.() === false
    ? Math.max(failures, context.timing.tries - 1)
    : failures;
};

const isLastTry = (args: Args): boolean =>
  usesUpBurst(args.context, failureIn(args.event, args.context), failuresBefore(args));

const settle = ({ context, event }: Args, change: (ledger: Ledger) => Ledger): ReceiptsContext => ({
  ...context.receipts,
  ledgers: withLedger(context.receipts, ledgerConcerned(context, event)?.conversationId ?? '', change),
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
  Math.max(now(context), context.receipts.calledAt + context.timing.readInterval + clockStep(context));

/** "Unread" ends when something newer is seen, or when the guest asks; not by seeing again what was seen. */
const clears = ({ seen }: Ledger, { type, mark }: Extract<ConversationEvent, { mark: Mark }>): boolean =>
  type === 'read.requested' || isAbove(mark, seen);

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
        unreadFrom: clears(ledger, event) ? null : ledger.unreadFrom,
      })),
    };
  };

/** What the receipts region asks of its lane; none changes anything. */
export const receiptsGuards = {
  nothingPending: ({ context }: Args) => !anyPending(context),
  somethingPending: ({ context }: Args) => anyPending(context),
  mayRead: ({ context }: Args) => readDue(context) && hasWord(context),
  mustAskToRead: ({ context }: Args) => mustAsk(context) && readDue(context),
  readRested: ({ context }: Args) => now(context) >= restedAt(context),
  newerMark: isNewer,
  switchesReads: ({ context, event }: Args) =>
    event.type === 'sharing.changed' && event.lane === 'read' && event.isShared !== context.receipts.isShared,
  readsShared: ({ context }: Args) => context.receipts.isShared,
  readsNotShared: ({ context }: Args) => !context.receipts.isShared,
  readPredatesFreeze: ({ context }: Args) =>
    context.frozenAt !== null && context.receipts.calledAt <= context.frozenAt,
  readFurtherElsewhere: ({ context, event }: Args) => {
    if (event.type !== 'read.elsewhere') return false;
    const acknowledged = ledgerOf(context, event.conversationId)?.acknowledged ?? null;
    return isAbove(event.mark, acknowledged);
  },
  readLimitedLastTry: (args: Args) =>
    kindOf(failureIn(args.event, args.context)) === 'limited' && isLastTry(args),
  readLastTry: isLastTry,
  readHeldBack: ({ context, event }: Args) =>
    failureIn(event, context).unsent === true &&
    !mayStillRead(context, context.receipts.conversationId ?? ''),
};

/** The read lane's waits, whole ms (L-3). */
export const receiptsDelays = {
  readDue: ({ context }: Args) => timeLeft(now(context), dueAt(context)),
  readRested: ({ context }: Args) => timeLeft(now(context), restedAt(context)),
};

/** What the receipts region does: notes in its own context, and events for whoever listens. */
export const receiptsActions = {
  noteViewed: base.assign({ receipts: seen(({ timing }) => timing.collect) }),
  noteRequested: base.assign({ receipts: seen(() => 0) }),
  switchReads: base.assign({
    receipts: ({ context: { receipts } }) => ({ ...receipts, isShared: !receipts.isShared }),
  }),
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
        notBefore: now(context) + context.timing.readInterval + clockStep(context),
        ledgers: withLedger(receipts, ledger.conversationId, (each) => ({ ...each, inFlight: each.seen })),
      },
    };
  }),
  mergeLedgers: base.assign({
    receipts: ({ context: { conversationId, receipts }, event }) =>
      event.type === 'ledger.loaded'
        ? {
            ...receipts,
            ledgers: merged(receipts.ledgers, event.ledgers, conversationId),
            peers: withPeers(receipts.peers, event.peers ?? []),
          }
        : receipts,
  }),
  noteReadElsewhere: base.assign({
    receipts: ({ context: { receipts }, event }) =>
      event.type === 'read.elsewhere'
        ? {
            ...receipts,
            ledgers: withLedger(receipts, event.conversationId, (ledger) =>
              readElsewhere(ledger, event.mark),
            ),
          }
        : receipts,
  }),
  emitReadElsewhere: base.emit(({ context, event }) => {
    const { conversationId, mark } = event as Extract<ConversationEvent, { type: 'read.elsewhere' }>;
    const known = ledgerOf(context, conversationId)?.acknowledged;
    return { type: 'read.acknowledged', conversationId, mark: known ?? mark };
  }),
  /** Nothing goes back at the server; what no longer has to be said counts as said. */
  noteRemoved: base.enqueueActions(({ context, event, enqueue }) => {
    if (event.type !== 'message.removed') return;
    const { conversationId, messageId, older } = event;
    const before = ledgerOf(context, conversationId);
    if (!before) return;
    const after = withoutMessage(before, messageId, older);
    const { receipts } = context;
    enqueue(
      changing({
        receipts: { ...receipts, ledgers: withLedger(receipts, conversationId, () => after) },
      }),
    );
    if (after.acknowledged && after.acknowledged !== before.acknowledged && !before.over) {
      enqueue(emitting({ type: 'read.acknowledged', conversationId, mark: after.acknowledged }));
    }
  }),
  readAccepted: base.assign(({ context, event }) => ({
    ...succeeded(context, acceptedIn(event)),
    receipts: {
      ...settle({ context, event }, (ledger) => ({
        ...ledger,
        inFlight: null,
        acknowledged: newer(ledger.acknowledged, acknowledgedBy(ledger, ledger.inFlight)),
      })),
      failures: 0,
      failing: false,
    },
  })),
  readFailed: base.assign(({ context, event }) => {
    const failure = failureIn(event, context);
    const kind = kindOf(failure);
    const { failures, wait, shared } = weigh(
      context,
      failure,
      kind === 'unauthorized' ? context.receipts.failures : failuresBefore({ context, event }),
    );
    const straggler =
      kind === 'unauthorized' && (failure.tokenGeneration ?? context.token.current) < context.token.current;
    const settled = settle({ context, event }, (ledger) => ({
      ...ledger,
      inFlight: null,
      refused: kind === 'refused' ? (ledger.inFlight?.position ?? ledger.refused) : ledger.refused,
    }));
    return {
      ...shared,
      receipts: {
        ...settled,
        ...(kind === 'forbidden' && {
          forbidden: true,
          ledgers: settled.ledgers.map((ledger) => ({ ...ledger, inFlight: null })),
        }),
        failing: true,
        failures: kind === 'refused' || kind === 'gone' ? 0 : failures,
        notBefore: nextReadAt(context, kind, straggler, wait),
      },
    };
  }),
  /** The calls under way are given up without a verdict; their marks stay due. */
  abandonReads: base.assign({
    receipts: ({ context: { receipts } }) => ({
      ...receipts,
      conversationId: null,
      ledgers: receipts.ledgers.map((ledger) => ({ ...ledger, inFlight: null })),
    }),
  }),
  startNewBurst: base.assign({
    receipts: ({ context }) => ({
      ...context.receipts,
      forbidden: false,
      failures: 0,
      notBefore: nextIntervalAt(context),
    }),
  }),
  startNewBurstWithJitter: base.assign(({ context }) => {
    const [random, seed] = draw(context.seed);
    const notBefore = nextIntervalAt(context) + context.timing.backoffBase * context.timing.jitter * random;
    return { seed, receipts: { ...context.receipts, failures: 0, notBefore } };
  }),
  restBetweenBursts: base.assign({ receipts: ({ context }) => ({ ...context.receipts, failures: 0 }) }),

  /** Not where another device was acknowledged as much meanwhile: that was told. */
  emitRead: base.enqueueActions(({ context, event, enqueue }) => {
    const ledger = ledgerConcerned(context, event);
    const mark = ledger?.inFlight;
    if (!ledger || !mark || !isAbove(mark, ledger.acknowledged)) return;
    const { conversationId } = ledger;
    enqueue(emitting({ type: 'read.acknowledged', conversationId, mark: acknowledgedBy(ledger, mark) }));
  }),
  emitReadRetrying: base.emit(({ context, event }) => readFailure({ context, event }, true)),
  emitReadUndeliverable: base.emit(({ context, event }) => readFailure({ context, event }, false)),
  /** Not where what failed was read elsewhere meanwhile, or taken out: nothing is kept then. */
  emitParked: base.enqueueActions(({ context, enqueue }) => {
    const ledger = nextLedger(context, context.receipts.ledgers.filter(isPending));
    if (!ledger?.seen) return;
    const { conversationId, seen: mark } = ledger;
    enqueue(
      emitting({
        type: 'read.parked',
        conversationId,
        mark,
        msLeft: toDelay(restedAt(context) - now(context)),
      }),
    );
  }),
  emitStorageFailed: base.emit(
    ({ event }) => event as Extract<ConversationEvent, { type: 'storage.failed' }>,
  ),
  emitReadLimited: base.emit(({ context, event }) => ({
    type: 'rate.limited',
    lane: 'read',
    msLeft: toDelay(context.limit.blockedUntil - now(context)),
    failure: failureIn(event, context),
  })),
};

const markOf = (ledger: Ledger | undefined): Mark => ledger?.inFlight ?? { position: 0 };

function readFailure({ context, event }: Args, willRetry: boolean) {
  const ledger = ledgerConcerned(context, event);
  const failure = failureIn(event, context);
  return {
    type: 'read.failed' as const,
    conversationId: ledger?.conversationId ?? '',
    mark: kindOf(failure) === 'forbidden' ? (ledger?.seen ?? markOf(ledger)) : markOf(ledger),
    acknowledged: ledger?.acknowledged ?? null,
    failure,
    willRetry,
  };
}

/** The call that reports the ledger under way. */
export function readCall(context: ConversationContext): ReadCall {
  const mark = markOf(ledgerOf(context, context.receipts.conversationId));
  return {
    conversationId: context.receipts.conversationId ?? '',
    attempt: context.receipts.failures + 1,
    ...(mark.messageId !== undefined && { messageId: mark.messageId }),
  };
}
