import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Conversations } from '../conversations/conversations.ts';
import { bodyOf } from '../http/body.ts';
import type { Answer, Calls } from '../http/calls.ts';
import { loginPath } from '../http/paths.ts';
import type { SandboxLane } from '../journal/call.ts';
import { type Credentials, issueBotToken } from '../rest/oauth.ts';
import type { Tokens } from '../rest/tokens.ts';
import { ContractError } from '../shared/contractError.ts';
import type { Inbound } from './inbound.ts';
import { channelsPath, installChannels } from './notifications.ts';
import type { OpenMessaging } from './openMessaging.ts';
import type { InboundKind } from './schemas.ts';

/** What the routes are served from. */
interface Parts {
  readonly openMessaging: OpenMessaging;
  readonly conversations: Conversations;
  readonly tokens: Tokens;
  readonly credentials: Credentials;
}

/** Room for all the topics that a channel takes, bytes. */
const largestSubscription = 256 * 1024;

const messagesPath = '/api/v2/conversations/messages';
const paths: Readonly<Record<InboundKind, string>> = {
  event: 'event',
  message: 'message',
  receipt: 'receipt',
  response: 'structured/response',
};

/** Adds the routes by which a server of one's own speaks Open Messaging with Genesys Cloud. */
export function installOpenMessaging(app: FastifyInstance, calls: Calls, parts: Parts): void {
  const { openMessaging, tokens, credentials, conversations } = parts;
  const { inbound, notifications } = openMessaging;
  const route = (
    method: 'GET' | 'POST' | 'PATCH',
    url: string,
    lane: SandboxLane,
    logic: (request: FastifyRequest) => Answer,
    options: { readonly bodyLimit?: number } = {},
  ) =>
    app.route({
      ...options,
      method,
      url,
      config: { lane },
      handler: calls.serve(logic),
      onSend: async (request, reply) => inbound.tellBudget(request, reply),
    });
  route('POST', loginPath, 'token', (request) => issueBotToken(tokens, credentials, request));
  for (const [kind, path] of Object.entries(paths) as [InboundKind, string][]) {
    const url = `${messagesPath}/:integrationId/inbound/open/${path}`;
    route('POST', url, 'open-messaging', (request) => inbound.answer(kind, request));
  }
  const admitted = (logic: (request: FastifyRequest) => Answer) => (request: FastifyRequest) => {
    inbound.admit(request);
    return logic(request);
  };
  route(
    'POST',
    channelsPath,
    'open-messaging',
    admitted((request) => notifications.open(request)),
  );
  route(
    'POST',
    `${channelsPath}/:id/subscriptions`,
    'open-messaging',
    admitted((request) => notifications.subscribe(request)),
    { bodyLimit: largestSubscription },
  );
  route(
    'GET',
    `${messagesPath}/:conversationId`,
    'open-messaging',
    admitted((request) => view(conversations, request)),
  );
  route(
    'GET',
    `${messagesPath}/:conversationId/messages/:messageId`,
    'open-messaging',
    admitted((request) => details(conversations, inbound, request)),
  );
  const participant = `${messagesPath}/:conversationId/participants/:participantId`;
  route(
    'PATCH',
    participant,
    'open-messaging',
    admitted((request) => leave(conversations, request)),
  );
  installChannels(app, notifications);
}

function view(conversations: Conversations, request: FastifyRequest): Answer {
  const { conversationId, guestId, agentId, ended, messages } = conversations.view(idOf(request));
  const state = ended ? 'disconnected' : 'connected';
  const of = (id: string) =>
    messages
      .filter(({ participantId }) => participantId === id)
      .map(({ messageId, sentAt }) => ({ messageId, messageTime: sentAt }));
  const participants = [
    { id: guestId, purpose: 'customer', state, messages: of(guestId) },
    { id: agentId, purpose: 'agent', state, messages: of(agentId) },
  ];
  return { status: 200, body: { id: conversationId, participants } };
}

function details(conversations: Conversations, inbound: Inbound, request: FastifyRequest): Answer {
  const { guestId, messages } = conversations.view(idOf(request));
  const { messageId } = request.params as { messageId: string };
  const message = messages.find((each) => each.messageId === messageId);
  if (message === undefined) throw new ContractError(404, 'not.found', 'There is no such message.');
  const { text: textBody, sentAt: timestamp, participantId } = message;
  const direction = participantId === guestId ? 'inbound' : 'outbound';
  const providerMessageId = inbound.providerIdOf(messageId);
  return { status: 200, body: { id: messageId, providerMessageId, timestamp, direction, textBody } };
}

function leave(conversations: Conversations, request: FastifyRequest): Answer {
  const { participantId } = request.params as { participantId: string };
  const { conversationId, guestId, agentId } = conversations.view(idOf(request));
  if (participantId !== guestId && participantId !== agentId) {
    throw new ContractError(404, 'not.found', 'There is no such participant.');
  }
  const body = bodyOf(request);
  const state = body === undefined || body.malformed ? undefined : (body.value as { state?: unknown })?.state;
  if (state !== 'disconnected') throw new ContractError(400, 'invalid.value', 'state must be disconnected.');
  conversations.end(conversationId);
  return { status: 204 };
}

function idOf(request: FastifyRequest): string {
  return (request.params as { conversationId: string }).conversationId;
}
