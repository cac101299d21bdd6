import type { TraceFile } from 'genesys-conversation-machine/testing';
import type { Mark } from '../../machines/conversation/types.ts';
import type { Player } from './messages.ts';
import type { Facts, Said, SaidMessage } from './said.ts';

/** What was played, and what is true of the order of its messages. */
export interface TrueOrder {
  readonly facts: Facts;
  readonly said: Said;
  trace(): TraceFile;
}

/** Whether each message was told with what says where it stands. */
const isKnown = ({ facts, trace }: TrueOrder): boolean =>
  facts === 'position' ||
  facts === 'both' ||
  // By a clock that was set nobody can tell.
  (facts === 'sentAt' && trace().moments.every(({ kind }) => kind !== 'wall'));

const removedIn = ({ moments }: TraceFile): ReadonlySet<unknown> =>
  new Set(
    moments.flatMap((moment) =>
      moment.kind === 'input' && moment.verb === 'messageRemoved' ? moment.with : [],
    ),
  );

/** What is wrong with what is unread of the open conversation, before and after its newest is seen (R-7, R-5a). */
export function leftUnread(order: TrueOrder, { handle, known }: Player): readonly string[] {
  const { conversationId } = handle.actor.getSnapshot().context;
  if (!isKnown(order) || conversationId === null) return [];
  const trace = order.trace();
  const removed = removedIn(trace);
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
  const all = order.said.in(conversationId);
  const isTheirs = ({ messageId, participantId }: SaidMessage): boolean =>
    participantId !== 'guest' && ids.has(messageId) && !isOut(messageId);
  /** What was seen; nothing where the rest is lost, or unread by wish. */
  const seen = (): Mark | null | undefined => {
    const { receipts } = handle.actor.getSnapshot().context;
    const ledger = receipts.ledgers.find((each) => each.conversationId === conversationId);
    if (receipts.forbidden || !ledger) return undefined;
    const { over, refused, unreadFrom } = ledger;
    return over || refused !== null || unreadFrom !== null ? undefined : ledger.seen;
  };
  const unreadAbove = (from: number): string[] => {
    const left = all.slice(from + 1).filter(isTheirs).length;
    return handle.unread === left
      ? []
      : [`R-7: ${handle.unread} are unread in ${conversationId}, and ${left} above ${all[from]?.messageId}`];
  };

  const faults: string[] = [];
  const mark = seen();
  const place = all.findIndex(({ messageId }) => messageId === mark?.messageId);
  // A mark without a name, or on what nothing says the place of, stands by arrival; and so does a page without places.
  const isPlaced = mark === null || (all[place] !== undefined && isTheirs(all[place]));
  const hasBarePages = trace.moments.some(
    (moment) => moment.kind === 'input' && JSON.stringify(moment.with).includes('"h'),
  );
  if (hasBarePages) return [];
  if (isPlaced && removed.size === 0) faults.push(...unreadAbove(place));
  const newest = all.findLast(isTheirs);
  if (!newest) return faults;
  handle.viewed(newest.messageId);
  if (seen() !== undefined && handle.unread > 0) faults.push(...unreadAbove(all.indexOf(newest)));
  return faults;
}

/** Calls of one handle that report something older than the one before. */
export function readBack(order: TrueOrder): readonly string[] {
  if (!isKnown(order)) return [];
  const trace = order.trace();
  const { moments } = trace;
  const isOne = moments.filter(({ kind }) => kind === 'began').length === 1;
  if (!isOne || removedIn(trace).size > 0) return [];
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
