import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { isDelayOnly } from '../faults/callFault.ts';
import { delayed, playFault } from '../http/faultPlayer.ts';
import { bearerToken, type ParsedBody, recordArrival } from '../http/recording.ts';
import type { SandboxLane } from '../journal/journal.ts';
import { ContractError, rateLimitMessage } from '../shared/contractError.ts';
import { openEventStream } from './eventStreams.ts';
import { issueBotToken } from './oauth.ts';
import { type Bearer, looksReal } from './tokens.ts';

/** Where the contract lives. */
export const BASE = '/api/v2/conversations/messaging';

/** What a route answers when no fault interferes. */
export interface Answer {
  status: number;
  body?: object;
}

type Logic = (core: Core, request: FastifyRequest) => Answer;

const LONGEST_TEXT = 4096;

/** Adds the routes a guest and a bot call. */
export function installContract(app: FastifyInstance, core: Core): void {
  const post = (url: string, lane: SandboxLane, logic: Logic) =>
    app.post(url, { config: { lane }, handler: serve(core, logic) });
  post(BASE, 'start', startConversation);
  post(`${BASE}/`, 'start', startConversation);
  post(`${BASE}/participants/:participantId/typing`, 'typing', typing);
  post(`${BASE}/participants/:participantId/read`, 'read', read);
  post(`${BASE}/participants/:participantId/messages`, 'message', sendMessage);
  post('/api/v2/oauth/token', 'token', issueBotToken);
  app.get(`${BASE}/:conversationId/messages`, { handler: serve(core, history) });
  const preHandler = async (request: FastifyRequest, reply: FastifyReply) => {
    if (await intercept(core, request, reply)) return reply;
  };
  app.get(`${BASE}/events`, { websocket: true, config: { lane: 'stream' }, preHandler }, (socket, request) =>
    openEventStream(core, socket, request),
  );
}

/** Answers a contract call for which there is no route; faults of the lane `other` apply to it. */
export function serveUnknown(
  core: Core,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return serve(core, () => {
    throw new ContractError(404, 'not.found', 'There is no such resource.');
  });
}

/** Serves a call with `logic`, unless a fault interferes. */
export function serve(core: Core, logic: Logic) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (await intercept(core, request, reply, logic)) return reply;
    return send(reply, logic(core, request));
  };
}

/** Plays the fault that means this call, if there is one; resolves to whether the call is dealt with. */
async function intercept(
  core: Core,
  request: FastifyRequest,
  reply: FastifyReply,
  logic?: Logic,
): Promise<boolean> {
  const call = recordArrival(core, request);
  const fault = core.faults.take(call);
  if (fault === undefined) return false;
  call.faulted = true;
  const real = fault.applied && logic !== undefined ? attempt(() => logic(core, request)) : undefined;
  if (!(await delayed(core, fault, request))) {
    reply.hijack();
    return true;
  }
  if (!isDelayOnly(fault)) {
    playFault(core, fault, request, reply);
    return true;
  }
  if (real === undefined) return false;
  send(reply, real());
  return true;
}

function attempt<Value>(compute: () => Value): () => Value {
  try {
    const value = compute();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function send(reply: FastifyReply, { status, body }: Answer): FastifyReply {
  return reply.code(status).send(body);
}

function startConversation(core: Core, request: FastifyRequest): Answer {
  jsonOf(request);
  const { conversationId, guestId } = core.conversations.start();
  const token = core.tokens.issueGuest(conversationId, guestId);
  return { status: 200, body: { conversationId, guestId, ...token } };
}

function typing(core: Core, request: FastifyRequest): Answer {
  const bearer = authorise(core, request);
  if (!core.typingEnabled)
    throw new ContractError(403, 'typing.disabled', 'Typing indicators are switched off.');
  limitRate(core, request, bearer, 'typing');
  const { conversationId, isTyping } = jsonOf(request);
  const id = requireText('conversationId', conversationId);
  if (typeof isTyping !== 'boolean') throw badRequest('isTyping must be true or false.');
  core.conversations.setTyping(id, participantIn(core, request, bearer, id), isTyping);
  return { status: 204 };
}

function read(core: Core, request: FastifyRequest): Answer {
  const bearer = authorise(core, request);
  limitRate(core, request, bearer, 'read');
  const { conversationId, messageId } = jsonOf(request);
  const id = requireText('conversationId', conversationId);
  const upTo = messageId === undefined ? undefined : requireText('messageId', messageId);
  core.conversations.read(id, participantIn(core, request, bearer, id), upTo);
  return { status: 204 };
}

function sendMessage(core: Core, request: FastifyRequest): Answer {
  const bearer = authorise(core, request);
  const { conversationId, text } = jsonOf(request);
  const id = requireText('conversationId', conversationId);
  const words = requireText('text', text, LONGEST_TEXT);
  return { status: 200, body: core.conversations.say(id, participantIn(core, request, bearer, id), words) };
}

function history(core: Core, request: FastifyRequest): Answer {
  const bearer = authenticate(core, request);
  const { conversationId } = request.params as { conversationId: string };
  if (bearer.kind === 'guest' && bearer.conversationId !== conversationId) {
    throw new ContractError(404, 'not.found', 'There is no such conversation.');
  }
  const { messages } = core.conversations.view(conversationId);
  return { status: 200, body: { conversationId, messages } };
}

function authenticate(core: Core, request: FastifyRequest): Bearer {
  const token = bearerToken(request) ?? '';
  if (looksReal(token)) {
    const message = 'This looks like a real token. Never send one here: the sandbox issues its own tokens.';
    throw new ContractError(401, 'unauthorized', message);
  }
  const bearer = core.tokens.bearer(token);
  if (bearer === undefined) {
    throw new ContractError(401, 'unauthorized', 'The token is missing, unknown or expired.');
  }
  return bearer;
}

function authorise(core: Core, request: FastifyRequest): Bearer {
  const bearer = authenticate(core, request);
  if (core.tokens.maySend(bearer)) return bearer;
  throw new ContractError(403, 'missing.scope', 'The token lacks the scope webmessaging:conversation:write.');
}

function limitRate({ limiter }: Core, request: FastifyRequest, bearer: Bearer, lane: SandboxLane): void {
  const { participantId } = request.params as { participantId: string };
  const who = bearer.kind === 'guest' ? bearer.participantId : participantId;
  const seconds = limiter.take(`${lane} ${who}`);
  if (seconds === 0) return;
  const headers = { 'retry-after': String(seconds) };
  throw new ContractError(429, 'too.many.requests.retry.after', rateLimitMessage(seconds), headers);
}

function jsonOf(request: FastifyRequest): Record<string, unknown> {
  const body = request.body as ParsedBody | undefined;
  if (body === undefined) return {};
  if (body.malformed) throw badRequest('The body is not JSON.');
  if (typeof body.value !== 'object' || body.value === null || Array.isArray(body.value)) {
    throw badRequest('The body must be a JSON object.');
  }
  return body.value as Record<string, unknown>;
}

function requireText(name: string, value: unknown, longest = 512): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= longest) return value;
  throw badRequest(`${name} must be a string of 1 to ${longest} characters.`);
}

function badRequest(message: string): ContractError {
  return new ContractError(400, 'bad.request', message);
}

function participantIn(core: Core, request: FastifyRequest, bearer: Bearer, conversationId: string): string {
  const { participantId } = request.params as { participantId: string };
  const isOwn = bearer.kind === 'bot' || bearer.participantId === participantId;
  if (isOwn && core.conversations.has(conversationId, participantId)) return participantId;
  throw new ContractError(404, 'not.found', 'There is no such participant in such a conversation.');
}
