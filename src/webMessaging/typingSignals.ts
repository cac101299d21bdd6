import type { Clock } from '../shared/clock.ts';
import type { ConversationError } from '../shared/errors.ts';
import type { Accepted, TypingCall } from '../shared/transport.ts';
import { limited, noStop, notUp, otherConversation, typingOff } from './refusals.ts';
import type { SessionActor } from './sessionActor.ts';
import type { Wire } from './wire.ts';

/**
 * Hands a typing signal to a session's open socket. Throws, with a `ConversationError` that says why, where it
 * may not leave or did not: a typing signal never waits (T-7).
 */
export function typingSender(actor: SessionActor, wire: Wire, clock: Clock): (call: TypingCall) => Accepted {
  const refusalOf = ({ conversationId, isTyping }: TypingCall): ConversationError | null => {
    if (isTyping !== true) return noStop();
    if (wire.typingIsOff()) return typingOff();
    const snapshot = actor.getSnapshot();
    if (!snapshot.matches({ live: 'configured' })) return notUp();
    if (conversationId !== wire.conversationId()) return otherConversation();
    const msLeft = snapshot.context.blockedUntil - clock.now();
    return msLeft > 0 ? limited(Math.ceil(msLeft)) : null;
  };

  return (call) => {
    const refusal = refusalOf(call);
    if (refusal) throw refusal;
    const requestId = wire.sendTyping();
    if (requestId === null) throw notUp();
    return { requestId };
  };
}
