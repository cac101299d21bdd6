import {
  acceptedBefore,
  beside,
  edges,
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
import {
  broken,
  type Checker,
  type Guest,
  isOne,
  mayBeKnown,
  openIn,
  type World,
  type WorldCall,
} from './world.ts';

/** By so much a wall clock may be set back without being said to be, ms. */
const smallStep = 250;

/** What leaves the stop of a conversation that was left as it was due: it concerns the one that is open now. */
const elsewhere = ['messageSent', 'keystroke', 'end', 'stopTyping', ...edges];

/** What may come between a verb and the stop that it leads to, and changes nothing about that. */
const idleVerbs: Readonly<Record<string, readonly string[]>> = {
  open: elsewhere,
  // A further edge does not begin the blink anew.
  clearInput: [...edges],
  blurInput: [...edges],
};

/** Verbs by which a guest's own message puts their indicator out. */
const messages: ReadonlySet<string> = new Set(['messageSent', 'messageAccepted']);

/** T-5, T-10 and T-14: when an indicator is stopped, and when it is not, as far as a trace shows it. */
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
    clause: 'T-10',
    looksFor: 'keys that grow young, and whose stop is put off, as the wall clock is set back',
    check: (world) => {
      const back = world.all('wall').filter(({ ms }) => ms < 0);
      if (back.length === 0) return [];
      const calm: World = {
        ...world,
        isCalm: (from, to, verbs) => {
          const places = [from, ...back.map(({ index }) => index).filter((at) => at > from && at < to), to];
          return places.slice(1).every((place, nth) => world.isCalm(places[nth] ?? from, place, verbs));
        },
      };
      return world.conversations.flatMap((guest) => {
        const { idle } = guest.began.timing;
        return unstoppedIn(calm, guest, { keystroke: idle }, smallStep * back.length).filter(
          ({ moment, at }) => back.some((jump) => jump.index > moment && jump.at <= at + idle),
        );
      });
    },
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
function unstoppedIn(world: World, guest: Guest, waits: Readonly<Record<string, number>>, late = 0) {
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
    const renewed =
      late +
      Math.max(
        due,
        ...world.typing
          .filter((call) => call.index > input.index && call.isTyping && call.at <= due)
          .map((call) => call.at + guest.began.timing.spacing),
      );
    if (!mayExpect(world, guest, input.index, renewed, idleVerbs[input.verb] ?? [])) return [];
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
  const message = guest.inputs.find(({ verb, with: [messageId], index }) => {
    if (!messages.has(verb) || index < (before.answer?.index ?? 0) || index > call.index) return false;
    // What is heard of again ends nothing again.
    const isAgain = typeof messageId === 'string' && mayBeKnown(world, messageId, index);
    return verb === 'messageSent' || !isAgain;
  });
  return message &&
    openIn(world, guest, message.index) === call.conversationId &&
    !isWorking(world, guest, call.index)
    ? [broken(call, 'a message had put it out')]
    : [];
}
