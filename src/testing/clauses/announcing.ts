import {
  acceptedBefore,
  beside,
  freeAt,
  isDisturbed,
  isKeptPrivate,
  isLitAt,
  isWithin,
  isWorking,
  lastKey,
  mayExpect,
  noFailureBefore,
  typistIn,
} from './keys.ts';
import {
  broken,
  type Checker,
  type Guest,
  isOne,
  isSilent,
  openIn,
  passing,
  silencesIn,
  type World,
  type WorldCall,
} from './world.ts';

/** T-1, T-3, T-4, T-6, T-11 and T-16: when typing is announced and goes on, as far as a trace shows it. */
export const announcingCheckers: readonly Checker[] = [
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
    clause: 'T-3',
    looksFor: 'a failed announcement that silences who types on for longer than spacing or backoff',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const { spacing, backoffBase, backoffCap, idle, tries } = guest.began.timing;
        return world.typing.flatMap((call, nth) => {
          const { answer } = call;
          if (!call.isTyping || answer?.outcome !== 'failed' || !passing.includes(answer.failure?.code ?? ''))
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
