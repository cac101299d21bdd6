/** A message as the sandbox shows it: `position` counts from 1, `sentAt` is ISO 8601, `readBy` leaves out its author. */
export interface MessageView {
  /** Its id. */
  messageId: string;
  /** Who wrote it. */
  participantId: string;
  position: number;
  /** Its words. */
  text: string;
  sentAt: string;
  readBy: string[];
  /** What a gateway has said of a message for its guest, where it has. */
  delivery?: 'Delivered' | 'Failed';
}

/** A conversation as the server sees it. `typing` lists the participants whose typing has not expired. */
export interface ConversationView {
  /** Its id. */
  conversationId: string;
  /** The guest’s participant id. */
  guestId: string;
  /** The agent’s. */
  agentId: string;
  /** Whether it is over. */
  ended: boolean;
  typing: string[];
  /** What was said, oldest first. */
  messages: MessageView[];
}

/**
 * How something is said besides the words: what of it only web messaging carries. `bot`, `nickname`, `image` and
 * `duration` (of typing, in milliseconds) are the agent's; the rest comes from the guest's own frame.
 */
export interface Manner {
  /** The message’s kind. Default: `Text`. */
  type?: 'Text' | 'Structured';
  /** What a structured message holds besides its text. */
  content?: unknown[];
  bot?: boolean;
  nickname?: string;
  image?: string;
  duration?: number;
  /** What the guest’s frame said about it. */
  metadata?: Record<string, unknown>;
  /** The id of the guest’s frame, which its echo repeats. */
  tracingId?: string;
}

/**
 * What an authenticated event stream is sent about its conversation. The guest's own typing and messages are among it:
 * the server cannot tell the guest's devices apart.
 */
export type StreamEvent =
  | { type: 'conversation:typing'; conversationId: string; participantId: string; isTyping: boolean }
  | ({ type: 'conversation:message'; conversationId: string } & Omit<MessageView, 'readBy'>)
  | { type: 'conversation:read'; conversationId: string; participantId: string; messageId: string }
  | { type: 'conversation:ended'; conversationId: string };

/** What becomes of a conversation without its guests being told. `transport` says what it was started by: a call of
 * the guest contract, a guest's web messaging socket, or a gateway that speaks Open Messaging. */
export type ConversationNotice =
  | {
      type: 'conversation:started';
      conversationId: string;
      guestId: string;
      agentId: string;
      transport: 'http' | 'socket' | 'open-messaging';
    }
  | { type: 'conversation:reopened'; conversationId: string }
  | {
      type: 'conversation:delivery';
      conversationId: string;
      messageId: string;
      delivery: 'Delivered' | 'Failed';
    };
