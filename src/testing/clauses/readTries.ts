import type { Failure } from '../../../machines/failure.ts';
import {
  besideReads,
  callerOf,
  hasRemovals,
  isFreeToCall,
  isPending,
  isStillPending,
  ledgerAt,
  marksAt,
  placeOf,
} from './ledgers.ts';
import { isSilent, silencesIn } from './silences.ts';
import { broken, type Checker, type Guest, type Of, passing, settledAt, type World } from './world.ts';

/** What the budget of second tries is at most. */
const mostTries = 10;

/** So much of the budget of second tries, and less, may be too little for one, whatever was counted otherwise. */
export const fewTries = 6.5;

const wakes: ReadonlySet<string> = new Set([
  'viewed',
  'seen',
  'markAsRead',
  'online',
  'show',
  'reauthorize',
  'open',
  'reopen',
  'start',
  'shareReads',
]);

/** Whether a failure is of the back end itself: a call that was wrong says nothing about it. */
const isHurting = (failure: Failure | undefined): boolean =>
  failure !== undefined && (failure.code === 'rate-limited' || passing.includes(failure.code));

/** R-3 and R-3b: how a mark that failed is tried again, as far as a trace shows it. */
export const readTryCheckers: readonly Checker[] = [
  {
    clause: 'R-3',
    looksFor: 'a mark that is dropped after a failure, or a burst of tries that never rests',
    check: (world) =>
      world.reads.flatMap((call, nth) => {
        const guest = callerOf(world, call);
        const { answer } = call;
        if (!guest || answer?.outcome !== 'failed' || !passing.includes(answer.failure?.code ?? ''))
          return [];
        const { park, backoffCap, tries, readInterval } = guest.began.timing;
        const latest = answer.at + Math.max(backoffCap, 2 * park, readInterval) + world.slack;
        const last = world.indexAfter(latest);
        const next = world.reads[nth + 1];
        const isCalm =
          world.isCalm(answer.index, Math.min(next?.index ?? last, last), ['keystroke']) &&
          world.state(guest, 'link', answer.index + 1) === 'ready' &&
          !isSilent(silencesIn(world), call.at, latest) &&
          guest.stoppedAt >= last;
        if (!next && isCalm && world.until > latest && isStillPending(guest, call, last)) {
          return [broken(answer, `the mark was not tried again by ${latest} ms`)];
        }
        const burst = world.reads.slice(nth - tries + 1, nth + 1);
        // A handle that comes later begins with a burst of its own.
        const isBurst =
          call.attempt >= tries &&
          next !== undefined &&
          callerOf(world, next) === guest &&
          burst.every((each) => each.answer?.outcome === 'failed' && !each.keepalive);
        const isWoken = world.moments
          .slice(burst[0]?.index ?? 0, next?.index)
          .some(
            (moment) =>
              (moment.kind === 'input' && wakes.has(moment.verb)) ||
              moment.kind === 'told' ||
              (moment.kind === 'emitted' && moment.event.type === 'token.refreshed'),
          );
        return isBurst && !isWoken && next && !next.keepalive && next.at - answer.at < park - world.slack
          ? [broken(next, `tried again ${next.at - answer.at} ms after a burst of ${tries}, not ${park}`)]
          : [];
      }),
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
    looksFor: 'more second tries than a failing back end can bear',
    check: (world) => {
      let budget = mostTries;
      const answered = world.calls
        .filter(({ lane, answer }) => answer !== null && (lane === 'read' || lane === 'typing'))
        .sort((one, other) => (one.answer?.index ?? 0) - (other.answer?.index ?? 0));
      const spentAt: { index: number; budget: number }[] = [];
      for (const { answer } of answered) {
        if (answer?.outcome === 'accepted') budget = Math.min(mostTries, budget + 0.5);
        else if (answer && isHurting(answer.failure)) budget -= 1;
        spentAt.push({ index: answer?.index ?? 0, budget: Math.max(0, budget) });
        budget = Math.max(0, budget);
      }
      return world.reads.flatMap((call, nth) => {
        const left = spentAt.findLast(({ index }) => index < call.index)?.budget ?? mostTries;
        const before = world.reads[nth - 1];
        const guest = callerOf(world, call);
        if (!guest || !before || call.attempt < 2 || left > 2) return [];
        return before.answer?.outcome === 'failed' &&
          passing.includes(before.answer.failure?.code ?? '') &&
          call.at - before.answer.at < guest.began.timing.park - world.slack &&
          world.isCalm(before.answer.index, call.index)
          ? [broken(call, 'a second try although the budget is spent')]
          : [];
      });
    },
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
    clause: 'R-3b',
    looksFor: 'a burst that ends before its time, although accepted calls have filled the budget up again',
    check: (world) => {
      let budget = mostTries;
      let failed: Of<'emitted'> | null = null;
      return world.all('emitted').flatMap((each) => {
        const { event, who, at } = each;
        if (event.type === 'read.acknowledged' || event.type === 'typing.acknowledged')
          budget = Math.min(mostTries, budget + 0.5);
        if (event.type === 'read.failed' || event.type === 'typing.failed') {
          if (isHurting(event.failure)) budget = Math.max(0, budget - 1);
          failed = event.type === 'read.failed' ? each : failed;
        }
        if (event.type !== 'read.parked' || failed?.who !== who || failed.at !== at) return [];
        return budget > fewTries && !endsBurst(world, failed)
          ? [broken(each, 'it rests, although the back end had recovered')]
          : [];
      });
    },
  },
];

/** What is left of the budget of second tries before a place, as far as calls show it. */
export function budgetBefore(world: World, index: number): number {
  return world.calls
    .filter(
      ({ answer, lane }) => answer !== null && answer.index < index && ['read', 'typing'].includes(lane),
    )
    .sort((one, other) => (one.answer?.index ?? 0) - (other.answer?.index ?? 0))
    .reduce((budget, { answer }) => {
      if (answer?.outcome === 'accepted') return Math.min(mostTries, budget + 0.5);
      return isHurting(answer?.failure) ? Math.max(0, budget - 1) : budget;
    }, mostTries);
}

/** Whether a burst may be over with a call that is told to have failed: it was the last try, or that cannot be told. */
function endsBurst(world: World, failed: Of<'emitted'>): boolean {
  const { event, index, at, who } = failed;
  if (event.type !== 'read.failed') return true;
  const call = world.reads.findLast(
    ({ answer, conversationId, messageId }) =>
      answer !== null &&
      answer.index < index &&
      answer.at === at &&
      answer.failure?.code === event.failure.code &&
      conversationId === event.conversationId &&
      messageId === event.mark.messageId,
  );
  const guest = world.conversations.find((each) => each.who === who);
  if (!call || !guest || call.keepalive || !passing.includes(event.failure.code)) return true;
  return call.attempt >= guest.began.timing.tries;
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
    if (!isFreeToCall(world, guest, moment.index) || !world.isCalm(moment.index, last, besideReads))
      return [];
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
    // What left with the page counts its own tries, and so does each handle.
    if (!before || before.keepalive || callerOf(world, before) !== guest) return [];
    if (before.answer?.outcome === 'accepted' && call.attempt > 1)
      return [broken(call, `attempt ${call.attempt}, after one that was accepted`)];
    if (before.answer?.failure?.code === 'unauthorized' && call.attempt > Math.max(1, before.attempt))
      return [
        broken(
          call,
          `attempt ${call.attempt}, although a token was all that attempt ${before.attempt} wanted`,
        ),
      ];
    const isRefused = answered.some(
      (each) =>
        each.answer?.failure?.code === 'bad-request' &&
        each.conversationId === call.conversationId &&
        each.messageId === call.messageId &&
        each.messageId !== undefined &&
        callerOf(world, each) === guest,
    );
    return isRefused && !hasRemovals(world) ? [broken(call, `${call.messageId} was refused for good`)] : [];
  });
}
