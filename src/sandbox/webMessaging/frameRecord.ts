import type { Core } from '../core.ts';
import type { SandboxCall, SandboxLane } from '../journal/journal.ts';
import { redact, redactText } from '../journal/redact.ts';
import type { Connection } from './connection.ts';
import { objectOf, tracingIdOf } from './frames.ts';

const LONGEST_ACTION = 64;
const LONGEST_ID = 128;
const SHORTEST_SECRET = 8;
const THROTTLE = 5000;
const SESSION_ACTIONS = new Set([
  'configureSession',
  'configureAuthenticatedSession',
  'closeSession',
  'disconnectCustomer',
]);

/** Puts a client's frame on the record, without its token wherever it stands; undefined means one that is no JSON. */
export function recordFrame(
  core: Core,
  connection: Connection,
  frame: Record<string, unknown> | undefined,
  hasOrigin: boolean,
): SandboxCall {
  const action = typeof frame?.action === 'string' ? frame.action.slice(0, LONGEST_ACTION) : null;
  const lane = frame === undefined ? 'other' : laneOf(frame);
  const isTyping = lane === 'typing';
  const call = core.journal.open({
    method: 'SOCKET',
    route: '/v1',
    path: '/v1',
    lane,
    requestId: redactText(tracingIdOf(frame ?? {})?.slice(0, LONGEST_ID) ?? null),
    headers: { authorization: false, origin: hasOrigin },
    transport: 'socket',
    action: redactText(action),
    tooSoon: isTyping && isTooSoon(core, connection.lastTyping),
  });
  if (isTyping) connection.lastTyping = core.clock.now();
  noteSession(call, connection);
  call.body = frame === undefined ? '[malformed]' : redactFrame(frame, connection.session?.token);
  core.journal.arrived(call);
  return call;
}

/** Puts on the record whose frame it is, unless that is there already. */
export function noteSession(call: SandboxCall, { session }: Connection): void {
  call.conversationId ??= session?.conversationId ?? null;
  call.participantId ??= session?.guestId ?? null;
}

function redactFrame(frame: Record<string, unknown>, ...tokens: unknown[]): unknown {
  const secrets = [frame.token, ...tokens].filter(
    (token) => typeof token === 'string' && token.length >= SHORTEST_SECRET,
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

function isTooSoon({ clock }: Core, lastTyping: number | undefined): boolean {
  return lastTyping !== undefined && clock.now() - lastTyping < THROTTLE;
}

function laneOf(frame: Record<string, unknown>): SandboxLane {
  const action = String(frame.action);
  if (SESSION_ACTIONS.has(action)) return 'session';
  if (action !== 'onMessage') return 'other';
  const kind = kindOf(frame);
  return kind === 'presence' ? 'session' : kind;
}
