import { freeAt, isLitAt, isWorking, lastBefore, lastKey, mayExpect, typistIn } from './keys.ts';
import { broken, type Checker, hasTabs, isCutOff, isOne, type World, type WorldCall } from './world.ts';

/** T-2, T-7, T-8, T-10 and T-12: which typing calls may leave, and how long they are waited for, as far as a trace shows it. */
export const typingCallCheckers: readonly Checker[] = [
  {
    clause: 'T-2',
    looksFor: 'two typing calls closer than the spacing, of which the second is no stop of a page that goes',
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
        if (!before || goesWithPage(world, call)) return [];
        if (reopens.some((index) => index > before.index && index < call.index)) return [];
        const gap = call.at - before.at;
        return gap < spacing - world.slack + 1
          ? [broken(call, `${gap} ms after the one before, not ${spacing}`)]
          : [];
      });
    },
  },
  {
    clause: 'T-7',
    looksFor: 'an announcement that no key stands behind any more, or a stop of nothing',
    check: (world) =>
      world.typing.flatMap((call) => {
        if (world.conversations.length === 0) return [];
        if (!call.isTyping) {
          if (hasTabs(world)) return [];
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
    clause: 'T-7',
    looksFor: 'a typing call without a network',
    check: (world) =>
      world.typing.flatMap((call) =>
        isCutOff(world, call.index) ? [broken(call, 'there was no network, so that it would be late')] : [],
      ),
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
        // Where a conversation is over nobody is told anything any more (L-4), whatever is open since.
        const isOver = guest.emitted.some(
          ({ event, index }) =>
            event.type === 'conversation.ended' &&
            event.conversationId === call.conversationId &&
            index > call.index &&
            index < answer.index,
        );
        if (isOver) return [];
        if (!world.state(guest, 'receipts', answer.index).startsWith('upToDate')) return [];
        const isStopped = world.typing.some(
          ({ index, at, isTyping }) => !isTyping && index > answer.index && at <= due + world.slack,
        );
        return isStopped ? [] : [broken(answer, `it may have arrived, and was not stopped by ${due} ms`)];
      }),
  },
];

/** Whether a call is the stop of a page that goes, and where nobody was lit again since. */
const goesWithPage = (world: World, call: WorldCall): boolean =>
  !call.isTyping &&
  call.keepalive &&
  world.conversations.some((guest) => {
    const gone = guest.inputs.findLast(
      ({ verb, index }) => (verb === 'hide' || verb === 'freeze') && index < call.index,
    );
    if (!gone) return false;
    const since = guest.states.filter(({ index }) => index > gone.index && index < call.index);
    return !since.some(({ index }) => isLitAt(world, guest, index + 1) && !isLitAt(world, guest, index));
  });
