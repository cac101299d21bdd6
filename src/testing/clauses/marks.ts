import { skippedIn } from './counts.ts';
import {
  authorsBefore,
  callerOf,
  hasPositions,
  hasRemovals,
  isFresh,
  ledgerAt,
  placeOf,
  placesIn,
  placesOf,
  sentAs,
} from './ledgers.ts';
import { broken, type Checker, type Guest, type Of, openIn, type WorldCall } from './world.ts';

/** what marks say and what resolves with them, as far as a trace shows it. */
export const markCheckers: readonly Checker[] = [
  {
    clause: 'R-1',
    looksFor: 'a mark that goes back, or stands before one that it cannot pass',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const newest = new Map<string, { seen: number; acknowledged: number }>();
        return guest.marks.flatMap((moment) =>
          moment.marks.flatMap(({ conversationId, seen, inFlight, acknowledged }) => {
            const before = newest.get(conversationId);
            newest.set(conversationId, { seen: placeOf(seen), acknowledged: placeOf(acknowledged) });
            if (placeOf(inFlight) > placeOf(seen)) return [broken(moment, 'more is in flight than was seen')];
            if (placeOf(acknowledged) > placeOf(seen))
              return [broken(moment, 'more is acknowledged than was seen')];
            if (!before || hasRemovals(world)) return [];
            if (placeOf(seen) < before.seen) return [broken(moment, 'what was seen went back')];
            return placeOf(acknowledged) < before.acknowledged
              ? [broken(moment, 'what is acknowledged went back')]
              : [];
          }),
        );
      }),
  },
  {
    clause: 'R-1',
    looksFor: 'more that is acknowledged than the call reported',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.marks.flatMap((moment, nth) =>
          moment.marks.flatMap(({ conversationId, inFlight, acknowledged }) => {
            const before = guest.marks[nth - 1]?.marks.find((each) => each.conversationId === conversationId);
            if (!before?.inFlight || inFlight !== null || hasRemovals(world)) return [];
            const isMore =
              placeOf(acknowledged) > placeOf(before.acknowledged) &&
              placeOf(acknowledged) > placeOf(before.inFlight);
            return isMore ? [broken(moment, 'more is acknowledged than was in flight')] : [];
          }),
        ),
      ),
  },
  {
    clause: 'R-1',
    looksFor: 'an acknowledgement that is told although as much was told before',
    check: (world) => world.conversations.flatMap(toldTwiceIn),
  },
  {
    clause: 'R-4',
    looksFor: 'a markAsRead() that resolves before a call that covers it was accepted',
    check: (world) =>
      world.all('kept').flatMap((kept) => {
        const guest = world.conversations.find(({ who }) => who === kept.who);
        if (kept.verb !== 'markAsRead' || !guest?.began.capabilities.readReceipts) return [];
        const isAlike = ({ who, verb, index, with: given }: Of<'input' | 'kept'>): boolean =>
          who === kept.who &&
          verb === 'markAsRead' &&
          index < kept.index &&
          JSON.stringify(given) === JSON.stringify(kept.with);
        // Of several that ask for the same, those that asked first resolve first.
        const asked = guest.inputs.filter(isAlike)[world.all('kept').filter(isAlike).length];
        const conversationId = asked && openIn(world, guest, asked.index);
        if (!asked || conversationId == null) return [];
        const ledger = ledgerAt(guest, conversationId, kept.index);
        const named = `${conversationId} ${kept.with[0]}`;
        const wanted =
          typeof kept.with[0] === 'string'
            ? (placesOf(guest.marks).get(named) ?? placesIn(world, guest).get(named))
            : ledgerAt(guest, conversationId, asked.index)?.seen?.position;
        const author = authorsBefore(world, conversationId, kept.index).get(String(kept.with[0]));
        // What is known and was never told in a trace the guest sent, or an earlier run was told of it.
        const isOwn =
          typeof kept.with[0] === 'string' &&
          (author ?? guest.began.participantId) === guest.began.participantId;
        if (wanted === undefined || isOwn || hasRemovals(world)) return [];
        return placeOf(ledger?.acknowledged ?? null) < wanted
          ? [broken(kept, 'it resolved although nothing that covers it was accepted')]
          : [];
      }),
  },
  {
    clause: 'R-9',
    looksFor: 'a mark that names everything, or a message that nobody told or that was taken out',
    check: (world) =>
      world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        if (call.messageId === undefined) {
          // It means what was told when it was wanted, however late it leaves.
          const wanted = guest?.marks.find(({ marks }) =>
            marks.some(
              ({ conversationId, seen }) =>
                conversationId === call.conversationId && seen !== null && seen.messageId === undefined,
            ),
          );
          const authors = authorsBefore(world, call.conversationId, wanted?.index ?? call.index, guest);
          const isNew = guest !== undefined && world.conversations.length === 1 && isFresh(guest);
          const removed = new Set(
            world.all('input').flatMap(({ verb, with: given }) => (verb === 'messageRemoved' ? given : [])),
          );
          const others = [...authors].filter(
            ([messageId, author]) =>
              author !== guest?.began.participantId &&
              !removed.has(messageId) &&
              !(guest && sentAs(world, guest, { ...call, messageId })),
          );
          return others.length > 0 && isNew && world.all('input').every(({ verb }) => verb !== 'receive')
            ? [broken(call, 'it means everything although messages were told')]
            : [];
        }
        const removed = [...world.all('input'), ...world.all('told')].find((moment) => {
          if (moment.index >= call.index) return false;
          if (moment.kind === 'input')
            return (
              moment.who === guest?.who &&
              moment.verb === 'messageRemoved' &&
              moment.with[0] === call.messageId &&
              openIn(world, guest, moment.index) === call.conversationId
            );
          const { event } = moment;
          return (
            event.type === 'message.removed' &&
            moment.index > (guest?.began.index ?? 0) &&
            event.messageId === call.messageId &&
            event.conversationId === call.conversationId
          );
        });
        return removed && call.attempt === 1 ? [broken(call, `${call.messageId} was taken out before`)] : [];
      }),
  },
  {
    clause: 'R-9',
    looksFor: 'a read call for a message that an accepted one named before',
    check: (world) => {
      // A message that is given another place may be read anew there.
      if (hasPositions(world)) return [];
      return world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        if (!guest || call.messageId === undefined || isForgotten(guest, call)) return [];
        const before = world.reads.find(
          ({ index, conversationId, messageId, answer }) =>
            index > guest.began.index &&
            conversationId === call.conversationId &&
            messageId === call.messageId &&
            answer?.outcome === 'accepted' &&
            answer.at < call.at,
        );
        if (before && callerOf(world, before) !== guest) return [];
        return before ? [broken(call, `${call.messageId} was accepted at ${before.answer?.at} ms`)] : [];
      });
    },
  },
  {
    clause: 'R-9',
    looksFor: 'a mark on a message of another conversation, or one that a removal takes for acknowledged',
    check: (world) => {
      const [guest] = world.conversations;
      if (!guest || world.conversations.length > 1 || !isFresh(guest)) return [];
      if (world.all('input').some(({ verb }) => verb === 'receive')) return [];
      const ids = new Set(guest.marks.flatMap(({ marks }) => marks.map((each) => each.conversationId)));
      const isTold = (conversationId: string, { messageId = '', index }: WorldCall): boolean =>
        authorsBefore(world, conversationId, index).has(messageId);
      // What nobody told of in this trace an earlier run may have been told of.
      const strange = world.reads.filter(
        (call) =>
          call.messageId !== undefined &&
          !isTold(call.conversationId, call) &&
          [...ids].some((conversationId) => isTold(conversationId, call)),
      );
      return [
        ...strange.map((call) => broken(call, `${call.messageId} was not told in ${call.conversationId}`)),
        ...skippedIn(world, guest),
      ];
    },
  },
];

/** What is told as acknowledged, and does not stand above what was told so before. */
function toldTwiceIn(guest: Guest) {
  const newest = new Map<string, Of<'emitted'> & { readonly position: number }>();
  return guest.emitted.flatMap((each) => {
    if (each.event.type !== 'read.acknowledged') return [];
    const { conversationId, mark } = each.event;
    const before = newest.get(conversationId);
    newest.set(conversationId, { ...each, position: mark.position });
    if (!before || mark.position > before.position || isForgotten(guest, { ...each, conversationId }))
      return [];
    return [broken(each, `as much was told at ${before.at} ms`)];
  });
}

/** Whether a handle once had a ledger, and put it out for another, before a place: of too many the oldest goes. */
function isForgotten(
  guest: Guest,
  { conversationId, index }: { readonly conversationId: string; readonly index: number },
): boolean {
  let isKnown = false;
  return guest.marks.some((moment) => {
    if (moment.index >= index) return false;
    const wasKnown = isKnown;
    isKnown = moment.marks.some((ledger) => ledger.conversationId === conversationId);
    return wasKnown && !isKnown;
  });
}
