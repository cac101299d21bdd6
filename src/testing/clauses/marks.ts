import { storagePatience } from '../../shared/storage.ts';
import { fallenPeersIn, lossesIn, miscountedIn, risenByPast, settledAt, skippedIn } from './counts.ts';
import { isCutOff } from './episodes.ts';
import {
  authorsBefore,
  bytesOf,
  callerOf,
  type Guest,
  hasRemovals,
  isFreeToCall,
  isPending,
  keepaliveRoom,
  ledgerAt,
  marksAt,
  passing,
  placeOf,
} from './reading.ts';
import { broken, type Checker, isSilent, silencesIn, type World, type WorldCall } from './world.ts';

/** Verbs that hold no read call up. */
const beside = ['keystroke', 'viewed', 'seen', 'markAsRead', 'messageReceived', 'historyReceived'];

/** what becomes of a mark. */
export const markCheckers: readonly Checker[] = [
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
    clause: 'R-3',
    looksFor:
      'a pending mark that nobody reports, that nothing wakes, or that is tried again although it was accepted or refused',
    check: (world) =>
      world.conversations.flatMap((guest) => [
        ...unreportedIn(world, guest),
        ...sleepersIn(world, guest),
        ...wrongTriesIn(world, guest),
      ]),
  },
  {
    clause: 'R-3b',
    looksFor: 'second tries of several handles that together are more than a failing back end can bear',
    check: (world) => {
      if (world.conversations.length < 2) return [];
      return world.reads.flatMap((call) => {
        const tried = world.reads.filter(
          ({ index, attempt, conversationId, answer }) =>
            index < call.index &&
            attempt === call.attempt - 1 &&
            conversationId === call.conversationId &&
            passing.includes(answer?.failure?.code ?? ''),
        );
        const { park = 0 } = { ...world.conversations[0]?.began.timing };
        const recent = tried.filter(({ answer }) => call.at - (answer?.at ?? 0) < park - world.slack);
        const isSpent = recent.every(({ answer }) => budgetBefore(world, answer?.index ?? 0) <= 2);
        return call.attempt > 1 && recent.length > 0 && isSpent
          ? [broken(call, 'a second try although the budget of all handles is spent')]
          : [];
      });
    },
  },
  {
    clause: 'R-4',
    looksFor: 'a markAsRead() that waits on although no token can be had',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.emitted.flatMap((emitted) => {
          if (emitted.event.type !== 'link.unauthorized') return [];
          const until = emitted.at + storagePatience + world.slack;
          if (world.until <= until || (world.moments[guest.stoppedAt]?.at ?? world.until) <= until) return [];
          // With a token of the application's own the mark that a slow storage held back goes on.
          const isBack = guest.inputs.some(
            ({ verb, index, at }) => verb === 'reauthorize' && index > emitted.index && at <= until,
          );
          if (isBack || !world.isOnTime(emitted.at, until)) return [];
          const asked = guest.inputs.filter(
            ({ verb, index }) => verb === 'markAsRead' && index < emitted.index,
          );
          const settled = [...world.all('kept'), ...world.all('refused')].filter(
            ({ who, verb, at }) => who === guest.who && verb === 'markAsRead' && at <= until,
          );
          return settled.length < asked.length
            ? [broken(emitted, `${asked.length - settled.length} who wait for markAsRead() were not told`)]
            : [];
        }),
      ),
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
  {
    clause: 'R-5b',
    looksFor: 'calls of a page that goes that are too many together, or a read call without a network',
    check: (world) =>
      world.reads.flatMap((call) => {
        if (isCutOff(world, call.index)) return [broken(call, 'there was no network')];
        const together = world.reads.filter(
          (each) => each.keepalive && each.at === call.at && each.index <= call.index,
        );
        const bytes = bytesOf(together);
        return call.keepalive && bytes > keepaliveRoom
          ? [broken(call, `${bytes} bytes are to outlive the page`)]
          : [];
      }),
  },
  {
    clause: 'R-7',
    looksFor: 'a message of a page of the past that moves a mark when it is seen',
    check: (world) => world.conversations.flatMap((guest) => risenByPast(world, guest)),
  },
  {
    clause: 'R-9',
    looksFor: 'a mark on a message of another conversation, or one that a removal takes for acknowledged',
    check: (world) => {
      const [guest] = world.conversations;
      const isFresh = world.conversations.length === 1 && guest?.marks[0]?.marks.length === 0;
      if (!guest || !isFresh || world.all('input').some(({ verb }) => verb === 'receive')) return [];
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
  {
    clause: 'R-11',
    looksFor: 'what was read in private and is taken for acknowledged as it is shared again',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.inputs.flatMap((input) => {
          if (input.verb !== 'shareReads' || input.with[0] === false) return [];
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

/** What is left of the budget of second tries before a place, as far as calls show it. */
function budgetBefore(world: World, index: number): number {
  return world.calls
    .filter(
      ({ answer, lane }) => answer !== null && answer.index < index && ['read', 'typing'].includes(lane),
    )
    .sort((one, other) => (one.answer?.index ?? 0) - (other.answer?.index ?? 0))
    .reduce((budget, { answer }) => {
      if (answer?.outcome === 'accepted') return Math.min(10, budget + 0.5);
      return [...passing, 'rate-limited'].includes(answer?.failure?.code ?? '')
        ? Math.max(0, budget - 1)
        : budget;
    }, 10);
}

/** Marks that nothing holds back, and that no call reports in time. */
function unreportedIn(world: World, guest: Guest) {
  const { collect, readInterval } = guest.began.timing;
  return guest.marks.flatMap((moment, nth) => {
    const wasPending = guest.marks[nth - 1]?.marks.some(isPending) === true;
    if (wasPending || !moment.marks.some(isPending) || !guest.began.capabilities.readReceipts) return [];
    const before = world.reads.findLast(({ index }) => index < moment.index);
    const due = Math.max(moment.at + collect, before ? before.at + readInterval : 0) + world.slack;
    const last = world.indexAfter(due);
    if (world.until <= due || guest.stoppedAt < last || !world.isOnTime(moment.at, due)) return [];
    if (!isFreeToCall(world, guest, moment.index) || !world.isCalm(moment.index, last, beside)) return [];
    if (isSilent(silencesIn(world), moment.at, due)) return [];
    // It waits for a storage, or what was pending is not reportable any more.
    const isHeld = /^(sending|disabled|off|parked)/.test(world.state(guest, 'receipts', last));
    const isMade = world.reads.some(
      ({ index, at }) => index > moment.index - 8 && at >= moment.at && at <= due,
    );
    return isHeld || isMade ? [] : [broken(moment, `what was seen is not reported by ${due} ms`)];
  });
}

/** What should have woken a parked lane, and did not. */
function sleepersIn(world: World, guest: Guest) {
  return guest.inputs.flatMap((input) => {
    if (!world.state(guest, 'receipts', input.index).startsWith('parked')) return [];
    const after = settledAt(world, input.index);
    if (!world.state(guest, 'receipts', after).startsWith('parked') || input.index > guest.stoppedAt)
      return [];
    const isSeen = (): boolean =>
      ['viewed', 'seen'].includes(input.verb) &&
      marksAt(guest, after).some(
        ({ conversationId, seen }) =>
          placeOf(seen) > placeOf(ledgerAt(guest, conversationId, input.index)?.seen ?? null),
      );
    // Where a transport tells how its network stands, the page's own word does not reach the chart.
    const isBack =
      input.verb === 'online' &&
      world.state(guest, 'link', input.index) === 'offline' &&
      world.state(guest, 'link', after) !== 'offline';
    return input.verb === 'show' || input.verb === 'reauthorize' || isBack || isSeen()
      ? [broken(input, `${input.verb} did not wake what was parked`)]
      : [];
  });
}

/** Tries that go on from where the last answer left nothing to try. */
function wrongTriesIn(world: World, guest: Guest) {
  return world.reads.flatMap((call) => {
    if (callerOf(world, call) !== guest || call.keepalive) return [];
    const answered = world.reads
      .filter(
        (each) => each.answer !== null && each.answer.index < call.index && each.index > guest.began.index,
      )
      .sort((one, other) => (one.answer?.index ?? 0) - (other.answer?.index ?? 0));
    const before = answered.at(-1);
    // What left with the page counts its own tries.
    if (before?.keepalive) return [];
    if (before?.answer?.outcome === 'accepted' && call.attempt > 1)
      return [broken(call, `attempt ${call.attempt}, after one that was accepted`)];
    if (before?.answer?.failure?.code === 'unauthorized' && call.attempt > Math.max(1, before.attempt))
      return [
        broken(
          call,
          `attempt ${call.attempt}, although a token was all that attempt ${before.attempt} wanted`,
        ),
      ];
    const isRefused = answered.some(
      ({ answer, conversationId, messageId }) =>
        answer?.failure?.code === 'bad-request' &&
        conversationId === call.conversationId &&
        messageId === call.messageId &&
        messageId !== undefined,
    );
    return isRefused && !hasRemovals(world) ? [broken(call, `${call.messageId} was refused for good`)] : [];
  });
}
