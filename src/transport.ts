import type {
  Accepted,
  ReadCall,
  Refreshed,
  TransportCapabilities,
  TypingCall,
} from '../machines/conversation/types.ts';

export type { Accepted, ReadCall, TransportCapabilities };

/** What every attempt gets besides its call. */
export interface AttemptOptions {
  /**
   * Aborts when the chart gives the attempt up: its deadline passed, or the actor stopped. A transport
   * must stop reading the reply then, and need not settle.
   */
  readonly signal: AbortSignal;
}

/**
 * The port through which a conversation reaches a back end. Every method makes exactly one attempt, sets
 * no timer, retries nothing, and rejects with a `ConversationError`: waiting, retrying and giving up are
 * the chart's. What a back end cannot do is said in `capabilities`, never pretended.
 */
export interface Transport {
  /** What the back end can do. */
  readonly capabilities: TransportCapabilities;
  /** The guest's own participant id: typing frames that carry it are not shown as somebody else's. */
  readonly participantId?: string;
  /** Tells the other side that the guest types, or stopped. */
  sendTyping(call: TypingCall, options: AttemptOptions): Promise<Accepted>;
  /** Tells the other side how far the guest has read. */
  sendRead(call: ReadCall, options: AttemptOptions): Promise<Accepted>;
  /**
   * Gets a token newer than the one numbered `rejectedGeneration`. If that one is no longer in use it
   * resolves at once with the current number. Absent where no fresh token can be had.
   */
  refreshToken?(rejectedGeneration: number, options: AttemptOptions): Promise<Refreshed>;
  /**
   * For a transport that holds a connection: tells `listener` what comes in, from now on and starting with
   * where things stand, until the returned function is called. Absent where the application brings the
   * evidence itself.
   */
  subscribe?(listener: (event: TransportEvent) => void): () => void;
}

/**
 * What a transport that holds a connection tells the conversation: evidence that comes in by itself. The
 * conversation takes each as the event of the same meaning; what it decides then is the machine's.
 */
export type TransportEvent =
  /** The connection is up and this conversation can be talked in. */
  | { readonly type: 'opened'; readonly conversationId: string }
  /** The conversation is over, or may only be looked at. */
  | { readonly type: 'ended'; readonly conversationId: string }
  /** The connection is gone; the transport itself sees to getting it back. */
  | { readonly type: 'down' }
  /** Somebody else started or stopped typing. */
  | {
      readonly type: 'typing';
      readonly conversationId: string;
      readonly participantId: string;
      readonly isTyping: boolean;
      /** How long it holds, ms, as the server said; absent where it did not say. */
      readonly durationMs?: number;
      /** The server's own time of the frame, ms since 1970, to compare with that of messages; absent where it did not say. */
      readonly sentAt?: number;
    }
  /** Somebody else's message came in. */
  | {
      readonly type: 'message';
      readonly conversationId: string;
      readonly participantId: string;
      readonly messageId: string;
      readonly sentAt?: number;
    }
  /** The guest's own message was accepted: the typing window opens again. */
  | { readonly type: 'accepted'; readonly conversationId: string; readonly messageId: string }
  /** The back end asks for silence. */
  | { readonly type: 'limited'; readonly retryAfterMs: number }
  /** The back end does not want typing signals here. */
  | { readonly type: 'typingForbidden' };
