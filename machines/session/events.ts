import type { Failure } from '../failure.ts';
import type { CloseReason, SessionFailure } from './types.ts';

/** Who wrote a message that came in. */
export type Sender = 'human' | 'bot' | 'unknown';

/** What a frame says of somebody; the server's text, hostile until escaped (S14). */
export interface PersonNames {
  /** Their first name. */
  readonly firstName?: string;
  /** Their last name. */
  readonly lastName?: string;
  /** The name they go by. */
  readonly nickname?: string;
  /** Address of their picture, as the server gave it; not checked, not loaded. */
  readonly image?: string;
}

/** A message of the conversation, as its frame told it. */
export interface SessionMessage extends PersonNames {
  /** The server's id of the message. */
  readonly messageId: string;
  /** Whether it is text alone, or shows something else as well. */
  readonly kind: 'text' | 'structured';
  /** Hostile until escaped (S14). */
  readonly text?: string;
  /** What else it shows (cards, quick replies, attachments): plain data of the server, not interpreted. */
  readonly content?: readonly unknown[];
  /** Who wrote it. */
  readonly sender: Sender;
  /** The server's time, ms since 1970. */
  readonly sentAt?: number;
  /** True for a message that was said while no socket listened, and was found in history (I-1). */
  readonly isCaughtUp?: true;
}

/** Something that happened in the conversation. */
interface Dated {
  /** The server's time, ms since 1970. */
  readonly sentAt?: number;
}

/** Somebody's typing on the other side, and who that is where the frame says it. */
interface RemoteTyping extends PersonNames {
  readonly isTyping: boolean;
  /** How long it holds, ms. */
  readonly durationMs?: number;
  /** The server's time, ms since 1970. */
  readonly sentAt?: number;
  /** Whether a person or a bot types; absent where the frame does not say so. */
  readonly sender?: Exclude<Sender, 'unknown'>;
}

/** What the server says about the session's life. */
export interface Term {
  /** How long an idle session lives, ms. */
  readonly durationMs?: number;
  /** When it expires, ms since 1970 by the server's clock. */
  readonly expiresAt?: number;
}

/** What came in over the socket, validated. Anything else is `frame.ignored`: a sign of life, no more (W-7). */
export type FrameEvent =
  /** The answer to configureSession or closeSession, or news of the session. */
  | ({
      readonly type: 'frame.session';
      readonly connected: boolean;
      readonly newSession: boolean;
      readonly readOnly: boolean;
      readonly clearedExisting: boolean;
    } & Term)
  /** A message of either side, or the echo of one sent from here. */
  | {
      readonly type: 'frame.message';
      /** Inbound is from the guest, on this device or another. */
      readonly direction: 'inbound' | 'outbound';
      /** The id that the frame came back with, where it is the echo of a message sent. */
      readonly id?: string;
      /** Another id that the server calls the message by: the same one has now one, now two. */
      readonly otherId?: string;
      readonly message: SessionMessage;
    }
  /** Somebody on the other side started or stopped typing; `durationMs` is how long it holds, `sentAt` the server's time. */
  | ({ readonly type: 'frame.typing' } & RemoteTyping)
  /** The other side ended the conversation; with `readOnly`, for good. */
  | ({ readonly type: 'frame.disconnected'; readonly readOnly: boolean } & Dated)
  /** The conversation started by itself. */
  | ({ readonly type: 'frame.joined' } & Dated)
  /** The guest signed in within this session. */
  | ({ readonly type: 'frame.signedIn' } & PersonNames & Dated)
  /** The answer to a health check. */
  | ({ readonly type: 'frame.health' } & Term)
  /** The session's time is over. */
  | { readonly type: 'frame.expired' }
  /** The conversation was wiped on every device. */
  | { readonly type: 'frame.cleared' }
  /** The server lets go of this client; `signedIn`: for a session that is signed in. */
  | { readonly type: 'frame.connectionClosed'; readonly signedIn: boolean }
  /** The guest was signed out everywhere. */
  | { readonly type: 'frame.logout' }
  /** The server asks for silence (L-1). */
  | {
      readonly type: 'frame.limited';
      /** Absent where the frame has no whole number of seconds. */
      readonly retryAfterMs?: number;
      /** Id of the message that was refused, where the frame says so. */
      readonly id?: string;
    }
  /** The server reports an error. */
  | {
      readonly type: 'frame.error';
      /** Number of the error; see `errorCodes.ts`. */
      readonly code: number;
      /** What the error answers, where that is known. */
      readonly about?: 'typing';
      /** Id of the message that it is about, where the frame says so. */
      readonly id?: string;
      /** Whether the server wants the guest to sign in. */
      readonly wantsSignIn: boolean;
    }
  /** A frame that nobody understands (W-7). */
  | { readonly type: 'frame.ignored' };

/** Every event that the session machine takes. */
export type SessionEvent =
  | FrameEvent
  /** The application wants the session up. */
  | { readonly type: 'session.connect' }
  /** The application wants it down, in good order. */
  | { readonly type: 'session.close' }
  /** The application wants the present session ended and a new one begun. */
  | { readonly type: 'session.startNew' }
  /** A message wants to leave; its text is kept at the port under this id. */
  | { readonly type: 'message.send'; readonly id: string }
  /** Somebody looks at the page again. */
  | { readonly type: 'page.visible' }
  /** The page is put away whole, as into a back/forward cache: sockets must go. */
  | { readonly type: 'page.frozen' }
  /** The page is taken out again. */
  | { readonly type: 'page.resumed' }
  /** The network is gone. */
  | { readonly type: 'network.offline' }
  /** The network is back. */
  | { readonly type: 'network.online' }
  /** The wall clock ran ahead of the monotonic one: the machine slept. */
  | { readonly type: 'clock.jumped' }
  /** What the deployment's public configuration says. */
  | { readonly type: 'config.loaded'; readonly autoStart: boolean }
  /** Frames can leave now. */
  | { readonly type: 'socket.opened' }
  | SocketClosed
  /** There is no point in a socket: the deployment is not there, or switched off. */
  | { readonly type: 'socket.refused'; readonly failure: SessionFailure }
  /** The frame of this message did not leave. */
  | { readonly type: 'socket.unsent'; readonly id: string }
  /** What history knew was told. `isWhole`: it reached back to what was known before. */
  | { readonly type: 'past.had'; readonly isWhole: boolean }
  /** History could not be had. */
  | { readonly type: 'past.missing'; readonly failure: Failure }
  /** Raised by the machine itself: the server should be asked how things stand. */
  | { readonly type: 'probe.wanted' }
  /** Raised by the machine itself: the session's end was moved. */
  | { readonly type: 'term.changed' };

/** The socket is gone. */
export interface SocketClosed {
  /** Its name among the events. */
  readonly type: 'socket.closed';
  /** RFC 6455 close code; 1006 where there was none. */
  readonly code: number;
  /** Whether both sides took leave. */
  readonly wasClean?: boolean;
  /** HTTP status of a refused handshake; a browser never tells. */
  readonly refused?: number;
}

/** Every decision of the session machine, to listen to with `actor.on(type, …)`. */
export type SessionEmitted =
  /** The session can be talked in. `resumed`: it is the one from before. */
  | { readonly type: 'session.configured'; readonly resumed: boolean; readonly clearedExisting: boolean }
  /** The session can only be looked at. */
  | { readonly type: 'session.readOnly' }
  /** The socket is lost; attempt number `attempt` follows in `msLeft`. */
  | { readonly type: 'session.reconnecting'; readonly attempt: number; readonly msLeft: number }
  /** The session is closed and stays so until `connect` or `startNew`. */
  | { readonly type: 'session.closed'; readonly reason: CloseReason }
  /** The session failed and stays so until `connect` or `startNew`. */
  | { readonly type: 'session.failed'; readonly failure: SessionFailure }
  /** Messages may be missing here: some were perhaps said while no socket listened, and history cannot be had (I-1). */
  | { readonly type: 'session.gap' }
  /** The conversation was wiped on every device. */
  | { readonly type: 'session.cleared' }
  /** How long the session still lives, as the server now says. */
  | { readonly type: 'session.duration'; readonly durationMs: number | null; readonly msLeft: number }
  /** The session ends in `msLeft` unless somebody writes. */
  | { readonly type: 'session.expiring'; readonly msLeft: number }
  /** It no longer does: somebody wrote. */
  | { readonly type: 'session.extended'; readonly msLeft: number }
  /** Nothing leaves for `msLeft` from now (L-1). */
  | { readonly type: 'session.limited'; readonly msLeft: number }
  /** The other side ended the conversation; with `readOnly`, for good. */
  | ({ readonly type: 'session.disconnected'; readonly readOnly: boolean } & Dated)
  /** The server confirmed that the conversation started by itself. */
  | ({ readonly type: 'session.joined' } & Dated)
  /** The guest signed in within this session. */
  | ({ readonly type: 'session.signedIn' } & PersonNames & Dated)
  /** The server wants the guest signed in; the session has failed by that. */
  | { readonly type: 'session.authorizationRequired' }
  /** The answer to a health check. */
  | { readonly type: 'session.checked' }
  /** The server reported an error that ends nothing. */
  | { readonly type: 'session.error'; readonly failure: SessionFailure }
  /** Somebody on the other side started or stopped typing. */
  | ({ readonly type: 'remote.typing' } & RemoteTyping)
  /** The deployment does not want typing signals. */
  | { readonly type: 'typing.forbidden'; readonly failure: SessionFailure }
  /** A message from the other side. */
  | { readonly type: 'message.received'; readonly message: SessionMessage }
  /** A message of the guest that was not sent from here: another device, another tab. */
  | { readonly type: 'message.mirrored'; readonly message: SessionMessage }
  /** A message sent from here was accepted; said once for each. */
  | {
      readonly type: 'message.sent';
      readonly id: string;
      readonly messageId: string;
      readonly sentAt?: number;
    }
  /** A message will not be sent any more. `failure.unsure` says that it may have been accepted. */
  | { readonly type: 'message.failed'; readonly id: string; readonly failure: SessionFailure };
