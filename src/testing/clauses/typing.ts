import { longestTyping } from '../../../machines/waits.ts';
import { wordsTo } from './roster.ts';
import {
  broken,
  type Checker,
  isSilent,
  openIn,
  silencesIn,
  type World,
  type WorldCall,
  type WorldHandle,
} from './world.ts';

type Guest = WorldHandle<'conversation'>;

/** Verbs that end an episode at once. */
const ending: ReadonlySet<string> = new Set([
  'messageSent',
  'sendMessage',
  'stopTyping',
  'hide',
  'freeze',
  'close',
  'leave',
  'end',
]);

/** The last key of a handle before a place, and whether its episode was ended since. */
export function lastKey(world: World, guest: Guest, index: number) {
  const at = world.moments[index]?.at ?? world.until;
  const key = guest.inputs.findLast(({ verb, index: place }) => verb === 'keystroke' && place < index);
  if (!key) return null;
  const since = guest.inputs.filter((input) => input.index > key.index && input.index < index);
  const isEnded = since.some(
    ({ verb, with: given, at: when }) =>
      ending.has(verb) ||
      (verb === 'shareTyping' && given[0] === false) ||
      (verb === 'open' && given[0] !== openIn(world, guest, key.index)) ||
      ((verb === 'clearInput' || verb === 'blurInput') &&
        at - when >= guest.began.timing.blink + world.slack),
  );
  const jumps = world.all('wall').filter((jump) => jump.index > key.index && jump.index <= index);
  const wallAge = at - key.at + jumps.reduce((sum, { ms }) => sum + ms, 0);
  return { key, age: at - key.at, wallAge, isEnded };
}

/** Whether a bot's work is under way. */
export function isWorking(world: World, guest: Guest, index: number): boolean {
  const begun = guest.inputs.filter(({ verb, index: place }) => verb === 'typeWhile' && place < index).length;
  const over = [...world.all('kept'), ...world.all('refused')].filter(
    ({ who, verb, index: place }) => who === guest.who && verb === 'typeWhile' && place < index,
  ).length;
  return begun > over;
}

/** Whether the guest had their typing kept to themselves at a place. */
const isKeptPrivate = ({ inputs }: Guest, at: number): boolean =>
  inputs.findLast(({ verb, index }) => verb === 'shareTyping' && index < at)?.with[0] === false;

/** Whether the last key before a place was pressed while the guest kept their typing to themselves. */
function isOfPrivateKeys(world: World, guest: Guest, index: number): boolean {
  const key = lastKey(world, guest, index)?.key;
  return key !== undefined && isKeptPrivate(guest, key.index) && !isWorking(world, guest, index);
}

export const isOne = ({ conversations }: World): boolean => conversations.length === 1;

/** Whether a call that is due by a time can be held against the trace: nothing else happened, nothing hangs. */
export function mayExpect(
  world: World,
  guest: Guest,
  from: number,
  due: number,
  verbs?: readonly string[],
): boolean {
  const last = world.indexAfter(due + world.slack);
  const startedAt = world.moments[from]?.at ?? 0;
  return (
    isOne(world) &&
    world.until > due + world.slack &&
    guest.stoppedAt >= last &&
    world.state(guest, 'link', from + 1) === 'ready' &&
    world.isCalm(from, last, verbs) &&
    world.isOnTime(startedAt, due + world.slack) &&
    !isSilent(silencesIn(world), startedAt, due) &&
    world.calls.every((call) => call.index >= last || (call.answer !== null && call.answer.index < last)) &&
    !world.state(guest, 'typing', from + 1).startsWith('disabled') &&
    !world.state(guest, 'typing', from + 1).startsWith('parked')
  );
}

const isWithin = (call: WorldCall, from: number, due: number, slack: number): boolean =>
  call.index > from && call.at <= due + slack;

const lastBefore = (calls: readonly WorldCall[], index: number): WorldCall | undefined =>
  calls.findLast((call) => call.index < index);

/** When the next typing call may leave after those before a place. */
export function freeAt(world: World, guest: Guest, index: number): number {
  const last = lastBefore(world.typing, index);
  return last ? last.at + guest.began.timing.spacing : Number.NEGATIVE_INFINITY;
}

const isLitAt = (world: World, guest: Guest, index: number): boolean =>
  world.state(guest, 'typing', index).startsWith('typing.lit');

const noFailureBefore = (world: World, index: number): boolean =>
  lastBefore(world.typing, index)?.answer?.outcome !== 'failed';

/** T-1 to T-18, as far as a trace shows them. */
export const typingCheckers: readonly Checker[] = [
  {
    clause: 'T-1',
    looksFor: 'a first key while nothing stands in the way that no call announces at once',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.inputs
          .filter(({ verb, index, at }) => {
            if (verb !== 'keystroke' || world.state(guest, 'typing', index) !== 'idle') return false;
            if (openIn(world, guest, index) === null || at < freeAt(world, guest, index)) return false;
            if (!world.state(guest, 'receipts', index).startsWith('upToDate')) return false;
            if (guest.inputs.some((input) => input.verb === 'shareTyping' && input.index < index))
              return false;
            return mayExpect(world, guest, index, at) && noFailureBefore(world, index);
          })
          .filter(
            ({ index, at }) => !world.typing.some((call) => call.isTyping && isWithin(call, index, at, 0)),
          )
          .map((key) => broken(key, 'a first key was not announced at once')),
      ),
  },
  {
    clause: 'T-2',
    looksFor: 'two typing calls closer than the spacing',
    check: (world) => {
      const [guest] = world.conversations;
      if (!guest) return [];
      const { spacing, messageReopensWindow = false } = guest.began.capabilities;
      const counted = world.typing.filter(({ answer }) => answer?.failure?.unsent !== true);
      const reopens = world
        .all('told')
        .filter(({ event }) => {
          if (!messageReopensWindow) return false;
          if (event.type === 'message.accepted') return true;
          if (event.type !== 'message.received') return false;
          return event.isOwn ?? event.participantId === guest.began.participantId;
        })
        .map(({ index }) => index);
      return counted.flatMap((call, nth) => {
        const before = counted[nth - 1];
        if (!before || (!call.isTyping && call.keepalive)) return [];
        if (reopens.some((index) => index > before.index && index < call.index)) return [];
        const gap = call.at - before.at;
        return gap < spacing - world.slack + 1
          ? [broken(call, `${gap} ms after the one before, not ${spacing}`)]
          : [];
      });
    },
  },
  {
    clause: 'T-3',
    looksFor: 'a failed announcement that silences who types on for longer than spacing or backoff',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const { spacing, backoffBase, backoffCap, idle, tries } = guest.began.timing;
        return world.typing.flatMap((call, nth) => {
          const { answer } = call;
          const kinds = ['network', 'unavailable', 'timeout', 'unexpected'];
          if (!call.isTyping || answer?.outcome !== 'failed' || !kinds.includes(answer.failure?.code ?? ''))
            return [];
          if (call.attempt >= tries || world.reads.length > 0) return [];
          const wait = Math.min(backoffCap, backoffBase); // What is true now does not wait longer each time (L-5).
          const due = Math.max(call.at + spacing, answer.at + wait);
          const key = lastKey(world, guest, world.indexAfter(due));
          if (!key || key.isEnded || key.age >= idle || key.key.at > due || key.key.index < call.index)
            return [];
          if (!mayExpect(world, guest, answer.index, due)) return [];
          const next = world.typing[nth + 1];
          return next && next.at <= due + world.slack ? [] : [broken(answer, `no further try by ${due} ms`)];
        });
      }),
  },
  {
    clause: 'T-4',
    looksFor: 'keys that go on while the indicator goes out, or is stopped',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const { timeToLive, idle, spacing, renewalWorth } = guest.began.timing;
        const keys = guest.inputs.filter(({ verb }) => verb === 'keystroke');
        return keys.flatMap((key, nth) => {
          const before = keys[nth - 1];
          if (!before || key.at - before.at >= idle || spacing >= timeToLive) return [];
          const stop = world.typing.find(
            (call) => !call.isTyping && call.index > before.index && call.index < key.index,
          );
          const on = world.typing.findLast((call) => call.isTyping && call.index < before.index);
          const isClear =
            on && isOne(world) && on.answer?.outcome === 'accepted' && world.isCalm(on.index, key.index);
          if (!isClear || openIn(world, guest, key.index) !== on.conversationId) return [];
          if (!isLitAt(world, guest, before.index) || !isLitAt(world, guest, before.index + 1)) return [];
          if (stop && before.at - (lastKey(world, guest, before.index)?.key.at ?? 0) < idle)
            return [broken(stop, 'stopped between two keys of one episode')];
          // One that leaves in the same instant is in time.
          const last = world.typing.findLast((call) => call.isTyping && call.at <= key.at);
          return last &&
            key.at - last.at > timeToLive + world.slack &&
            before.at + idle - (last.at + timeToLive) > renewalWorth + world.slack &&
            !isSilent(silencesIn(world), on.at, key.at)
            ? [broken(key, `the indicator went out ${key.at - last.at - timeToLive} ms before`)]
            : [];
        });
      }),
  },
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
    clause: 'T-6',
    looksFor: 'a key after a send that begins no fresh episode',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.inputs.flatMap((input, nth) => {
          const before = guest.inputs[nth - 1];
          if (input.verb !== 'keystroke' || before?.verb !== 'messageSent') return [];
          // What the message did not put out is lit still, and a key lets it be.
          if (!guest.began.capabilities.messageEndsTyping) return [];
          if (openIn(world, guest, input.index) === null || !noFailureBefore(world, input.index)) return [];
          if (isKeptPrivate(guest, input.index)) return [];
          const due = Math.max(input.at, freeAt(world, guest, input.index));
          const state = world.state(guest, 'typing', before.index);
          const { capabilities, timing } = guest.began;
          // What no stop can take back is announced only where the key holds for longer than that is worth.
          const worth = capabilities.stopTyping ? 0 : timing.renewalWorth;
          if (input.at + timing.idle - due <= worth || !/^(idle|typing\.lit|cooldown)/.test(state)) return [];
          if (!mayExpect(world, guest, input.index, due) || world.reads.length > 0) return [];
          const isThere = world.typing.some(
            (call) => call.isTyping && isWithin(call, input.index, due, world.slack),
          );
          return isThere ? [] : [broken(input, `no announcement by ${due} ms`)];
        }),
      ),
  },
  {
    clause: 'T-7',
    looksFor: 'an announcement that no key stands behind any more, or a stop of nothing',
    check: (world) =>
      world.typing.flatMap((call) => {
        if (world.conversations.length === 0) return [];
        if (!call.isTyping) {
          const on = world.typing.findLast(
            (each) => each.isTyping && each.index < call.index && each.conversationId === call.conversationId,
          );
          if (!on) return [broken(call, 'a stop that no start went before')];
          const { timeToLive = 0 } = world.conversations[0]?.began.timing ?? {};
          const before = lastBefore(world.typing, call.index);
          const isStopped =
            isOne(world) &&
            before?.isTyping === false &&
            before.conversationId === call.conversationId &&
            before.answer?.outcome === 'accepted' &&
            before.answer.index < call.index;
          return isStopped || call.at - on.at > timeToLive + world.slack
            ? [broken(call, 'a stop of an indicator that was out')]
            : [];
        }
        const stands = world.conversations.some((guest) => {
          if (isWorking(world, guest, call.index)) return true;
          const key = lastKey(world, guest, call.index);
          if (!key || key.age >= guest.began.timing.idle + world.slack) return false;
          return !key.isEnded || !isOne(world);
        });
        return stands ? [] : [broken(call, 'nobody typed any more when it left')];
      }),
  },
  {
    clause: 'T-8',
    looksFor: 'a typing call while another is under way, or a start elsewhere before the stop here',
    check: (world) => {
      if (!isOne(world)) return [];
      return world.typing.flatMap((call) => {
        const open = world.typing.find(
          ({ index, answer }) => index < call.index && (answer === null || answer.index > call.index),
        );
        const isGivenUp =
          open && call.at - open.at >= (world.conversations[0]?.began.timing.typingDeadline ?? 0) - 1;
        if (open && !isGivenUp) return [broken(call, 'the one before was not answered')];
        const before = world.typing.findLast(({ index }) => index < call.index);
        if (!call.isTyping || !before?.isTyping || before.conversationId === call.conversationId) return [];
        const { stopTyping = false, timeToLive = 0 } = { ...world.conversations[0]?.began.capabilities };
        const isLit = before.answer?.outcome === 'accepted' && call.at - before.at < timeToLive;
        return stopTyping && isLit && world.isCalm(before.index, call.index, ['keystroke', 'open', 'close'])
          ? [broken(call, `${before.conversationId} was not stopped before`)]
          : [];
      });
    },
  },
  {
    clause: 'T-10',
    looksFor: 'an announcement for keys from before a sleep',
    check: (world) =>
      world.typing.flatMap((call) => {
        if (!call.isTyping) return [];
        const asleep = world.conversations.some((guest) => {
          const key = isOne(world) ? lastKey(world, guest, call.index) : null;
          const { idle } = guest.began.timing;
          return (
            key !== null &&
            key.age < idle &&
            key.wallAge >= idle + world.slack &&
            !isWorking(world, guest, call.index)
          );
        });
        return asleep ? [broken(call, 'the machine slept since the last key')] : [];
      }),
  },
  {
    clause: 'T-11',
    looksFor: 'somebody who types on while their message is accepted, and is not announced again',
    check: (world) =>
      world.all('told').flatMap((told) =>
        world.conversations.flatMap((guest) => {
          if (told.event.type !== 'message.accepted' || !guest.began.capabilities.messageEndsTyping)
            return [];
          const { idle } = guest.began.timing;
          const sent = guest.inputs.findLast(
            ({ verb, index }) => verb === 'messageSent' && index < told.index,
          );
          const key = lastKey(world, guest, told.index);
          if (!sent || !key || key.key.index < sent.index || key.isEnded) return [];
          if (openIn(world, guest, told.index) !== told.event.conversationId) return [];
          if (!isLitAt(world, guest, told.index)) return [];
          const due = Math.max(told.at, freeAt(world, guest, told.index));
          if (due - key.key.at >= idle || !mayExpect(world, guest, told.index, due)) return [];
          if (!world.isCalm(sent.index, told.index) || world.reads.length > 0) return [];
          const isThere = world.typing.some(
            (call) => call.isTyping && isWithin(call, told.index, due, world.slack),
          );
          return isThere ? [] : [broken(told, `not announced again by ${due} ms`)];
        }),
      ),
  },
  {
    clause: 'T-12',
    looksFor: 'a typing call that is waited for although what it says is over',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const { typingDeadline, timeToLive } = guest.began.timing;
        if (!isOne(world)) return [];
        return world.typing.flatMap((call) => {
          const due = Math.min(call.at + typingDeadline, call.at + timeToLive);
          const last = world.indexAfter(due + world.slack);
          const isAnswered = call.answer !== null && call.answer.index < last;
          if (isAnswered || world.until <= due + world.slack || guest.stoppedAt < last) return [];
          if (!world.isCalm(call.index, last) || !world.isOnTime(call.at, due + world.slack)) return [];
          const isGivenUp = guest.emitted.some(
            ({ event, index }) => event.type === 'typing.failed' && index > call.index && index < last,
          );
          return isGivenUp ? [] : [broken(call, `it was waited for beyond ${due} ms`)];
        });
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
  {
    clause: 'T-15',
    looksFor: 'somebody’s typing that is said aloud twice within a gap, or before it has lasted',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const { announceGap, announceAfter } = guest.began.timing;
        const said = guest.emitted.filter(({ event }) => event.type === 'roster.announced');
        return said.flatMap((each, nth) => {
          const before = said[nth - 1];
          if (before && each.at - before.at < announceGap - world.slack) {
            return [broken(each, `${each.at - before.at} ms after it was said before`)];
          }
          const since = guest.emitted.findLast(
            ({ event, index }, place, all) =>
              index < each.index &&
              event.type === 'roster.changed' &&
              event.participantIds.length > 0 &&
              !all
                .slice(0, place)
                .some(
                  (other, otherPlace, others) =>
                    other.event.type === 'roster.changed' &&
                    other.event.participantIds.length > 0 &&
                    others
                      .slice(otherPlace)
                      .every(
                        ({ event: later }) =>
                          later.type !== 'roster.changed' || later.participantIds.length > 0,
                      ),
                ),
          );
          return since && each.at - since.at < announceAfter - world.slack
            ? [broken(each, `${each.at - since.at} ms after it began`)]
            : [];
        });
      }),
  },
  {
    clause: 'T-16',
    looksFor: 'a bot’s work that is not announced, or whose indicator is stopped while it goes on',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.inputs.flatMap((input) => {
          if (input.verb !== 'typeWhile' || !isOne(world)) return [];
          const over = [...world.all('kept'), ...world.all('refused')].find(
            ({ index, verb }) => verb === 'typeWhile' && index > input.index,
          );
          const end = over?.index ?? world.moments.length;
          if (!over || !world.isCalm(input.index, end)) return [];
          const here = openIn(world, guest, input.index);
          const stop = world.typing.find(
            ({ index, isTyping, conversationId }) =>
              !isTyping && conversationId === here && index > input.index && index < end,
          );
          if (stop) return [broken(stop, 'the work was under way')];
          const dark = darkWhile(world, guest, input, over);
          if (dark) return [broken(dark, 'the work went on, and the indicator went out')];
          const due = Math.max(input.at, freeAt(world, guest, input.index));
          const isIdle = world.state(guest, 'typing', input.index) === 'idle';
          if (!isIdle || due >= over.at || openIn(world, guest, input.index) === null) return [];
          const isThere = world.typing.some(
            (call) => call.isTyping && isWithin(call, input.index, due, world.slack),
          );
          return isThere || !mayExpect(world, guest, input.index, due)
            ? []
            : [broken(input, `not announced by ${due} ms`)];
        }),
      ),
  },
  {
    clause: 'T-18',
    looksFor: 'somebody who is shown typing for longer than their last word on it lasts',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const words = wordsTo(world, guest).filter(
          ({ index, conversationId, isTyping }) => isTyping && conversationId === openIn(world, guest, index),
        );
        const shown = guest.emitted.filter(({ event }) => event.type === 'roster.changed');
        return shown.flatMap((each, nth) => {
          if (each.event.type !== 'roster.changed') return [];
          const next = shown[nth + 1];
          const end = Math.min(next?.index ?? world.moments.length, guest.stoppedAt);
          const endsAt = world.moments[end]?.at ?? world.until;
          return each.event.participantIds.flatMap((participantId) => {
            const last = words.findLast((word) => word.participantId === participantId && word.index < end);
            if (!last) return [];
            const lasts = last.isTimed ? longestTyping : guest.began.timing.remoteTimeToLive;
            // Where one timer was late, others may be as much.
            const due = world
              .all('late')
              .reduce(
                (by, { at, ms }) => (at > by && at - ms <= by + world.slack ? at + ms : by),
                last.at + lasts,
              );
            return endsAt > due + world.slack
              ? [
                  broken(
                    each,
                    `${participantId} said so last at ${last.at} ms, and is shown until ${endsAt} ms`,
                  ),
                ]
              : [];
          });
        });
      }),
  },
];

interface Place {
  readonly at: number;
  readonly index: number;
}

/** The announcement of a work that nobody renewed in time while it went on. */
function darkWhile(world: World, guest: Guest, from: Place, to: Place): WorldCall | undefined {
  const { timeToLive, spacing } = guest.began.timing;
  const calls = world.typing.filter(({ index }) => index > from.index && index < to.index);
  if (spacing >= timeToLive || !world.isOnTime(from.at, to.at)) return undefined;
  if (!calls.every(({ answer, isTyping }) => isTyping && answer?.outcome === 'accepted')) return undefined;
  if (world.state(guest, 'link', from.index) !== 'ready' || isSilent(silencesIn(world), from.at, to.at))
    return undefined;
  return calls.find((call, nth) => (calls[nth + 1]?.at ?? to.at) - call.at > timeToLive + world.slack);
}

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
