import type { Actor } from 'xstate';
import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import type { LedgerPersistence, ReadVerbs } from '../reading/index.ts';
import type { Clock } from '../shared/clock.ts';
import type { Inspector } from '../shared/inspector.ts';
import type { Logger } from '../shared/log.ts';
import type { Tabs } from '../shared/tabs.ts';
import type { SentMessage, Transport } from '../shared/transport.ts';
import type { runnableMachine } from './actors.ts';
import type { TimingOptions } from './timing.ts';

/** What `createConversation` takes. Only `transport` is needed. */
export interface ConversationOptions {
  /** The back end: `guestRest(…)`, or your own {@link Transport}. */
  readonly transport: Transport;
  /** The conversation to open at once; without one, call `open` later. */
  readonly conversationId?: string;
  /** Waits that differ from the defaults, ms; or a preset of them, `faithful` or `thrifty`. */
  readonly timing?: TimingOptions;
  /** Time; a test gives a stepped clock. Default: the platform's. */
  readonly clock?: Clock;
  /** Called once, for the seed of all jitter; returns a number in [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
  /** What keeps read marks over a reload and a crash: `persistLedger(localStorage)`. Default: memory only. */
  readonly storage?: LedgerPersistence;
  /**
   * Whether who answers has read what came before: `messageSent()` then notes the newest message of somebody else
   * as seen. Default: false.
   */
  readonly answeringReads?: boolean;
  /** Whether the other side learns that the guest types; `shareTyping(…)` changes it. Default: true. */
  readonly shareTyping?: boolean;
  /** Whether the other side learns how far the guest has read; `shareReads(…)` changes it. Default: true. */
  readonly shareReads?: boolean;
  /**
   * Makes one voice of all tabs of the guest: `shareAcrossTabs()` of the entry `./tabs` (T-17). Default: each tab for
   * itself.
   */
  readonly tabs?: Tabs;
  /**
   * Gets every decision, and the first mistake of each listener. Default: none; mistakes, and once that keys can
   * never leave, are then said on the console.
   */
  readonly logger?: Logger;
  /** XState's inspection hook: a function or an observer. What it throws is reported once, not passed on. */
  readonly inspect?: Inspector;
}

/** The XState actor behind a conversation. */
export type ConversationActor = Actor<typeof runnableMachine>;

/** The listener for one kind of decision. */
export type ConversationListener<T extends ConversationEmitted['type']> = (
  event: Extract<ConversationEmitted, { type: T }>,
) => void;

/** A message that the application shows. */
export interface IncomingMessage {
  /** Its id at the back end: a string of 1 to 2048 well-formed characters. */
  readonly messageId: string;
  /** Who wrote it; they no longer type. */
  readonly participantId: string;
  /**
   * Place in the conversation's order, where the back end gives one: a whole number up to 2^52. Default: by
   * `sentAt` beside its neighbours, else the order of these calls.
   */
  readonly position?: number;
  /**
   * The back end's own time of the message, ms since 1970 or as ISO 8601 with a zone: what is older stands below what is newer, and typing
   * signals older than it are late. More than a quarter of an hour ahead of this device's clock it says nothing.
   */
  readonly sentAt?: number | string;
}

/** The verbs of a conversation that begin and end something: the handle itself, or what is open in it. */
export interface LifeVerbs {
  /**
   * Starts the machine. Verbs called before are remembered. Takes a `leave()` back that is not over, in the
   * conversation that was left. Returns the handle. Throws `stopped` after `stop()`.
   * @example
   * const conversation = createConversation({ transport, conversationId }).start();
   */
  start(): Conversation;
  /**
   * Stops everything at once: calls under way are aborted, timers and listeners go, every `markAsRead()`
   * still open rejects with `stopped`, and nothing leaves any more (C-1). An indicator that is lit goes out
   * by itself, or another handle on the same transport goes on with it (T-13). Nobody else is typing any more.
   *
   * A stopped conversation cannot be started again: `start()` throws `stopped`, `markAsRead()` rejects with it,
   * `receive()` returns false, and every other verb does nothing, whatever it is given.
   * @example
   * conversation.stop(); // at once and for good; `leave()` tells the other side first
   */
  stop(): void;
  /**
   * Closes the conversation, waits until the other side was told that typing ended, then stops. For a view
   * that goes away: `leave()` needs not be awaited, takes at most the time that an indicator is shown plus
   * one deadline, and never rejects. It begins at the end of the task, and `start()` takes it back until it is
   * over; so a view that is drawn anew (StrictMode, hot reload) makes the calls of one that stayed. Another handle
   * on the same transport that opens the same conversation goes on with the indicator, and owes its stop (T-13).
   * @example
   * void conversation.leave(); // as the view goes away: it needs not be awaited
   */
  leave(): Promise<void>;

  /**
   * Opens a conversation, or switches to it: the episode of the one before ends, its read marks stay due.
   * @example
   * conversation.open('9f1c5d3e'); // typing in the one before ends; its read marks still leave
   */
  open(conversationId: string): void;
  /**
   * Opens the conversation again that was ended. Throws `no-conversation` when none is in this handle: none was opened,
   * or it was closed, and `open(id)` opens it again.
   * @example
   * conversation.on('conversation.ended', () => conversation.reopen()); // the guest writes on after all
   */
  reopen(): void;
  /**
   * The guest leaves: typing ends, nothing is open. Read marks stay due.
   * @example
   * conversation.close(); // the chat window was shut; the conversation may go on without the guest
   */
  close(): void;
  /**
   * The conversation is over for both sides: nothing more of it can be delivered. Throws `no-conversation` as `reopen` does.
   * @example
   * conversation.end(); // both sides are done
   */
  end(): void;
}

/** What `typeWhile` takes besides the work. */
export interface TypeWhileOptions {
  /**
   * Gives the work up: the indicator goes out, and what `typeWhile` returned rejects with the signal's reason. The
   * work itself is told by whoever began it; an iterable is closed (`return()`).
   */
  readonly signal?: AbortSignal;
}

/** The verbs of a conversation that are about whoever types: the guest's message box, or a bot's work. */
export interface TypingVerbs {
  /**
   * A person pressed a key in the message box. Cheap: where a key changes nothing it only notes the time (T-2, T-9).
   *
   * @param at when, monotonic ms: `event.timeStamp` of the key's own event, which spares a look at the clock. Default, and
   * where it cannot be a time of this page's clock: now.
   * @example
   * input.addEventListener('keydown', (event) => conversation.keystroke(event.timeStamp));
   */
  keystroke(at?: number): void;
  /**
   * The message box was emptied: the episode ends unless a key comes within a blink, `timing.blink` (T-5).
   * @example
   * input.addEventListener('input', () => (input.value === '' ? conversation.clearInput() : conversation.keystroke()));
   */
  clearInput(): void;
  /**
   * The message box lost focus: the episode ends unless a key comes within a blink, `timing.blink` (T-5).
   * @example
   * input.addEventListener('blur', () => conversation.blurInput());
   */
  blurInput(): void;
  /**
   * Ends the episode for a reason of your own, at once.
   * @example
   * conversation.stopTyping(); // the guest closed the emoji picker, say
   */
  stopTyping(): void;
  /**
   * For a bot: shows typing for as long as an async iterable is read, from the first chunk that is asked for to the
   * last one, an error, a `break` or an abort, whatever the silence between two of them (T-16). Returns the chunks,
   * as they come; errors go through as they are. A function is called at once, so that typing begins with the work.
   *
   * Works of one handle that overlap or stand in one another are one episode. It ends a blink (`timing.blink`) after the last of
   * them, which leaves time for the answer to end it by itself, without a stop call. A message in the middle ends
   * it too, as `stopTyping()`, `hide()` and a switch of the conversation do; the next chunk begins another. A work
   * belongs to the conversation that is open as it begins, or that is opened first; one that never ends is shown for as
   * long, so give it a signal, such as that of `AbortSignal.timeout`. Throws `invalid-option` for what is no work or no signal.
   * Once the handle has stopped, the work still goes through, and nobody is shown anything.
   * @example
   * for await (const chunk of conversation.typeWhile(model.stream(question))) print(chunk);
   */
  typeWhile<Chunk>(
    work: AsyncIterable<Chunk> | (() => AsyncIterable<Chunk>),
    options?: TypeWhileOptions,
  ): AsyncGenerator<Chunk, void, undefined>;
  /**
   * The same while a promise is pending; returns its outcome. A promise brings no chunks: after a message in the
   * middle nothing is shown until another work begins, so give the next step a `typeWhile` of its own.
   * @example
   * const answer = await conversation.typeWhile(model.answer(question), { signal: AbortSignal.timeout(30_000) });
   * await conversation.sendMessage(answer);
   */
  typeWhile<Result>(
    work: PromiseLike<Result> | (() => PromiseLike<Result>),
    options?: TypeWhileOptions,
  ): Promise<Result>;
}

/**
 * The verbs of a conversation by which a guest keeps to themselves what they do, and shares it again. Each change is
 * told by `sharing.changed`, once; throws `invalid-option` for what is neither true nor false.
 */
export interface SharingVerbs {
  /**
   * Whether the other side learns that the guest types (T-14). Off ends the episode at once, with a stop where one is
   * due, and no key counts until it is on again.
   * @example
   * conversation.shareTyping(false); // the other side no longer learns that the guest types
   */
  shareTyping(isShared: boolean): void;
  /**
   * Whether the other side learns how far the guest has read. Off, marks are kept here, in the `storage` too,
   * and `unread` falls as ever; whoever waits in `markAsRead()` is told `not-shared`. On again, what is still not
   * acknowledged leaves, but for conversations that ended meanwhile.
   * @example
   * conversation.shareReads(false); // marks are kept, and told once it is true again
   */
  shareReads(isShared: boolean): void;
}

/** The verbs of a conversation that tell of a message. */
export interface MessageVerbs {
  /**
   * Sends a message through the transport, and resolves when the back end accepted it: one verb in place of
   * `messageSent()`, a call of your own, and `messageAccepted()`. Rejects with a `ConversationError`, whose
   * `unsure` says that it may have been accepted nevertheless; `stopped` where the conversation was stopped first.
   * Throws `unsupported` for a transport that sends none, `no-conversation`, `invalid-option` for the text, and
   * `stopped`.
   * @example
   * const { messageId } = await conversation.sendMessage('Hello');
   */
  sendMessage(text: string): Promise<SentMessage>;
  /**
   * The guest submitted a message: the episode ends, later keys begin another (T-6). Call it at once, whatever
   * becomes of the message. Its id, where known, takes its place in the message order. Throws
   * `no-conversation` for an id while nothing is open, `invalid-option` for what is no id; the episode is over
   * all the same.
   * @example
   * conversation.messageSent(); // at the submit, by an application that sends by a call of its own
   */
  messageSent(messageId?: string): void;
  /**
   * The back end accepted a message of the guest, which puts the indicator out at the other side: who still
   * types is announced again, spacing permitting (T-11). Ends nothing that began after `messageSent()`; a
   * second acceptance of the same id does nothing, so it does not matter that a transport tells of it as well.
   * Does nothing while nothing is open: a reply may come late.
   * @example
   * conversation.messageAccepted('m7'); // that call was answered
   */
  messageAccepted(messageId?: string): void;
  /**
   * A message came in. Gives it its place in the order, and takes its author off the list of typists,
   * unless they began to type after it; one of the guest's own counts as accepted (T-11). Throws
   * `no-conversation`, or `invalid-option` for what is no message.
   * @example
   * conversation.messageReceived({ messageId: 'm8', participantId: 'agent', sentAt: '2026-01-01T10:00:00Z' });
   */
  messageReceived(message: IncomingMessage): void;
  /**
   * A page of the past was loaded, oldest message first. It stands below what was told before, beside the messages
   * of it that are known; it moves no mark, and ends nobody's typing. Throws as `messageReceived` does, and
   * then nothing of the page is taken.
   * @example
   * conversation.historyReceived([{ messageId: 'm0', participantId: 'agent', sentAt: '2025-12-31T10:00:00Z' }]);
   */
  historyReceived(messages: readonly IncomingMessage[]): void;
  /**
   * A message was taken out of the conversation. It is no longer unread; a mark that is still to be reported names
   * the next older one, and nothing goes back at the server. Throws `no-conversation` or `invalid-option`.
   * @example
   * conversation.messageRemoved(messageId); // its author took it back
   */
  messageRemoved(messageId: string): void;
}

/**
 * The verbs of a conversation that tell of what surrounds it: the page, the network, the guest's sign-in. All but
 * the last reach the transport as well, where it has {@link Transport.notePage}.
 */
export interface PageVerbs {
  /**
   * The page went out of sight: the episode ends at once, and pending marks leave as with `flush()` (R-5b).
   * @example
   * document.addEventListener('visibilitychange', () => (document.hidden ? conversation.hide() : conversation.show()));
   */
  hide(): void;
  /**
   * The page is in sight again.
   * @example
   * document.addEventListener('visibilitychange', () => (document.hidden ? conversation.hide() : conversation.show()));
   */
  show(): void;
  /**
   * The page is put away whole, as into a back/forward cache (`freeze`, or `pagehide` that says `persisted`):
   * as `hide()`, and what is under way from then on is given up by `resume()`.
   * @example
   * addEventListener('pagehide', ({ persisted }) => (persisted ? conversation.freeze() : conversation.hide()));
   */
  freeze(): void;
  /**
   * The page was taken out again (`resume`, `pageshow`): calls that were under way before `freeze()` are given
   * up, since nobody knows what became of them; a read mark leaves again. Without a `freeze()` before, nothing.
   * @example
   * addEventListener('pageshow', ({ persisted }) => persisted && conversation.resume());
   */
  resume(): void;
  /**
   * The network is gone.
   * @example
   * addEventListener('offline', () => conversation.offline());
   */
  offline(): void;
  /**
   * The network is back, perhaps.
   * @example
   * addEventListener('online', () => conversation.online());
   */
  online(): void;
  /**
   * A fresh token can be had again: ask the provider.
   * @example
   * conversation.on('link.unauthorized', async () => {
   *   await signIn();
   *   conversation.reauthorize();
   * });
   */
  reauthorize(): void;
}

/**
 * One guest's conversation: verbs that each tell the machine one thing that happened. The machine decides
 * what leaves, and when; `on` and `actor` show its decisions.
 */
export interface Conversation
  extends LifeVerbs,
    TypingVerbs,
    MessageVerbs,
    ReadVerbs,
    SharingVerbs,
    PageVerbs {
  /** The XState actor, for `subscribe`, `getSnapshot`, `select`, and XState's bindings to view libraries. */
  readonly actor: ConversationActor;
  /**
   * Takes a frame of the back end's event stream: `conversation:typing`, `conversation:message`,
   * `conversation:read` or `conversation:ended`, as an object or as its JSON text. Returns whether it was one of
   * them and whole; of one that was not, a logger is told.
   * @example
   * conversation.receive({ type: 'conversation:typing', conversationId, participantId: 'agent', isTyping: true });
   */
  receive(frame: unknown): boolean;
  /**
   * Listens to one kind of decision; returns what ends it. What a listener throws harms nobody else.
   * @example
   * const end = conversation.on('typing.held', ({ reason, msLeft }) => console.debug(reason, msLeft));
   * end(); // and no longer
   */
  on<T extends ConversationEmitted['type']>(type: T, listener: ConversationListener<T>): () => void;
}
