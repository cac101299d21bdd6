/** Every lane of the contract a call can belong to. */
export const lanes = [
  'typing',
  'read',
  'start',
  'token',
  'message',
  'history',
  'stream',
  'session',
  'open-messaging',
  'other',
] as const;

/** Which part of the contract a call belongs to. */
export type SandboxLane = (typeof lanes)[number];

/**
 * One recorded call of the contract, or one frame of a guest's web messaging socket, refused and faulted ones included.
 * No token is ever in it.
 *
 * `time` is its arrival in milliseconds of the sandbox's clock and `at` the same as ISO 8601; `route` is the path's
 * template and `path` the path itself, without a query. `body` is the parsed JSON without secrets, null when there was
 * none or it was refused unread. `status` is null while the call is pending, an HTTP status when it was answered (101
 * for an event stream), `'reset'`, `'hang'` or `'raw'` after a fault of that kind, and `'aborted'` when the client left
 * first. `durationMs` is null until that is decided.
 *
 * A socket's handshake is recorded as a GET of `/v1`, its frames with the method `SOCKET` and the transport `'socket'`:
 * `action` is the frame's, `body` the frame, `requestId` its tracing id, and `status` the code of the answer, null when
 * there is none, or `'closed'` after a fault of that kind. `tooSoon` marks typing sent less than 5000 ms after the same
 * connection's last, without a message in between, which no official client does.
 */
export interface SandboxCall {
  /** Counts the calls from 1. */
  n: number;
  time: number;
  at: string;
  /** The HTTP method, or `SOCKET` for a frame. */
  method: string;
  route: string;
  path: string;
  /** What it was about. */
  lane: SandboxLane;
  /** Whom it named; null where none was named. */
  participantId: string | null;
  /** The same of the conversation. */
  conversationId: string | null;
  body: unknown;
  requestId: string | null;
  /** Over what it came. */
  transport: 'http' | 'socket';
  action: string | null;
  tooSoon: boolean;
  /** Whether these were there; their values are not kept. */
  headers: { authorization: boolean; origin: boolean };
  /** Whether a fault was played on it. */
  faulted: boolean;
  status: number | 'reset' | 'hang' | 'raw' | 'closed' | 'aborted' | null;
  durationMs: number | null;
}
