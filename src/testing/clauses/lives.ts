import { storagePatience } from '../../shared/storage.ts';
import { besideReads, callerOf, hasRemovals, isFresh, isPending, ledgerAt } from './ledgers.ts';
import { isSilent, silencesIn } from './silences.ts';
import { broken, type Checker, type Guest, type World } from './world.ts';

/** R-3 and R-3a: what a life does with the marks that the one before it left, as far as a trace shows it. */
export const lifeCheckers: readonly Checker[] = [
  {
    clause: 'R-3',
    looksFor: 'a read call for what was refused for good in the life before, whose marks were loaded',
    check: (world) => world.conversations.flatMap((guest) => triedAnewIn(world, guest)),
  },
  {
    clause: 'R-3a',
    looksFor: 'a mark that the life before left pending, that was loaded, and that nobody reports',
    check: (world) => world.conversations.flatMap((guest) => leftPendingIn(world, guest)),
  },
];

/**
 * The one life before that of a handle, where what the handle loads can only be what that one had: it began with
 * nothing, was alone, and was over for longer than a storage may take.
 */
function lifeBefore(world: World, guest: Guest): Guest | undefined {
  const earlier = world.conversations.filter(({ began }) => began.index < guest.began.index);
  const [before] = earlier;
  const stopped = before && world.moments[before.stoppedAt];
  const hasStopped =
    before !== undefined && before.stoppedAt < guest.began.index && (stopped?.at ?? Infinity) < Infinity;
  const hasTrouble = [...earlier, guest].some(({ emitted }) =>
    emitted.some(({ event }) => event.type === 'storage.failed'),
  );
  return earlier.length === 1 && hasStopped && isFresh(before) && !hasTrouble ? before : undefined;
}

/** Calls for a mark that was loaded as it stood when it was refused. */
function triedAnewIn(world: World, guest: Guest) {
  const before = lifeBefore(world, guest);
  if (!before || hasRemovals(world)) return [];
  return world.reads.flatMap((call) => {
    if (callerOf(world, call) !== guest || call.messageId === undefined) return [];
    const loaded = guest.marks[0]?.marks.find(({ conversationId }) => conversationId === call.conversationId);
    if (loaded?.seen?.messageId !== call.messageId) return [];
    const refused = world.reads.find(
      (each) =>
        each.conversationId === call.conversationId &&
        each.messageId === call.messageId &&
        each.answer?.failure?.code === 'bad-request' &&
        // What was written of it may have come too late for who loads.
        each.answer.index < before.stoppedAt &&
        each.answer.at < guest.began.at - storagePatience,
    );
    return refused
      ? [broken(call, `${call.messageId} was refused for good at ${refused.answer?.at} ms`)]
      : [];
  });
}

/** Starts after which a mark that was loaded for the conversation that is open is not reported in time. */
function leftPendingIn(world: World, guest: Guest) {
  const { capabilities, conversationId, timing } = guest.began;
  const start = guest.inputs.find(({ verb }) => verb === 'start');
  const loaded = guest.marks[0]?.marks.find((ledger) => ledger.conversationId === conversationId);
  if (!start || !loaded || !capabilities.readReceipts || !lifeBefore(world, guest) || hasRemovals(world))
    return [];
  const isRefused = world.reads.some(
    (call) => call.conversationId === conversationId && call.answer?.failure?.code === 'bad-request',
  );
  const due = start.at + timing.collect + timing.readInterval + storagePatience + world.slack;
  const last = world.indexAfter(due);
  if (!isPending(loaded) || isRefused || world.until <= due || guest.stoppedAt < last) return [];
  if (!world.isOnTime(start.at, due) || !world.isCalm(start.index, last, besideReads)) return [];
  if (isSilent(silencesIn(world), start.at, due) || world.state(guest, 'link', last) !== 'ready') return [];
  if (/^(disabled|off|parked)/.test(world.state(guest, 'receipts', last))) return [];
  const now = ledgerAt(guest, conversationId ?? '', last);
  const isTried = world.reads.some(({ index, at }) => index > start.index && at <= due);
  return isTried || (now && !isPending(now))
    ? []
    : [broken(start, `${loaded.seen?.messageId} was left pending, and is not reported by ${due} ms`)];
}
