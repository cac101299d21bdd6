import type { TraceFile } from 'genesys-conversation-machine/testing';
import type { Player } from './messages.ts';
import type { Facts, Said, SaidMessage } from './said.ts';

/** What was played, and what is true of the order of its messages. */
export interface TrueOrder {
  readonly facts: Facts;
  readonly said: Said;
  readonly trace: TraceFile;
}

/** Whether each message was told with what says where it stands. */
const isKnown = ({ facts, trace }: TrueOrder): boolean =>
  facts === 'position' ||
  facts === 'both' ||
  // By a clock that was set nobody can tell.
  (facts === 'sentAt' && trace.moments.every(({ kind }) => kind !== 'wall'));

const removedIn = ({ moments }: TraceFile): ReadonlySet<unknown> =>
  new Set(
    moments.flatMap((moment) =>
      moment.kind === 'input' && moment.verb === 'messageRemoved' ? moment.with : [],
    ),
  );

/** Who sees the newest that they were told of has nothing left to see. */
export function leftUnread(order: TrueOrder, { handle, known }: Player): readonly string[] {
  const { conversationId, receipts } = handle.actor.getSnapshot().context;
  if (!isKnown(order) || conversationId === null) return [];
  const removed = removedIn(order.trace);
  const ids = new Set(known.get(conversationId));
  // Another handle may have been told that it was taken out, and not this one.
  const isOut = (messageId: string): boolean => {
    if (!removed.has(messageId)) return false;
    try {
      handle.readBy(messageId);
      return false;
    } catch {
      return true;
    }
  };
  const isTheirs = ({ messageId, participantId }: SaidMessage): boolean =>
    participantId !== 'guest' && ids.has(messageId) && !isOut(messageId);
  const newest = order.said.in(conversationId).findLast(isTheirs);
  if (!newest) return [];
  handle.viewed(newest.messageId);
  const ledger = handle.actor
    .getSnapshot()
    .context.receipts.ledgers.find((each) => each.conversationId === conversationId);
  const isLost = receipts.forbidden || ledger?.over || ledger?.refused != null || ledger?.unreadFrom != null;
  return isLost || handle.unread === 0
    ? []
    : [`R-7: ${handle.unread} are unread above ${newest.messageId}, the newest of ${conversationId}`];
}

/** Calls of one handle that report something older than the one before. */
export function readBack(order: TrueOrder): readonly string[] {
  const { moments } = order.trace;
  const isOne = moments.filter(({ kind }) => kind === 'began').length === 1;
  if (!isOne || !isKnown(order) || removedIn(order.trace).size > 0) return [];
  const reached = new Map<string, number>();
  return moments.flatMap((moment) => {
    if (moment.kind !== 'call' || moment.lane !== 'read' || moment.messageId === undefined) return [];
    const { at, conversationId, messageId } = moment;
    const place = order.said.in(conversationId).findIndex((each) => each.messageId === messageId);
    if (place < 0) return [];
    const before = reached.get(conversationId) ?? -1;
    reached.set(conversationId, Math.max(place, before));
    return place < before ? [`R-7 at ${at} ms: ${messageId} is older than what was reported before`] : [];
  });
}
