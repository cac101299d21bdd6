import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallFault, CallFaults } from '../faults/callFault.ts';
import type { Journal } from '../journal/journal.ts';
import type { SandboxClock } from '../shared/clock.ts';
import { defaultCode, errorBody, rateLimitMessage } from '../shared/contractError.ts';
import { callOf } from './recording.ts';

/** Plays scripted faults on calls. */
export class FaultPlayer {
  readonly #clock: SandboxClock;
  readonly #journal: Journal;
  readonly #faults: Pick<CallFaults, 'hold'>;

  constructor(clock: SandboxClock, journal: Journal, faults: Pick<CallFaults, 'hold'>) {
    this.#clock = clock;
    this.#journal = journal;
    this.#faults = faults;
  }

  /** Waits for the fault's delay. Resolves to false when the call was cut off meanwhile. */
  delayed(fault: CallFault, request: FastifyRequest): Promise<boolean> {
    if (fault.delay === 0) return Promise.resolve(true);
    const { socket } = request.raw;
    return new Promise((resolve) => {
      const settle = (goOn: boolean) => {
        this.#clock.clearTimeout(timer);
        forget();
        socket.off('close', leave);
        resolve(goOn);
      };
      const leave = () => settle(false);
      const timer = this.#clock.setTimeout(() => settle(true), fault.delay);
      const forget = this.#faults.hold(() => socket.destroy());
      socket.once('close', leave);
    });
  }

  /** Plays the fault's action in place of an answer and puts the outcome on the record. */
  play(fault: CallFault, request: FastifyRequest, reply: FastifyReply): void {
    const { raw } = reply.hijack();
    const { socket } = request.raw;
    const decide = this.#journal.decide.bind(this.#journal, callOf(request));
    const hold = () => {
      const forget = this.#faults.hold(() => socket.destroy());
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
        this.#journal.settle(callOf(request));
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
        this.#journal.settle(callOf(request));
        hold();
        this.#trickle(fault, request, reply);
        return;
      case 'respond': {
        const status = fault.status ?? 500;
        const body = fault.body ?? defaultBody(fault, status, reply);
        decide(status);
        sendHead(status, {
          ...(fault.body === undefined &&
            body !== '' && { 'content-type': 'application/json; charset=utf-8' }),
          ...(request.ws && { connection: 'close' }),
        });
        raw.end(body);
        if (request.ws) raw.once('finish', () => socket.end());
      }
    }
  }

  #trickle(fault: CallFault, request: FastifyRequest, reply: FastifyReply): void {
    const bytes = Buffer.from(fault.body ?? '{"');
    let sent = 0;
    let timer: unknown;
    const next = () => {
      const byte = sent < bytes.length ? bytes.subarray(sent, sent + 1) : ' ';
      sent += 1;
      reply.raw.write(byte);
      timer = this.#clock.setTimeout(next, fault.interval);
    };
    timer = this.#clock.setTimeout(next, fault.interval);
    request.raw.socket.once('close', () => this.#clock.clearTimeout(timer));
  }
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
