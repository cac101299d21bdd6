import type { SocketFaultSpec } from '../faults/socketFault.ts';
import type { DeploymentSettings } from '../webMessaging/deployments.ts';
import type { WebMessagingLimits } from '../webMessaging/limits.ts';
import type { WebMessagingSession } from '../webMessaging/sessionView.ts';

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
