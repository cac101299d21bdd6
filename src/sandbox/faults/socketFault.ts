import {
  requireBoolean,
  requireCloseCode,
  requireDuration,
  requireInteger,
  requireOneOf,
  requireRecord,
  requireString,
} from '../shared/validate.ts';

const ON = [
  'connect',
  'configureSession',
  'onMessage',
  'typing',
  'echo',
  'closeSession',
  'getJwt',
  'other',
] as const;
const ACTIONS = [
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
const LONGEST_BODY = 1024 * 1024;

/** What a fault of the socket can befall: the handshake, or a frame by its action. `onMessage` leaves typing out. */
export type SocketFaultTarget = (typeof ON)[number];

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
  action: (typeof ACTIONS)[number];
  code?: number;
  body?: string;
}

/** A checked `SocketFaultSpec` and the number of times it is still to play. */
export interface SocketFault {
  on: SocketFaultTarget | undefined;
  remaining: number;
  delay: number;
  applied: boolean;
  action: (typeof ACTIONS)[number];
  code: number | undefined;
  body: string | undefined;
}

const KEYS = [
  'on',
  'times',
  'delay',
  'applied',
  'action',
  'code',
  'body',
] as const satisfies readonly (keyof SocketFaultSpec)[];

/** The socket's faults still to be played, and the connections they hold up. */
export class SocketFaults {
  #faults: SocketFault[] = [];
  readonly #held = new Set<() => void>();

  /** Checks and adds a fault; returns what takes it away again. Throws a `TypeError` for a malformed one. */
  add(spec: unknown): () => void {
    const fault = parse(spec);
    this.#faults.push(fault);
    return () => this.#remove(fault);
  }

  /** The number of faults not used up. */
  get size(): number {
    return this.#faults.length;
  }

  /** Uses up one play of the first fault that means `target`. */
  take(target: SocketFaultTarget): SocketFault | undefined {
    const fault = this.#faults.find(({ on }) => on === target || (on === undefined && target !== 'connect'));
    if (fault === undefined) return undefined;
    fault.remaining -= 1;
    if (fault.remaining === 0) this.#remove(fault);
    return fault;
  }

  /** Keeps `release` until the connection is let go, and returns what forgets it. */
  hold(release: () => void): () => void {
    this.#held.add(release);
    return () => this.#held.delete(release);
  }

  /** Forgets every fault and cuts off the connections they hold up. */
  clear(): void {
    this.#faults = [];
    for (const release of this.#held) release();
    this.#held.clear();
  }

  #remove(fault: SocketFault): void {
    this.#faults = this.#faults.filter((other) => other !== fault);
  }
}

function parse(value: unknown): SocketFault {
  const spec = requireRecord('fault', value, KEYS);
  const action = requireOneOf('fault.action', spec.action, ACTIONS);
  const on = spec.on === undefined ? undefined : requireOneOf('fault.on', spec.on, ON);
  return {
    on,
    remaining: parseTimes(spec.times),
    delay: spec.delay === undefined ? 0 : requireDuration('fault.delay', spec.delay),
    applied: spec.applied === undefined ? false : requireBoolean('fault.applied', spec.applied),
    action,
    code: spec.code === undefined ? undefined : parseCode(spec.code, action, on),
    body: spec.body === undefined ? undefined : parseBody(spec.body, action),
  };
}

function parseTimes(times: unknown): number {
  if (times === undefined) return 1;
  if (times === null || times === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  return requireInteger('fault.times', times, 1, Number.MAX_SAFE_INTEGER);
}

function parseCode(code: unknown, action: SocketFault['action'], on: SocketFault['on']): number {
  if (action === 'close') return requireCloseCode('fault.code', code);
  if (action === 'refuse403' && on === 'connect') return requireInteger('fault.code', code, 400, 599);
  return requireInteger('fault.code', code, 0, 99_999);
}

function parseBody(body: unknown, action: SocketFault['action']): string {
  const text = requireString('fault.body', body, LONGEST_BODY);
  if (action === 'close' && Buffer.byteLength(text) > 123)
    throw new TypeError('fault.body must fit in 123 bytes');
  return text;
}
