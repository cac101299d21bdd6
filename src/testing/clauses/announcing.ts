import {
  beside,
  freeAt,
  isKeptPrivate,
  isLitAt,
  isWithin,
  lastKey,
  mayExpect,
  noFailureBefore,
  typistIn,
} from './keys.ts';
import { budgetBefore, fewTries } from './readTries.ts';
import { broken, type Checker, type Guest, isOne, openIn, passing, settledAt, type World } from './world.ts';

/** T-1, T-3, T-6 and T-11: when typing is announced, and what an accepted message does to that, as far as a trace shows it. */
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
        const { spacing, backoffBase, backoffCap, idle, tries, renewalWorth } = guest.began.timing;
        // What no stop can take back is announced only where its key holds for longer than that is worth.
        const worth = (guest.began.capabilities.stopTyping ? 0 : renewalWorth) + world.slack;
        return world.typing.flatMap((call, nth) => {
          const { answer } = call;
          if (!call.isTyping || answer?.outcome !== 'failed' || !passing.includes(answer.failure?.code ?? ''))
            return [];
          if (call.attempt >= tries || world.reads.length > 0) return [];
          // Where the back end fails everybody it is left alone (R-3b).
          if (budgetBefore(world, answer.index + 1) <= fewTries) return [];
          const wait = Math.min(backoffCap, backoffBase); // What is true now does not wait longer each time (L-5).
          const windowEnd = answer.failure?.unsent === true ? 0 : call.at + spacing;
          const due = Math.max(answer.at, call.at + wait, windowEnd);
          const key = lastKey(world, guest, world.indexAfter(due));
          if (!key || key.isEnded || key.isFaltering || key.key.at > due || key.key.index < call.index)
            return [];
          if (openIn(world, guest, key.key.index) !== call.conversationId) return [];
          // An acceptance since may have ended what the key began.
          if (!world.isCalm(key.key.index, answer.index)) return [];
          const age = due - key.key.at + Math.max(0, key.wallAge - key.age);
          if (idle - age <= worth) return [];
          if (!mayExpect(world, guest, answer.index, due)) return [];
          const next = world.typing[nth + 1];
          return next && next.at <= due + world.slack ? [] : [broken(answer, `no further try by ${due} ms`)];
        });
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
    looksFor: 'a message of the guest’s that is told late, and that ends an episode',
    check: (world) =>
      world.all('told').flatMap((told) => {
        const [guest] = world.conversations;
        const { event } = told;
        if (event.type !== 'message.received' && event.type !== 'message.accepted') return [];
        if (!guest || !isOne(world) || event.isCaughtUp !== true || !isLitAt(world, guest, told.index))
          return [];
        // One that is sent here may be accepted in the same moment.
        if (guest.inputs.some(({ verb, index }) => verb === 'sendMessage' && index < told.index)) return [];
        const key = lastKey(world, guest, told.index);
        const age = Math.max(key?.age ?? 0, key?.wallAge ?? 0);
        if (!key || key.isEnded || key.isFaltering || age >= guest.began.timing.idle - world.slack) return [];
        const next = settledAt(world, told.index);
        const after = world.state(guest, 'typing', next);
        if (!world.isCalm(told.index, next) || told.index > guest.stoppedAt) return [];
        return after.startsWith('typing') ? [] : [broken(told, 'it says nothing of what is typed now')];
      }),
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
