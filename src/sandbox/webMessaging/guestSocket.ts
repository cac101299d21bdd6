import type { FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { Core } from '../core.ts';
import type { SocketFault, SocketFaultTarget } from '../faults/socketFault.ts';
import type { SandboxCall } from '../journal/journal.ts';
import { perform } from './actions.ts';
import { Connection } from './connection.ts';
import { kindOf, noteSession, recordFrame } from './frameRecord.ts';
import { errorFrame, Refusal, refuse, tracingIdOf } from './frames.ts';
import { answer, type Request } from './request.ts';
import { playSocketFault } from './socketFaultPlayer.ts';

const CONFIGURATION_TIME = 30_000;
const TOO_LATE = 1008;
const TARGETS = new Set<string>([
  'configureSession',
  'echo',
  'closeSession',
  'getJwt',
] satisfies SocketFaultTarget[]);

/** Serves a guest's socket. Whoever has not configured a session in time is dropped. */
export function openGuestSocket(
  core: Core,
  socket: WebSocket,
  request: FastifyRequest,
  deploymentId: string,
  fault: SocketFault | undefined,
): void {
  const connection = new Connection(socket, request.raw.socket, deploymentId);
  const { sessions } = core.webMessaging;
  const host = String(request.headers.host);
  const hasOrigin = request.headers.origin !== undefined;
  const timer = core.clock.setTimeout(() => {
    if (connection.session === undefined) connection.close(TOO_LATE, 'no session');
  }, CONFIGURATION_TIME);
  socket.once('close', () => {
    core.clock.clearTimeout(timer);
    sessions.leave(connection);
  });
  socket.on('message', (data, isBinary) => {
    if (connection.frozen) return;
    receive(core, connection, host, hasOrigin, isBinary ? undefined : String(data), socket);
  });
  if (fault === undefined) return;
  if (fault.action === 'noAnswer') connection.freeze();
  else if (fault.action !== 'delay') playSocketFault(fault, connection);
  holdIfFrozen(core, connection, socket);
}

function receive(
  core: Core,
  connection: Connection,
  host: string,
  hasOrigin: boolean,
  text: string | undefined,
  socket: WebSocket,
): void {
  const frame = text === undefined ? undefined : parse(text);
  const call = recordFrame(core, connection, frame, hasOrigin);
  const request = { core, connection, host, frame: frame ?? {} };
  const fault = core.webMessaging.faults.take(targetOf(frame));
  if (fault === undefined) {
    settle(core, call, connection, serve(request, frame !== undefined));
    return;
  }
  call.faulted = true;
  const early = fault.applied && fault.action !== 'delay';
  if (early) unheard(request, () => serve(request, frame !== undefined));
  afterDelay(core, fault, connection, socket, call, () => {
    const outcome =
      fault.action === 'delay'
        ? serve(request, frame !== undefined)
        : playSocketFault(fault, connection, tracingIdOf(request.frame));
    holdIfFrozen(core, connection, socket);
    settle(core, call, connection, outcome);
  });
}

function serve(request: Request, isFrame: boolean): SandboxCall['status'] {
  const { core, connection } = request;
  try {
    core.webMessaging.limits.count('requestsPerMinute', connection.id);
    if (!isFrame) throw refuse(400, 'The frame is not a JSON object.');
    return perform(request);
  } catch (error) {
    if (error instanceof Refusal) return answer(request, error.frame);
    return answer(request, errorFrame(5000, 'Request failed.'));
  }
}

function settle(core: Core, call: SandboxCall, connection: Connection, status: SandboxCall['status']): void {
  noteSession(call, connection);
  if (status !== null) core.journal.decide(call, status);
  core.journal.settle(call, null);
}

function unheard({ connection }: Request, effect: () => void): void {
  connection.muted = true;
  effect();
  connection.muted = false;
}

function afterDelay(
  { clock, journal, webMessaging }: Core,
  { delay }: SocketFault,
  connection: Connection,
  socket: WebSocket,
  call: SandboxCall,
  goOn: () => void,
): void {
  if (delay === 0) {
    goOn();
    return;
  }
  const release = webMessaging.faults.hold(() => connection.cut());
  const leave = () => {
    clock.clearTimeout(timer);
    release();
    journal.settle(call);
  };
  const timer = clock.setTimeout(() => {
    release();
    socket.off('close', leave);
    goOn();
  }, delay);
  socket.once('close', leave);
}

function holdIfFrozen({ webMessaging }: Core, connection: Connection, socket: WebSocket): void {
  if (!connection.frozen) return;
  const release = webMessaging.faults.hold(() => connection.cut());
  socket.once('close', release);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    const isObject = typeof frame === 'object' && frame !== null && !Array.isArray(frame);
    return isObject ? (frame as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function targetOf(frame: Record<string, unknown> | undefined): SocketFaultTarget {
  const action = String(frame?.action);
  if (frame !== undefined && action === 'onMessage')
    return kindOf(frame) === 'typing' ? 'typing' : 'onMessage';
  return TARGETS.has(action) ? (action as SocketFaultTarget) : 'other';
}
