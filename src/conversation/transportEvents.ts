import type { ConversationEvent } from '../../machines/conversation/events.ts';
import type { MessageOrder } from '../reading/messageOrder.ts';
import type { TransportEvent } from '../shared/transport.ts';

/**
 * The machine's events for what a transport tells. Messages get their place in the order on the way, so that
 * they can be read.
 */
export function evidenceFrom(
  told: TransportEvent,
  order: MessageOrder,
  ownId?: string,
): readonly ConversationEvent[] {
  switch (told.type) {
    case 'opened':
      return [
        { type: 'network.online' },
        { type: 'conversation.opened', conversationId: told.conversationId },
      ];
    case 'ended':
      return [{ type: 'conversation.ended', conversationId: told.conversationId }];
    case 'down':
      return [{ type: 'network.offline' }];
    case 'typing':
      return [{ ...told, type: 'remote.typing' }];
    case 'message': {
      const { conversationId, messageId, participantId, sentAt } = told;
      order.note(conversationId, messageId, { isOthers: participantId !== ownId });
      const received = { type: 'message.received', conversationId, participantId } as const;
      return [sentAt === undefined ? received : { ...received, sentAt }];
    }
    case 'accepted':
      order.note(told.conversationId, told.messageId);
      return [{ type: 'message.accepted', conversationId: told.conversationId }];
    case 'limited':
      return [{ type: 'limit.announced', retryAfterMs: told.retryAfterMs }];
    case 'typingForbidden':
      return [{ type: 'typing.forbidden' }];
  }
}
