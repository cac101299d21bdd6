import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import type { CallFault } from '../faults/callFault.ts';
import { defaultCode, errorBody, rateLimitMessage } from '../shared/contractError.ts';
import { callOf } from './recording.ts';

/** Waits for the fault's delay. Resolves to false when the call was cut off meanwhile. */
export function delayed(
  { clock, faults }: Core,
  fault: CallFault,
  request: FastifyRequest,
): Promise<boolean> {
  if (fault.delay === 0) return Promise.resolve(true);
  const { socket } = request.raw;
  return new Promise((resolve) => {
    const settle = (goOn: boolean) => {
      clock.clearTimeout(timer);
      forget();
      socket.off('close', leave);
      resolve(goOn);
    };
    const leave = () => settle(false);
    const timer = clock.setTimeout(() => settle(true), fault.delay);
    const forget = faults.hold(() => socket.destroy());
    socket.once('close', leave);
  });
}

/** Plays the fault's action in place of an answer and puts the outcome on the record. */
export function playFault(core: Core, fault: CallFault, request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = reply.hijack();
  const { socket } = request.raw;
  const decide = core.journal.decide.bind(core.journal, callOf(request));
  const hold = () => {
    const forget = core.faults.hold(() => socket.destroy());
    socket.once('close', forget);
  };
  const sendHead = (status: number, extra: Record<string, string> = {}) => {
    raw.writeHead(status, {
      ...(reply.getHeaders() as Record<string, string | string[]>),
      ...(fault.bodyIsJson && { 'content-type': 'application/json; charset=utf-8' }),
      ...extra,
      ...fault.headers,
    });
  };

  switch (fault.action) {
    case 'reset':
      decide('reset');
      socket.resetAndDestroy();
      return;
    case 'hang':
      decide('hang');
      core.journal.settle(callOf(request));
      hold();
      return;
    case 'raw':
      decide('raw');
      socket.end(fault.body ?? '');
      return;
    case 'reset-after-headers': {
      decide('reset');
      const half = fault.body?.slice(0, Math.ceil(fault.body.length / 2)) || '{"';
      sendHead(fault.status ?? 200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
      raw.write(half, () => socket.destroy());
      return;
    }
    case 'trickle':
      decide(fault.status ?? 200);
      sendHead(fault.status ?? 200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
      raw.flushHeaders();
      core.journal.settle(callOf(request));
      hold();
      trickle(core, fault, request, reply);
      return;
    case 'respond': {
      const status = fault.status ?? 500;
      const body = fault.body ?? defaultBody(fault, status, reply);
      decide(status);
      sendHead(status, {
        ...(fault.body === undefined && body !== '' && { 'content-type': 'application/json; charset=utf-8' }),
        ...(request.ws && { connection: 'close' }),
      });
      raw.end(body);
      if (request.ws) raw.once('finish', () => socket.end());
    }
  }
}

function trickle({ clock }: Core, fault: CallFault, request: FastifyRequest, reply: FastifyReply): void {
  const bytes = Buffer.from(fault.body ?? '{"');
  let sent = 0;
  let timer: unknown;
  const next = () => {
    const byte = sent < bytes.length ? bytes.subarray(sent, sent + 1) : ' ';
    sent += 1;
    reply.raw.write(byte);
    timer = clock.setTimeout(next, fault.interval);
  };
  timer = clock.setTimeout(next, fault.interval);
  request.raw.socket.once('close', () => clock.clearTimeout(timer));
}

function defaultBody(fault: CallFault, status: number, reply: FastifyReply): string {
  if (status < 400) return '';
  const hint = fault.headers['retry-after'];
  const message =
    status === 429 && typeof hint === 'string' && /^\d+$/.test(hint)
      ? rateLimitMessage(Number(hint))
      : `A scripted fault answered with ${status}.`;
  return JSON.stringify(
    errorBody(status, defaultCode(status), message, String(reply.getHeader('x-genesys-request-id'))),
  );
}
