import { freeAt, isOne, isWorking, lastKey, mayExpect } from './typing.ts';
import { broken, type Checker, openIn, type World, type WorldCall, type WorldHandle } from './world.ts';

type Guest = WorldHandle<'conversation'>;

/** Verbs that say nothing about who types. */
const beside = [
  ...['keystroke', 'viewed', 'seen', 'markAsRead', 'markAsUnread', 'messageReceived', 'historyReceived'],
];
/** Edges that end an episode after a blink. */
const edges: ReadonlySet<string> = new Set(['clearInput', 'blurInput']);
/** Verbs by which a guest's own message puts their indicator out. */
const messages: ReadonlySet<string> = new Set(['messageSent', 'messageAccepted']);

/** The one handle of a trace, where only keys make it type, and no message of the guest's comes in by itself. */
function typistIn(world: World): Guest | undefined {
  const [guest] = world.conversations;
  const isPlain = guest?.inputs.every(({ verb, with: [given] }) => {
    const { participantId } = (given ?? {}) as { participantId?: unknown };
    const isOwn = participantId !== undefined && participantId === guest.began.participantId;
    return verb !== 'typeWhile' && !(verb === 'messageReceived' && isOwn);
  });
  return isOne(world) && isPlain ? guest : undefined;
}

const isDisturbed = (world: World, from: WorldCall, to: WorldCall, verbs: readonly string[]): boolean =>
  !world.isCalm(from.index, to.index, verbs) || !world.isOnTime(from.at, to.at);

/** What a typing call was made after, where that was accepted before. */
function acceptedBefore(world: World, call: WorldCall): WorldCall | undefined {
  const before = world.typing.findLast(({ index }) => index < call.index);
  return before?.answer?.outcome === 'accepted' && before.answer.index < call.index ? before : undefined;
}

/** T-4 to T-12: how an episode goes on, and what its end is not. */
export const episodeCheckers: readonly Checker[] = [
  {
    clause: 'T-4',
    looksFor: 'a renewal although hardly anything is left of what it says',
    check: (world) =>
      world.typing.flatMap((call) => {
        const guest = typistIn(world);
        const before = acceptedBefore(world, call);
        if (!guest || !call.isTyping || !before?.isTyping) return [];
        if (before.conversationId !== call.conversationId) return [];
        // A message of the guest's is accepted in a moment that is not told, and what is typed since is said anew.
        if (guest.inputs.some(({ verb, index }) => verb === 'sendMessage' && index < call.index)) return [];
        const { idle, timeToLive, renewalWorth } = guest.began.timing;
        const key = lastKey(world, guest, call.index);
        const outAt = before.at + timeToLive;
        if (!key || key.isEnded || call.at >= outAt || isDisturbed(world, before, call, beside)) return [];
        const left = key.key.at + idle - outAt;
        return left < renewalWorth - world.slack
          ? [broken(call, `it says no more than ${left} ms longer what is said already`)]
          : [];
      }),
  },
  {
    clause: 'T-5',
    looksFor: 'a stop that no blink went before, or of what a message had put out',
    check: (world) =>
      world.typing.flatMap((call) => {
        const guest = typistIn(world);
        if (!guest || call.isTyping || call.keepalive) return [];
        return [...hastyStop(world, guest, call), ...stopAfterMessage(world, guest, call)];
      }),
  },
  {
    clause: 'T-7',
    looksFor: 'a typing call without a network',
    check: (world) =>
      world.typing.flatMap((call) =>
        isCutOff(world, call.index) ? [broken(call, 'there was no network, so that it would be late')] : [],
      ),
  },
  {
    clause: 'T-11',
    looksFor: 'an acceptance that no submit went before, and that is taken for a key',
    check: (world) => {
      const guest = typistIn(world);
      const isPlain = guest?.inputs.every(({ verb }) => verb !== 'sendMessage' && verb !== 'receive');
      if (!guest || !isPlain || world.all('told').some(({ event }) => event.type === 'message.received'))
        return [];
      return unsubmittedIn(world, guest).flatMap((accepted) => {
        const next = world.typing.find(({ index, isTyping }) => isTyping && index > accepted.index);
        const key = next && lastKey(world, guest, next.index)?.key;
        if (!next || !key || key.index > accepted.index) return [];
        return world.isCalm(accepted.index, next.index, beside)
          ? [broken(next, `no key since the acceptance at ${accepted.at} ms said that somebody types on`)]
          : [];
      });
    },
  },
  {
    clause: 'T-12',
    looksFor: 'an announcement that was given up, and whose indicator has no stop',
    check: (world) =>
      world.typing.flatMap((call) => {
        const guest = typistIn(world);
        const { answer } = call;
        if (!guest?.began.capabilities.stopTyping || !call.isTyping || answer?.outcome !== 'aborted')
          return [];
        const { typingDeadline, timeToLive, stopWorth, idle } = guest.began.timing;
        if (Math.abs(answer.at - call.at - typingDeadline) > world.slack) return [];
        // A back end that fails everybody is left alone, stops and all (R-3b).
        const failures = world.calls.filter(
          (each) => each.index < answer.index && each.answer !== null && each.answer.outcome !== 'accepted',
        );
        if (failures.length > 2 || call.at + timeToLive - answer.at <= stopWorth + world.slack) return [];
        const key = lastKey(world, guest, answer.index);
        if (!key || (!key.isEnded && key.age < idle + world.slack - 1)) return [];
        const due = Math.max(answer.at, freeAt(world, guest, answer.index));
        if (!mayExpect(world, guest, answer.index, due, [])) return [];
        if (!world.state(guest, 'receipts', answer.index).startsWith('upToDate')) return [];
        const isStopped = world.typing.some(
          ({ index, at, isTyping }) => !isTyping && index > answer.index && at <= due + world.slack,
        );
        return isStopped ? [] : [broken(answer, `it may have arrived, and was not stopped by ${due} ms`)];
      }),
  },
  {
    clause: 'T-13',
    looksFor: 'what a handle announced as it went, and that nobody stops',
    check: (world) =>
      world.typing.flatMap((call, nth) => {
        const { answer } = call;
        if (!call.isTyping || answer?.outcome !== 'aborted' || world.typing[nth + 1]?.isTyping) return [];
        const gone = world.conversations.find(
          ({ stoppedAt }) => stoppedAt < answer.index && world.moments[stoppedAt]?.at === answer.at,
        );
        const heir = world.conversations.find(
          (guest) => guest !== gone && guest.stoppedAt > answer.index && guest.began.index < call.index,
        );
        if (!gone || !heir || world.conversations.length !== 2) return [];
        const { idle, timeToLive, stopWorth, spacing } = heir.began.timing;
        const key = lastKey(world, gone, answer.index)?.key ?? call;
        const due = Math.max(key.at + idle, call.at + spacing);
        const last = world.indexAfter(due + world.slack);
        const isHere = openIn(world, heir, answer.index) === call.conversationId;
        const isCalm = world.isCalm(answer.index, last, []) && world.isOnTime(call.at, due + world.slack);
        if (!isHere || !isCalm || heir.stoppedAt < last || world.until <= due + world.slack) return [];
        if (!heir.began.capabilities.stopTyping || due >= call.at + timeToLive - stopWorth - world.slack)
          return [];
        if (world.state(heir, 'link', answer.index) !== 'ready') return [];
        const isStopped = world.typing.some(
          ({ index, at, isTyping }) => !isTyping && index > answer.index && at <= due + world.slack,
        );
        return isStopped ? [] : [broken(answer, `it may have arrived, and nobody stopped it by ${due} ms`)];
      }),
  },
  {
    clause: 'T-16',
    looksFor: 'a stop although one of several works goes on',
    check: (world) =>
      world.typing.flatMap((call) => {
        const [guest] = world.conversations;
        if (!guest || !isOne(world) || call.isTyping || !isWorking(world, guest, call.index)) return [];
        const works = guest.inputs.filter(({ verb }) => verb === 'typeWhile');
        const settled = [...world.all('kept'), ...world.all('refused')].filter(
          ({ verb }) => verb === 'typeWhile',
        );
        const [first] = works;
        // Of an iterable nobody knows when it ends.
        const isKnown = works.length > 1 && settled.length === works.length;
        return isKnown && first && world.isCalm(first.index, call.index, ['keystroke', 'typeWhile'])
          ? [broken(call, 'a work was under way')]
          : [];
      }),
  },
];

/** Acceptances in the open conversation that no submit was waiting for. */
function unsubmittedIn(world: World, guest: Guest) {
  const known = new Set<string>();
  let submits = 0;
  return [...guest.inputs, ...world.all('told')]
    .sort((one, other) => one.index - other.index)
    .filter((turn) => {
      if (turn.kind === 'input' && turn.verb === 'messageSent') submits += 1;
      const isAccepted =
        turn.kind === 'input' ? turn.verb === 'messageAccepted' : turn.event.type === 'message.accepted';
      if (!isAccepted) return false;
      const { messageId, conversationId } =
        turn.kind === 'told' && turn.event.type === 'message.accepted'
          ? turn.event
          : { messageId: String(turn.index), conversationId: openIn(world, guest, turn.index) };
      if (known.has(messageId) || conversationId !== openIn(world, guest, turn.index)) return false;
      known.add(messageId);
      submits -= 1;
      const isUnsubmitted = submits < 0;
      submits = Math.max(0, submits);
      return isUnsubmitted;
    });
}

/** A stop of an episode that only an emptied or left box can have ended, sooner than after a blink. */
function hastyStop(world: World, guest: Guest, call: WorldCall) {
  const key = lastKey(world, guest, call.index);
  if (!key || key.age >= guest.began.timing.idle - world.slack) return [];
  const edge = guest.inputs.find(
    ({ verb, index }) => edges.has(verb) && index > key.key.index && index < call.index,
  );
  const isOther = !world.isCalm(key.key.index, call.index, [...beside, ...edges]);
  if (!edge || isOther || !world.isOnTime(key.key.at, call.at)) return [];
  return call.at - edge.at < guest.began.timing.blink - world.slack
    ? [broken(call, `${call.at - edge.at} ms after the box was empty or left`)]
    : [];
}

/** A stop after the guest's own message, which says as much. */
function stopAfterMessage(world: World, guest: Guest, call: WorldCall) {
  const before = acceptedBefore(world, call);
  if (!guest.began.capabilities.messageEndsTyping || !before?.isTyping || !before.answer) return [];
  if (isDisturbed(world, before, call, [...beside, ...edges, ...messages, 'stopTyping'])) return [];
  const message = guest.inputs.find(
    ({ verb, index }) => messages.has(verb) && index > (before.answer?.index ?? 0) && index < call.index,
  );
  return message &&
    openIn(world, guest, message.index) === call.conversationId &&
    !isWorking(world, guest, call.index)
    ? [broken(call, 'a message had put it out')]
    : [];
}

/** Whether the one handle of a trace was told that there is no network, and took it in, before a place. */
export function isCutOff(world: World, index: number): boolean {
  const [guest] = world.conversations;
  if (!guest || !isOne(world) || world.state(guest, 'link', index) !== 'offline') return false;
  const turns = [
    ...guest.inputs.filter(({ verb }) => verb === 'offline' || verb === 'online'),
    ...world.all('told').filter(({ event }) => event.type.startsWith('network.')),
  ].filter((turn) => turn.index < index);
  const last = turns.sort((one, other) => one.index - other.index).at(-1);
  if (!last) return false;
  return last.kind === 'input' ? last.verb === 'offline' : last.event.type === 'network.offline';
}
