import { storagePatience } from '../../shared/storage.ts';
import { isFresh } from './ledgers.ts';
import { broken, type Checker, type Guest, isOne, settledAt, type World } from './world.ts';

const plain: ReadonlySet<string> = new Set([
  ...['start', 'stop', 'keystroke', 'messageReceived', 'messageRemoved', 'viewed', 'reauthorize'],
]);

/** A message as a trace tells of it. */
interface Told {
  readonly messageId: string;
  readonly sentAt: number;
  readonly isOwn: boolean;
}

/** R-5a: what is left to be seen where messages come in another order than they were said, and where marks failed. */
export const orderedCountCheckers: readonly Checker[] = [
  {
    clause: 'R-5a',
    looksFor:
      'an unread count that is not what stands above what was seen by the back end’s times, or once reads may be reported again',
    check: (world) =>
      world.conversations.flatMap((guest) => (isCountable(world, guest) ? miscountedIn(world, guest) : [])),
  },
];

/** Whether nothing but messages, what is seen of them, and verdicts that a fresh token lifts moves the count. */
function isCountable(world: World, guest: Guest): boolean {
  const isFinal = ({ event }: Guest['emitted'][number]): boolean =>
    event.type === 'conversation.ended' ||
    (event.type === 'read.failed' && !event.willRetry && event.failure.code !== 'forbidden');
  return (
    isOne(world) &&
    guest.began.conversationId !== null &&
    isFresh(guest) &&
    world.all('told').length === 0 &&
    world.all('wall').length === 0 &&
    guest.inputs.every(({ verb }) => plain.has(verb)) &&
    !guest.emitted.some(isFinal)
  );
}

/** Every message that a handle was told of, as far as its place is its time or else its arrival; `null` where it is not. */
function messagesOf(world: World, guest: Guest): ReadonlyMap<number, Told> | null {
  const messages = new Map<number, Told>();
  const ids = new Set<string>();
  const shift = world.wallAtStart - (world.moments[0]?.at ?? 0);
  for (const { verb, index, at, with: given } of guest.inputs) {
    if (verb !== 'messageReceived') continue;
    const { messageId, participantId, sentAt, position } = (given[0] ?? {}) as {
      readonly messageId?: string;
      readonly participantId?: string;
      readonly sentAt?: number;
      readonly position?: number;
    };
    if (messageId === undefined || ids.has(messageId) || position !== undefined) return null;
    // A stamp that is ahead may be cut, and one that is no number is none.
    if (sentAt !== undefined && !(sentAt >= 0 && sentAt <= at + shift)) return null;
    ids.add(messageId);
    messages.set(index, {
      messageId,
      sentAt: sentAt ?? -1,
      isOwn: participantId === guest.began.participantId,
    });
  }
  const isStamped = [...messages.values()].map(({ sentAt }) => sentAt >= 0);
  const isOneKind = isStamped.every((each) => each === isStamped[0]);
  // What nobody viewed here an earlier life may have seen, whose storage was read late.
  const isNamed = (messageId: string | undefined, until: number): boolean =>
    guest.inputs.some(
      ({ verb, index, with: given }) =>
        index < until && (verb === 'messageRemoved' || (verb === 'viewed' && given[0] === messageId)),
    );
  const isKnown = guest.marks.every(({ marks, index }) =>
    marks.every(({ seen }) => seen === null || isNamed(seen.messageId, index)),
  );
  return isOneKind && isKnown ? messages : null;
}

/** Counts that are not what stands above the newest that was seen. */
function miscountedIn(world: World, guest: Guest) {
  const messages = messagesOf(world, guest);
  if (!messages) return [];
  const ordered: Told[] = [];
  const removed = new Set<string>();
  let seen: Told | undefined;
  const readBy = guest.began.at + storagePatience + world.slack;
  const start = guest.inputs.find(({ verb }) => verb === 'start')?.index ?? guest.stoppedAt;
  return guest.inputs.flatMap((input) => {
    const message = messages.get(input.index);
    if (message) {
      const above = ordered.findIndex(({ sentAt }) => sentAt > message.sentAt);
      ordered.splice(above < 0 ? ordered.length : above, 0, message);
    }
    const messageId = String(input.with[0]);
    const meant = ordered.find((each) => each.messageId === messageId);
    if (input.verb === 'messageRemoved') removed.add(messageId);
    const isSeen = input.verb === 'viewed' && meant && !meant.isOwn && !removed.has(messageId);
    if (isSeen && (!seen || ordered.indexOf(meant) > ordered.indexOf(seen))) seen = meant;
    const end = settledAt(world, input.index);
    if (input.at <= readBy || input.index >= guest.stoppedAt || input.index < start) return [];
    // What may not be reported now counts as unread, until it may.
    if (world.state(guest, 'receipts', end).startsWith('disabled')) return [];
    if (!world.isOnTime(guest.began.at, input.at)) return [];
    const read = seen ? ordered.indexOf(seen) : -1;
    const left = ordered.filter((each, nth) => !each.isOwn && !removed.has(each.messageId) && nth > read);
    const told = guest.emitted.findLast(({ event, index }) => event.type === 'unread.changed' && index < end);
    const count = told?.event.type === 'unread.changed' ? told.event.count : 0;
    return count === left.length ? [] : [broken(input, `${count} are said to be unread, ${left.length} are`)];
  });
}
