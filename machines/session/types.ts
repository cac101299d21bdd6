import type { Failure } from '../failure.ts';

/**
 * Why a session, a message or a typing signal failed: a {@link Failure}, and the number that the server
 * gave the error in its frame, where it gave one.
 */
export interface SessionFailure extends Failure {
  /** Number of the error in the server's frame: HTTP-like below 600, else the messenger's own, as 4006. */
  readonly errorCode?: number;
  /** For a message: true where nobody can tell whether it arrived, since its echo and history are missing. */
  readonly unsure?: boolean;
}

/** Why a session is closed. */
export type CloseReason =
  /** The application asked for it. */
  | 'requested'
  /** The server closed the socket in good order, without a word. */
  | 'server'
  /** A signed-in session took over; the token is forgotten. */
  | 'signedIn'
  /** The same guest opened too many connections; the server dropped the oldest. */
  | 'sessionLimit'
  /** The conversation was cleared on every device. */
  | 'cleared'
  /** The guest was signed out everywhere; the token is forgotten. */
  | 'logout';

/** A frame that the machine asks its socket to send; the socket completes it with token and text. */
export type OutgoingFrame =
  /** configureSession, the first frame of every socket (W-1). */
  | { readonly kind: 'configure'; readonly startNew: boolean }
  /** Ends the old session, before a new one is configured over the same socket. */
  | { readonly kind: 'closeSession' }
  /** Tells a deployment that starts by itself that the guest is here. */
  | { readonly kind: 'join' }
  /** A health check. */
  | { readonly kind: 'echo' }
  /** A question that every server answers, with a token of the history: where no health check may leave (W-8). */
  | { readonly kind: 'jwt' }
  /** The message whose text is kept under this id. */
  | { readonly kind: 'message'; readonly id: string };

/** What the machine tells its socket. */
export type SocketCommand =
  /** Make this frame whole and send it. */
  | { readonly type: 'send'; readonly frame: OutgoingFrame }
  /** The link is dead: let go of it without waiting for anybody. */
  | { readonly type: 'drop' };

/** What the machine may read from outside. */
export interface SessionReadings {
  /** Monotonic time, ms; never goes back. */
  now(): number;
  /** Wall-clock time, ms since 1970; only an expiry date is held against it, and only when it arrives. */
  wallNow(): number;
  /** When the last frame came in, monotonic ms: any frame at all proves that the link lives. */
  lastFrameAt(): number;
  /** How many frames came in. */
  frameCount(): number;
  /** How many of them are what a probe is answered with: a health check's answer, a token, a refusal. */
  answerCount(): number;
}

/**
 * What carries one session. The machine never looks into `wire`; its actors do. The token lives there, and
 * so do the texts of messages. Made so that its members do not show up when a snapshot is serialised.
 */
export interface SessionPorts {
  /** Whatever the actors need; opaque here (S5). */
  readonly wire: unknown;
  /** The clocks, and what came in. */
  readonly readings: SessionReadings;
}

/** Every wait of the session machine, ms unless the name says otherwise; all checked before (L-3). */
export interface SessionTiming {
  /** How long a socket may take to open. In ms, from 1. Default: 15 000. */
  readonly connect: number;
  /** How long the server may take to answer configureSession or closeSession. In ms, from 1. Default: 10 000. */
  readonly configure: number;
  /** Silence on a configured socket after which the link is probed. In ms, from 1. Default: 45 000. */
  readonly quiet: number;
  /** How long the answer to a probe may take before the socket is replaced. In ms, from 1. Default: 10 000. */
  readonly answer: number;
  /**
   * The same where somebody waits for it: the page is shown again, the network is back, the machine slept. In ms,
   * from 1. Default: 2500.
   */
  readonly doubt: number;
  /** Least time between two health checks. In ms, from 30 000, which the server insists on. Default: 30 000. */
  readonly echoSpacing: number;
  /** How long a configured socket must hold before earlier failures are forgotten. In ms, from 0. Default: 5000. */
  readonly minUptime: number;
  /**
   * First bound of the random wait before a reconnect; doubles with each further failure. In ms, from 1. Default:
   * 1000.
   */
  readonly reconnectBase: number;
  /** Largest bound of that wait. In ms, from `reconnectBase`. Default: 30 000. */
  readonly reconnectCap: number;
  /** How long reconnecting is tried in all. In ms, from 1. Default: 300 000. */
  readonly reconnectWindow: number;
  /** How many attempts are made in all; a count, not ms. From 1. Default: 30. */
  readonly reconnectTries: number;
  /** Longest wait a server can ask for (L-1). In ms, from 1. Default: 300 000. */
  readonly retryAfterCap: number;
  /** How long a rate limit lasts whose frame does not say so. In ms, from 1. Default: 5000. */
  readonly limitFallback: number;
  /**
   * Largest random time added to a rate limit, so that its clients do not come back together. In ms, from 0.
   * Default: 500.
   */
  readonly limitJitter: number;
  /** How long before the session expires the application is told. In ms, from 0. Default: 300 000. */
  readonly notice: number;
  /** How long the echo of a sent message may take before it counts as unsure. In ms, from 1. Default: 10 000. */
  readonly echoWait: number;
  /**
   * How long after a first look into history the second one comes, and a message that is in neither is sent again.
   * In ms, from 1. Default: 5000.
   */
  readonly settle: number;
  /** How long one look into history may take. In ms, from 1. Default: 15 000. */
  readonly history: number;
}

/**
 * One message that was not settled yet. `waiting`: its frame did not leave, or surely was not accepted.
 * `left`: its frame left, its echo is awaited. `unsure`: its frame left and the connection died, or its echo
 * is overdue; history decides before it may leave again.
 */
export interface OutboxEntry {
  /** The id its frame carries as `tracingId` and `customMessageId`, every time it leaves. */
  readonly id: string;
  /** How far it came; see above. */
  readonly state: 'waiting' | 'left' | 'unsure';
  /** How often its frame left. */
  readonly sends: number;
  /** How often history was searched for it since then. */
  readonly looks: number;
}

/** What history knows of a message that it was asked about. */
export interface FoundMessage {
  /** The id it was asked about. */
  readonly id: string;
  /** The server's id of the message. */
  readonly messageId: string;
  /** The server's time, ms since 1970. */
  readonly sentAt?: number;
}

/** What the session machine starts from. */
export interface SessionInput {
  /** What the machine reads, and what its actors need. */
  readonly ports: SessionPorts;
  /** Every wait, checked. */
  readonly timing: SessionTiming;
  /** Seed of all jitter (C-3). */
  readonly seed: number;
}

/** What the session machine remembers. Never a token or a text. */
export interface SessionContext extends SessionInput {
  /**
   * Whether there is a network. Noted in every state, also while a socket still seems to live; `offline` is
   * only where a reconnect waits for it.
   */
  readonly online: boolean;
  /** Whether the next configureSession asks for a new session. */
  readonly startNew: boolean;
  /**
   * Whether the server announced that the conversation was cleared. The frame by which it then lets go of this
   * client does not say why, so this does.
   */
  readonly cleared: boolean;
  /** Why the session is `closed`; means something there only. */
  readonly closeReason: CloseReason;
  /** Why the session is `failed`; null until it is, and again once it is begun anew. */
  readonly failure: SessionFailure | null;
  /** What the deployment's public configuration said. */
  readonly deployment: {
    /** Whether a conversation starts as soon as the guest joins. */
    readonly autoStart: boolean;
  };
  /** What reconnecting remembers (W-3); times are monotonic, ms. */
  readonly reconnect: {
    /** Failures in a row; forgotten after a socket held for `timing.minUptime`. */
    readonly failures: number;
    /** When the first of them happened. */
    readonly since: number;
    /** When the next attempt is due. */
    readonly at: number;
    /** Failures that only one further attempt can be answered with. */
    readonly faults: number;
    /** Whether an attempt without a wait was already made. */
    readonly jumped: boolean;
    /** Whether a sign of life from the user already brought the next attempt forward. */
    readonly hastened: boolean;
  };
  /** What the link's health check remembers; times are monotonic, ms. */
  readonly health: {
    /** Whether something besides silence asks for one. */
    readonly wanted: boolean;
    /** Whether somebody waits to know whether the link lives. */
    readonly doubted: boolean;
    /** Whether they wait still, since what came in after the last question was no answer to it. */
    readonly again: boolean;
    /** Whether somebody waits for the answer to the question that left last. */
    readonly isHurried: boolean;
    /** Whether that was asked because what came in after the one before was no answer to it. */
    readonly isAgain: boolean;
    /** What that question is. */
    readonly asks: 'echo' | 'jwt';
    /** When the last health check left. */
    readonly probedAt: number;
    /** When the last question left, of either kind. */
    readonly askedAt: number;
    /** Until when the link has time to answer it. */
    readonly answerBy: number;
    /** How many frames had come in by then. */
    readonly framesBefore: number;
    /** How many answers were among them. */
    readonly answersBefore: number;
  };
  /**
   * Nothing leaves before this time, monotonic, ms (L-1). Outlives the socket it was told over, and so cannot
   * be a state of the region `pace`, which lives no longer than that.
   */
  readonly blockedUntil: number;
  /** How long the session lives. */
  readonly term: {
    /** How long an idle session lives, ms; null where the server did not say. */
    readonly durationMs: number | null;
    /** When it expires, monotonic, ms; null where the server did not say. */
    readonly expiresAt: number | null;
  };
  /** Every message that was not settled yet, in the order in which they were given. */
  readonly outbox: readonly OutboxEntry[];
  /** What is owed to the guest of what was said while nobody listened (I-1). */
  readonly past: {
    /**
     * What history is asked for: what was missed, or only what there is before anything can be missed
     * (`baseline`), since a session that was resumed began elsewhere.
     */
    readonly owed: 'nothing' | 'baseline' | 'missed';
    /** Whether this session was up before, so that what is said while it is not is missed. */
    readonly wasUp: boolean;
    /** Failures of history in a row. */
    readonly failures: number;
    /** When history may be asked next, monotonic, ms. */
    readonly at: number;
  };
  /** What the search in history remembers. */
  readonly search: {
    /** Failures of the search in a row. */
    readonly failures: number;
    /** When history may be asked next, monotonic, ms. */
    readonly at: number;
  };
}
