import { storagePatience } from '../../shared/storage.ts';
import { comesInOrder } from './counts.ts';
import { authorsBefore, hasRemovals } from './ledgers.ts';
import { broken, type Checker, type Guest, isOne, type Of, openIn, settledAt, type World } from './world.ts';

/** How many reads wait for their messages at most. */
const mostWaiting = 100;
/** The shortest time that somebody's word on their typing holds, ms. */
const shortestWord = 1000;

/** what is heard of others, and what follows from it, as far as a trace shows it. */
export const othersReadCheckers: readonly Checker[] = [
  {
    clause: 'R-10',
    looksFor: 'a read of somebody else’s that came before its message, and is not told once that is there',
    check: (world) => world.conversations.flatMap((guest) => unheardIn(world, guest)),
  },
  {
    clause: 'R-7',
    looksFor: 'a message that is told again and ends its author’s typing',
    check: (world) => world.conversations.flatMap((guest) => endedAgainIn(world, guest)),
  },
];

/** Somebody's reading, as one moment tells of it. */
interface HeardRead {
  readonly moment: Of<'input' | 'told'>;
  readonly conversationId: string;
  readonly participantId: string;
  readonly messageId: string;
}

/** What a handle heard of others’ reading, once it had started. */
function heardBy(world: World, guest: Guest): readonly HeardRead[] {
  const start = guest.inputs.find(({ verb }) => verb === 'start')?.index ?? guest.stoppedAt;
  const moments = [...guest.inputs.filter(({ verb }) => verb === 'receive'), ...world.all('told')];
  return moments.flatMap((moment) => {
    const frame = (moment.kind === 'told' ? moment.event : moment.with[0]) as Partial<
      Record<'type' | 'conversationId' | 'participantId' | 'messageId', string>
    > | null;
    const { type, conversationId, participantId, messageId } = frame ?? {};
    const isRead = type === (moment.kind === 'told' ? 'message.read' : 'conversation:read');
    if (!isRead || moment.index < start || moment.index > guest.stoppedAt) return [];
    return conversationId && participantId && messageId && participantId !== guest.began.participantId
      ? [{ moment, conversationId, participantId, messageId }]
      : [];
  });
}

/** Where a handle was told of a message first; `undefined` where it never was. */
function firstTold(world: World, guest: Guest, { conversationId, messageId }: HeardRead): number | undefined {
  return guest.inputs.find(
    ({ verb, index, with: [message] }) =>
      verb === 'messageReceived' &&
      (message as { messageId?: string } | null)?.messageId === messageId &&
      openIn(world, guest, index) === conversationId,
  )?.index;
}

/**
 * Reads that came before their message, and of which nothing is told once that is there: then it is the newest, so that
 * nobody can have read further. Only of who was told to have read before: else an earlier life may know more.
 */
function unheardIn(world: World, guest: Guest) {
  if (!isOne(world) || !comesInOrder(guest) || hasRemovals(world)) return [];
  const heard = heardBy(world, guest);
  if (heard.length > mostWaiting) return [];
  const readBy = guest.began.at + storagePatience + world.slack;
  return heard.flatMap((read) => {
    const { conversationId, participantId, messageId, moment } = read;
    const told = firstTold(world, guest, read);
    if (told === undefined || told < moment.index || told > guest.stoppedAt) return [];
    // Where a page or a frame told of it before, it was no message to wait for.
    const isTold =
      authorsBefore(world, conversationId, told).has(messageId) ||
      guest.inputs.some(
        ({ verb, with: [frame] }) =>
          verb === 'receive' && (frame as { type?: string } | null)?.type === 'conversation:message',
      );
    if (isTold) return [];
    const end = Math.max(settledAt(world, told), world.indexAfter(readBy));
    if (end > guest.stoppedAt || world.until <= readBy || !world.isOnTime(guest.began.at, readBy)) return [];
    const reads = guest.emitted.filter(
      ({ event, index }) =>
        index < end &&
        event.type === 'peer.read' &&
        event.conversationId === conversationId &&
        event.participantId === participantId,
    );
    const isSaid = reads.some(({ event }) => event.type === 'peer.read' && event.messageId === messageId);
    const isKnown = reads.some(({ index }) => index < moment.index);
    return isSaid || !isKnown
      ? []
      : [broken(moment, `nobody is told that ${participantId} has read ${messageId}`)];
  });
}

/** Messages that were told before, and put out who types. */
function endedAgainIn(world: World, guest: Guest) {
  // A message that is refused is none that was told.
  const isRefused = world
    .all('refused')
    .some(({ who, verb }) => who === guest.who && verb === 'messageReceived');
  if (isRefused || hasRemovals(world)) return [];
  const idOf = ({ with: [given] }: Of<'input'>) => (given as { messageId?: string } | null)?.messageId;
  return guest.inputs.flatMap((input, nth) => {
    if (input.verb !== 'messageReceived' || input.index > guest.stoppedAt) return [];
    const { participantId = '' } = (input.with[0] ?? {}) as { participantId?: string };
    const before = guest.emitted.findLast(
      ({ event, index }) => index < input.index && event.type === 'roster.changed',
    );
    if (!before || !listed(before).includes(participantId)) return [];
    const first = guest.inputs.findIndex(
      (each, place) => place < nth && each.verb === 'messageReceived' && idOf(each) === idOf(input),
    );
    const isSameStretch =
      first >= 0 &&
      guest.inputs
        .slice(first, nth)
        .every(({ verb }) => !['open', 'close', 'reopen', 'leave'].includes(verb)) &&
      world.all('told').every(({ event }) => event.type !== 'conversation.opened');
    // Their own word may run out in the same instant.
    const holds = Math.min(shortestWord, guest.began.timing.remoteTimeToLive) - world.slack;
    const isFresh = input.at < shownSince(guest, participantId, input.index) + holds;
    if (!isSameStretch || !isFresh) return [];
    const end = settledAt(world, input.index);
    const after = guest.emitted.find(
      ({ event, index }) => index > input.index && index < end && event.type === 'roster.changed',
    );
    return after && !listed(after).includes(participantId)
      ? [broken(input, `${idOf(input)} was known, and ended the typing of ${participantId}`)]
      : [];
  });
}

const listed = ({ event }: Of<'emitted'>): readonly string[] =>
  event.type === 'roster.changed' ? event.participantIds : [];

/** When somebody began to be shown as typing, who is still at a place, ms. */
function shownSince(guest: Guest, participantId: string, until: number): number {
  const changes = guest.emitted.filter(
    ({ event, index }) => index < until && event.type === 'roster.changed',
  );
  const before = changes.findLastIndex((each) => !listed(each).includes(participantId));
  return changes[before + 1]?.at ?? Number.NEGATIVE_INFINITY;
}
