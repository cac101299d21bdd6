import {
  acceptedBefore,
  beside,
  edges,
  isDisturbed,
  isLitAt,
  lastKey,
  type Place,
  typistIn,
} from './keys.ts';
import { isSilent, silencesIn } from './silences.ts';
import { broken, type Checker, type Guest, isOne, openIn, type World } from './world.ts';

/** T-4: how an indicator goes on while keys come, and how much of the truth a call has to be worth, as far as a trace shows it. */
export const renewingCheckers: readonly Checker[] = [
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
            on &&
            isOne(world) &&
            on.answer?.outcome === 'accepted' &&
            world.isCalm(on.index, key.index, ['keystroke', ...edges]) &&
            areTakenBack(world, guest, on, key);
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
    clause: 'T-4',
    looksFor: 'an announcement that waited, although hardly anything is left of what no stop takes back',
    check: (world) => {
      const guest = typistIn(world);
      if (!guest || guest.began.capabilities.stopTyping) return [];
      const { idle, renewalWorth } = guest.began.timing;
      return world.typing.flatMap((call) => {
        const key = call.isTyping ? lastKey(world, guest, call.index) : null;
        // One that leaves with its key waited for nothing.
        if (!key || key.age <= world.slack) return [];
        const left = idle - key.age;
        return left < renewalWorth - world.slack
          ? [broken(call, `it waited, and ${left} ms are left of what it says`)]
          : [];
      });
    },
  },
];

/** Whether each time that the box was emptied or left between two places a key came within the blink. */
function areTakenBack(world: World, guest: Guest, from: Place, to: Place): boolean {
  const between = guest.inputs.filter(({ index }) => index > from.index && index <= to.index);
  return between.every(
    (edge) =>
      !edges.has(edge.verb) ||
      between.some(
        ({ verb, index, at }) =>
          verb === 'keystroke' && index > edge.index && at - edge.at < guest.began.timing.blink - world.slack,
      ),
  );
}
