import type { Failure } from '../failure.ts';
import type { Ledger, PeerRead, StoredLedger } from './ledger.types.ts';

export type * from './ledger.types.ts';

/** What a back end can do. The machine reads it; it never pretends. */
export interface TransportCapabilities {
  /** Whether there is a call that says "stopped typing"; without one, stopping is local silence. */
  readonly stopTyping: boolean;
  /** Whether read marks can be reported; without, they stay a local ledger. */
  readonly readReceipts: boolean;
  /** Whether read marks are taken after the end of their conversation too, as by a receiver of one's own. Absent: no. */
  readonly readsOutliveEnd?: boolean;
  /** Whether the other side takes a guest's message as the end of typing, so that no stop is needed (T-5). */
  readonly messageEndsTyping: boolean;
  /** Whether the back end forgets the spacing once it accepted a guest's message; absent means no (T-3). */
  readonly messageReopensWindow?: boolean;
  /** Least ms between the starts of two typing calls (T-2). */
  readonly spacing: number;
  /** How long the other side shows an indicator that nobody renews, ms (T-4). */
  readonly timeToLive: number;
}

/** One typing call, as the machine hands it to the API actor `sendTyping`. */
export interface TypingCall {
  /** Where the guest types. */
  readonly conversationId: string;
  /** Whether it starts or renews the indicator; else it puts it out. */
  readonly isTyping: boolean;
  /** From 1; counts consecutive attempts without a success. */
  readonly attempt: number;
  /** Whether the page is going and the call must outlive it. */
  readonly keepalive: boolean;
}

/** One read call, as the machine hands it to the API actor `sendRead`. */
export interface ReadCall {
  /** Where the guest read. */
  readonly conversationId: string;
  /** The newest message read; absent means everything up to now. */
  readonly messageId?: string;
  /** From 1; counts consecutive attempts without a success. */
  readonly attempt: number;
  /** Whether the page may be going and the call must outlive it; absent means no. */
  readonly keepalive?: boolean;
}

/** What an accepted call tells the machine. */
export interface Accepted {
  /** Number of the token that the call carried, from 1; absent where there is none. */
  readonly tokenGeneration?: number;
  /** The `X-Genesys-Request-Id` sent. */
  readonly requestId?: string;
  /** HTTP status, where there is one. */
  readonly status?: number;
}

/** What a refreshed token tells the machine; never the token (S5). */
export interface Refreshed {
  /** Number of the token now in use; greater than the one that was rejected. */
  readonly tokenGeneration: number;
}

/**
 * The clock and the record of keys that the machine shares with its host. Whoever hears of a key writes it down:
 * the machine does where the key changes its state, the host where it does not, so that such a key costs two
 * assignments instead of an event. The machine's timers read what was written.
 */
export interface Readings {
  /** Monotonic time, ms; never goes back. */
  now(): number;
  /**
   * In which steps `now()` may move, ms: a gap counted on it can be one step shorter than it looks (I-2). Absent:
   * it is exact.
   */
  step?(): number;
  /** How many keys were noted. */
  keyCount(): number;
  /** Ms since the last key, by whichever clock saw more time pass, so that a sleep counts. */
  keyAge(): number;
  /** Writes down that a key came, now. */
  noteKey(): void;
}

/**
 * What the host decides, because it knows what one conversation's machine cannot: the order of all messages, and
 * what else the page and the transport carry. Each is asked, never told; each may be absent.
 */
export interface Policies {
  /**
   * How many known messages of others stand after a position, or, where that is one, from another on. Absent:
   * nothing is counted.
   */
  unread?(conversationId: string, after: number, from: number | null): number;
  /** Whether a message was taken out. Absent: none was. */
  isRemoved?(conversationId: string, messageId: string | undefined): boolean;
  /**
   * Whether the back end fares well enough for a second try, over all conversations with it. Absent: yes, for as long as
   * a burst of tries lasts.
   */
  mayRetry?(): boolean;
  /** Which of these calls may leave together and outlive the page, the first ones first. Absent: all. */
  withinKeepalive?(calls: readonly ReadCall[]): readonly ReadCall[];
}

/** What a chart takes over with the indicator that another one has lit. */
export interface Inheritance {
  /** When the call left that lit it, or renewed it, monotonic ms. */
  readonly calledAt: number;
  /** Until when the other side may show it, monotonic ms. */
  readonly litUntil: number;
}

/**
 * What everybody who uses one transport knows of its calls: one guest is one voice, in however many handles, views
 * and tabs (T-13, T-17). Each chart asks it; none holds another.
 */
export interface Voice {
  /** Whether other tabs of the guest are asked before a call leaves (T-17); a trace says so. */
  readonly hasTabs?: boolean;
  /** When the last typing call of somebody else left, monotonic ms; `null` where none did. */
  othersCalledAt(): number | null;
  /** Whether somebody else is about to send a stop, which goes before a start of anybody's (T-8). */
  othersOweStop(): boolean;
  /** Whether a typing call of somebody else about this conversation is under way (T-8). */
  othersCall(conversationId: string): boolean;
  /** Whether the indicator is somebody else's by now, who owes its stop. */
  isTakenOver(conversationId: string): boolean;
  /** The lit indicator that may be taken over: of who is leaving, or left; with a key, of anybody else. */
  inheritance(conversationId: string, hasKey: boolean): Inheritance | null;
  /** Takes the indicator over, and the last key of who typed, where that still counts. */
  takeOver(conversationId: string): void;
  /** Whether another tab is being typed in, in this conversation. */
  othersType(conversationId: string): boolean;
  /** Whether another tab answers for the indicator there. */
  isElsewhere(conversationId: string): boolean;
  /** Leaves the indicator lit for whoever it belongs to by now. */
  letGo(conversationId: string): void;
  /** When the last stop of another tab left in this conversation, monotonic ms; `null` where none did. */
  stoppedAt(conversationId: string): number | null;
  /** Whether another tab has a read call about this conversation under way, or is about to make a call. */
  othersRead(conversationId: string): boolean;
  /** Whether a call may leave now, as far as other tabs of the guest are concerned (T-17). */
  mayCall(): boolean;
  /** Whether they are being asked. */
  isAsking(): boolean;
  /** Asks them; `voice.changed` comes when they have answered, or have had their time. */
  ask(): void;
}

/**
 * What carries one conversation. The machine never looks into `transport`; the API actors do.
 * Made so that its members do not show up when a snapshot is serialised.
 */
export interface ConversationPorts {
  /** The back end; only the API actors look into it. */
  readonly transport: unknown;
  /** The clock, and the keys. */
  readonly readings: Readings;
  /** What reading and retries decide outside the chart. Absent: the chart’s own defaults. */
  readonly policies?: Policies;
  /** Absent: nobody else uses the transport. */
  readonly voice?: Voice;
}

/** Every wait of the machine, in ms unless the name says otherwise; all checked before they get here (L-3). */
export interface Timing {
  /**
   * Least time between the starts of two typing calls (T-2). In ms, from 0. Default: the transport's, which it may
   * not go below.
   */
  readonly spacing: number;
  /** Silence after the last key that ends an episode (T-5). In ms, from 1. Default: 3000. */
  readonly idle: number;
  /**
   * How long the box may be empty, or without focus, before that ends an episode; a key takes it back (T-5). In ms,
   * from 0. Default: 150.
   */
  readonly blink: number;
  /**
   * How long after an announcement a further key renews it (T-4). In ms, from `spacing` to less than `timeToLive`.
   * Default: a second before that ends, 4000 of 5000.
   */
  readonly renewal: number;
  /** How long the other side shows an indicator that nobody renews (T-4). In ms, from 1. Default: the transport's. */
  readonly timeToLive: number;
  /**
   * How much longer than the indicator somebody must be known to type, if no further key comes, for a renewal to be
   * worth its call (T-4). In ms, from 0 to less than `idle`. Default: 200 with a stop call, 2000 of 5000 without.
   */
  readonly renewalWorth: number;
  /**
   * How much longer the other side must be going to show the indicator for a stop to be worth its call (T-5). In ms,
   * from 1. Default: 200.
   */
  readonly stopWorth: number;
  /**
   * How long one attempt at a typing call may take: less than what it says lasts (T-12). In ms, from 1 to less than
   * `timeToLive`. Default: 3000 of 5000.
   */
  readonly typingDeadline: number;
  /**
   * The lag budget of reads: how long a first seen message waits for its neighbours at most, so that one call covers them
   * . In ms, from 0. Default: 200.
   */
  readonly collect: number;
  /** Least time between the starts of two read calls. In ms, from 0. Default: 1000. */
  readonly readInterval: number;
  /** First wait after a failure; doubles with each further one. In ms, from 1. Default: 1000. */
  readonly backoffBase: number;
  /** Longest wait by backoff. In ms, from `backoffBase`. Default: 30 000. */
  readonly backoffCap: number;
  /** Which part of a wait is random, from 0 to 1; not ms. Default: 0.5. */
  readonly jitter: number;
  /** Attempts of one burst before the lane parks; a count, not ms. From 1 to 10. Default: 3. */
  readonly tries: number;
  /**
   * How long a parked lane rests; up to twice as long, at random. In ms, from 1 to 1 073 741 823. Default: 30 000.
   */
  readonly park: number;
  /** Longest wait a server can ask for (L-1). In ms, from 1. Default: 300 000. */
  readonly retryAfterCap: number;
  /** How long one attempt at a read call may take, reply read and all. In ms, from 1. Default: 10 000. */
  readonly deadline: number;
  /** How long somebody else's typing is shown when nothing renews it. In ms, from 1. Default: 5000. */
  readonly remoteTimeToLive: number;
  /**
   * How long somebody else must type before it is said aloud to assistive technology. In ms, from 0. Default: 1000.
   */
  readonly announceAfter: number;
  /**
   * Least time between two such announcements: who types in bursts is not said aloud at each (T-15). In ms, from 0.
   * Default: 15 000.
   */
  readonly announceGap: number;
}

/** Somebody else who is typing. */
export interface RemoteTypist {
  /** Who types. */
  readonly participantId: string;
  /** When the indicator goes out by itself, monotonic ms. */
  readonly until: number;
  /** The server's time of their last signal, ms since 1970, where it said. */
  readonly sentAt: number | null;
}

/** Somebody's last message. */
interface LastMessage {
  readonly participantId: string;
  /** The server's time of it, ms since 1970. */
  readonly sentAt: number;
  /** Until when typing that is older is held to be late, monotonic ms. */
  readonly until: number;
}

/** What the roster remembers between states. */
export interface RosterContext {
  /** Everyone who types now, in the order in which they started. */
  readonly typists: readonly RemoteTypist[];
  /** When somebody started while nobody did, monotonic ms. */
  readonly since: number;
  /** Whether that was said aloud. */
  readonly announced: boolean;
  /** When something was said aloud last, monotonic ms; `null` where nothing was. */
  readonly announcedAt: number | null;
  /** The last message of each author: for a while, typing older than it is late. */
  readonly lastMessages: readonly LastMessage[];
}

/** What the machine starts from. */
export interface ConversationInput {
  /** What the chart reads and calls. */
  readonly ports: ConversationPorts;
  /** What the back end can do. */
  readonly capabilities: TransportCapabilities;
  /** The waits, ms. */
  readonly timing: Timing;
  /** A whole number; the same seed and the same events make the same trace (C-3). */
  readonly seed: number;
  /** The conversation to open with; `null` for none yet. */
  readonly conversationId: string | null;
  /** The guest's own id: typing frames that carry it are ignored. */
  readonly participantId: string | null;
  /** Whether the transport can fetch a fresh token after a 401. */
  readonly canRefresh: boolean;
  /** Whether typing is told at the start (T-14). Absent: yes. */
  readonly shareTyping?: boolean;
  /** Whether reads are told at the start. Absent: yes. */
  readonly shareReads?: boolean;
  /** Marks of an earlier run. Data, never a snapshot: a restored snapshot has lost its timers. */
  readonly ledgers?: readonly StoredLedger[];
  /** How far others had read in an earlier run. */
  readonly peers?: readonly PeerRead[];
}

/** What the machine remembers. Plain data but for `ports`, which does not serialise. */
export interface ConversationContext {
  /** What the chart reads and calls; not part of a serialised snapshot. */
  readonly ports: ConversationPorts;
  /** What the back end can do. */
  readonly capabilities: TransportCapabilities;
  /** The waits, as they were given. */
  readonly timing: Timing;
  /** The guest’s own id; `null` where the transport knows none. */
  readonly participantId: string | null;
  /** State of the seeded generator that jitter is drawn from (C-3). */
  readonly seed: number;
  /** The open conversation; `null` for none. */
  readonly conversationId: string | null;
  /** Whether the network is there; `link.offline` mirrors it. */
  readonly online: boolean;
  /** When the page was put away last, monotonic ms; what started by then is given up as it comes back. */
  readonly frozenAt: number | null;
  /** What the server’s rate limit has to do with both lanes (L-1). */
  readonly limit: LimitContext;
  /** What is known of the guest’s token, but not the token (S5). */
  readonly token: TokenContext;
  /** What the typing lane remembers. */
  readonly typing: TypingContext;
  /** What the read lane remembers. */
  readonly receipts: ReceiptsContext;
  /** Who else is typing. */
  readonly roster: RosterContext;
}

/** What both lanes share of a rate limit (L-1). */
export interface LimitContext {
  /** Until when nothing may leave after a 429, monotonic ms; the lanes' `rateLimited` states show it. */
  readonly blockedUntil: number;
  /** Whether the next call is a probe: until it succeeds, one call at a time. */
  readonly probing: boolean;
  /** Calls of both lanes that are under way. */
  readonly inFlight: number;
}

/** What the machine knows of the token: numbers only (S5). */
export interface TokenContext {
  /** Whether the transport can fetch a fresh token. */
  readonly canRefresh: boolean;
  /** Number of the newest token in use. */
  readonly current: number;
  /** Number of the newest token that a 401 rejected. */
  readonly rejected: number;
  /** Number of the newest token that a call succeeded with. */
  readonly proven: number;
  /** Number of the newest token that a refresh brought; 0 for none yet. */
  readonly refreshed: number;
  /** Whether the link gave up on getting a token that works; the lanes read it, `link.unauthorized` shows it. */
  readonly lost: boolean;
  /** What the newest rejection or failed refresh said. */
  readonly failure: Failure | null;
  /** Refreshes in a row that failed for a passing reason. */
  readonly failures: number;
  /** When the next refresh may start, monotonic ms. */
  readonly notBefore: number;
}

/** What the typing lane remembers between states. */
export interface TypingContext {
  /** Whether the guest lets the other side know that they type (T-14). */
  readonly isShared: boolean;
  /** The conversation that the episode belongs to. */
  readonly conversationId: string | null;
  /** `keyCount` when the last episode ended: later keys make a new one. */
  readonly keysAtEnd: number;
  /** `keyCount` when the box was emptied or left; a later key takes that back. */
  readonly keysAtFalter: number;
  /** When the box was emptied or left, monotonic ms. */
  readonly falteredAt: number;
  /** The works of a bot that write, by their numbers: since they began, or since the last episode's end (T-16). */
  readonly writing: readonly number[];
  /** Until when the last one's answer may be about to come, monotonic ms; 0 where none has just ended. */
  readonly writtenUntil: number;
  /** `keyCount` when the last call started: later keys are a reason to renew. */
  readonly keysAtCall: number;
  /** When the last call started, monotonic ms. */
  readonly calledAt: number;
  /** When the next call may start, monotonic ms (T-2, T-3). */
  readonly notBefore: number;
  /** Until when the other side may show our indicator, monotonic ms; 0 when it does not. */
  readonly litUntil: number;
  /** Whether the call under way repeats an announcement that the other side may still show. */
  readonly renewing: boolean;
  /** Consecutive attempts that failed. */
  readonly failures: number;
  /** Whether the page is going, so that the next stop must outlive it. */
  readonly leaving: boolean;
  /** When an accepted message ended the spacing last, monotonic ms; calls of others from before do not count. */
  readonly reopenedAt: number;
  /** How many messages were submitted that are not accepted yet: later keys belong to what follows them (T-11). */
  readonly submits: number;
  /** How many keys there were at the last acceptance of what nobody had submitted: that may still be told. */
  readonly keysAtAcceptance: number;
  /** Whether a message was accepted while an announcement was under way, so that nobody knows which came first. */
  readonly doubtful: boolean;
}

/** What the read lane remembers between states. */
export interface ReceiptsContext {
  /** Whether the guest lets the other side know how far they have read. */
  readonly isShared: boolean;
  /** One for each conversation that was open or is still owed a call. */
  readonly ledgers: readonly Ledger[];
  /** How far others have read. */
  readonly peers: readonly PeerRead[];
  /** Whether the back end forbids read receipts here, as `receipts.disabled` shows; unread counts ask it. */
  readonly forbidden: boolean;
  /** Conversation whose mark is under way. */
  readonly conversationId: string | null;
  /** When the last call started, monotonic ms. */
  readonly calledAt: number;
  /** When the collected marks are due, monotonic ms. */
  readonly dueAt: number;
  /** When the next call may start, monotonic ms. */
  readonly notBefore: number;
  /** Attempts of this burst that failed. */
  readonly failures: number;
  /** Whether the last call failed, in whichever burst. */
  readonly failing: boolean;
}
