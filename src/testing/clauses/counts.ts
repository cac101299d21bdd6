import { storagePatience } from '../../shared/storage.ts';
import { isFresh, isPending, ledgerAt, placeOf, sentAs } from './ledgers.ts';
import { broken, type Checker, type Guest, hasTabs, isOne, settledAt, type World } from './world.ts';

const plain: ReadonlySet<string> = new Set([
  ...['start', 'stop', 'keystroke', 'messageReceived', 'messageRemoved', 'viewed', 'markAsUnread', 'end'],
]);

/** Whether nothing but messages in their order, and what the guest looks at, moves the count of a handle. */
const isPlain = (world: World, guest: Guest): boolean =>
  isOne(world) &&
  guest.began.conversationId !== null &&
  isFresh(guest) &&
  world.all('told').length === 0 &&
  guest.inputs.every(({ verb }) => plain.has(verb)) &&
  comesInOrder(guest);

/** Whether the order of a handle's messages is that in which they came: no place and no time of the back end's says more. */
export const comesInOrder = (guest: Guest): boolean =>
  guest.inputs.every(
    ({ verb, with: [given] }) =>
      verb !== 'messageReceived' || !/"(position|sentAt)"/.test(JSON.stringify(given)),
  );

/** The messages of others that a handle was told before a place, in order. */
const toldTo = (guest: Guest, until: number): readonly string[] => [
  ...new Set(
    guest.inputs.flatMap(({ verb, index, with: [given] }) => {
      const { messageId, participantId } = (given ?? {}) as { messageId?: string; participantId?: string };
      const isOthers = verb === 'messageReceived' && participantId !== guest.began.participantId;
      return isOthers && index < until && messageId !== undefined ? [messageId] : [];
    }),
  ),
];

const countAt = (guest: Guest, index: number): number => {
  const told = guest.emitted.findLast((each) => each.event.type === 'unread.changed' && each.index < index);
  return told?.event.type === 'unread.changed' ? told.event.count : 0;
};

/** R-5a: what is left to be seen, as far as a trace shows it. */
export const countCheckers: readonly Checker[] = [
  {
    clause: 'R-5a',
    looksFor: 'an unread count that is not what is left to be seen',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const verbs = new Set(guest.inputs.map(({ verb }) => verb));
        const isPlain =
          guest.began.conversationId !== null &&
          !hasTabs(world) && // What was read in another counts here too.
          !['messageRemoved', 'historyReceived', 'markAsUnread', 'open', 'close', 'end', 'leave'].some(
            (verb) => verbs.has(verb),
          ) &&
          world.all('input').every(({ verb }) => verb !== 'receive') &&
          world.conversations.every(comesInOrder) &&
          world.all('told').length === 0 &&
          (guest.marks.length === 0 || isFresh(guest)) &&
          guest.emitted.every(
            ({ event }) => event.type !== 'read.failed' && event.type !== 'conversation.ended',
          );
        if (!isPlain) return [];
        const ids: string[] = [];
        let seen = 0;
        // While a storage is read, which no trace shows, what is seen waits; but no longer than a storage may take.
        let mayWait = true;
        const readBy = guest.began.at + storagePatience + world.slack;
        return guest.inputs.flatMap((input) => {
          const [given] = input.with as readonly { messageId?: string; participantId?: string }[];
          if (input.verb === 'messageReceived') {
            const isNew = !ids.includes(given?.messageId ?? '');
            const isOwn =
              given?.participantId === guest.began.participantId ||
              sentAs(world, guest, {
                conversationId: guest.began.conversationId ?? '',
                messageId: given?.messageId,
                index: input.index,
              }) !== undefined;
            if (isNew && !isOwn) ids.push(given?.messageId ?? '');
          } else if (input.verb === 'viewed') {
            seen = Math.max(seen, ids.indexOf(String(input.with[0])) + 1);
          } else if (input.verb === 'markAsRead' || input.verb === 'seen') return [];
          const later = world.moments.findIndex(
            ({ at, kind }, index) => index > input.index && (at > input.at || kind === 'input'),
          );
          const after = later < 0 ? world.moments.length : later;
          const isRead = input.at > readBy && world.isOnTime(guest.began.at, input.at);
          const ledger = ledgerAt(guest, guest.began.conversationId ?? '', after);
          const marked = ledger?.seen?.messageId;
          // Another handle may have reported it.
          seen = Math.max(seen, ids.indexOf(ledger?.acknowledged?.messageId ?? '') + 1);
          if (marked !== undefined && !ids.includes(marked)) return []; // by an earlier run
          const noted = ids.indexOf(marked ?? '') + 1;
          if (isRead || (input.verb === 'viewed' && seen > 0 && noted >= seen)) mayWait = false;
          const left = ids.length - (mayWait ? noted : seen);
          const count = countAt(guest, after);
          const isMeasured = !guest.inputs.some(({ verb }) => verb === 'markAsRead' || verb === 'seen');
          const isRunning = guest.inputs.some(({ verb, index }) => verb === 'start' && index < input.index);
          return isMeasured && isRunning && count !== left && input.index < guest.stoppedAt
            ? [broken(input, `${count} are said to be unread, ${left} are`)]
            : [];
        });
      }),
  },
  {
    clause: 'R-5a',
    looksFor:
      'an unread count that does not move with a removal, a wish or a loss, or a loss that is told twice',
    check: (world) =>
      world.conversations.flatMap((guest) => [
        ...miscountedIn(world, guest),
        ...lossesIn(world, guest),
        ...fallenPeersIn(guest),
      ]),
  },
];

/** Counts that are not what is left, once somebody took a message out or wished one unread. */
function miscountedIn(world: World, guest: Guest) {
  const isLost = guest.emitted.some(({ event }) =>
    ['read.failed', 'conversation.ended'].includes(event.type),
  );
  const isMoved = guest.inputs.some(({ verb }) => verb === 'messageRemoved' || verb === 'markAsUnread');
  if (!isPlain(world, guest) || isLost || !isMoved) return [];
  const removed = new Set<string>();
  let seen = 0;
  let from = Number.POSITIVE_INFINITY;
  const readBy = guest.began.at + storagePatience + world.slack;
  return guest.inputs.flatMap((input) => {
    if (input.index >= guest.stoppedAt) return [];
    const ids = toldTo(guest, input.index + 1);
    const place = ids.indexOf(String(input.with[0]));
    if (input.verb === 'messageRemoved') removed.add(String(input.with[0]));
    else if (input.verb === 'markAsUnread')
      from = input.with.length === 0 ? ids.findLastIndex((id) => !removed.has(id)) : place;
    else if (input.verb === 'viewed' && place >= seen && !removed.has(String(input.with[0]))) {
      seen = place + 1;
      from = Number.POSITIVE_INFINITY;
    }
    if (input.at <= readBy || from < 0) return [];
    const left = ids.filter((id, nth) => !removed.has(id) && (nth >= seen || nth >= from)).length;
    const count = countAt(guest, settledAt(world, input.index));
    return count === left ? [] : [broken(input, `${count} are said to be unread, ${left} are`)];
  });
}

/** Marks that are lost and count on, or that are said to be lost twice. */
function lossesIn(world: World, guest: Guest) {
  const known = new Set<string>();
  return guest.emitted.flatMap((each) => {
    const { event } = each;
    if (event.type === 'conversation.resumed') known.clear();
    if (event.type !== 'read.failed' || event.willRetry) return [];
    const key = `${event.conversationId} ${event.mark.messageId}`;
    const isAgain = world.moments.some(
      (moment, index) =>
        (moment.kind === 'input' &&
          ['open', 'reopen', 'start'].includes(moment.verb) &&
          index > (guest.inputs[0]?.index ?? 0)) ||
        (moment.kind === 'told' && moment.event.type === 'conversation.opened'),
    );
    if (
      known.has(key) &&
      !isAgain &&
      event.mark.messageId !== undefined &&
      event.failure.code !== 'forbidden'
    )
      return [broken(each, `${event.mark.messageId} was said to be lost before`)];
    // What may not be reported now may be with a fresh token, until its conversation is over.
    if (event.failure.code !== 'forbidden') known.add(key);
    if (
      !isPlain(world, guest) ||
      guest.inputs.some(({ verb }) => verb === 'messageRemoved' || verb === 'markAsUnread')
    )
      return [];
    const ids = toldTo(guest, each.index);
    if (ids.at(-1) !== event.mark.messageId) return [];
    const left = ids.length - 1 - ids.indexOf(event.acknowledged?.messageId ?? '');
    const count = countAt(guest, settledAt(world, each.index));
    return count === left
      ? []
      : [broken(each, `${count} are said to be unread, ${left} were never acknowledged`)];
  });
}

/** Others’ reads that fell. */
function fallenPeersIn(guest: Guest) {
  if (!isFresh(guest)) return [];
  const read = new Map<string, number>();
  return guest.emitted.flatMap((each) => {
    if (each.event.type !== 'peer.read') return [];
    const { conversationId, participantId, position } = each.event;
    const key = `${conversationId} ${participantId}`;
    const before = read.get(key) ?? Number.NEGATIVE_INFINITY;
    read.set(key, position);
    return position < before ? [broken(each, `${participantId} had read further`)] : [];
  });
}

/** Removals of the newest that was seen that left nothing to report, although something older was not acknowledged. */
export function skippedIn(world: World, guest: Guest) {
  if (!isPlain(world, guest)) return [];
  const removed = new Set<string>();
  return guest.inputs.flatMap((input) => {
    const messageId = String(input.with[0]);
    if (input.verb !== 'messageRemoved') return [];
    removed.add(messageId);
    const conversationId = guest.began.conversationId ?? '';
    const before = ledgerAt(guest, conversationId, input.index);
    const after = ledgerAt(guest, conversationId, settledAt(world, input.index));
    if (!before || !after || before.seen?.messageId !== messageId || !isPending(before)) return [];
    const ids = toldTo(guest, input.index);
    const older = ids
      .slice(ids.indexOf(before.acknowledged?.messageId ?? '') + 1, ids.indexOf(messageId))
      .some((id) => !removed.has(id));
    const isAcknowledged = placeOf(after.acknowledged) > placeOf(before.acknowledged);
    return older && isAcknowledged
      ? [broken(input, 'what is older was never reported, and counts as that')]
      : [];
  });
}
