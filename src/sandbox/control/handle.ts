import type { ConversationView, Manner } from '../conversations/events.ts';
import type { FaultSpec } from '../faults/callFault.ts';
import type { SandboxCall } from '../journal/call.ts';
import type { CallMatcher } from '../journal/callMatcher.ts';
import type { WaitOptions } from '../journal/journal.ts';
import type { PageGateway } from '../pages/pageGateway.ts';
import type { GuestToken } from '../rest/tokens.ts';
import type { RateLimit } from '../shared/rateLimit.ts';
import type { SandboxOpenMessaging } from './openMessagingHandle.ts';
import type { SandboxWebMessaging } from './webMessagingHandle.ts';

/** What a guest is given when a conversation starts, its token included. */
export interface StartedConversation extends GuestToken {
  /** The conversation’s id. */
  conversationId: string;
  /** The guest’s participant id. */
  guestId: string;
}

/** The other side of a conversation. Each method throws when the conversation is unknown or has ended. */
export interface SandboxAgent {
  /**
   * Shows or stops the agent's typing indicator. A web messaging guest is told of `duration` milliseconds (default
   * 5000), and of nothing when it stops, since the product has no frame for that.
   */
  typing(conversationId: string, isTyping: boolean, manner?: Pick<Manner, 'duration' | 'bot'>): void;
  /**
   * Sends a message of the agent's; `position` counts the conversation's messages from 1. A web messaging guest is told
   * whether a bot speaks, and under which nickname and image.
   */
  say(
    conversationId: string,
    text: string,
    manner?: Pick<Manner, 'bot' | 'nickname' | 'image'>,
  ): { messageId: string; position: number };
  /** Marks messages as read by the agent: up to `messageId`, or all. Throws for an unknown message. */
  read(conversationId: string, messageId?: string): void;
}

/**
 * A running sandbox. Methods that take a conversation's id throw an `Error` when there is no such conversation, and a
 * `TypeError` when an argument has the wrong shape.
 */
export interface Sandbox {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string;
  /** The port it listens on, on 127.0.0.1 and, where it is free, on ::1. */
  readonly port: number;
  /** The secret of this run; everything under `/sandbox/` asks for it. */
  readonly secret: string;
  /** The OAuth client of this run, for `POST /api/v2/oauth/token`. */
  readonly clientId: string;
  /** The secret of that client. */
  readonly clientSecret: string;
  /** The id of this run's web messaging deployment; see `webMessaging` for the rest. */
  readonly deploymentId: string;
  /** The guests that speak the web messaging protocol on a socket. */
  readonly webMessaging: SandboxWebMessaging;
  /** What a server of one's own speaks with: Genesys Cloud's Open Messaging. */
  readonly openMessaging: SandboxOpenMessaging;
  /** The other side of the conversations. */
  readonly agent: SandboxAgent;
  /** The recorded calls that match, oldest first; at most the newest 5000. */
  calls(matcher?: CallMatcher): SandboxCall[];
  /** Forgets the recorded calls. */
  clearCalls(): void;
  /**
   * Resolves with the first recorded call that matches, at once when there is one already (`clearCalls()` or `since`
   * tells old ones from new). Rejects when `timeout` real milliseconds pass, listing what came, or on `close()`.
   */
  waitForCall(matcher?: CallMatcher, options?: WaitOptions): Promise<SandboxCall>;
  /** Adds a fault and returns what takes it away again. Throws a `TypeError` for a malformed one. */
  fault(spec: FaultSpec): () => void;
  /** Forgets all faults, web messaging's included, and cuts off the calls they hold up. */
  clearFaults(): void;
  /** Starts a conversation without a call, as an application's own server would. */
  startConversation(): StartedConversation;
  /** The server's view of every conversation, in the order in which they started. */
  conversations(): ConversationView[];
  /** The server's view of a conversation. */
  conversation(conversationId: string): ConversationView;
  /** Ends a conversation: from now on its calls are answered with 409. */
  endConversation(conversationId: string): void;
  /** Makes an ended conversation active again. */
  reopenConversation(conversationId: string): void;
  /** A fresh token for the guest: what an application's token provider would fetch. */
  issueToken(conversationId: string): GuestToken;
  /**
   * Expires at once the guest's tokens of a conversation or, without an id, every token, bots' included. The tokens of
   * message histories expire with them, the session tokens that web messaging guests make themselves do not.
   */
  expireTokens(conversationId?: string): void;
  /** Takes the scope `webmessaging:conversation:write` from the guest's tokens: calls are answered with 403. */
  revokeScope(conversationId: string): void;
  /** Gives that scope back. */
  grantScope(conversationId: string): void;
  /** Switches typing indicators on or off for everyone: when off, typing is answered with 403. */
  setTypingEnabled(enabled: boolean): void;
  /** Changes the rate limit; calls already counted still count. */
  setRateLimit(limit: RateLimit): void;
  /**
   * Names the gateway that the guest of the pages may speak to, or none: the index page is told of it as `gateway-url`, and
   * may connect to it. With a `region` a real org is behind it, and the page is not given the control secret. Throws a
   * `TypeError`.
   */
  setPageGateway(gateway: PageGateway | null): void;
  /** Sends a text frame, well formed or not, to the event streams of a conversation; an object is sent as JSON. */
  pushFrame(conversationId: string, frame: string | object): void;
  /** Closes the event streams of a conversation with a close code; without one, breaks their connections. */
  dropStreams(conversationId: string, code?: number, reason?: string): void;
  /** Leaves the event streams of a conversation open, and says nothing over them any more: they are half-open. */
  stallStreams(conversationId: string): void;
  /** Stops at once: sockets are destroyed, timers cancelled, waiting promises rejected. May be called again. */
  close(): Promise<void>;
}
