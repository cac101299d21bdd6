import type { Core } from '../core.ts';
import type { Connection } from './connection.ts';
import type { DeploymentSettings } from './deployments.ts';
import { refuse, type ServerFrame, traced, tracingIdOf } from './frames.ts';
import type { Session } from './sessions.ts';

/** A client's frame and where it came from; `host` is the host and port the client called. */
export interface Request {
  core: Core;
  connection: Connection;
  host: string;
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

/** A deployment's settings, with typing off when it is off for the whole sandbox. */
export function settingsOf({ webMessaging, typingEnabled }: Core, deploymentId: string): DeploymentSettings {
  const settings = webMessaging.deployments.get(deploymentId);
  return { ...settings, showUserTypingIndicator: settings.showUserTypingIndicator && typingEnabled };
}
