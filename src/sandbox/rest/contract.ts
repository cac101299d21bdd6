import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Conversations, longestText } from '../conversations/conversations.ts';
import { requireBearer } from '../http/bearer.ts';
import { bodyOf } from '../http/body.ts';
import type { Answer, Calls, Logic } from '../http/calls.ts';
import { messagingPath, tokenPath } from '../http/paths.ts';
import type { SandboxLane } from '../journal/call.ts';
import { ContractError, tooManyRequests } from '../shared/contractError.ts';
import type { RateLimiter } from '../shared/rateLimit.ts';
import type { Switches } from '../shared/switches.ts';
import type { EventStreams } from './eventStreams.ts';
import { type Credentials, issueBotToken } from './oauth.ts';
import type { Bearer, Tokens } from './tokens.ts';

/** What the contract is served from. */
interface ContractParts {
  readonly conversations: Conversations;
  readonly tokens: Tokens;
  readonly limiter: RateLimiter;
  readonly streams: EventStreams;
  readonly switches: Readonly<Switches>;
  readonly credentials: Credentials;
}

/** Adds the routes a guest and a bot call. */
export function installContract(app: FastifyInstance, calls: Calls, parts: ContractParts): void {
  const { conversations, streams, tokens } = parts;
  const post = (url: string, lane: SandboxLane, logic: Logic) =>
    app.post(url, { config: { lane }, handler: calls.serve(logic) });
  for (const url of [messagingPath, `${messagingPath}/`]) {
    post(url, 'start', (request) => startConversation(parts, request));
  }
  const participant = `${messagingPath}/participants/:participantId`;
  post(`${participant}/typing`, 'typing', (request) => typing(parts, request));
  post(`${participant}/read`, 'read', (request) => read(parts, request));
  post(`${participant}/messages`, 'message', (request) => sendMessage(parts, request));
  post(tokenPath, 'token', (request) => issueBotToken(tokens, parts.credentials, request));
  app.get(`${messagingPath}/:conversationId/messages`, {
    config: { lane: 'history' },
    handler: calls.serve((request) => history(parts, request)),
  });
  const preHandler = async (request: FastifyRequest, reply: FastifyReply) => {
    if (await calls.intercept(request, reply)) return reply;
  };
  const stream = { websocket: true, config: { lane: 'stream' }, preHandler } as const;
  app.get(`${messagingPath}/events`, stream, (socket, request) => {
    calls.upgraded(request);
    streams.open(socket, tokens, conversations);
  });
}

function startConversation(parts: ContractParts, request: FastifyRequest): Answer {
  jsonOf(request);
  const { conversationId, guestId } = parts.conversations.start();
  const token = parts.tokens.issueGuest(conversationId, guestId);
  return { status: 200, body: { conversationId, guestId, ...token } };
}

function typing(parts: ContractParts, request: FastifyRequest): Answer {
  const bearer = authorise(parts, request);
  if (!parts.switches.typingEnabled)
    throw new ContractError(403, 'typing.disabled', 'Typing indicators are switched off.');
  limitRate(parts, request, bearer, 'typing');
  const { conversationId, isTyping } = jsonOf(request);
  const id = requireText('conversationId', conversationId);
  if (typeof isTyping !== 'boolean') throw badRequest('isTyping must be true or false.');
  parts.conversations.setTyping(id, participantIn(parts, request, bearer, id), isTyping);
  return { status: 204 };
}

function read(parts: ContractParts, request: FastifyRequest): Answer {
  const bearer = authorise(parts, request);
  limitRate(parts, request, bearer, 'read');
  const { conversationId, messageId } = jsonOf(request);
  const id = requireText('conversationId', conversationId);
  const upTo = messageId === undefined ? undefined : requireText('messageId', messageId);
  parts.conversations.read(id, participantIn(parts, request, bearer, id), upTo);
  return { status: 204 };
}

function sendMessage(parts: ContractParts, request: FastifyRequest): Answer {
  const bearer = authorise(parts, request);
  const { conversationId, text } = jsonOf(request);
  const id = requireText('conversationId', conversationId);
  const words = requireText('text', text, longestText);
  return { status: 200, body: parts.conversations.say(id, participantIn(parts, request, bearer, id), words) };
}

function history(parts: ContractParts, request: FastifyRequest): Answer {
  const bearer = authenticate(parts, request);
  const { conversationId } = request.params as { conversationId: string };
  if (bearer.kind === 'guest' && bearer.conversationId !== conversationId) {
    throw new ContractError(404, 'not.found', 'There is no such conversation.');
  }
  const { after, limit } = request.query as { after?: string; limit?: string };
  const most = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  if (!(most >= 1)) throw badRequest('limit must be a whole number from 1.');
  const { messages } = parts.conversations.view(conversationId);
  const reads = parts.conversations.reads(conversationId);
  const index = after === undefined ? -1 : messages.findIndex(({ messageId }) => messageId === after);
  if (after !== undefined && index < 0)
    throw new ContractError(404, 'not.found', 'There is no such message.');
  const page = after === undefined ? messages.slice(-most) : messages.slice(index + 1, index + 1 + most);
  return { status: 200, body: { conversationId, messages: page, reads } };
}

function authenticate({ tokens }: ContractParts, request: FastifyRequest): Bearer {
  return requireBearer(request, (token) => tokens.bearer(token));
}

function authorise(parts: ContractParts, request: FastifyRequest): Bearer {
  const bearer = authenticate(parts, request);
  if (parts.tokens.maySend(bearer)) return bearer;
  throw new ContractError(403, 'missing.scope', 'The token lacks the scope webmessaging:conversation:write.');
}

function limitRate(
  { limiter }: ContractParts,
  request: FastifyRequest,
  bearer: Bearer,
  lane: SandboxLane,
): void {
  const { participantId } = request.params as { participantId: string };
  const who = bearer.kind === 'guest' ? bearer.participantId : participantId;
  const seconds = limiter.take(`${lane} ${who}`);
  if (seconds > 0) throw tooManyRequests(seconds);
}

function jsonOf(request: FastifyRequest): Record<string, unknown> {
  const body = bodyOf(request);
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

function participantIn(
  parts: ContractParts,
  request: FastifyRequest,
  bearer: Bearer,
  conversationId: string,
): string {
  const { participantId } = request.params as { participantId: string };
  const isOwn = bearer.kind === 'bot' || bearer.participantId === participantId;
  if (isOwn && parts.conversations.has(conversationId, participantId)) return participantId;
  throw new ContractError(404, 'not.found', 'There is no such participant in such a conversation.');
}
