import type { ConversationEvent } from '../../machines/conversation/events.ts';
import type { MessageOrder } from '../reading/index.ts';
import type { TransportEvent } from '../shared/transport.ts';

/**
 * The machine's event for what a transport tells: the same one. A message gets its place in the order on the
 * way, so that it can be read, and leaves its id there. Throws for anything else, since a transport is not
 * asked what the guest did.
 */
export function evidenceIn(told: TransportEvent, order: MessageOrder, ownId?: string): ConversationEvent {
  switch (told.type) {
    case 'message.received': {
      const { type, conversationId, messageId, participantId, sentAt } = told;
      order.note(conversationId, messageId, { isOthers: participantId !== ownId });
      return { type, conversationId, participantId, ...(sentAt !== undefined && { sentAt }) };
    }
    case 'message.accepted': {
      const { type, conversationId, messageId } = told;
      order.note(conversationId, messageId);
      return { type, conversationId };
    }
    case 'network.online':
    case 'network.offline':
    case 'conversation.opened':
    case 'conversation.ended':
    case 'remote.typing':
    case 'limit.announced':
    case 'typing.forbidden':
      return told;
    default:
      throw new TypeError('A transport told an event that is none of its own.');
  }
}
