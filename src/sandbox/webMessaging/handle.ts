import type { Core } from '../core.ts';
import { requireBoolean, requireCloseCode, requireString } from '../validate.ts';
import type { DeploymentSettings } from './deployments.ts';
import { notice } from './frames.ts';
import type { WebMessagingLimits } from './limits.ts';
import type { Session, WebMessagingSession } from './sessions.ts';
import type { SocketFaultSpec } from './socketFaults.ts';
import { SOCKET_PATH } from './webMessaging.ts';

/**
 * The web messaging side of a running sandbox. A session is named by the id of its present conversation, or by its
 * guest's token; methods that take one throw an `Error` when there is no such session.
 */
export interface SandboxWebMessaging {
  /** The id of the run's own deployment. */
  readonly deploymentId: string;
  /** The address of the guest's socket, without its query: `ws://127.0.0.1:<port>/v1`. */
  readonly endpoint: string;
  /** All sessions, oldest first. */
  sessions(): WebMessagingSession[];
  /** Changes the settings that are given, of the run's own deployment or another; returns them all. */
  configureDeployment(settings: Partial<DeploymentSettings>, deploymentId?: string): DeploymentSettings;
  /** Changes the limits that are given, and returns them all; frames already counted still count. */
  setLimits(limits: Partial<WebMessagingLimits>): WebMessagingLimits;
  /** Ends a session for age: its sockets are sent a `SessionExpiredEvent`. */
  expire(session: string): void;
  /** Clears the conversation: a `SessionClearedEvent`, then a `ConnectionClosedEvent`; the sockets are closed. */
  clear(session: string): void;
  /** Logs the guest out: a `LogoutEvent`; the sockets are closed. */
  logout(session: string): void;
  /** Plays the guest's sign-in elsewhere: a `ConnectionClosedEvent` with the reason `signedIn`; sockets are closed. */
  signIn(session: string): void;
  /** Makes a session read-only or writable. Its sockets are not told; sends are answered with 409. */
  setReadOnly(session: string, readOnly: boolean): void;
  /** Sends a text frame, well formed or not, to the session's sockets; an object is sent as JSON. */
  push(session: string, frame: string | object): void;
  /**
   * Closes the session's sockets with `code`, resets them, or without one breaks the connections. A half-open socket can
   * only be reset or broken.
   */
  drop(session: string, code?: number | 'reset', reason?: string): void;
  /** Lets the session's sockets hang: nothing is read or answered, pings included, but they stay open. */
  halfOpen(session: string): void;
  /** Adds a fault of the socket and returns what takes it away again. Throws a `TypeError` for a malformed one. */
  fault(spec: SocketFaultSpec): () => void;
  /** Forgets the socket's faults and cuts off the connections they hold up. */
  clearFaults(): void;
}

/** Makes the web messaging part of the handle. */
export function buildWebMessagingHandle({ webMessaging }: Core, port: number): SandboxWebMessaging {
  const { deployments, faults, limits, sessions } = webMessaging;
  const find = (id: unknown): Session => sessions.find(requireString('session', id));
  const closed = (body?: object) => notice('ConnectionClosedEvent', body);
  return {
    deploymentId: deployments.ownId,
    endpoint: `ws://127.0.0.1:${port}${SOCKET_PATH}`,
    sessions: () => sessions.list(),
    configureDeployment: (settings, deploymentId) => deployments.configure(settings, deploymentId),
    setLimits: (changes) => limits.change(changes),
    expire: (id) => sessions.expire(find(id)),
    clear: (id) => sessions.remove(find(id), notice('SessionClearedEvent'), closed()),
    logout: (id) => sessions.remove(find(id), notice('LogoutEvent')),
    signIn: (id) => sessions.remove(find(id), closed({ reason: 'signedIn' })),
    setReadOnly: (id, readOnly) => {
      find(id).readOnly = requireBoolean('readOnly', readOnly);
    },
    push: (id, frame) =>
      sessions.broadcast(find(id), typeof frame === 'string' ? frame : JSON.stringify(frame)),
    drop: (id, code, reason = '') => {
      if (code !== undefined && code !== 'reset') requireCloseCode('code', code);
      if (Buffer.byteLength(reason) > 123) throw new TypeError('reason must fit in 123 bytes');
      for (const connection of find(id).connections) {
        if (code === 'reset') connection.reset();
        else if (code === undefined) connection.cut();
        else connection.close(code, reason);
      }
    },
    halfOpen: (id) => {
      for (const connection of find(id).connections) connection.freeze();
    },
    fault: (spec) => faults.add(spec),
    clearFaults: () => faults.clear(),
  };
}
