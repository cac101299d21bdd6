import type { SandboxCall } from '../journal/journal.ts';

/** A message as the sandbox shows it: `position` counts from 1, `sentAt` is ISO 8601, `readBy` leaves out its author. */
export interface MessageView {
  messageId: string;
  participantId: string;
  position: number;
  text: string;
  sentAt: string;
  readBy: string[];
}

/** A conversation as the server sees it. `typing` lists the participants whose typing has not expired. */
export interface ConversationView {
  conversationId: string;
  guestId: string;
  agentId: string;
  ended: boolean;
  typing: string[];
  messages: MessageView[];
}

/**
 * How something is said besides the words: what of it only web messaging carries. `bot`, `nickname`, `image` and
 * `duration` (of typing, in milliseconds) are the agent's; the rest comes from the guest's own frame.
 */
export interface Manner {
  type?: 'Text' | 'Structured';
  content?: unknown[];
  bot?: boolean;
  nickname?: string;
  image?: string;
  duration?: number;
  metadata?: Record<string, unknown>;
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

/**
 * What the control feed is sent besides every `StreamEvent`. A call comes twice: when it has arrived and when it is
 * settled. The feed also hears when typing expires on the server, as a `conversation:typing` with `isTyping: false`;
 * event streams do not, so that a client's own time-to-live is put to the test. `transport` says whether a conversation
 * was started by a call or by a guest's web messaging socket.
 */
export type FeedOnlyEvent =
  | {
      type: 'conversation:started';
      conversationId: string;
      guestId: string;
      agentId: string;
      transport: 'http' | 'socket';
    }
  | { type: 'conversation:reopened'; conversationId: string }
  | { type: 'call'; call: SandboxCall };
