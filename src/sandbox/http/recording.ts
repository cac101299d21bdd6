import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SandboxCall, SandboxLane } from '../journal/call.ts';
import type { Journal } from '../journal/journal.ts';
import { redact, redactText } from '../journal/redact.ts';
import { looksReal } from '../shared/secrets.ts';
import { bearerToken } from './bearer.ts';
import { bodyOf } from './body.ts';
import { loginPath, socketPath } from './paths.ts';
import { pathOf, requestIdOf } from './request.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    lane?: SandboxLane;
  }
}

const calls = new WeakMap<FastifyRequest, SandboxCall>();

/** Whether `request` is a call of the contract, and so recorded. */
export function isRecorded(request: FastifyRequest): boolean {
  return calls.has(request);
}

/** The record of the call that `request` makes. Throws when the request is no call of the contract. */
export function callOf(request: FastifyRequest): SandboxCall {
  const call = calls.get(request);
  if (call === undefined) throw new Error(`${request.method} ${pathOf(request)} is not recorded`);
  return call;
}

/** Records every request under `/api/`, and every handshake of a guest's socket, from its arrival to its outcome. To be installed after the guard. */
export function installRecording(app: FastifyInstance, journal: Journal): void {
  app.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request);
    const template = request.routeOptions.url ?? '/*';
    const isCall = path.startsWith('/api/') || template.startsWith('/api/');
    if (!isCall && template !== socketPath && template !== loginPath) return;
    const call = journal.open({
      method: request.method,
      route: template === '/*' ? redactText(path) : template,
      path: redactText(path),
      lane: request.routeOptions.config?.lane ?? 'other',
      requestId: redactText(requestIdOf(request) ?? null),
      headers: {
        authorization: request.headers.authorization !== undefined,
        origin: request.headers.origin !== undefined,
      },
    });
    const { participantId, conversationId } = (request.params ?? {}) as Record<string, string | undefined>;
    call.participantId = redactText(participantId ?? null);
    call.conversationId = redactText(conversationId ?? null);
    calls.set(request, call);
    reply.raw.once('close', () => journal.settle(call));
  });

  app.addHook('onSend', async (request, reply) => {
    const call = calls.get(request);
    if (call !== undefined) journal.decide(call, reply.statusCode);
  });
}

/** Puts the body on the record, without secrets, and tells of the call's arrival. */
export function recordArrival(journal: Journal, request: FastifyRequest): SandboxCall {
  const call = callOf(request);
  const body = bodyOf(request);
  if (body?.malformed) {
    call.body = '[malformed]';
  } else if (looksReal(bearerToken(request) ?? '')) {
    call.body = '[not recorded: the call carried what looks like a real token]';
  } else {
    call.body = redact(body?.value ?? null);
    const conversationId = (body?.value as { conversationId?: unknown } | null | undefined)?.conversationId;
    if (typeof conversationId === 'string' && conversationId.length <= 512)
      call.conversationId = redactText(conversationId);
  }
  journal.arrived(call);
  return call;
}

/** Puts on the record that the call became a socket. */
export function recordUpgrade(journal: Journal, request: FastifyRequest): void {
  const call = callOf(request);
  journal.decide(call, 101);
  journal.settle(call);
}
