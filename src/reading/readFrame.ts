import { checkId } from '../shared/validate.ts';

/** What the back end's event stream says about how far somebody has read. */
export interface ReadFrame {
  readonly conversationId: string;
  readonly participantId: string;
  readonly messageId: string;
}

/**
 * Reads a `conversation:read` frame: an object or its JSON text. Total: anything else is `null`, nothing is
 * copied but the three fields, and nothing is thrown.
 */
export function readReadFrame(frame: unknown): ReadFrame | null {
  try {
    const { type, conversationId, participantId, messageId } = (
      typeof frame === 'string' ? JSON.parse(frame) : frame
    ) as Record<string, unknown>;
    if (type !== 'conversation:read') return null;
    return {
      conversationId: checkId('conversationId', conversationId),
      participantId: checkId('participantId', participantId),
      messageId: checkId('messageId', messageId),
    };
  } catch {
    return null;
  }
}
