import { storagePatience } from '../../shared/storage.ts';
import { isPending, ledgerAt, marksAt, placeOf } from './ledgers.ts';
import {
  broken,
  type Checker,
  type Guest,
  hasTabs,
  type Of,
  openIn,
  settledAt,
  type World,
} from './world.ts';

/** Whether what was read before may count only now: it waits for a storage, which no trace shows, for as long as that may take. */
function mayBeHeldBack(world: World, { began, inputs }: Guest, { at, index }: Of<'input'>): boolean {
  const isAsked = inputs.some(
    (input) => input.index < index && ['viewed', 'seen', 'markAsRead'].includes(input.verb),
  );
  const readBy = began.at + storagePatience + world.slack;
  return isAsked && (at <= readBy || !world.isOnTime(began.at, at));
}

/** Whether another handle may have had a message acknowledged before a place, which waited here until it was told. */
const isReportedBeside = (world: World, { who }: Guest, until: number, messageId: string | undefined) =>
  world.conversations.some(
    (other) =>
      other.who !== who &&
      other.emitted.some(
        ({ event, index }) =>
          index < until && event.type === 'read.acknowledged' && event.mark.messageId === messageId,
      ),
  );

/** Whether a frame, or what a transport tells, says that somebody has read up to a message. */
const isReadOf = (told: unknown, messageId: string | undefined): boolean => {
  const { type, messageId: named } = (told ?? {}) as Readonly<Record<string, unknown>>;
  return (type === 'conversation:read' || type === 'message.read') && named === messageId;
};

/** what a page of the past moves, as far as a trace shows it. */
export const pageCheckers: readonly Checker[] = [
  {
    clause: 'R-7',
    looksFor: 'a page of the past that moves a mark or makes a call',
    check: (world) =>
      world.all('input').flatMap((input) => {
        if (input.verb !== 'historyReceived') return [];
        const guest = world.conversations.find(({ who }) => who === input.who);
        const next = world.moments.findIndex(
          ({ kind, at }, index) =>
            index > input.index && (kind === 'input' || kind === 'answer' || at > input.at),
        );
        const until = next < 0 ? world.moments.length : next;
        const call = world.reads.find(({ index }) => index > input.index && index < until);
        // Of whichever handle: one may have waited for its storage until now.
        const wasDue = world.conversations.some(
          (each) => marksAt(each, input.index).some(isPending) || mayBeHeldBack(world, each, input),
        );
        if (call && !wasDue) return [broken(call, 'it was made for a page of the past')];
        const conversationId = guest && openIn(world, guest, input.index);
        if (!guest || conversationId == null) return [];
        const [before, after] = [
          ledgerAt(guest, conversationId, input.index),
          ledgerAt(guest, conversationId, until),
        ];
        // What was seen before may count only now, once a storage was read.
        const isAsked = guest.inputs.some(
          ({ verb, index, with: given }) =>
            index < until &&
            (verb === 'markAsRead' ||
              (['viewed', 'seen'].includes(verb) && given.flat().includes(after?.seen?.messageId ?? '')) ||
              // It may have been read on another device before it was told here.
              (verb === 'receive' && isReadOf(given[0], after?.seen?.messageId))),
        );
        const isTold = world
          .all('told')
          .some(({ event, index }) => index < until && isReadOf(event, after?.seen?.messageId));
        return before &&
          before.seen?.messageId !== after?.seen?.messageId &&
          !isAsked &&
          !isTold &&
          !hasTabs(world) && // In another it may have been read.
          !isReportedBeside(world, guest, until, after?.seen?.messageId)
          ? [broken(input, 'it moved what was seen')]
          : [];
      }),
  },
  {
    clause: 'R-7',
    looksFor: 'a message of a page of the past that moves a mark when it is seen',
    check: (world) => world.conversations.flatMap((guest) => risenByPast(world, guest)),
  },
];

/** Messages that only a page of the past told, above which something was seen before, and that moved the mark. */
function risenByPast(world: World, guest: Guest) {
  if (world.conversations.length > 1 || world.all('told').length > 0) return [];
  const past = new Set<string>();
  const live = new Set<string>();
  return guest.inputs.flatMap((input: Of<'input'>) => {
    const open = openIn(world, guest, input.index);
    const given = (input.with[0] ?? []) as readonly {
      messageId: string;
      participantId: string;
      sentAt?: number;
      position?: number;
    }[];
    if (input.verb === 'messageReceived' || input.verb === 'receive') {
      const { conversationId = open, messageId } = given as { conversationId?: string; messageId?: string };
      live.add(`${conversationId} ${messageId}`);
    }
    if (input.verb === 'historyReceived' && Array.isArray(given)) {
      const isBelow =
        (ledgerAt(guest, open ?? '', input.index)?.seen ?? null) !== null &&
        given.every(
          (each) =>
            each.sentAt === undefined &&
            each.position === undefined &&
            // The guest's own has its place since it was sent.
            each.participantId !== guest.began.participantId &&
            !live.has(`${open} ${each.messageId}`),
        );
      for (const { messageId } of given) (isBelow ? past : live).add(`${open} ${messageId}`);
    }
    if (
      input.verb !== 'viewed' ||
      !past.has(`${open} ${input.with[0]}`) ||
      live.has(`${open} ${input.with[0]}`)
    )
      return [];
    const [before, after] = [input.index, settledAt(world, input.index)].map((index) =>
      placeOf(ledgerAt(guest, open ?? '', index)?.seen ?? null),
    ) as [number, number];
    return after > before ? [broken(input, `${input.with[0]} is of the past, and moved what was seen`)] : [];
  });
}
