import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ofetch } from 'ofetch';
import { v5 as nameBased, v4 as uuid } from 'uuid';
import { Unavailable } from './backing/backing.ts';
import { capabilities } from './capabilities.ts';
import { type Conversations, type Message, shown } from './conversations.ts';
import type { Guard } from './guard.ts';
import type { GuestClaims, GuestTokens } from './guestTokens.ts';
import type { Outbox } from './outbox.ts';
import { notFound, Refusal } from './refusal.ts';
import type { Streams } from './streams.ts';
import type { Typing } from './typing.ts';

/** What the guest contract is served from. */
interface Parts {
  readonly conversations: Conversations;
  readonly tokens: GuestTokens;
  readonly guard: Guard;
  readonly streams: Streams;
  readonly outbox: Outbox;
  readonly typing: Typing;
  readonly readWebhookUrl: string | undefined;
  readonly log: (line: string) => void;
}

const root = '/api/v2/conversations/messaging';
const longestText = 4096;
const largestPage = 40;
const tooManyStreams = 1013;

/** Adds the guest contract: what `guestRest` and `openGuestConversation` call. */
export function installGuestRoutes(app: FastifyInstance, parts: Parts): void {
  const { conversations, tokens, streams, guard } = parts;

  const start = async (request: FastifyRequest) => {
    await guard.start(request);
    const [conversationId, guestId] = [uuid(), uuid()];
    await conversations.begin(conversationId, guestId);
    return { conversationId, guestId, ...(await tokens.issue({ conversationId, guestId })) };
  };
  app.post(root, start);
  app.post(`${root}/`, start);

  // Not of the contract: what a page passes on to `guestRest`, how it comes by a fresh token, and how it logs out.
  app.get(`${root}/capabilities`, async () => capabilities);
  app.post(`${root}/token`, async (request) => tokens.issue(await tokens.recall(bearerOf(request))));
  app.post(`${root}/logout`, async (request, reply) => {
    const { sessionId } = await whoCalls(tokens, request);
    await conversations.endSession(sessionId);
    await streams.end(sessionId);
    return reply.code(204).send();
  });

  app.post(`${root}/participants/:participantId/typing`, async (request, reply) => {
    await noteTyping(parts, request).catch((error: unknown) => {
      // By the time that the store is back it is not true any more.
      if (!(error instanceof Unavailable)) throw error;
    });
    return reply.code(204).send();
  });

  app.post(`${root}/participants/:participantId/read`, async (request, reply) => {
    const { guestId, conversationId } = await participantIn(tokens, request);
    const { messageId } = bodyOf(request);
    const read = await conversations.change(conversationId, ({ messages, reads }) => {
      const at = messageId === undefined ? messages.length - 1 : placeOf(messages, messageId);
      if (at < 0 && messageId !== undefined)
        throw badRequest('messageId names no message of this conversation.');
      const mark = messages[at]?.messageId;
      if (mark === undefined || at <= placeOf(messages, reads[guestId])) return undefined;
      reads[guestId] = mark;
      return mark;
    });
    if (read !== undefined) tellRead(parts, { conversationId, guestId, messageId: read });
    return reply.code(204).send();
  });

  app.post(`${root}/participants/:participantId/messages`, async (request) => {
    const { conversationId } = await participantIn(tokens, request);
    const { text } = bodyOf(request);
    if (typeof text !== 'string' || text === '' || text.length > longestText) {
      throw badRequest(`text must be a string of 1 to ${longestText} characters.`);
    }
    const key = request.headers['idempotency-key'];
    if (key !== undefined && (typeof key !== 'string' || key.length < 16 || key.length > 256)) {
      throw badRequest('Idempotency-Key must have 16 to 256 characters.');
    }
    const messageId = key === undefined ? uuid() : nameBased(key, conversationId);
    const { message, place } = await parts.outbox.post(conversationId, messageId, text);
    await streams.tellMessage(conversationId, message, place).catch(() => {});
    return { messageId, sentAt: message.sentAt };
  });

  app.get(`${root}/:conversationId/messages`, async (request) => {
    const { conversationId } = await whoCalls(tokens, request);
    if ((request.params as { conversationId: string }).conversationId !== conversationId) throw notFound();
    const { after, limit = largestPage } = request.query as { after?: string; limit?: string };
    const most = Math.min(Number(limit), largestPage);
    if (!Number.isInteger(most) || most < 1) throw badRequest('limit must be a whole number from 1.');
    const { messages, reads } = await conversations.get(conversationId);
    const at = after === undefined ? -1 : placeOf(messages, after);
    if (after !== undefined && at < 0) throw new Refusal(404, 'not.found', 'There is no such message.');
    return {
      conversationId,
      messages: (after === undefined ? messages.slice(-most) : messages.slice(at + 1, at + 1 + most))
        .filter(({ isRefused }) => !isRefused)
        .map(shown),
      reads: Object.entries(reads).map(([participantId, messageId]) => ({ participantId, messageId })),
    };
  });

  app.get(`${root}/events`, { websocket: true }, (socket, request) => {
    if (guard.admits(request, socket)) streams.open(socket);
    else socket.close(tooManyStreams, 'too many streams');
  });
}

async function noteTyping({ tokens, conversations, typing }: Parts, request: FastifyRequest): Promise<void> {
  const { guestId, conversationId } = await participantIn(tokens, request);
  const { isTyping } = bodyOf(request);
  if (typeof isTyping !== 'boolean') throw badRequest('isTyping must be true or false.');
  const { isLive, platformId } = await conversations.get(conversationId);
  if (platformId !== null && !isLive) throw over();
  // The platform has no word for “stopped”: its indicator goes out by itself, or by the message.
  if (isTyping && isLive) void typing.announce(guestId);
}

/** Reads end here: the guest's other devices and the operator are told, since the platform has no word for them. */
function tellRead(
  { streams, readWebhookUrl, log }: Parts,
  { conversationId, guestId, messageId }: { conversationId: string; guestId: string; messageId: string },
): void {
  const frame = { type: 'conversation:read', conversationId, participantId: guestId, messageId };
  streams.tell(conversationId, frame).catch(() => log('read: the other devices could not be told.'));
  if (readWebhookUrl === undefined) return;
  const body = { conversationId, guestId, messageId };
  ofetch(readWebhookUrl, { method: 'POST', body, retry: 2, timeout: 5000 }).catch(() =>
    log('read: the operator could not be told.'),
  );
}

async function whoCalls(tokens: GuestTokens, request: FastifyRequest): Promise<GuestClaims> {
  return tokens.verify(bearerOf(request));
}

const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];

/** The guest who calls, if the path and the body name them and their conversation. */
async function participantIn(tokens: GuestTokens, request: FastifyRequest): Promise<GuestClaims> {
  const claims = await whoCalls(tokens, request);
  const { participantId } = request.params as { participantId: string };
  const { conversationId } = bodyOf(request);
  if (typeof conversationId !== 'string') throw badRequest('conversationId must be a string.');
  if (participantId !== claims.guestId || conversationId !== claims.conversationId) throw notFound();
  return claims;
}

function bodyOf(request: FastifyRequest): Record<string, unknown> {
  const { body } = request;
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw badRequest('The body must be a JSON object.');
}

const placeOf = (messages: readonly Message[], id: unknown): number =>
  messages.findIndex(({ messageId }) => messageId === id);

const badRequest = (message: string): Refusal => new Refusal(400, 'bad.request', message);

const over = (): Refusal =>
  new Refusal(409, 'conversation.inactive', 'The conversation is over; a message begins it again.');
