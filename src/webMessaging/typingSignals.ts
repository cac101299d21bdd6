import type { Clock } from '../shared/clock.ts';
import type { ConversationError } from '../shared/errors.ts';
import type { Accepted, TypingCall } from '../shared/transport.ts';
import { limited, noStop, notUp, otherConversation, tooSoon, typingOff } from './refusals.ts';
import type { SessionActor } from './sessionActor.ts';
import type { Wire } from './wire.ts';

/**
 * Least time between two typing frames, ms. The server wants strictly more than 5000 between their arrivals, and a
 * frame that is late by the network makes the gap behind it shorter: hence the margin (W-5).
 */
const leastGap = 5250;

/** What a conversation keeps to: a little more, so that its calls, timed at their start, are in time here too. */
export const typingSpacing = leastGap + 100;

/**
 * Hands a typing signal to a session's open socket. Throws, with a `ConversationError` that says why, where it
 * may not leave or did not: a typing signal never waits (T-7). Whoever asks, a session's frames keep their distance,
 * counted from where one was handed to the socket; the guest's own message, once accepted, ends the wait, since it put
 * the indicator out (W-5).
 */
export function typingSender(actor: SessionActor, wire: Wire, clock: Clock): (call: TypingCall) => Accepted {
  let mayLeaveAt = Number.NEGATIVE_INFINITY;
  /** Own messages until one left: by their times it could not be told which of two in one instant came first. */
  let ownMessages = 0;

  const refusalOf = ({ conversationId, isTyping }: TypingCall): ConversationError | null => {
    if (isTyping !== true) return noStop();
    if (wire.typingIsOff()) return typingOff();
    const snapshot = actor.getSnapshot();
    if (!snapshot.matches({ live: 'configured' })) return notUp();
    if (conversationId !== wire.conversationId()) return otherConversation();
    const msLeft = snapshot.context.blockedUntil - clock.now();
    if (msLeft > 0) return limited(Math.ceil(msLeft));
    const early = mayLeaveAt - clock.now();
    return early > 0 && wire.ownMessages() === ownMessages ? tooSoon(Math.ceil(early)) : null;
  };

  return (call) => {
    const refusal = refusalOf(call);
    if (refusal) throw refusal;
    const requestId = wire.sendTyping();
    if (requestId === null) throw notUp();
    mayLeaveAt = clock.now() + leastGap;
    ownMessages = wire.ownMessages();
    return { requestId };
  };
}
