import type { Failure } from '../failure.ts';
import type { Accepted, Mark, PeerRead, StorageTrouble, StoredLedger } from './types.ts';

/** One call of a flush was answered: accepted, or it failed. */
export interface FlushSettled {
  /** Its name among the events. */
  readonly type: 'flush.settled';
  /** Whose mark it was about. */
  readonly conversationId: string;
  /** What the back end said, where it accepted the call. */
  readonly accepted?: Accepted;
  /** Why it did not; exactly one of the two is there. */
  readonly failure?: Failure;
}

/** What a guest may keep to themselves. */
type SharedLane = 'typing' | 'read';

/** Every event that the machine takes. All are evidence: something happened; the machine decides. */
export type ConversationEvent =
  /** A person pressed a key in the message box (T-9). */
  | { readonly type: 'keystroke' }
  /**
   * A work of a bot, known by its number, writes: it began, or took a further step. It types until it ends,
   * whatever the silence in between (T-16).
   */
  | { readonly type: 'work.writes'; readonly work: number }
  /** A work of a bot ended, whichever way. */
  | { readonly type: 'work.ended'; readonly work: number }
  /** The message box was emptied. */
  | { readonly type: 'input.cleared' }
  /** The message box lost focus. */
  | { readonly type: 'input.blurred' }
  /** The application ends the episode. */
  | { readonly type: 'typing.stop' }
  /** The guest's message was sent. */
  | { readonly type: 'message.sent' }
  /** A message came in; its author no longer types, unless they began to after it. */
  | {
      readonly type: 'message.received';
      readonly conversationId: string;
      readonly participantId: string;
      /** The server's time of the message, ms since 1970. */
      readonly sentAt?: number;
      /** How long ago that was by this device's clock, ms. */
      readonly ageMs?: number;
      /** Whether it is of the past: it says nothing about who types now. */
      readonly isHistory?: boolean;
    }
  /** A message was taken out of the conversation; `older` is the newest of others before it that is left. */
  | {
      readonly type: 'message.removed';
      readonly conversationId: string;
      readonly messageId: string;
      readonly older: Mark | null;
    }
  /** The guest has read this far on another device, or in another tab. */
  | { readonly type: 'read.elsewhere'; readonly conversationId: string; readonly mark: Mark }
  /** The back end confirmed the guest's own message: the other side no longer shows them typing (T-11). */
  | { readonly type: 'message.accepted'; readonly conversationId: string }
  /** The guest saw a message. */
  | { readonly type: 'message.viewed'; readonly conversationId: string; readonly mark: Mark }
  /** The application asks for a read call now, up to this mark. */
  | { readonly type: 'read.requested'; readonly conversationId: string; readonly mark: Mark }
  /** The guest wants messages from this place on counted as unread again; nobody is told. */
  | { readonly type: 'unread.requested'; readonly conversationId: string; readonly position: number }
  /** Somebody else has read up to this mark. */
  | {
      readonly type: 'peer.read';
      readonly conversationId: string;
      readonly participantId: string;
      readonly mark: Mark;
    }
  /** What was said while nobody listened cannot be had (I-1). */
  | { readonly type: 'messages.missed'; readonly conversationId: string }
  /** What an earlier run, or another tab, has stored. No mark goes back by it. */
  | {
      readonly type: 'ledger.loaded';
      readonly ledgers: readonly StoredLedger[];
      readonly peers?: readonly PeerRead[];
    }
  /** What is stored could not be read, or nothing can be stored. */
  | ({ readonly type: 'storage.failed' } & StorageTrouble)
  /** The page may be going: pending marks are to leave at once. */
  | { readonly type: 'flush.requested' }
  | FlushSettled
  /** Somebody else started or stopped typing. */
  | {
      readonly type: 'remote.typing';
      readonly conversationId: string;
      readonly participantId: string;
      readonly isTyping: boolean;
      /** How long it holds, ms, as the server said. */
      readonly durationMs?: number;
      /** The server's time of the signal, ms since 1970. */
      readonly sentAt?: number;
    }
  /** The back end asks for silence, unasked (L-1). */
  | { readonly type: 'limit.announced'; readonly retryAfterMs: number }
  /** The back end does not want typing signals here. */
  | { readonly type: 'typing.forbidden' }
  /** A conversation is opened, switched to, or reopened. */
  | { readonly type: 'conversation.opened'; readonly conversationId: string }
  /** The guest leaves the conversation; it may go on without them. */
  | { readonly type: 'conversation.closed' }
  /** The conversation is over. */
  | { readonly type: 'conversation.ended'; readonly conversationId: string }
  | { readonly type: 'page.hidden' }
  | { readonly type: 'page.visible' }
  /** The page is put away whole, as into a back/forward cache: nothing runs until it is taken out again. */
  | { readonly type: 'page.frozen' }
  /** The page was taken out again: what was under way is given up. */
  | { readonly type: 'page.resumed' }
  | { readonly type: 'network.offline' }
  | { readonly type: 'network.online' }
  /** The application says that a fresh token can be had. */
  | { readonly type: 'token.renewed' }
  /** The guest wants the other side to know of their typing, or of their reading, or no longer (T-14, R-11). */
  | { readonly type: 'sharing.changed'; readonly lane: SharedLane; readonly isShared: boolean }
  /** Something changed among those who share the transport: what waited is asked again (T-13). */
  | { readonly type: 'voice.changed' }
  /** The host is about to stop the machine: whatever is shown of others is no longer known. */
  | { readonly type: 'conversation.stopping' }
  /** Raised by the machine itself: a fresh token is in use. */
  | { readonly type: 'token.refreshed' };

/** Why a typing signal waits; it leaves when the wait is over, if it is still true then (T-7). */
export type HeldReason = 'spacing' | 'backoff' | 'rate-limited' | 'refreshing' | 'offline';

/** Why a typing signal will not leave at all. */
export type DroppedReason =
  | 'no-conversation'
  | 'conversation-ended'
  | 'unauthorized'
  | 'disabled'
  /** Another handle on the same transport, or another tab, goes on with the indicator, and owes its stop (T-13, T-17). */
  | 'taken-over'
  /** It stopped being true while it waited (T-7). */
  | 'stale';

/** Every decision of the machine, to listen to with `actor.on(type, …)`. */
export type ConversationEmitted =
  /** The back end accepted a first "is typing" of an episode. */
  | { readonly type: 'typing.announced'; readonly conversationId: string }
  /** The back end accepted another "is typing" of the same episode (T-4). */
  | { readonly type: 'typing.renewed'; readonly conversationId: string }
  /** The episode is over. `called` says whether a stop call told so, or silence or the message itself did. */
  | { readonly type: 'typing.stopped'; readonly conversationId: string; readonly called: boolean }
  /** A key came, but its signal must wait; `msLeft` is how long at least. */
  | {
      readonly type: 'typing.held';
      readonly conversationId: string;
      readonly reason: HeldReason;
      readonly msLeft: number;
    }
  /** A signal will not leave. */
  | {
      readonly type: 'typing.dropped';
      readonly conversationId: string | null;
      readonly reason: DroppedReason;
    }
  /** A typing call, start or stop, was accepted. */
  | {
      readonly type: 'typing.acknowledged';
      readonly conversationId: string;
      readonly isTyping: boolean;
      readonly requestId?: string;
    }
  /** A typing call failed; silent for the user. */
  | {
      readonly type: 'typing.failed';
      readonly conversationId: string;
      readonly isTyping: boolean;
      readonly failure: Failure;
    }
  /** Everything up to `mark` is acknowledged: a read call of this device, or of another one, was accepted. */
  | { readonly type: 'read.acknowledged'; readonly conversationId: string; readonly mark: Mark }
  /** A read call failed. The mark is kept while `willRetry`; otherwise it is undeliverable. */
  | {
      readonly type: 'read.failed';
      readonly conversationId: string;
      readonly mark: Mark;
      /** What the back end has confirmed: everything after it, up to `mark`, stayed unacknowledged. */
      readonly acknowledged: Mark | null;
      readonly failure: Failure;
      readonly willRetry: boolean;
    }
  /** A burst of attempts is used up; the mark is kept. Tried again in `msLeft` or when something wakes it. */
  | {
      readonly type: 'read.parked';
      readonly conversationId: string;
      readonly mark: Mark;
      readonly msLeft: number;
    }
  /** How many known messages of others are newer than what was seen; at once, and back if that cannot be delivered. */
  | { readonly type: 'unread.changed'; readonly conversationId: string; readonly count: number }
  /** Somebody else has read further; never less far. */
  | ({
      readonly type: 'peer.read';
      readonly conversationId: string;
      readonly participantId: string;
    } & Mark)
  /** What was said while nobody listened cannot be had: load the history of the conversation (I-1). */
  | { readonly type: 'messages.missed'; readonly conversationId: string }
  /** Stored marks were put aside, or from now on are kept in memory only (`degraded`). */
  | ({ readonly type: 'storage.failed' } & StorageTrouble)
  /** Typing, or reading, is told from now on, or kept to the guest (T-14, R-11). */
  | { readonly type: 'sharing.changed'; readonly lane: SharedLane; readonly isShared: boolean }
  /** Nothing leaves for `msLeft` from now (L-1). */
  | {
      readonly type: 'rate.limited';
      readonly lane: 'typing' | 'read' | 'both';
      readonly msLeft: number;
      readonly failure: Failure;
    }
  /** A fresh token is in use; its number only. */
  | { readonly type: 'token.refreshed'; readonly tokenGeneration: number }
  /** No token works; the application must sign the guest in again. */
  | { readonly type: 'link.unauthorized'; readonly failure: Failure }
  /** The conversation is over, by a reply or by the application. */
  | { readonly type: 'conversation.ended'; readonly conversationId: string; readonly failure?: Failure }
  /** A reply had called the conversation over, and a later one showed that it goes on. */
  | { readonly type: 'conversation.resumed'; readonly conversationId: string }
  /** Who else is typing changed. */
  | { readonly type: 'roster.changed'; readonly participantIds: readonly string[] }
  /**
   * Worth saying aloud: somebody has typed for a while. Once from the first to the last typist, and not sooner
   * after the one before than `timing.announceGap` (T-15); its end is silent.
   */
  | { readonly type: 'roster.announced'; readonly participantIds: readonly string[] };
