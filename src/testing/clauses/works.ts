import { freeAt, isKeptPrivate, isWithin, isWorking, lastKey, mayExpect, type Place } from './keys.ts';
import { isSilent, silencesIn } from './silences.ts';
import {
  broken,
  type Checker,
  type Guest,
  isOne,
  openIn,
  settledOf,
  type World,
  type WorldCall,
} from './world.ts';

/** T-16: how a bot types while its work is under way, as far as a trace shows it. */
export const workCheckers: readonly Checker[] = [
  {
    clause: 'T-16',
    looksFor: 'a bot’s work that is not announced, or whose indicator is stopped while it goes on',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.inputs.flatMap((input) => {
          if (input.verb !== 'typeWhile' || !isOne(world) || isKeptPrivate(guest, input.index)) return [];
          const over = settledOf(world, 'typeWhile').find(({ index }) => index > input.index);
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
    clause: 'T-16',
    looksFor: 'a stop although one of several works goes on',
    check: (world) =>
      world.typing.flatMap((call) => {
        const [guest] = world.conversations;
        if (!guest || !isOne(world) || call.isTyping || !isWorking(world, guest, call.index)) return [];
        const works = guest.inputs.filter(({ verb }) => verb === 'typeWhile');
        const settled = settledOf(world, 'typeWhile');
        const [first] = works;
        // Of an iterable nobody knows when it ends.
        const isKnown =
          works.length > 1 && settled.length === works.length && !isKeptPrivate(guest, call.index);
        // Of a conversation that was left before they began the stop is owed.
        if (!first || openIn(world, guest, first.index) !== call.conversationId) return [];
        return isKnown && world.isCalm(first.index, call.index, ['keystroke', 'typeWhile'])
          ? [broken(call, 'a work was under way')]
          : [];
      }),
  },
  {
    clause: 'T-16',
    looksFor: 'a work that goes on as a first conversation is opened, and is not announced in it',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.inputs.flatMap((input) => {
          if (input.verb !== 'open' || openIn(world, guest, input.index) !== null) return [];
          const before = guest.inputs.filter(({ index }) => index < input.index);
          const work = before.at(-1);
          // What closes after it has begun puts the work out.
          const isPlain = before.every((each) => each === work || ['start', 'close'].includes(each.verb));
          if (work?.verb !== 'typeWhile' || !isPlain || openIn(world, guest, work.index) !== null) return [];
          const due = Math.max(input.at, freeAt(world, guest, input.index));
          const isUnderWay = (endOf(world, guest)?.at ?? 0) > due + world.slack;
          if (!isUnderWay || !mayExpect(world, guest, input.index, due)) return [];
          const isThere = world.typing.some(
            (call) => call.isTyping && isWithin(call, input.index, due, world.slack),
          );
          return isThere ? [] : [broken(input, `the work goes on, and is not announced by ${due} ms`)];
        }),
      ),
  },
  {
    clause: 'T-16',
    looksFor: 'a work that is shown in another conversation than its own',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const works = guest.inputs.filter(({ verb }) => verb === 'typeWhile');
        const [work] = works;
        if (!work || works.length > 1 || !isOne(world)) return [];
        const first = world.typing.find(({ index, isTyping }) => isTyping && index > work.index);
        // Where somebody pressed keys, what was announced first may be theirs.
        if (!first || lastKey(world, guest, first.index)) return [];
        return world.typing.flatMap((call) => {
          if (!call.isTyping || call.index < first.index || call.conversationId === first.conversationId)
            return [];
          return lastKey(world, guest, call.index)?.isEnded === false
            ? []
            : [broken(call, `the work is of ${first.conversationId}`)];
        });
      }),
  },
];

/** Where the first work of a handle is over, of which that is known: of an iterable nobody knows when it ends. */
const endOf = (world: World, guest: Guest) =>
  settledOf(world, 'typeWhile').find(({ who }) => who === guest.who);

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
