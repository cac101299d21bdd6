import {
  acceptedBefore,
  beside,
  freeAt,
  isDisturbed,
  isKeptPrivate,
  isLitAt,
  isOfPrivateKeys,
  isWithin,
  isWorking,
  lastKey,
  mayExpect,
  typistIn,
} from './keys.ts';
import { broken, type Checker, type Guest, isOne, openIn, type World, type WorldCall } from './world.ts';

/** Edges that end an episode after a blink. */
const edges: ReadonlySet<string> = new Set(['clearInput', 'blurInput']);

/** Verbs by which a guest's own message puts their indicator out. */
const messages: ReadonlySet<string> = new Set(['messageSent', 'messageAccepted']);

/** T-5, T-13 and T-14: when an indicator is stopped, and when it is not, as far as a trace shows it. */
export const stoppingCheckers: readonly Checker[] = [
  {
    clause: 'T-5',
    looksFor: 'an episode that ended without one stop in time, where the indicator lasts',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const { idle, blink } = guest.began.timing;
        const waits = {
          ...{ keystroke: idle, clearInput: blink, blurInput: blink, stopTyping: 0, hide: 0, freeze: 0 },
          ...{ close: 0, leave: 0, open: 0 },
        };
        return unstoppedIn(world, guest, waits);
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
    clause: 'T-13',
    looksFor: 'a stop by one handle while somebody types on in another',
    check: (world) => {
      if (isOne(world)) return [];
      return world.typing.flatMap((call) => {
        if (call.isTyping || call.keepalive) return [];
        const newest = Math.max(
          ...world.conversations.map((guest) => lastKey(world, guest, call.index)?.key.index ?? -1),
        );
        const accepted = world
          .all('kept')
          // The chart hears of it before the promise is kept.
          .findLast(
            ({ verb, index, at }) => verb === 'sendMessage' && (index < call.index || at === call.at),
          );
        const typists = world.conversations.filter((guest) => {
          const key = lastKey(world, guest, call.index);
          if (key?.key.index !== newest || (accepted && accepted.index > newest)) return false;
          const isHere =
            openIn(world, guest, call.index) === call.conversationId && guest.stoppedAt > call.index;
          const age = Math.max(key?.age ?? 0, key?.wallAge ?? 0);
          const isHeld = key !== null && !key.isEnded && age < guest.began.timing.idle - world.slack;
          const isFaltering = guest.inputs.some(
            ({ verb, index }) => index > (key?.key.index ?? 0) && index < call.index && verb !== 'keystroke',
          );
          return isHere && isHeld && !isFaltering && world.state(guest, 'link', call.index) === 'ready';
        });
        const hasSpoken = typists.some((guest) => isLitAt(world, guest, call.index));
        return hasSpoken ? [broken(call, `${typists.map(({ who }) => who).join()} types on`)] : [];
      });
    },
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
    clause: 'T-14',
    looksFor:
      'an announcement while the guest keeps their typing to themselves, or an indicator that goes on',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const announced = world.typing.flatMap((call) =>
          isOne(world) &&
          call.isTyping &&
          (isKeptPrivate(guest, call.index) || isOfPrivateKeys(world, guest, call.index))
            ? [broken(call, 'the guest did not want it told')]
            : [],
        );
        return [...announced, ...unstoppedIn(world, guest, { shareTyping: 0 })];
      }),
  },
];

/** Verbs after which an indicator does not go out by itself, however soon it would. */
const neverFades: ReadonlySet<string> = new Set(['hide', 'freeze', 'close', 'leave', 'open', 'shareTyping']);

/** Inputs that end an episode after a wait, ms by verb, and were not followed by one stop in time. */
function unstoppedIn(world: World, guest: Guest, waits: Readonly<Record<string, number>>) {
  const { timeToLive, stopWorth } = guest.began.timing;
  if (!guest.began.capabilities.stopTyping || guest.inputs.some(({ verb }) => verb === 'typeWhile'))
    return [];
  return guest.inputs.flatMap((input) => {
    const wait = waits[input.verb];
    if (wait === undefined || !isLitAt(world, guest, input.index)) return [];
    if (input.verb === 'open' && input.with[0] === openIn(world, guest, input.index)) return [];
    if (input.verb === 'shareTyping' && input.with[0] !== false) return [];
    if (input.verb !== 'keystroke' && lastKey(world, guest, input.index)?.isEnded !== false) return [];
    if (input.verb === 'keystroke' && !isLitAt(world, guest, input.index + 1)) return [];
    const isGoing = input.verb === 'hide' || input.verb === 'freeze';
    const spaced = freeAt(world, guest, input.index);
    const due = Math.max(input.at + wait, isGoing ? input.at : spaced);
    const renewed = Math.max(
      due,
      ...world.typing
        .filter((call) => call.index > input.index && call.isTyping && call.at <= due)
        .map((call) => call.at + guest.began.timing.spacing),
    );
    // A message in the next conversation says nothing of the one that was left.
    const verbs = input.verb === 'open' ? ['messageSent'] : [];
    if (!mayExpect(world, guest, input.index, renewed, verbs)) return [];
    if (!world.state(guest, 'receipts', input.index + 1).startsWith('upToDate')) return [];
    const stops = world.typing.filter(
      (call) => !call.isTyping && isWithin(call, input.index, renewed, world.slack),
    );
    const on = world.typing.findLast((call) => call.isTyping && call.at <= renewed);
    const fades =
      !neverFades.has(input.verb) && (on?.at ?? 0) + timeToLive - renewed <= stopWorth + world.slack;
    if (stops.length === 1 || (stops.length === 0 && fades)) return [];
    return [broken(input, `${stops.length} stops by ${renewed} ms, after ${input.verb}, in place of one`)];
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
