import type { FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { SocketFault, SocketFaultTarget } from '../faults/socketFault.ts';
import { parseFrame } from '../http/sockets.ts';
import type { SandboxCall } from '../journal/call.ts';
import type { Journal } from '../journal/journal.ts';
import type { SandboxClock } from '../shared/clock.ts';
import { perform } from './actions.ts';
import { Connection } from './connection.ts';
import { kindOf, noteSession, recordFrame } from './frameRecord.ts';
import { errorFrame, Refusal, refuse, tracingIdOf } from './frames.ts';
import { answer, type Request } from './request.ts';
import { playSocketFault } from './socketFaultPlayer.ts';
import type { WebMessaging } from './webMessaging.ts';

const configurationTime = 30_000;
const tooLate = 1008;
const targets = new Set<string>([
  'configureSession',
  'echo',
  'closeSession',
  'getJwt',
] satisfies SocketFaultTarget[]);

/** Serves a guest's socket. Whoever has not configured a session in time is dropped. */
export class GuestSocket {
  readonly #clock: SandboxClock;
  readonly #journal: Journal;
  readonly #web: WebMessaging;
  readonly #socket: WebSocket;
  readonly #connection: Connection;
  readonly #hasOrigin: boolean;

  constructor(
    clock: SandboxClock,
    journal: Journal,
    web: WebMessaging,
    socket: WebSocket,
    request: FastifyRequest,
    deploymentId: string,
  ) {
    this.#clock = clock;
    this.#journal = journal;
    this.#web = web;
    this.#socket = socket;
    this.#connection = new Connection(socket, request.raw.socket, deploymentId);
    this.#hasOrigin = request.headers.origin !== undefined;
  }

  /** Begins to listen. `fault` is one that befalls the socket right after its handshake. */
  open(fault: SocketFault | undefined): void {
    const { sessions } = this.#web;
    const timer = this.#clock.setTimeout(() => {
      if (sessions.ofConnection(this.#connection) === undefined) {
        this.#connection.close(tooLate, 'no session');
      }
    }, configurationTime);
    this.#socket.once('close', () => {
      this.#clock.clearTimeout(timer);
      sessions.leave(this.#connection);
    });
    this.#socket.on('message', (data, isBinary) => {
      if (!this.#connection.frozen) this.#receive(isBinary ? undefined : String(data));
    });
    if (fault === undefined) return;
    if (fault.action === 'noAnswer') this.#connection.freeze();
    else if (fault.action !== 'delay') playSocketFault(fault, this.#connection);
    this.#holdIfFrozen();
  }

  #receive(text: string | undefined): void {
    const frame = text === undefined ? undefined : parseFrame(text);
    const call = this.#record(frame);
    const fault = this.#web.faults.take(targetOf(frame));
    if (fault === undefined) {
      this.#settle(call, this.#serve(frame));
      return;
    }
    call.faulted = true;
    if (fault.applied && fault.action !== 'delay') this.#serveUnheard(frame);
    this.#afterDelay(fault, call, () => {
      const outcome =
        fault.action === 'delay'
          ? this.#serve(frame)
          : playSocketFault(fault, this.#connection, tracingIdOf(frame ?? {}));
      this.#holdIfFrozen();
      this.#settle(call, outcome);
    });
  }

  #record(frame: Record<string, unknown> | undefined): SandboxCall {
    const connection = this.#connection;
    const session = this.#web.sessions.ofConnection(connection);
    const from = { connection, session, hasOrigin: this.#hasOrigin };
    return recordFrame(this.#clock, this.#journal, from, frame);
  }

  #serve(frame: Record<string, unknown> | undefined): SandboxCall['status'] {
    const connection = this.#connection;
    const request: Request = { parts: this.#web, connection, frame: frame ?? {} };
    try {
      this.#web.limits.count('requestsPerMinute', connection.id);
      if (frame === undefined) throw refuse(400, 'The frame is not a JSON object.');
      return perform(request);
    } catch (error) {
      if (error instanceof Refusal) return answer(request, error.frame);
      return answer(request, errorFrame(5000, 'Request failed.'));
    }
  }

  #serveUnheard(frame: Record<string, unknown> | undefined): void {
    this.#connection.muted = true;
    this.#serve(frame);
    this.#connection.muted = false;
  }

  #settle(call: SandboxCall, status: SandboxCall['status']): void {
    noteSession(call, this.#web.sessions.ofConnection(this.#connection));
    if (status !== null) this.#journal.decide(call, status);
    this.#journal.settle(call, null);
  }

  #afterDelay({ delay }: SocketFault, call: SandboxCall, goOn: () => void): void {
    if (delay === 0) {
      goOn();
      return;
    }
    const release = this.#web.faults.hold(() => this.#connection.cut());
    const leave = () => {
      this.#clock.clearTimeout(timer);
      release();
      this.#journal.settle(call);
    };
    const timer = this.#clock.setTimeout(() => {
      release();
      this.#socket.off('close', leave);
      goOn();
    }, delay);
    this.#socket.once('close', leave);
  }

  #holdIfFrozen(): void {
    if (!this.#connection.frozen) return;
    const release = this.#web.faults.hold(() => this.#connection.cut());
    this.#socket.once('close', release);
  }
}

function targetOf(frame: Record<string, unknown> | undefined): SocketFaultTarget {
  const action = String(frame?.action);
  if (frame !== undefined && action === 'onMessage')
    return kindOf(frame) === 'typing' ? 'typing' : 'onMessage';
  return targets.has(action) ? (action as SocketFaultTarget) : 'other';
}
