import type { Actor, InspectionEvent } from 'xstate';
import type { SessionEmitted } from '../../machines/session/events.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/log.ts';
import type { AttemptOptions, ReadCall, Transport } from '../shared/transport.ts';
import type { SessionStorage } from './identity.ts';
import type { MessageOptions, SentMessage } from './messageStore.ts';
import type { WebSocketConstructor } from './platformSocket.ts';
import type { GenesysRegion } from './regions.ts';
import type { runnableSession } from './sessionActors.ts';
import type { SessionTimingOptions } from './timing.ts';

/** What {@link webMessaging} takes. `deploymentId` is needed, and one of `region` and `endpoint`. */
export interface WebMessagingOptions {
  /** The Messenger deployment's id, a UUID. */
  readonly deploymentId: string;
  /** Name of the org's region, as in `eu-west-1`, or its domain, as in `mypurecloud.ie`. */
  readonly region?: GenesysRegion | (string & {});
  /**
   * In place of a region: one origin that serves socket, configuration and history, such as the sandbox's
   * `http://127.0.0.1:4870`. Cleartext for loopback only (S6).
   */
  readonly endpoint?: string;
  /**
   * Where the guest's token is kept, so that the session is resumed after a reload: `sessionStorage`, say, or
   * your own. Whoever reads it can be this guest. Default: memory only.
   */
  readonly storage?: SessionStorage;
  /** The WebSocket to use. Default: the platform's; Node 20 has none, so give it that of the `ws` package. */
  readonly webSocket?: WebSocketConstructor;
  /** `Origin` header for the `ws` package, where the deployment restricts its domains. A browser sends its own. */
  readonly origin?: string;
  /** Used in place of the platform's `fetch`, for configuration and history. */
  readonly fetch?: typeof fetch;
  /** Time; a test gives a stepped clock. Default: the platform's. */
  readonly clock?: Clock;
  /** Called once, for the seed of all jitter; returns a number in [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
  /** Waits that differ from the defaults, ms. */
  readonly timing?: SessionTimingOptions;
  /** Gets one line per decision, oddity, and mistake of a listener. Never a token, a URL or a text. Default: none. */
  readonly logger?: Logger;
  /** XState's inspection hook. What it throws is logged, not passed on. */
  readonly inspect?: (event: InspectionEvent) => void;
  /** What this client calls itself to the server. Default: this package's name; `''` leaves it out. */
  readonly application?: string;
  /**
   * Whether to load the deployment's public configuration before connecting (`load`, the default): it says
   * whether typing signals are wanted, and whether a conversation starts by itself.
   */
  readonly config?: 'load' | 'skip';
  /**
   * Where read marks go, since the product takes none: a call to your own back end, say. With it the
   * conversation reports reads as over any transport, one at a time, and retries what rejects; without it
   * they stay local. Reject with a `ConversationError` where its code says what to do.
   */
  readonly reportRead?: (call: ReadCall, options: AttemptOptions) => Promise<void>;
  /** Custom attributes of every message; together with its own at most 2048 bytes as JSON. */
  readonly customAttributes?: Readonly<Record<string, string>>;
}

/** The XState actor behind a session. */
export type SessionActor = Actor<typeof runnableSession>;

/** The listener for one kind of decision. */
export type SessionListener<T extends SessionEmitted['type']> = (
  event: Extract<SessionEmitted, { type: T }>,
) => void;

/** How a session stands, in one word. */
export type SessionState =
  | 'idle'
  | 'connecting'
  | 'configuring'
  | 'configured'
  | 'readOnly'
  | 'reconnecting'
  | 'closed'
  | 'failed';

/**
 * A guest's web-messaging session: the transport of a conversation, and the messages themselves. One object
 * for one guest; `stop()` is its end.
 */
export interface WebMessaging extends Transport {
  /** The XState actor, for `subscribe`, `getSnapshot`, and XState's bindings to view libraries. */
  readonly actor: SessionActor;
  /** How the session stands. */
  readonly state: SessionState;
  /** Local name of the conversation; null before the first connection. The product tells guests none. */
  readonly conversationId: string | null;
  subscribe: NonNullable<Transport['subscribe']>;

  /**
   * Opens the session, or resumes it. Resolves when it can be talked in or, read-only, looked at; rejects
   * with a `ConversationError` when that can no longer happen. May be left unawaited.
   */
  connect(): Promise<void>;
  /** Closes the session in good order; the guest's token is kept, `connect()` resumes it. */
  close(): void;
  /** Ends the present session on the server and begins a new one. Settles as `connect()` does. */
  startNew(): Promise<void>;
  /**
   * Sends a text of at most 4096 bytes. Resolves when the server accepted it, which its echo or its history
   * tells; rejects with a `ConversationError` when it will not be sent any more. While the connection is
   * being had again it waits. It never leaves a second time unless history, asked twice, does not have it.
   * May be left unawaited. Throws `invalid-option` at once for a text or options that cannot be right; the
   * event `message.failed` says by `failure.unsure` where nobody can tell whether it arrived.
   */
  sendMessage(text: string, options?: MessageOptions): Promise<SentMessage>;
  /** Listens to one kind of decision; returns what ends it. What a listener throws harms nobody else. */
  on<T extends SessionEmitted['type']>(type: T, listener: SessionListener<T>): () => void;

  /** The page went out of sight. A session outlives that; only the time is noted, to see a sleep by. */
  hide(): void;
  /** The page is in sight again: the link is probed, or the next attempt brought forward. */
  show(): void;
  /** The network is gone: no attempt is made until it is back. */
  offline(): void;
  /** The network is back, perhaps: the link is probed. */
  online(): void;
  /** The page is put away whole, as into a back/forward cache (`pagehide`): the socket goes. */
  freeze(): void;
  /** The page was taken out again (`pageshow`): the session comes back. */
  resume(): void;
  /**
   * Ends everything at once: the socket, every timer and listener; whatever waits rejects with `stopped`
   * (C-1). The token stays in storage. A stopped session cannot be used again.
   */
  stop(): void;
}
