import { socketPath } from '../http/paths.ts';
import type { SandboxCall, SandboxLane } from '../journal/call.ts';
import type { Journal } from '../journal/journal.ts';
import { redact, redactText } from '../journal/redact.ts';
import type { SandboxClock } from '../shared/clock.ts';
import type { Connection } from './connection.ts';
import { objectOf, tracingIdOf } from './frames.ts';
import type { Session } from './sessions.ts';

const longestAction = 64;
const longestId = 128;
const shortestSecret = 8;
const throttle = 5000;
const sessionActions = new Set([
  'configureSession',
  'configureAuthenticatedSession',
  'closeSession',
  'disconnectCustomer',
]);

/** Puts a client's frame on the record, without its token wherever it stands; undefined means one that is no JSON. */
export function recordFrame(
  clock: SandboxClock,
  journal: Journal,
  from: { connection: Connection; session: Session | undefined; hasOrigin: boolean },
  frame: Record<string, unknown> | undefined,
): SandboxCall {
  const { connection, session, hasOrigin } = from;
  const action = typeof frame?.action === 'string' ? frame.action.slice(0, longestAction) : null;
  const lane = frame === undefined ? 'other' : laneOf(frame);
  const isTyping = lane === 'typing';
  const { lastTyping } = connection;
  const call = journal.open({
    method: 'SOCKET',
    route: socketPath,
    path: socketPath,
    lane,
    requestId: redactText(tracingIdOf(frame ?? {})?.slice(0, longestId) ?? null),
    headers: { authorization: false, origin: hasOrigin },
    transport: 'socket',
    action: redactText(action),
    tooSoon: isTyping && lastTyping !== undefined && clock.now() - lastTyping < throttle,
  });
  if (isTyping) connection.lastTyping = clock.now();
  noteSession(call, session);
  call.body = frame === undefined ? '[malformed]' : redactFrame(frame, session?.token);
  journal.arrived(call);
  return call;
}

/** Puts on the record whose frame it is, unless that is there already. */
export function noteSession(call: SandboxCall, session: Session | undefined): void {
  call.conversationId ??= session?.conversationId ?? null;
  call.participantId ??= session?.guestId ?? null;
}

function redactFrame(frame: Record<string, unknown>, ...tokens: unknown[]): unknown {
  const secrets = [frame.token, ...tokens].filter(
    (token) => typeof token === 'string' && token.length >= shortestSecret,
  );
  const text = JSON.stringify(redact(frame));
  return JSON.parse(
    secrets.reduce<string>((rest, secret) => rest.replaceAll(quoted(secret), '[redacted]'), text),
  );
}

function quoted(secret: unknown): string {
  return JSON.stringify(secret).slice(1, -1);
}

/** What a message of a client's frame is about, for the record. */
export function kindOf(frame: Record<string, unknown>): 'typing' | 'presence' | 'message' {
  const { type, events } = objectOf(frame.message);
  if (type !== 'Event') return 'message';
  const isTyping = Array.isArray(events) && events.some((event) => objectOf(event).eventType === 'Typing');
  return isTyping ? 'typing' : 'presence';
}

function laneOf(frame: Record<string, unknown>): SandboxLane {
  const action = String(frame.action);
  if (sessionActions.has(action)) return 'session';
  if (action !== 'onMessage') return 'other';
  const kind = kindOf(frame);
  return kind === 'presence' ? 'session' : kind;
}
