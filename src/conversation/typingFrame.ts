import { checkId } from '../shared/validate.ts';

/** What the back end's event stream says about somebody's typing. */
export interface TypingFrame {
  readonly conversationId: string;
  readonly participantId: string;
  readonly isTyping: boolean;
  /** How long it holds, ms, where the stream says so. */
  readonly durationMs?: number;
}

/**
 * Reads a `conversation:typing` frame: an object or its JSON text. Total: anything else is `null`, nothing
 * is copied but the three fields, and nothing is thrown.
 */
export function readTypingFrame(frame: unknown): TypingFrame | null {
  try {
    const { type, conversationId, participantId, isTyping, duration } = (
      typeof frame === 'string' ? JSON.parse(frame) : frame
    ) as Record<string, unknown>;
    if (type !== 'conversation:typing' || typeof isTyping !== 'boolean') return null;
    return {
      conversationId: checkId('conversationId', conversationId),
      participantId: checkId('participantId', participantId),
      isTyping,
      ...(typeof duration === 'number' && { durationMs: duration }),
    };
  } catch {
    return null;
  }
}
