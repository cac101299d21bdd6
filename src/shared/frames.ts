import { field, number, parseJson, text } from './json.ts';
import { checkId, checkMessageId, isPosition } from './validate.ts';

/** Longest text of a message that is read, in UTF-16 units; the contract allows 4096. */
const longestText = 16_384;

/** Somebody started or stopped typing. */
export interface TypingFrame {
  readonly type: 'conversation:typing';
  readonly conversationId: string;
  readonly participantId: string;
  readonly isTyping: boolean;
  /** How long it holds unless it is renewed, ms; where the server says so. */
  readonly duration?: number;
}

/** A message was accepted, the guest's own included. */
export interface MessageFrame {
  readonly type: 'conversation:message';
  readonly conversationId: string;
  readonly messageId: string;
  /** Who wrote it. */
  readonly participantId: string;
  readonly text: string;
  /** Its place in the conversation, a whole number that rises; where the server gives one. */
  readonly position?: number;
  /** The server's time, ISO 8601; where it says. */
  readonly sentAt?: string;
  /** Whether it was told by the history, since nobody listened when it was said (I-1). The SDK's own note. */
  readonly caughtUp?: true;
}

/** Somebody has read up to a message. */
export interface ReadFrame {
  readonly type: 'conversation:read';
  readonly conversationId: string;
  readonly participantId: string;
  /** The newest message that they have read. */
  readonly messageId: string;
}

/** The conversation is over. */
export interface EndedFrame {
  readonly type: 'conversation:ended';
  readonly conversationId: string;
}

/** A frame of the Guest REST contract's event stream that is about a conversation. */
export type ConversationFrame = TypingFrame | MessageFrame | ReadFrame | EndedFrame;

/** The answer to the first frame of a stream, and the answer to a ping: what is about the stream itself. */
export type StreamFrame =
  | { readonly type: 'authenticated'; readonly conversationId: string }
  | { readonly type: 'pong' };

/**
 * Reads a frame: its JSON text, or the parsed object. Total: anything that the contract does not know is null,
 * known fields alone are copied, and nothing is thrown (S11, S12).
 */
export function readFrame(frame: unknown): ConversationFrame | StreamFrame | null {
  const value = typeof frame === 'string' ? parseJson(frame) : frame;
  const type = text(value, 'type', 64);
  if (type === 'pong') return { type };
  const conversationId = idIn(value, 'conversationId');
  if (conversationId === undefined) return null;
  switch (type) {
    case 'authenticated':
    case 'conversation:ended':
      return { type, conversationId };
    case 'conversation:message':
      return readMessage(value, conversationId);
    case 'conversation:read': {
      const participantId = idIn(value, 'participantId');
      const messageId = idIn(value, 'messageId', checkMessageId);
      return participantId && messageId ? { type, conversationId, participantId, messageId } : null;
    }
    case 'conversation:typing': {
      const participantId = idIn(value, 'participantId');
      const isTyping = field(value, 'isTyping');
      const duration = number(value, 'duration');
      if (!participantId || typeof isTyping !== 'boolean') return null;
      return {
        type,
        conversationId,
        participantId,
        isTyping,
        ...(duration !== undefined && { duration }),
      };
    }
    default:
      return null;
  }
}

/** A message of a conversation, as a frame or a page of the history has it; null where it is none. */
export function readMessage(value: unknown, conversationId: string): MessageFrame | null {
  const messageId = idIn(value, 'messageId', checkMessageId);
  const participantId = idIn(value, 'participantId');
  const words = field(value, 'text');
  if (!messageId || !participantId || typeof words !== 'string' || words.length > longestText) return null;
  const position = field(value, 'position');
  const sentAt = text(value, 'sentAt', 40);
  return {
    type: 'conversation:message',
    conversationId,
    messageId,
    participantId,
    text: words,
    ...(isPosition(position) && { position }),
    ...(sentAt !== undefined && !Number.isNaN(Date.parse(sentAt)) && { sentAt }),
  };
}

/** A field that is an id as {@link checkId} wants one, or {@link checkMessageId}. */
export function idIn(value: unknown, key: string, check: typeof checkId = checkId): string | undefined {
  try {
    return check(key, field(value, key));
  } catch {
    return undefined;
  }
}
