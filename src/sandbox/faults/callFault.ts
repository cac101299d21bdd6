import { validateHeaderName, validateHeaderValue } from 'node:http';
import { lanes, type SandboxCall, type SandboxLane } from '../journal/call.ts';
import {
  checkBoolean,
  checkDelay,
  checkInteger,
  checkOneOf,
  checkRecord,
  checkString,
} from '../shared/validate.ts';
import { FaultQueue, parsePlay } from './faultQueue.ts';

type FaultLane = Exclude<SandboxLane, 'session'>;

const faultLanes = lanes.filter((lane): lane is FaultLane => lane !== 'session');
const actions = ['respond', 'reset', 'hang', 'reset-after-headers', 'trickle', 'raw'] as const;

/**
 * A scripted fault. Faults are tried in the order they were added, before any other check; the first that matches a
 * call is played and used up once.
 *
 * - `lane`, `match`: which calls are meant; without them, every call of the contract. The socket of web messaging has
 *   faults of its own, see `SocketFaultSpec`.
 * - `times`: how often it plays (default 1); `Infinity`, or `null` in JSON, for ever.
 * - `delay`: milliseconds of the sandbox's clock before the action.
 * - `applied`: true applies the call's effect before the faulty answer, as a server does whose answer is lost.
 * - `action`:
 *   `respond` (default) answers with `status` (default 500), `headers` and `body`; an array of header values becomes
 *   repeated headers, an object body becomes JSON, and a missing body an error body of the usual shape for 400 and
 *   above. With neither of the three, the call is answered as usual, only `delay` later.
 *   `reset` resets the connection. `hang` never answers. `reset-after-headers` sends the headers and a part of the body,
 *   then breaks the connection. `trickle` sends the headers, then one byte of `body` every `interval` milliseconds of
 *   the clock (default 1000), and never ends. `raw` writes `body` to the socket as it is, status line included, and
 *   closes the connection.
 *
 * Delayed, hanging and trickling calls are cut off by `clearFaults()` and `close()`.
 */
export interface FaultSpec {
  lane?: FaultLane;
  match?: { isTyping?: boolean; conversationId?: string; participantId?: string };
  times?: number | null;
  delay?: number;
  applied?: boolean;
  action?: (typeof actions)[number];
  status?: number;
  headers?: Record<string, string | string[]>;
  body?: string | object;
  interval?: number;
}

/** A checked `FaultSpec` with its defaults filled in and the number of times it is still to play. */
export interface CallFault {
  lane: SandboxLane | undefined;
  match: NonNullable<FaultSpec['match']>;
  remaining: number;
  delay: number;
  applied: boolean;
  action: (typeof actions)[number];
  status: number | undefined;
  headers: Record<string, string | string[]>;
  body: string | undefined;
  bodyIsJson: boolean;
  interval: number;
}

const optionNames = [
  'lane',
  'match',
  'times',
  'delay',
  'applied',
  'action',
  'status',
  'headers',
  'body',
  'interval',
] as const satisfies readonly (keyof FaultSpec)[];

/** The faults of calls still to be played, and the calls they hold up. */
export type CallFaults = FaultQueue<CallFault, SandboxCall>;

/** Makes the queue of the faults of calls. */
export function createCallFaults(): CallFaults {
  return new FaultQueue(parseCallFault, means);
}

/** Checks a fault, from code or from JSON. Throws a `TypeError` that names what is wrong. */
export function parseCallFault(value: unknown): CallFault {
  const spec = checkRecord('fault', value, optionNames);
  const action = spec.action === undefined ? 'respond' : checkOneOf('fault.action', spec.action, actions);
  const { body, bodyIsJson } = parseBody(spec.body);
  if (action === 'raw' && (body === undefined || bodyIsJson)) {
    throw new TypeError('fault.body must be the bytes to write, as a string, when fault.action is raw');
  }
  return {
    lane: spec.lane === undefined ? undefined : checkOneOf('fault.lane', spec.lane, faultLanes),
    match: parseMatch(spec.match),
    ...parsePlay(spec),
    action,
    status: spec.status === undefined ? undefined : checkInteger('fault.status', spec.status, 200, 999),
    headers: parseHeaders(spec.headers),
    body,
    bodyIsJson,
    interval: spec.interval === undefined ? 1000 : checkDelay('fault.interval', spec.interval, 1),
  };
}

/** Whether the fault is nothing but a delay of the usual answer. */
export function isDelayOnly(fault: CallFault): boolean {
  const { action, status, body, headers } = fault;
  return (
    action === 'respond' && status === undefined && body === undefined && Object.keys(headers).length === 0
  );
}

function means({ lane, match }: CallFault, call: SandboxCall): boolean {
  const body = call.body as { isTyping?: unknown } | null | undefined;
  return (
    (lane === undefined || lane === call.lane) &&
    (match.isTyping === undefined || match.isTyping === body?.isTyping) &&
    (match.conversationId === undefined || match.conversationId === call.conversationId) &&
    (match.participantId === undefined || match.participantId === call.participantId)
  );
}

function parseMatch(value: unknown): NonNullable<FaultSpec['match']> {
  if (value === undefined) return {};
  const match = checkRecord('fault.match', value, ['isTyping', 'conversationId', 'participantId']);
  return {
    ...(match.isTyping !== undefined && { isTyping: checkBoolean('fault.match.isTyping', match.isTyping) }),
    ...(match.conversationId !== undefined && {
      conversationId: checkString('fault.match.conversationId', match.conversationId),
    }),
    ...(match.participantId !== undefined && {
      participantId: checkString('fault.match.participantId', match.participantId),
    }),
  };
}

function parseHeaders(value: unknown): Record<string, string | string[]> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('fault.headers must be an object of strings or arrays of strings');
  }
  const parsed: Record<string, string | string[]> = {};
  for (const [name, content] of Object.entries(value as Record<string, unknown>)) {
    const lines: unknown[] = Array.isArray(content) ? content : [content];
    if (!lines.every((line): line is string => typeof line === 'string')) {
      throw new TypeError(`fault.headers.${name} must be a string or an array of strings`);
    }
    validateHeaderName(name);
    for (const line of lines) validateHeaderValue(name, line);
    parsed[name.toLowerCase()] = Array.isArray(content) ? lines : (lines[0] ?? '');
  }
  return parsed;
}

function parseBody(value: unknown): { body: string | undefined; bodyIsJson: boolean } {
  if (value === undefined || typeof value === 'string') return { body: value, bodyIsJson: false };
  if (typeof value !== 'object' || value === null)
    throw new TypeError('fault.body must be a string or an object');
  return { body: JSON.stringify(value), bodyIsJson: true };
}
