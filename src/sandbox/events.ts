import type { SandboxCall } from './journal.ts';

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
 * event streams do not, so that a client's own time-to-live is put to the test.
 */
export type FeedOnlyEvent =
  | { type: 'conversation:started'; conversationId: string; guestId: string; agentId: string }
  | { type: 'conversation:reopened'; conversationId: string }
  | { type: 'call'; call: SandboxCall };
