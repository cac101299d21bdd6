import { field } from './json.ts';
import { timeOf } from './time.ts';
import type { ToldMessage, TransportEvent } from './transport.ts';
import { checkId, checkMessageId, isPosition } from './validate.ts';

/** Longest text of a message that is read, in UTF-16 units; the contract allows 4096. */
const longestText = 16_384;

/** Somebody started or stopped typing. */
export interface TypingFrame {
  /** Which frame it is. */
  readonly type: 'conversation:typing';
  /** Where it happened. */
  readonly conversationId: string;
  /** Who types, or no longer does. */
  readonly participantId: string;
  /** Whether they do. */
  readonly isTyping: boolean;
  /** How long it holds unless it is renewed, ms; where the server says so. */
  readonly duration?: number;
  /** The server's time, ISO 8601; where it says. */
  readonly sentAt?: string;
}

/** A message was accepted, the guest's own included. */
export interface MessageFrame {
  /** Which frame it is. */
  readonly type: 'conversation:message';
  /** Where it was said. */
  readonly conversationId: string;
  /** Its id. */
  readonly messageId: string;
  /** Who wrote it. */
  readonly participantId: string;
  /** Its words, as they came: hostile until escaped (S14). */
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
  /** Which frame it is. */
  readonly type: 'conversation:read';
  /** Where they read. */
  readonly conversationId: string;
  /** Who read. */
  readonly participantId: string;
  /** The newest message that they have read. */
  readonly messageId: string;
}

/** The conversation is over. */
export interface EndedFrame {
  /** Which frame it is. */
  readonly type: 'conversation:ended';
  /** Which conversation is over. */
  readonly conversationId: string;
}

/** A frame of the Guest REST contract's event stream that is about a conversation. */
export type ConversationFrame = TypingFrame | MessageFrame | ReadFrame | EndedFrame;

/** The answer to the first frame of a stream, and the answer to a ping: what is about the stream itself. */
export type StreamFrame =
  | { readonly type: 'authenticated'; readonly conversationId: string }
  | { readonly type: 'pong' };

/** What a message is, but for its words. */
export type MessageFacts = Omit<MessageFrame, 'text'>;

/** A message of a conversation, as a frame or a page of the history has it; null where it is none. */
export function readMessage(value: unknown, conversationId: string): MessageFrame | null {
  const facts = messageFactsIn(value, conversationId);
  const words = field(value, 'text');
  return facts === null || typeof words !== 'string' || words.length > longestText
    ? null
    : { ...facts, text: words };
}

/** The same of one whose words do not matter. */
export function messageFactsIn(value: unknown, conversationId: string): MessageFacts | null {
  const messageId = idIn(value, 'messageId', checkMessageId);
  const participantId = idIn(value, 'participantId');
  const position = field(value, 'position');
  if (!messageId || !participantId) return null;
  return {
    type: 'conversation:message',
    conversationId,
    messageId,
    participantId,
    ...(isPosition(position) && { position }),
    ...sentAtIn(value),
  };
}

/** A message in a conversation's own words. */
export function toldMessage(
  conversationId: string,
  message: Pick<MessageFacts, 'messageId' | 'participantId'> & {
    readonly position?: number | undefined;
    /** Ms since 1970. */
    readonly sentAt: number | undefined;
  },
): ToldMessage {
  const { messageId, participantId, position, sentAt } = message;
  return {
    type: 'message.received',
    conversationId,
    participantId,
    messageId,
    ...(position !== undefined && { position }),
    ...(sentAt !== undefined && { sentAt }),
  };
}

/** What a frame means to a conversation, in the conversation's own words. */
export function evidenceOf(frame: Exclude<ConversationFrame, MessageFrame> | MessageFacts): TransportEvent {
  const { type, conversationId } = frame;
  switch (type) {
    case 'conversation:typing': {
      const { participantId, isTyping, duration } = frame;
      const holds = duration === undefined ? {} : { durationMs: duration };
      return { type: 'remote.typing', conversationId, participantId, isTyping, ...holds, ...msOf(frame) };
    }
    case 'conversation:message':
      return toldMessage(conversationId, { ...frame, sentAt: msOf(frame).sentAt });
    case 'conversation:read': {
      const { participantId, messageId } = frame;
      return { type: 'message.read', conversationId, participantId, messageId };
    }
    case 'conversation:ended':
      return { type: 'conversation.ended', conversationId };
  }
}

/** The server's time of a frame as ISO 8601, also where it came as ms since 1970. */
export function sentAtIn(value: unknown): { readonly sentAt?: string } {
  const found = field(value, 'sentAt');
  const time = timeOf(found);
  if (time === null || Number.isNaN(new Date(time).getTime())) return {};
  return { sentAt: typeof found === 'string' ? found : new Date(time).toISOString() };
}

/** That time, ms since 1970. */
export function msOf({ sentAt }: { readonly sentAt?: string }): { readonly sentAt?: number } {
  return sentAt === undefined ? {} : { sentAt: Date.parse(sentAt) };
}

/** A field that is an id as {@link checkId} wants one, or {@link checkMessageId}. */
export function idIn(value: unknown, key: string, check: typeof checkId = checkId): string | undefined {
  try {
    return check(key, field(value, key));
  } catch {
    return undefined;
  }
}
