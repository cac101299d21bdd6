import type { Conversations } from '../conversations/conversations.ts';
import type { Connection } from './connection.ts';
import type { Deployments } from './deployments.ts';
import { refuse, type ServerFrame, traced, tracingIdOf } from './frames.ts';
import type { Jwts } from './jwts.ts';
import type { SocketLimits } from './limits.ts';
import type { Relay } from './relay.ts';
import type { Session, Sessions } from './sessions.ts';

/** What a guest's frames act upon. */
export interface FrameParts {
  readonly conversations: Conversations;
  readonly deployments: Deployments;
  readonly sessions: Sessions;
  readonly relay: Relay;
  readonly limits: SocketLimits;
  readonly jwts: Jwts;
}

/** A client's frame and where it came from. */
export interface Request {
  parts: FrameParts;
  connection: Connection;
  frame: Record<string, unknown>;
}

/** A request of a configured connection. */
export interface SessionRequest extends Request {
  session: Session;
}

/** Sends the sender an answer, and returns its code. */
export function answer({ connection, frame }: Request, sent: ServerFrame): number {
  connection.send(traced(sent, tracingIdOf(frame)));
  return sent.code;
}

/** Refuses whatever is asked of an expired session. */
export function requireLive({ session }: SessionRequest): void {
  if (session.state === 'expired') throw refuse(4006, 'session expired');
}
