import { beside, isLitAt, isWithin, lastKey } from './keys.ts';
import { wasSilenced } from './silences.ts';
import {
  broken,
  type Checker,
  type Guest,
  hasTabs,
  isOne,
  mayBeKnown,
  type Of,
  openIn,
  settledAt,
  type World,
  type WorldCall,
} from './world.ts';

/** T-8 and T-13: how the handles on one transport are one voice, as far as a trace shows it. */
export const oneVoiceCheckers: readonly Checker[] = [
  {
    clause: 'T-8',
    looksFor: 'a start while another handle owes the stop of another conversation',
    check: (world) => {
      if (isOne(world)) return [];
      return world.typing.flatMap((call) => {
        if (!call.isTyping || mayBeSilent(world, call.index)) return [];
        const owing = world.conversations.find((guest) => owesStop(world, guest, call));
        const isElsewhere = world.conversations.some(
          (guest) => guest !== owing && openIn(world, guest, call.index) === call.conversationId,
        );
        return owing && isElsewhere ? [broken(call, `${owing.who} owed a stop elsewhere`)] : [];
      });
    },
  },
  {
    clause: 'T-13',
    looksFor:
      'a first key in one of several handles that no call of another keeps waiting, and that is not announced at once',
    check: (world) => {
      if (isOne(world) || world.all('input').some(({ verb }) => unclear.has(verb))) return [];
      return world.conversations.flatMap((guest) =>
        guest.inputs.flatMap((key) => {
          if (key.verb !== 'keystroke' || !isUnhindered(world, guest, key)) return [];
          const isThere = world.typing.some(
            (call) => call.isTyping && isWithin(call, key.index, key.at, world.slack),
          );
          return isThere ? [] : [broken(key, 'a first key was not announced at once')];
        }),
      );
    },
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
];

/** Verbs after which keys say nothing, or are not all that types. */
const unclear: ReadonlySet<string> = new Set(['shareTyping', 'typeWhile']);

/** Whether anybody was, or may be, silent for longer than was asked: each handle adds a share of its own (L-5). */
const mayBeSilent = (world: World, index: number): boolean =>
  wasSilenced(world, index) ||
  world.all('emitted').some((each) => each.index < index && each.event.type === 'rate.limited');

/** Whether a handle has waited for long enough to be heard of, and may call, to stop what it left elsewhere. */
function owesStop(world: World, guest: Guest, call: WorldCall): boolean {
  const stateAt = (index: number): string => world.state(guest, 'typing', index);
  // A key takes it back: then another's call leaves before the state of either is noted.
  const isWaiting = [call.index, settledAt(world, call.index)].every((index) =>
    stateAt(index).startsWith('stopping.waiting'),
  );
  if (!isWaiting || guest.stoppedAt < call.index) return false;
  if (!['ready', 'ended'].includes(world.state(guest, 'link', call.index))) return false;
  const since = guest.states.findLast(
    ({ index }) => index < call.index && !stateAt(index).startsWith('stopping.waiting'),
  );
  return (
    since !== undefined && since.at < call.at && openIn(world, guest, call.index) !== call.conversationId
  );
}

/** Whether nothing of any handle holds up the announcement of a key in one that says nothing. */
function isUnhindered(world: World, guest: Guest, key: Of<'input'>): boolean {
  const { index, at } = key;
  const end = world.indexAfter(at + world.slack);
  const isQuiet = (each: Guest): boolean =>
    /^(idle|cooldown\.quiet)/.test(world.state(each, 'typing', index)) &&
    world.state(each, 'receipts', index).startsWith('upToDate');
  const areAllQuiet = (): boolean =>
    world.conversations.every((each) => each.began.index > index || each.stoppedAt < index || isQuiet(each));
  return (
    !hasTabs(world) &&
    world.state(guest, 'typing', index) === 'idle' &&
    world.state(guest, 'link', index) === 'ready' &&
    openIn(world, guest, index) !== null &&
    areAllQuiet() &&
    world.until > at + world.slack &&
    guest.stoppedAt >= end &&
    world.isCalm(index, end, beside) &&
    !mayBeSilent(world, index) &&
    world.calls.every((call) => call.index > index || (call.answer !== null && call.answer.index < index)) &&
    isFree(world, guest, key) &&
    isDark(world, guest, key)
  );
}

/** Typing calls before a place that reached somebody, or may have. */
const sentBefore = (world: World, index: number): readonly WorldCall[] =>
  world.typing.filter((call) => call.index < index && call.answer?.failure?.unsent !== true);

/** Whether the spacing to the last call of all handles is over, or an accepted message has opened the window again. */
function isFree(world: World, guest: Guest, { index, at }: Of<'input'>): boolean {
  const last = sentBefore(world, index).at(-1);
  if (!last || at >= last.at + guest.began.timing.spacing + world.slack) return true;
  const hasFailed = world.typing.some((call) => call.index < index && call.answer?.outcome !== 'accepted');
  const isReopened = acceptedAfter(world, guest, last, index).length > 0;
  return guest.began.capabilities.messageReopensWindow === true && isReopened && !hasFailed;
}

/** Whether no indicator is lit in the conversation of a key: else it would be taken over, without a call. */
function isDark(world: World, guest: Guest, { index, at }: Of<'input'>): boolean {
  const here = openIn(world, guest, index);
  const last = sentBefore(world, index).findLast(({ conversationId }) => conversationId === here);
  if (!last || at >= last.at + guest.began.timing.timeToLive + world.slack) return true;
  if (last.answer?.outcome !== 'accepted') return false;
  const isPutOut = acceptedAfter(world, guest, last, index).some(
    ({ event }) => event.type === 'message.accepted' && event.conversationId === here,
  );
  // What a handle that is gone had lit, nobody takes a message for.
  const isAnyGone = world.conversations.some(({ stoppedAt }) => stoppedAt > last.index && stoppedAt < index);
  return !last.isTyping || (guest.began.capabilities.messageEndsTyping && isPutOut && !isAnyGone);
}

/** Acceptances that are news to a handle, between the answer to a call and a place, and surely later than the call. */
const acceptedAfter = (world: World, guest: Guest, call: WorldCall, index: number) =>
  world.all('told').filter((told) => {
    const { event } = told;
    if (told.index < (call.answer?.index ?? index) || told.index > index) return false;
    if (told.at <= call.at + world.slack) return false;
    if (event.type !== 'message.accepted' || event.isCaughtUp === true) return false;
    return (
      !mayBeKnown(world, event.messageId, told.index) &&
      guest.states.some((state) => state.index < told.index)
    );
  });
