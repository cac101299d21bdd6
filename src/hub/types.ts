import type { ConversationEmitted, ConversationEvent } from '../../machines/conversation/events.ts';
import type {
  Conversation,
  ConversationActor,
  ConversationListener,
  ConversationOptions,
} from '../conversation/types.ts';
import type { LedgerPersistence } from '../reading/index.ts';
import type { Transport } from '../shared/transport.ts';

/**
 * What `createHub` takes: a transport for all conversations, or one for each, and what else a conversation takes, the same
 * for all of them.
 */
export interface HubOptions
  extends Pick<
    ConversationOptions,
    'timing' | 'clock' | 'random' | 'logger' | 'inspect' | 'answeringReads' | 'shareTyping' | 'shareReads'
  > {
  /**
   * The back end of all conversations, where one participant is in all of them: a bot, an agent. They are one voice, so
   * that the spacing holds over all of them (T-13). Give this, or `transportFor`.
   */
  readonly transport?: Transport;
  /**
   * Makes the back end of one conversation, where each has a participant of its own: a gateway's guests. Called once for
   * each, as it is added, and kept as long as the conversation is: keep it small.
   */
  readonly transportFor?: (id: string) => Transport;
  /**
   * What keeps the read marks of one conversation: `(id) => persistLedger(storage, { key: id })`. A key of its own for
   * each, since what is under one is read and written as a whole. Default: memory only.
   */
  readonly storageFor?: (id: string) => LedgerPersistence;
  /**
   * How long a conversation at rest keeps its actor, ms, in case something happens again: from that to twice as long.
   * Default: 1000.
   */
  readonly giveBackAfter?: number;
}

/**
 * One conversation of a hub: the verbs of a {@link Conversation}, and what is known of it. It is always started, and the one
 * of its id is open. Where it has no actor, a verb gives it one.
 */
export interface HubConversation extends Omit<Conversation, 'actor' | 'start' | 'open'> {
  /** The id that it has in the hub: that of the conversation at the back end. */
  readonly id: string;
  /** Whether it has an actor at the moment. */
  readonly isAwake: boolean;
  /**
   * How its chart stands. Gives it an actor to say so.
   *
   * @example
   * const { context } = hub.conversation(conversationId).getSnapshot();
   * print(context.roster.typists.map(({ participantId }) => nameOf(participantId)).join(', '));
   */
  getSnapshot(): ReturnType<ConversationActor['getSnapshot']>;
  /**
   * Opens it again after `close()`; also ends what `end()` began.
   *
   * @example
   * const conversation = hub.conversation(conversationId);
   * conversation.close();
   * conversation.open();
   */
  open(): void;
  /**
   * Stops it at once, and takes it out of the hub (C-1).
   *
   * @example
   * hub.conversation(conversationId).stop();
   */
  stop(): void;
  /**
   * Closes it, waits until the other side was told that typing ended, then stops it. Never rejects.
   *
   * @example
   * await hub.conversation(conversationId).leave();
   */
  leave(): Promise<void>;
}

/** The listener for one kind of decision of all conversations, or for all kinds, `'*'`; is told in which one. */
export type HubListener<T extends ConversationEmitted['type'] | '*'> = (
  event: T extends ConversationEmitted['type'] ? Parameters<ConversationListener<T>>[0] : ConversationEmitted,
  id: string,
) => void;

/** What a hub holds at the moment. */
export interface HubStats {
  /** How many conversations there are. */
  readonly conversations: number;
  /** How many of them have an actor. */
  readonly actors: number;
  /** How many deadlines are set, over all of them. */
  readonly deadlines: number;
  /** How many of those are overdue: more than a few, for long, say that the process has more to do than it can. */
  readonly overdue: number;
}

/** Many conversations in one process. */
export interface Hub {
  /**
   * The conversation of an id; added where there is none. Throws `invalid-option` for what is no id, `stopped`.
   *
   * @example
   * hub.conversation(conversationId).messageReceived({ messageId: 'm3', participantId: 'agent' });
   */
  conversation(id: string): HubConversation;
  /**
   * Whether there is a conversation of that id.
   *
   * @example
   * if (hub.has(conversationId)) hub.conversation(conversationId).end();
   */
  has(id: string): boolean;
  /**
   * A person pressed a key there: the same as `conversation(id).keystroke(at)`, by the shortest way. Where the key changes
   * nothing, its time is noted and the chart is not asked.
   *
   * @param at when, monotonic ms. Default: now.
   *
   * @example
   * hub.keystroke(conversationId);
   */
  keystroke(id: string, at?: number): void;
  /**
   * Tells the chart of a conversation what happened, as `actor.send` of a conversation does.
   *
   * @example
   * hub.send(conversationId, { type: 'page.hidden' });
   */
  send(id: string, event: ConversationEvent): void;
  /**
   * Takes a frame of the back end's event stream, for the conversation that it names. Returns false for one that is not
   * whole, and for a conversation that is not in the hub.
   *
   * @example
   * const frame = { type: 'conversation:typing', conversationId, participantId: 'agent', isTyping: true };
   * print(hub.receive(frame) ? 'taken' : 'not for us');
   */
  receive(frame: unknown): boolean;
  /**
   * Listens to one kind of decision of all conversations, or to all kinds with `'*'`; returns what ends it. What a listener
   * throws harms nobody else.
   *
   * @example
   * const stop = hub.on('unread.changed', ({ count }, id) => print(`${id}: ${count}`));
   * stop();
   */
  on<T extends ConversationEmitted['type'] | '*'>(type: T, listener: HubListener<T>): () => void;
  /** What it holds at the moment. */
  readonly stats: HubStats;
  /**
   * Stops every conversation at once, as `stop()` of each does. The hub takes no other after it.
   *
   * @example
   * hub.stop();
   */
  stop(): void;
}
