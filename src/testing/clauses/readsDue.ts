import { storagePatience } from '../../shared/storage.ts';
import { besideReads, hasRemovals, isPending, ledgerAt, marksAt, placeOf } from './ledgers.ts';
import { isSilent, silencesIn, wasSilenced } from './silences.ts';
import { broken, type Checker, type Guest, isOne, openIn, settledAt, type World } from './world.ts';

const seeing: ReadonlySet<string> = new Set(['viewed', 'seen', 'markAsRead']);

/** read calls that are due at last, whatever happened before, as far as a trace shows it. */
export const readDueCheckers: readonly Checker[] = [
  {
    clause: 'R-2',
    looksFor: 'what was seen while a call was under way, and is not reported once that was refused',
    check: (world) => world.conversations.flatMap((guest) => forgottenIn(world, guest)),
  },
  {
    clause: 'R-3',
    looksFor: 'a mark that wakes what was parked, and rests with it',
    check: (world) => world.conversations.flatMap((guest) => restingIn(world, guest)),
  },
  {
    clause: 'R-3',
    looksFor: 'a pending mark that is not tried in a calm that is longer than any rest',
    check: (world) => world.conversations.flatMap((guest) => untriedIn(world, guest)),
  },
];

/** Whether nothing but what is seen and typed happens between two places, and all of it in time. */
const isUndisturbed = (world: World, guest: Guest, from: number, due: number): boolean => {
  const last = world.indexAfter(due);
  const at = world.moments[from]?.at ?? 0;
  return (
    isOne(world) &&
    world.until > due &&
    guest.stoppedAt >= last &&
    world.isOnTime(at, due) &&
    world.isCalm(from, last, besideReads) &&
    !wasSilenced(world, last) // Its end is tried with one call, of whichever lane.
  );
};

/** Calls that were refused, and behind them what was seen meanwhile. */
function forgottenIn(world: World, guest: Guest) {
  const { collect, readInterval } = guest.began.timing;
  if (hasRemovals(world)) return [];
  return world.reads.flatMap(({ at, conversationId, keepalive, answer }) => {
    if (keepalive || answer?.failure?.code !== 'bad-request') return [];
    const reported = ledgerAt(guest, conversationId, answer.index)?.inFlight ?? null;
    const left = ledgerAt(guest, conversationId, settledAt(world, answer.index));
    if (!left || reported === null || !isPending(left) || placeOf(left.seen) <= reported.position) return [];
    // What another conversation has pending may go first.
    if (marksAt(guest, answer.index).filter(isPending).length > 1) return [];
    const due = Math.max(at + readInterval, answer.at + collect) + storagePatience + world.slack;
    const last = world.indexAfter(due);
    const isEnded = guest.emitted.some(
      ({ event, index }) => event.type === 'conversation.ended' && index < last,
    );
    if (isEnded || !isUndisturbed(world, guest, answer.index, due)) return [];
    if (world.state(guest, 'link', answer.index) !== 'ready') return [];
    if (/^(disabled|off|sending|parked)/.test(world.state(guest, 'receipts', last))) return [];
    const isReported = world.reads.some(
      (call) => call.index > answer.index && call.at <= due && call.conversationId === conversationId,
    );
    return isReported ? [] : [broken(answer, `${left.seen?.messageId} is not reported by ${due} ms`)];
  });
}

/** Newer marks that left the lane parked in all but name. */
function restingIn(world: World, guest: Guest) {
  const { collect, readInterval } = guest.began.timing;
  return guest.inputs.flatMap((input) => {
    const wasParked = world.state(guest, 'receipts', input.index).startsWith('parked');
    if (!wasParked || !seeing.has(input.verb) || input.index > guest.stoppedAt) return [];
    const after = settledAt(world, input.index);
    const conversationId = openIn(world, guest, input.index) ?? '';
    const [before, raised] = [input.index, after].map((index) =>
      placeOf(ledgerAt(guest, conversationId, index)?.seen ?? null),
    ) as [number, number];
    if (raised <= before || world.state(guest, 'link', after) !== 'ready') return [];
    const newest = world.reads.findLast(({ index }) => index < input.index);
    const due =
      Math.max(input.at + collect, (newest?.at ?? 0) + readInterval) + storagePatience + world.slack;
    if (!isUndisturbed(world, guest, input.index, due)) return [];
    if (/^(disabled|off|sending|upToDate)/.test(world.state(guest, 'receipts', world.indexAfter(due))))
      return [];
    const isTried = world.reads.some(({ index, at }) => index > input.index && at <= due);
    return isTried ? [] : [broken(input, `it wakes what is parked, and no call leaves by ${due} ms`)];
  });
}

/** Long calms in which nobody tries a mark that is pending at both their ends. */
function untriedIn(world: World, guest: Guest) {
  const { park, backoffCap, readInterval, deadline } = guest.began.timing;
  const span = 2 * park + backoffCap + readInterval + deadline + storagePatience;
  if (!isOne(world) || !guest.began.capabilities.readReceipts) return [];
  const turns = world.moments.flatMap((moment, index) => {
    const isKey = moment.kind === 'input' && moment.verb === 'keystroke';
    return ['input', 'told', 'wall', 'late', 'began'].includes(moment.kind) && !isKey ? [index] : [];
  });
  return turns.flatMap((from, nth) => {
    const at = world.moments[from]?.at ?? 0;
    const until = world.moments[turns[nth + 1] ?? world.moments.length]?.at ?? world.until;
    if (until - at <= span || from > guest.stoppedAt) return [];
    const last = world.indexAfter(at + span);
    const isTried = world.reads.some(({ index }) => index > from && index < last);
    const isRefreshing = world.calls.some(
      ({ lane, index, answer }) =>
        lane === 'token' && index < last && (answer === null || answer.index > from),
    );
    if (isTried || isRefreshing || !world.isOnTime(at, at + span)) return [];
    if (isSilent(silencesIn(world), at, at + span)) return [];
    const links = [settledAt(world, from), last].map((index) => world.state(guest, 'link', index));
    if (links.some((link) => link !== 'ready')) return [];
    if (/^(disabled|off)/.test(world.state(guest, 'receipts', last))) return [];
    const conversationId = openIn(world, guest, last) ?? '';
    const [then, now] = [settledAt(world, from), last].map((index) => ledgerAt(guest, conversationId, index));
    if (!then || !now || !isPending(then) || !isPending(now)) return [];
    const isLost = isGivenUp(world, guest, conversationId, last) || !isSeenHere(world, guest, then);
    return isLost
      ? []
      : [broken({ at, index: from }, `${then.seen?.messageId} is not tried within ${span} ms of calm`)];
  });
}

/** Whether what is pending in a conversation cannot be reported: it was refused, or is over. */
function isGivenUp(world: World, guest: Guest, conversationId: string, until: number): boolean {
  const isRefused = world.reads.some(
    (call) => call.conversationId === conversationId && call.answer?.failure?.code === 'bad-request',
  );
  const ended = guest.emitted.findLast(
    ({ event, index }) =>
      index < until &&
      (event.type === 'conversation.ended' || event.type === 'conversation.resumed') &&
      event.conversationId === conversationId,
  );
  const opened = guest.inputs.findLast(
    ({ verb, index }) => ['open', 'reopen'].includes(verb) && index < until,
  );
  return isRefused || (ended?.event.type === 'conversation.ended' && ended.index > (opened?.index ?? -1));
}

/** Whether what is seen was seen in this life: of what was loaded a trace does not say whether it was refused. */
const isSeenHere = (
  world: World,
  guest: Guest,
  { conversationId, seen }: { readonly conversationId: string; readonly seen: { position: number } | null },
): boolean =>
  guest.inputs.some(({ verb, index }) => {
    if (!seeing.has(verb)) return false;
    const [before, after] = [index, settledAt(world, index)].map((place) =>
      placeOf(ledgerAt(guest, conversationId, place)?.seen ?? null),
    ) as [number, number];
    return before < after && after === seen?.position;
  });
