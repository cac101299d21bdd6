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
  | { readonly kind: 'configure'; readonly startNew: boolean }
  | { readonly kind: 'closeSession' }
  | { readonly kind: 'join' }
  | { readonly kind: 'echo' }
  | { readonly kind: 'message'; readonly id: string };

/** What the machine tells its socket. */
export type SocketCommand =
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
}

/**
 * What carries one session. The machine never looks into `wire`; its actors do. The token lives there, and
 * so do the texts of messages. Made so that its members do not show up when a snapshot is serialised.
 */
export interface SessionPorts {
  readonly wire: unknown;
  readonly readings: SessionReadings;
}

/** Every wait of the session machine, ms unless the name says otherwise; all checked before (L-3). */
export interface SessionTiming {
  /** How long a socket may take to open. */
  readonly connect: number;
  /** How long the server may take to answer configureSession or closeSession. */
  readonly configure: number;
  /** Silence on a configured socket after which the link is probed. */
  readonly quiet: number;
  /** How long the answer to a probe may take before the socket is replaced. */
  readonly answer: number;
  /** Least time between two health checks. */
  readonly echoSpacing: number;
  /** How long a configured socket must hold before earlier failures are forgotten. */
  readonly minUptime: number;
  /** First bound of the random wait before a reconnect; doubles with each further failure. */
  readonly reconnectBase: number;
  /** Largest bound of that wait. */
  readonly reconnectCap: number;
  /** How long reconnecting is tried in all. */
  readonly reconnectWindow: number;
  /** How many attempts are made in all; a count, not ms. */
  readonly reconnectTries: number;
  /** Longest wait a server can ask for (L-1). */
  readonly retryAfterCap: number;
  /** How long a rate limit lasts whose frame does not say so. */
  readonly limitFallback: number;
  /** Largest random time added to a rate limit, so that its clients do not come back together. */
  readonly limitJitter: number;
  /** How long before the session expires the application is told. */
  readonly notice: number;
  /** How long the echo of a sent message may take before it counts as unsure. */
  readonly echoWait: number;
  /** How long after a first look into history the second one comes, and a message that is in neither is sent again. */
  readonly settle: number;
  /** How long one look into history may take. */
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
  readonly state: 'waiting' | 'left' | 'unsure';
  /** How often its frame left. */
  readonly sends: number;
  /** How often history was searched for it since then. */
  readonly looks: number;
}

/** What history knows of a message that it was asked about. */
export interface FoundMessage {
  readonly id: string;
  readonly messageId: string;
  /** The server's time, ms since 1970. */
  readonly sentAt?: number;
}

/** What the session machine starts from. */
export interface SessionInput {
  readonly ports: SessionPorts;
  readonly timing: SessionTiming;
  /** Seed of all jitter (C-3). */
  readonly seed: number;
}

/** What the session machine remembers. Never a token or a text. */
export interface SessionContext extends SessionInput {
  readonly online: boolean;
  /** Whether the next configureSession asks for a new session. */
  readonly startNew: boolean;
  /** Whether the server announced that the conversation was cleared. */
  readonly cleared: boolean;
  readonly closeReason: CloseReason;
  readonly failure: SessionFailure | null;
  /** What the deployment's public configuration said. */
  readonly deployment: { readonly autoStart: boolean };
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
  readonly health: {
    readonly wanted: boolean;
    /** When the last health check left. */
    readonly probedAt: number;
    /** How many frames had come in by then. */
    readonly framesBefore: number;
  };
  /** Nothing leaves before this time (L-1). */
  readonly limitedUntil: number;
  readonly term: {
    /** How long an idle session lives; null where the server did not say. */
    readonly durationMs: number | null;
    /** When it expires, monotonic; null where the server did not say. */
    readonly expiresAt: number | null;
  };
  readonly outbox: readonly OutboxEntry[];
  readonly search: {
    /** Failures of the search in a row. */
    readonly failures: number;
    /** When history may be asked next. */
    readonly at: number;
  };
}
