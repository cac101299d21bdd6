import { storagePatience } from '../../shared/storage.ts';
import { hasPositions, hasRemovals, ledgerAt, placeOf } from './ledgers.ts';
import { broken, type Checker, type Guest, isOne, openIn, settledOf, type World } from './world.ts';

/** that whoever waits for markAsRead() is told in time, as far as a trace shows it. */
export const waiterCheckers: readonly Checker[] = [
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
          const settled = settledBy(world, guest, until);
          return settled.length < asked.length
            ? [broken(emitted, `${asked.length - settled.length} who wait for markAsRead() were not told`)]
            : [];
        }),
      ),
  },
  {
    clause: 'R-4',
    looksFor: 'a markAsRead() that waits although as much is acknowledged',
    check: (world) => world.conversations.flatMap((guest) => needlessIn(world, guest)),
  },
  {
    clause: 'R-11',
    looksFor:
      'a markAsRead() that waits on although reads are private and the call that would have told is over',
    check: (world) => world.conversations.flatMap((guest) => leftWaitingIn(world, guest)),
  },
];

/** Those who ask for what a mark of theirs has reached already, and are not answered at once. */
function needlessIn(world: World, guest: Guest) {
  if (!guest.began.capabilities.readReceipts || hasPositions(world) || hasRemovals(world)) return [];
  const readBy = guest.began.at + storagePatience + world.slack;
  return guest.inputs.flatMap((input) => {
    const due = input.at + world.slack;
    // Without an id it means everything up to now, which is more each time.
    const isAsked = input.verb === 'markAsRead' && typeof input.with[0] === 'string' && input.at > readBy;
    if (
      !isAsked ||
      input.index > guest.stoppedAt ||
      world.until <= due ||
      !world.isOnTime(guest.began.at, input.at)
    )
      return [];
    const conversationId = openIn(world, guest, input.index);
    const acknowledged = ledgerAt(guest, conversationId ?? '', input.index)?.acknowledged ?? null;
    const place = guest.marks
      .filter(({ index }) => index < input.index)
      .flatMap(({ marks }) => marks.filter((ledger) => ledger.conversationId === conversationId))
      .flatMap(({ seen, inFlight, acknowledged: known }) => [seen, inFlight, known])
      .findLast((mark) => mark !== null && mark.messageId === input.with[0])?.position;
    if (place === undefined || placeOf(acknowledged) < place) return [];
    const isAnswered = settledBy(world, guest, due).some(
      (each) =>
        each.index > input.index &&
        (each.kind === 'refused' || JSON.stringify(each.with) === JSON.stringify(input.with)),
    );
    return isAnswered ? [] : [broken(input, `it waits, although ${input.with[0]} is acknowledged`)];
  });
}

/** Those who wait on after reads were made private, once every call that was under way has failed or was given up. */
function leftWaitingIn(world: World, guest: Guest) {
  if (!isOne(world)) return [];
  return guest.inputs.flatMap((input) => {
    if (input.verb !== 'shareReads' || input.with[0] !== false || input.index > guest.stoppedAt) return [];
    const open = world.reads.filter(
      ({ index, answer }) => index < input.index && (answer === null || answer.index > input.index),
    );
    // A call that waits for its storage has begun already, which no trace shows.
    const isHeld = open.length === 0 && world.state(guest, 'receipts', input.index) === 'sending';
    const isOver = open.every(({ answer }) => answer !== null && answer.outcome !== 'accepted');
    if (isHeld || !isOver) return [];
    const last = Math.max(input.at, ...open.map(({ answer }) => answer?.at ?? 0));
    const due = Math.max(last, guest.began.at + storagePatience) + world.slack;
    const end = world.indexAfter(due);
    if (world.until <= due || guest.stoppedAt < end || !world.isOnTime(guest.began.at, due)) return [];
    const isSharedAgain = guest.inputs.some(
      ({ verb, index }) => verb === 'shareReads' && index > input.index && index < end,
    );
    if (isSharedAgain) return [];
    const asked = guest.inputs.filter(({ verb, index }) => verb === 'markAsRead' && index < input.index);
    const left = asked.length - settledBy(world, guest, due).length;
    return left > 0 ? [broken(input, `${left} who wait for markAsRead() were not told by ${due} ms`)] : [];
  });
}

/** The markAsRead() of a handle that were kept or refused by a time. */
const settledBy = (world: World, guest: Guest, until: number) =>
  settledOf(world, 'markAsRead').filter(({ who, at }) => who === guest.who && at <= until);
