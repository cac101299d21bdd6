import type { Failure } from '../failure.ts';
import type { ReconnectRules, SocketEnd } from '../reconnect.ts';
import type { WaitRules } from '../waits.ts';

/** What the machine may read from outside. */
export interface StreamReadings {
  /** Monotonic time, ms; never goes back. */
  now(): number;
  /** When the last frame came in, monotonic ms: any frame at all proves that the link lives. */
  lastFrameAt(): number;
  /** How many frames came in. */
  frameCount(): number;
}

/**
 * What carries one event stream. The machine never looks into `wire`; its actors do. Tokens and texts live there
 * (S5). Made so that its members do not show up when a snapshot is serialised.
 */
export interface StreamPorts {
  /** Whatever the actors need; opaque here. */
  readonly wire: unknown;
  readonly readings: StreamReadings;
}

/** Every wait of the stream, ms unless the name says otherwise; all checked before (L-3). */
export interface StreamTiming extends ReconnectRules, Pick<WaitRules, 'jitter' | 'tries'> {
  /** How long a token, a socket and the answer to its first frame may take in all. In ms, from 1. Default: 15 000. */
  readonly connect: number;
  /** Silence after which the link is probed. In ms, from 1. Default: 30 000. */
  readonly quiet: number;
  /** How long the answer to a probe may take before the socket is replaced. In ms, from 1. Default: 4000. */
  readonly answer: number;
  /** How long a stream must hold before earlier failures are forgotten. In ms, from 0. Default: 5000. */
  readonly minUptime: number;
}

/** What the machine tells its socket. */
export type StreamCommand =
  /** Ask whether the link lives. */
  | { readonly type: 'ping' }
  /** The link is dead: let go of it without waiting for anybody. */
  | { readonly type: 'drop' };

/** Every event that the machine takes. */
export type StreamEvent =
  /** Somebody listens. */
  | { readonly type: 'stream.wanted' }
  /** Nobody listens any more. */
  | { readonly type: 'stream.unwanted' }
  /** The first frame was answered: what follows is the conversation's. */
  | { readonly type: 'frame.authenticated' }
  /** The connection ended, or none could be had. */
  | ({ readonly type: 'socket.closed' } & SocketEnd)
  /** The token was rejected and no other can be had. */
  | { readonly type: 'token.missing'; readonly failure: Failure }
  /** A call was accepted, or a fresh token was had: there is one that works. */
  | { readonly type: 'token.renewed' }
  | { readonly type: 'network.offline' }
  | { readonly type: 'network.online' }
  | { readonly type: 'page.visible' }
  /** The page is put away: the socket is let go of. */
  | { readonly type: 'page.frozen' }
  | { readonly type: 'page.resumed' }
  /** The machine slept. */
  | { readonly type: 'clock.jumped' };

/** What the stream tells. */
export type StreamEmitted =
  /** The stream is open. `reopened`: after it was lost, so that something may have been missed. */
  | { readonly type: 'stream.opened'; readonly reopened: boolean }
  /** The stream is lost; the next attempt is made in `msLeft`, or when there is a network and a page again. */
  | { readonly type: 'stream.lost'; readonly attempt: number; readonly msLeft: number }
  /** The token was rejected and no other can be had: nothing is heard before a call is accepted with a fresh one. */
  | { readonly type: 'stream.unauthorized'; readonly failure: Failure }
  /** What was said while the stream was lost could not be had (I-1). */
  | { readonly type: 'stream.gap' };

/** What the machine starts from. */
export interface StreamInput {
  readonly ports: StreamPorts;
  readonly timing: StreamTiming;
  /** Seed of all jitter (C-3). */
  readonly seed: number;
}

/** What the machine remembers. Never a token or a text. */
export interface StreamContext extends StreamInput {
  /** Whether there is a network. */
  readonly online: boolean;
  /** How often the stream was open since somebody listens. */
  readonly opened: number;
  /** Why no token can be had; means something in `unauthorized` only. */
  readonly failure: Failure | null;
  /** What reconnecting remembers (W-3); times are monotonic, ms. */
  readonly reconnect: {
    /** Failures in a row; forgotten after a stream held for `timing.minUptime`. */
    readonly failures: number;
    /** When the next attempt is due. */
    readonly at: number;
    /** Whether an attempt without a wait was already made. */
    readonly jumped: boolean;
    /** Whether a sign of life already brought the next attempt forward. */
    readonly hastened: boolean;
  };
  /** How many frames had come in when the link was probed last. */
  readonly framesBefore: number;
  /** What catching up remembers. */
  readonly record: {
    /** Failures in a row. */
    readonly failures: number;
    /** When it is tried again, monotonic, ms. */
    readonly at: number;
  };
}
