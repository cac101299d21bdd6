import type { ConversationEvent } from '../../machines/conversation/events.ts';
import type {
  Accepted,
  ReadCall,
  Refreshed,
  TransportCapabilities,
  TypingCall,
} from '../../machines/conversation/types.ts';

export type { Accepted, ReadCall, TransportCapabilities, TypingCall };

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
  /**
   * The name by which tabs of the guest find each other (T-17), where that is not `participantId`; `null` while there is
   * none. Never the token.
   */
  guestName?(): string | null;
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
  /**
   * Sends a message of the guest's, and resolves when it was accepted; tried once where the back end gives no
   * way to tell whether it was. Throws `invalid-option` for a text that cannot be sent. Absent where the
   * application sends messages itself.
   */
  sendMessage?(text: string, options: SendOptions): Promise<SentMessage>;
  /**
   * For a transport whose connection lives and dies with the page: is told what becomes of the page, so that
   * nobody binds the page twice. Sends nothing of its own accord that a conversation did not ask for. With
   * `subscribe`, the network is its business too: it is told of it, and tells the conversation how it stands.
   */
  notePage?(event: PageEvent): void;
}

/** What a message is sent with. */
export interface SendOptions {
  /** The conversation that it belongs to; a transport that holds one conversation only does not look at it. */
  readonly conversationId?: string;
  /** Gives the call up, not the message: it may have been accepted. */
  readonly signal?: AbortSignal;
}

/** A message that was accepted. */
export interface SentMessage {
  /** The server's id of it. */
  readonly messageId: string;
  /** The server's time, ms since 1970, where it said. */
  readonly sentAt?: number;
  /** The conversation that it was accepted in, where the transport says: another may have begun since it was sent. */
  readonly conversationId?: string;
}

/** What becomes of the page, or of the network under it, in the conversation's own events. */
export type PageEvent = Told<
  'page.hidden' | 'page.visible' | 'page.frozen' | 'page.resumed' | 'network.offline' | 'network.online'
>;

type Told<Type extends ConversationEvent['type']> = Extract<ConversationEvent, { readonly type: Type }>;

/**
 * What a transport that holds a connection tells the conversation: evidence that comes in by itself, in the
 * conversation's own events. A message has its id besides, which gives it its place in the order.
 *
 * | event                                        | when to tell it                                             |
 * | -------------------------------------------- | ----------------------------------------------------------- |
 * | `network.online`, then `conversation.opened` | the connection is up, and this conversation can be talked in |
 * | `conversation.ended`                         | it is over, or may only be looked at                        |
 * | `network.offline`                            | the connection is gone; the transport gets it back itself   |
 * | `remote.typing`                              | somebody else started or stopped typing                     |
 * | `message.received`                           | a message came in, the guest's own from elsewhere included; `isHistory`: of the past |
 * | `history.received`                           | a page of the past was had, the oldest message first        |
 * | `message.accepted`                           | the guest's own message was accepted, sent here or elsewhere |
 * | `message.read`                               | somebody, the guest on another device say, has read this far |
 * | `message.removed`                            | a message was taken out of the conversation                 |
 * | `messages.missed`                            | what was said while nobody listened cannot be had           |
 * | `limit.announced`                            | the back end asks for silence                               |
 * | `typing.forbidden`                           | the back end does not want typing signals here              |
 */
export type TransportEvent =
  | Told<
      | 'network.online'
      | 'network.offline'
      | 'conversation.opened'
      | 'conversation.ended'
      | 'remote.typing'
      | 'limit.announced'
      | 'typing.forbidden'
      | 'messages.missed'
    >
  | ToldMessage
  | {
      readonly type: 'history.received';
      readonly conversationId: string;
      /** Messages of that conversation. They move no mark and end nobody's typing. */
      readonly messages: readonly ToldMessage[];
    }
  | (Told<'message.accepted'> & {
      readonly messageId: string;
      /** The same. */
      readonly isCaughtUp?: true;
    })
  | {
      readonly type: 'message.read';
      readonly conversationId: string;
      readonly participantId: string;
      readonly messageId: string;
    }
  | { readonly type: 'message.removed'; readonly conversationId: string; readonly messageId: string };

/** What is told of one message: by a transport, by a frame of the stream, or by the application. */
export type ToldMessage = Told<'message.received'> & {
  readonly messageId: string;
  /** Place in the conversation's order, where the back end gives one. */
  readonly position?: number;
  /** Whether the guest wrote it, on whichever device. Default: where it carries the transport's `participantId`. */
  readonly isOwn?: boolean;
  /** True for a message that was said while the connection was down, and is told late (I-1). */
  readonly isCaughtUp?: true;
};
