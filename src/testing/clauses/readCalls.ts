import { storagePatience } from '../../shared/storage.ts';
import {
  authorsBefore,
  callerOf,
  hasRemovals,
  isFreeToCall,
  isPending,
  ledgerAt,
  marksAt,
  placeOf,
  placesIn,
  sentAs,
} from './ledgers.ts';
import { broken, type Checker, type Guest, hasTabs, isCutOff, settledAt } from './world.ts';

/** What platforms let the calls of a page that goes carry together, bytes. */
const keepaliveRoom = 64 * 1024;

/** How long the bodies of read calls are together, bytes, at least. */
const bytesOf = (
  calls: readonly { readonly conversationId: string; readonly messageId: string | undefined }[],
): number =>
  calls.reduce(
    (sum, { conversationId, messageId }) => sum + JSON.stringify({ conversationId, messageId }).length,
    0,
  );

/** R-2, R-3a, R-5b, R-6, R-8 and: which read calls may leave, and which must, as far as a trace shows it. */
export const readCallCheckers: readonly Checker[] = [
  {
    clause: 'R-2',
    looksFor: 'a read call while another is under way, or one without anything new in it',
    check: (world) =>
      world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        if (!guest || call.keepalive) return [];
        const open = world.reads.find(
          ({ index, at, answer }) =>
            index < call.index &&
            index > guest.began.index &&
            (answer === null || answer.index > call.index) &&
            call.at - at < guest.began.timing.deadline - 1,
        );
        return open &&
          world.isCalm(open.index, call.index, [
            'keystroke',
            'viewed',
            'seen',
            'markAsRead',
            'messageReceived',
          ])
          ? [broken(call, 'the one before was not answered')]
          : [];
      }),
  },
  {
    clause: 'R-3a',
    looksFor: 'a read call behind one that left, or of what is known to be acknowledged',
    check: (world) => {
      if (hasRemovals(world)) return [];
      const known = new Map<Guest, ReadonlyMap<string, number>>();
      return world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        if (!guest) return [];
        const places = known.get(guest) ?? placesIn(world, guest);
        known.set(guest, places);
        const place = places.get(`${call.conversationId} ${call.messageId}`);
        if (place === undefined) return [];
        const acknowledged = placeOf(ledgerAt(guest, call.conversationId, call.index)?.acknowledged ?? null);
        const isLoaded = guest.marks[0]?.marks.some(
          ({ conversationId, seen }) => conversationId === call.conversationId && seen !== null,
        );
        const accepted = world.reads.filter(
          (each) =>
            isLoaded &&
            each.index < call.index &&
            each.conversationId === call.conversationId &&
            each.answer?.outcome === 'accepted' &&
            each.answer.index < guest.began.index,
        );
        const left = accepted.map((each) => places.get(`${each.conversationId} ${each.messageId}`) ?? -1);
        if (place <= Math.max(acknowledged, ...left))
          return [broken(call, `${call.messageId} is known to be acknowledged`)];
        const before = world.reads.filter(
          (each) =>
            each.index < call.index &&
            each.conversationId === call.conversationId &&
            callerOf(world, each) === guest,
        );
        const newest = Math.max(
          ...before.map((each) => places.get(`${each.conversationId} ${each.messageId}`) ?? -1),
        );
        return place < newest ? [broken(call, `${call.messageId} is older than what left before`)] : [];
      });
    },
  },
  {
    clause: 'R-5b',
    looksFor: 'a page that goes without its pending marks',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.inputs.flatMap((input) => {
          if (!['hide', 'freeze', 'flush'].includes(input.verb) || !guest.began.capabilities.readReceipts)
            return [];
          if (!isFreeToCall(world, guest, input.index)) return [];
          const pending = marksAt(guest, input.index).filter(isPending);
          // What there is no room for stays, and is no fault.
          const wanted = pending.map(({ conversationId, seen }) => ({
            conversationId,
            messageId: seen?.messageId,
          }));
          if (bytesOf(wanted) > keepaliveRoom / 2) return [];
          const next = world.moments.findIndex(
            ({ kind, at }, index) => index > input.index && (kind === 'input' || at > input.at),
          );
          const left = world.reads.filter(
            ({ index, at }) => at === input.at && index > input.index && (next < 0 || index < next),
          );
          const missing = pending.filter(
            ({ conversationId }) =>
              !left.some((call) => call.keepalive && call.conversationId === conversationId),
          );
          return missing.map(({ conversationId }) =>
            broken(input, `the mark of ${conversationId} stayed behind`),
          );
        }),
      ),
  },
  {
    clause: 'R-5b',
    looksFor:
      'calls of a page that goes that are too many together while they are under way, or a read call without a network',
    check: (world) =>
      world.reads.flatMap((call) => {
        if (isCutOff(world, call.index)) return [broken(call, 'there was no network')];
        const together = world.reads.filter(
          ({ keepalive, index, answer }) =>
            keepalive && index <= call.index && (answer === null || answer.index > call.index),
        );
        const bytes = bytesOf(together);
        return call.keepalive && bytes > keepaliveRoom
          ? [broken(call, `${bytes} bytes are to outlive the page`)]
          : [];
      }),
  },
  {
    clause: 'R-6',
    looksFor: 'typing that goes before a read that was due',
    check: (world) =>
      world.reads.flatMap((call) => {
        const before = world.typing.findLast(({ index, at }) => index < call.index && at === call.at);
        const guest = callerOf(world, call);
        if (!before || call.keepalive || guest === undefined) return [];
        // What was seen while a storage is read is due once it was.
        if (!marksAt(guest, before.index).some(isPending)) return [];
        // It had begun before its call left, and waited for a storage.
        if (world.state(guest, 'receipts', call.index) === 'sending') return [];
        const isUndisturbed = world.moments.slice(before.index + 1, call.index).every(({ kind }, nth) => {
          const isItsAnswer =
            before.answer?.outcome === 'accepted' && before.answer.index === before.index + 1 + nth;
          return !['input', 'answer', 'told', 'late'].includes(kind) || isItsAnswer;
        });
        return isUndisturbed ? [broken(before, 'it left before the read that was due')] : [];
      }),
  },
  {
    clause: 'R-8',
    looksFor: 'a read call, or a mark that is said to be lost, over a back end without read receipts',
    check: (world) => {
      const [guest] = world.conversations;
      if (!guest || guest.began.capabilities.readReceipts) return [];
      const lost = guest.emitted.filter(({ event }) => event.type === 'read.failed');
      return [...world.reads, ...lost].map((moment) => broken(moment, 'nobody takes read marks here'));
    },
  },
  {
    clause: 'R-10',
    looksFor: 'a read call for the guest’s own message, or for what they read elsewhere',
    check: (world) =>
      world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        const own = guest?.began.participantId ?? null;
        if (own === null || call.messageId === undefined) return [];
        if (authorsBefore(world, call.conversationId, call.index).get(call.messageId) === own) {
          return [broken(call, `${call.messageId} is the guest’s own`)];
        }
        const elsewhere = world.all('told').find(
          ({ index, event }) =>
            index < call.index &&
            index > (guest?.began.index ?? 0) && // What came later heard nothing of it.
            event.type === 'message.read' &&
            event.participantId === own &&
            event.messageId === call.messageId &&
            event.conversationId === call.conversationId,
        );
        return elsewhere ? [broken(call, `${call.messageId} was read on another device`)] : [];
      }),
  },
  {
    clause: 'R-10',
    looksFor: 'a read call for a message that the guest sent here',
    check: (world) =>
      world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        const sent = guest && sentAs(world, guest, call);
        // What others were said to have written may have been seen before it turned out to be the guest's own.
        const wasOthers =
          sent !== undefined &&
          authorsBefore(world, call.conversationId, sent.index).has(call.messageId ?? '');
        return sent && !wasOthers
          ? [broken(call, `${call.messageId} is what they sent at ${sent.at} ms`)]
          : [];
      }),
  },
  {
    clause: 'R-11',
    looksFor: 'a read call while the guest keeps their reading to themselves',
    check: (world) =>
      world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        const turn = guest?.inputs.findLast(({ verb, index }) => verb === 'shareReads' && index < call.index);
        return turn?.with[0] === false ? [broken(call, 'the guest did not want it told')] : [];
      }),
  },
  {
    clause: 'R-11',
    looksFor: 'what was read in private and is taken for acknowledged as it is shared again',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.inputs.flatMap((input) => {
          if (input.verb !== 'shareReads' || input.with[0] === false || hasTabs(world)) return [];
          // What a storage holds, and what was heard while it was read, may come in the same instant.
          const readBy = guest.began.at + storagePatience + world.slack;
          if (input.at <= readBy || !world.isOnTime(guest.began.at, readBy)) return [];
          const after = marksAt(guest, settledAt(world, input.index));
          const isMore = marksAt(guest, input.index).some(
            ({ conversationId, acknowledged }) =>
              placeOf(after.find((each) => each.conversationId === conversationId)?.acknowledged ?? null) >
              placeOf(acknowledged),
          );
          return isMore ? [broken(input, 'nobody was told of what counts as acknowledged')] : [];
        }),
      ),
  },
  {
    clause: 'R-12',
    looksFor: 'a read call for what another handle on the transport has reported',
    check: (world) =>
      world.reads.flatMap((call) => {
        if (world.conversations.length < 2 || call.keepalive || call.messageId === undefined) return [];
        const before = world.reads.find(
          ({ conversationId, messageId, answer, index }) =>
            conversationId === call.conversationId &&
            messageId === call.messageId &&
            answer?.outcome === 'accepted' &&
            answer.index < call.index &&
            // Who comes later knows no more than its storage.
            world.conversations.every(({ began }) => began.index < index || began.index > call.index),
        );
        return before ? [broken(call, `${call.messageId} was reported at ${before.at} ms`)] : [];
      }),
  },
];
