import type { SessionEmitted } from '../../machines/session/events.ts';
import type { SentMessage, Transport } from '../shared/transport.ts';
import type { Answer, MessageOptions } from './checkMessage.ts';
import type { DeploymentView } from './deploymentConfig.ts';
import type { HistoryOptions } from './historyVerb.ts';
import type { RawFrame } from './rawFrames.ts';
import type { HistoryPart } from './readHistory.ts';
import type { SessionActor } from './sessionActor.ts';
import type { SessionState } from './sessionState.ts';

/** The listener for one kind of decision. */
export type SessionListener<T extends SessionEmitted['type'] | 'frame'> = (
  event: Extract<SessionEmitted | RawFrame, { type: T }>,
) => void;

/**
 * A guest's web-messaging session: the transport of a conversation, and the messages themselves. One object
 * for one guest; `stop()` is its end.
 */
export interface WebMessaging extends Transport {
  /**
   * The guest's own participant id, `'guest'`: local, since the product tells guests none. What the application tells
   * under it is the guest's own, and so is whatever this session knows to be that.
   */
  readonly participantId: string;
  /** The XState actor, for `subscribe`, `getSnapshot`, and XState's bindings to view libraries. */
  readonly actor: SessionActor;
  /** How the session stands. */
  readonly state: SessionState;
  /** What the deployment's public configuration says about typing; null until it is loaded, or where it is not. */
  readonly deployment: DeploymentView | null;
  /** Local name of the conversation; null before the first connection. The product tells guests none. */
  readonly conversationId: string | null;
  /**
   * Tells a conversation what comes in, as the port of every transport does; returns what ends it.
   * @example
   * const end = session.subscribe((event) => console.debug(event.type)); // a conversation does this by itself
   */
  subscribe: NonNullable<Transport['subscribe']>;

  /**
   * Opens the session, or resumes it. Resolves when it can be talked in or, read-only, looked at; rejects
   * with a `ConversationError` when that can no longer happen. May be left unawaited.
   * @example
   * await session.connect();
   */
  connect(): Promise<void>;
  /**
   * Closes the session in good order; the guest's token is kept, `connect()` resumes it.
   * @example
   * session.close(); // the next `connect()` resumes the same conversation
   */
  close(): void;
  /**
   * Ends the present session on the server and begins a new one. Settles as `connect()` does.
   * @example
   * await session.startNew(); // the guest wants to begin again
   */
  startNew(): Promise<void>;
  /**
   * Sends a text of at most 4096 bytes. Resolves when the server accepted it, which its echo or its history
   * tells; rejects with a `ConversationError` when it will not be sent any more. While the connection is
   * being had again it waits. It never leaves a second time unless history, asked twice, does not have it.
   * May be left unawaited. Throws `invalid-option` at once for a text or options that cannot be right; the
   * event `message.failed` says by `failure.unsure` where nobody can tell whether it arrived.
   * @example
   * const { messageId } = await session.sendMessage('Hello', { customAttributes: { page: 'checkout' } });
   */
  sendMessage(text: string, options?: MessageOptions): Promise<SentMessage>;
  /**
   * Sends what the guest chose of the quick replies or buttons that a message offered in its `content`: the words, and
   * the payload that goes with them. Settles as `sendMessage` does. Throws `invalid-option` at once.
   * @example
   * await session.sendAnswer({ text: 'Yes', payload: 'yes' }); // a quick reply that a message offered
   */
  sendAnswer(answer: Answer, options?: MessageOptions): Promise<SentMessage>;
  /**
   * A part of what was said before, for an application that shows the past after a reload: texts, structured messages
   * and events, the oldest first, in the shape in which they come live. A conversation over this session is told of it
   * as history, so that its order and its unread count hold; what was missed while the socket was down comes by
   * itself, and not by this (I-1). For what is older, pass the part's `before`.
   *
   * Rejects with a `ConversationError`: `network` while the session is not up, `unknown-message` for a `before` that
   * is not there, `rate-limited` (the server answers for ten pages of 25 a minute), `timeout`, `unauthorized`,
   * `conversation-ended` where another conversation was begun meanwhile, `stopped`. Throws `invalid-option` at once.
   * @example
   * const { entries, before } = await session.history();
   * const older = before === null ? undefined : await session.history({ before });
   */
  history(options?: HistoryOptions): Promise<HistoryPart>;
  /**
   * Listens to one kind of decision; returns what ends it. What a listener throws harms nobody else.
   *
   * `'frame'` is every frame of the server instead, as it came, for what this SDK does not model; tokens are left out
   * (S5), and while nobody listens nothing is made of it. It is told before the decision that follows from it.
   * @example
   * session.on('message.received', ({ message }) => console.info(message.messageId, message.text));
   */
  on<T extends SessionEmitted['type'] | 'frame'>(type: T, listener: SessionListener<T>): () => void;

  /**
   * The page went out of sight. A session outlives that; only the time is noted, to see a sleep by.
   * @example
   * document.addEventListener('visibilitychange', () => (document.hidden ? session.hide() : session.show()));
   */
  hide(): void;
  /**
   * The page is in sight again: the link is probed, or the next attempt brought forward.
   * @example
   * document.addEventListener('visibilitychange', () => (document.hidden ? session.hide() : session.show()));
   */
  show(): void;
  /**
   * The network is gone: no attempt is made until it is back.
   * @example
   * addEventListener('offline', () => session.offline());
   */
  offline(): void;
  /**
   * The network is back, perhaps: the link is probed.
   * @example
   * addEventListener('online', () => session.online());
   */
  online(): void;
  /**
   * The page is put away whole, as into a back/forward cache (`pagehide`): the socket goes.
   * @example
   * addEventListener('pagehide', ({ persisted }) => persisted && session.freeze());
   */
  freeze(): void;
  /**
   * The page was taken out again (`pageshow`): the session comes back.
   * @example
   * addEventListener('pageshow', ({ persisted }) => persisted && session.resume());
   */
  resume(): void;
  /**
   * Ends everything at once: the socket, every timer and listener; whatever waits rejects with `stopped`
   * (C-1). The token stays in storage. A stopped session cannot be used again.
   * @example
   * session.stop(); // the token stays in storage: another session resumes the conversation
   */
  stop(): void;
}
