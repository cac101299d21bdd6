import {
  checkCloseCode,
  checkCloseReason,
  checkInteger,
  checkOneOf,
  checkRecord,
  checkString,
} from '../shared/validate.ts';
import { FaultQueue, parsePlay } from './faultQueue.ts';

const targets = [
  'connect',
  'configureSession',
  'onMessage',
  'typing',
  'echo',
  'closeSession',
  'getJwt',
  'other',
] as const;
const actions = [
  'drop',
  'close',
  'refuse403',
  'hang',
  'garbage',
  'oversized',
  'wrongTypes',
  'unknownClass',
  'errorFrame',
  'delay',
  'noAnswer',
] as const;
const longestBody = 1024 * 1024;

/** What a fault of the socket can befall: the handshake, or a frame by its action. `onMessage` leaves typing out. */
export type SocketFaultTarget = (typeof targets)[number];

/**
 * A scripted fault of the web messaging socket. Faults are tried in the order they were added, before the rate limits;
 * the first that means a handshake or a frame is played and used up once.
 *
 * - `on`: what it befalls; without it, every frame, but no handshake.
 * - `times`: how often it plays (default 1); `Infinity`, or `null` in JSON, for ever.
 * - `delay`: milliseconds of the sandbox's clock before the action.
 * - `applied`: true applies the frame's effect before the faulty answer, as when an answer is lost.
 * - `action`: `drop` resets the connection. `close` closes it with `code` (default 1011) and the reason `body`.
 *   `refuse403` refuses: a handshake with the HTTP status `code` (default 403), a frame with an error frame of that
 *   code. `hang` leaves a handshake unanswered; on a frame, the connection stops reading and answering, but stays open.
 *   `noAnswer` leaves out the one answer. `delay` only delays. The others send a frame in the answer's place, or after
 *   the handshake: `garbage` the text `body` (default `Hi, not JSON`), `oversized` a message of 1 MiB, `wrongTypes` a
 *   message with every field of a wrong type, `unknownClass` a frame of the class `body` (default
 *   `NotSupportedClassName`), `errorFrame` an error frame with `code` (default 400) and `body`.
 *
 * Delayed and hanging connections are cut off by `clearFaults()` and `close()`.
 */
export interface SocketFaultSpec {
  on?: SocketFaultTarget;
  times?: number | null;
  delay?: number;
  applied?: boolean;
  action: (typeof actions)[number];
  code?: number;
  body?: string;
}

/** A checked `SocketFaultSpec` and the number of times it is still to play. */
export interface SocketFault {
  on: SocketFaultTarget | undefined;
  remaining: number;
  delay: number;
  applied: boolean;
  action: (typeof actions)[number];
  code: number | undefined;
  body: string | undefined;
}

const optionNames = [
  'on',
  'times',
  'delay',
  'applied',
  'action',
  'code',
  'body',
] as const satisfies readonly (keyof SocketFaultSpec)[];

/** The socket's faults still to be played, and the connections they hold up. */
export type SocketFaults = FaultQueue<SocketFault, SocketFaultTarget>;

/** Makes the queue of the socket's faults. */
export function createSocketFaults(): SocketFaults {
  return new FaultQueue(parse, means);
}

function means({ on }: SocketFault, target: SocketFaultTarget): boolean {
  return on === target || (on === undefined && target !== 'connect');
}

function parse(value: unknown): SocketFault {
  const spec = checkRecord('fault', value, optionNames);
  const action = checkOneOf('fault.action', spec.action, actions);
  const on = spec.on === undefined ? undefined : checkOneOf('fault.on', spec.on, targets);
  return {
    on,
    ...parsePlay(spec),
    action,
    code: spec.code === undefined ? undefined : parseCode(spec.code, action, on),
    body: spec.body === undefined ? undefined : parseBody(spec.body, action),
  };
}

function parseCode(code: unknown, action: SocketFault['action'], on: SocketFault['on']): number {
  if (action === 'close') return checkCloseCode('fault.code', code);
  if (action === 'refuse403' && on === 'connect') return checkInteger('fault.code', code, 400, 599);
  return checkInteger('fault.code', code, 0, 99_999);
}

function parseBody(body: unknown, action: SocketFault['action']): string {
  const text = checkString('fault.body', body, longestBody);
  return action === 'close' ? checkCloseReason('fault.body', text) : text;
}
