import type { ConversationEvent } from './events.ts';
import type { ConversationContext, Ledger, Mark, ReceiptsContext, StoredLedger } from './types.ts';

/** How many conversations' ledgers are kept; one with an undelivered mark is never put out for another. */
const mostLedgers = 200;

const blank: Omit<Ledger, 'conversationId'> = {
  seen: null,
  inFlight: null,
  acknowledged: null,
  refused: null,
  ended: false,
  endedByReply: false,
  over: false,
  unreadFrom: null,
  unread: 0,
};

/** Whether a mark stands above another one, or there is no other. */
export const isAbove = (mark: Mark, other: Mark | null): boolean =>
  other === null || mark.position > other.position;

/** Whether a ledger has seen more than is acknowledged, refused, or lost with its conversation. */
export function isPending({ seen, acknowledged, refused, over }: Ledger): boolean {
  if (over || seen === null) return false;
  return isAbove(seen, acknowledged) && (refused === null || seen.position > refused);
}

/**
 * The ledgers that have something to report: none while reads are not shared. What was read meanwhile in a
 * conversation that has ended since is nobody's business any more.
 */
export const reportable = ({ receipts, capabilities }: ConversationContext): readonly Ledger[] =>
  capabilities.readReceipts && receipts.isShared
    ? receipts.ledgers.filter(
        (ledger) => isPending(ledger) && !(ledger.ended && capabilities.readsOutliveEnd !== true),
      )
    : [];

/** The greater of two marks; the first where they stand at the same place. */
export const newer = (one: Mark | null, other: Mark | null): Mark | null =>
  other !== null && isAbove(other, one) ? other : one;

/**
 * What is acknowledged once `mark` is: all that was seen, where that names nothing newer. Else the one message
 * would be reported twice.
 */
export function acknowledgedBy<Reached extends Mark | null>({ seen }: Ledger, mark: Reached): Mark | Reached {
  if (mark === null || seen?.namedAt === undefined) return mark;
  return mark.position >= seen.namedAt && mark.position < seen.position ? seen : mark;
}

/** The ledger of a conversation, where there is one. */
export const ledgerOf = (
  { receipts }: ConversationContext,
  conversationId: string | null,
): Ledger | undefined => receipts.ledgers.find((ledger) => ledger.conversationId === conversationId);

/** The ledgers with one of them changed, or with a blank one added and changed. */
export function withLedger(
  { ledgers }: Pick<ReceiptsContext, 'ledgers'>,
  conversationId: string,
  change: (ledger: Ledger) => Ledger,
): readonly Ledger[] {
  if (ledgers.some((ledger) => ledger.conversationId === conversationId)) {
    return ledgers.map((ledger) => (ledger.conversationId === conversationId ? change(ledger) : ledger));
  }
  const spare = ledgers.length < mostLedgers ? -1 : ledgers.findIndex((each) => !isPending(each));
  return [...ledgers.filter((_, index) => index !== spare), change({ conversationId, ...blank })];
}

/** The ledgers with those of an earlier run merged in; no mark goes back. */
export function merged(
  ledgers: readonly Ledger[],
  stored: readonly StoredLedger[],
  openConversationId: string | null,
): readonly Ledger[] {
  return stored.reduce<readonly Ledger[]>(
    (all, { conversationId, seen, acknowledged, refused, over }) =>
      withLedger({ ledgers: all }, conversationId, (ledger) => ({
        ...ledger,
        seen: newer(newer(ledger.seen, seen), acknowledged),
        acknowledged: newer(ledger.acknowledged, acknowledgedBy(ledger, acknowledged)),
        refused: refused === null ? ledger.refused : Math.max(refused, ledger.refused ?? refused),
        over: ledger.over || (over && conversationId !== openConversationId),
      })),
    ledgers,
  );
}

/** A ledger whose conversation was read up to a mark on another device: seen here, and acknowledged. */
export const readElsewhere = (ledger: Ledger, mark: Mark): Ledger => ({
  ...ledger,
  seen: newer(ledger.seen, mark),
  acknowledged: newer(ledger.acknowledged, acknowledgedBy(ledger, mark)),
  unreadFrom: isAbove(mark, ledger.seen) ? null : ledger.unreadFrom,
});

/**
 * A ledger after a message was taken out. A pending mark that stood on it names the next older one, at the place
 * that it had, so that no mark goes back; where everything older is acknowledged, so is this place. That holds in a
 * conversation that is over too, which may go on.
 */
export function withoutMessage(ledger: Ledger, messageId: string, older: Mark | null): Ledger {
  const { seen, acknowledged } = ledger;
  if (seen?.messageId !== messageId || !isPending({ ...ledger, over: false })) return ledger;
  const mark: Mark = {
    position: seen.position,
    ...(older?.messageId !== undefined && { messageId: older.messageId, namedAt: older.position }),
  };
  const isLeft = older !== null && isAbove(older, acknowledged);
  return { ...ledger, seen: mark, acknowledged: isLeft ? acknowledged : mark };
}

/** The ledger whose call an event settles: the one under way, or the one that a flush names. */
export function ledgerConcerned(context: ConversationContext, event: ConversationEvent): Ledger | undefined {
  return ledgerOf(
    context,
    event.type === 'flush.settled' ? event.conversationId : context.receipts.conversationId,
  );
}
