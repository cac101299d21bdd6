import type { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import websocket from '@fastify/websocket';
import fastify, { type FastifyError } from 'fastify';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { createStorage } from 'unstorage';
import { Conversations } from './conversations.ts';
import { createEnds } from './ends.ts';
import { installGuestRoutes } from './guestRoutes.ts';
import { createGuestTokens } from './guestTokens.ts';
import { createOpenMessaging } from './openMessaging.ts';
import type { GatewayOptions } from './options.ts';
import { createPlatform } from './platform.ts';
import { Refusal, tooMany } from './refusal.ts';
import { createStreams } from './streams.ts';
import { createTyping } from './typing.ts';
import { installWebhook } from './webhook.ts';

/** A running gateway. */
export interface Gateway {
  /** Its address, which is the `orgUrl` of guests. */
  readonly url: string;
  /** Where the integration's webhooks go. */
  readonly webhookUrl: string;
  close(): Promise<void>;
}

const largestBody = 64 * 1024;
/** Calls of one address in 10 s; a page that types, reads and writes makes some twenty. */
const callsOfAnAddress = { points: 300, duration: 10 };

/** Serves the guest contract, and speaks Open Messaging with Genesys Cloud behind it. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const log = options.log ?? (() => {});
  const conversations = new Conversations(options.storage ?? createStorage());
  const tokens = createGuestTokens(options.signingKey, options.tokenLifetime ?? 3_600_000, (sessionId) =>
    conversations.isOver(sessionId),
  );
  const streams = createStreams(tokens, async (conversationId) => {
    const { isLive, platformId } = await conversations.get(conversationId);
    return platformId !== null && !isLive;
  });
  const platform = createPlatform(options);
  const openMessaging = createOpenMessaging(platform, options.integrationId);
  const typing = createTyping(openMessaging, log);

  const names = new Map<string, string>();
  const ends = createEnds(
    platform,
    (platformId) => {
      const conversationId = names.get(platformId);
      names.delete(platformId);
      if (conversationId !== undefined)
        end(conversationId, platformId).catch(() => log('end: could not be noted.'));
    },
    log,
  );
  const end = async (conversationId: string, platformId: string): Promise<void> => {
    const isOver = await conversations.change(conversationId, (conversation) => {
      // The guest may have gone on in another one meanwhile.
      if (conversation.platformId !== platformId) return false;
      conversation.isLive = false;
      return true;
    });
    if (isOver) await streams.tell(conversationId, { type: 'conversation:ended', conversationId });
  };

  const app = fastify({ bodyLimit: largestBody, logger: false, forceCloseConnections: true });
  const addresses = new RateLimiterMemory(callsOfAnAddress);
  app.setErrorHandler((error: FastifyError | Refusal, _request, reply) => {
    const status = error instanceof Refusal ? error.status : (error.statusCode ?? 500);
    if (status >= 500 && !(error instanceof Refusal)) log(`error: ${error.name}.`);
    if (error instanceof Refusal && error.retryAfter !== undefined)
      reply.header('retry-after', error.retryAfter);
    const message = status >= 500 && !(error instanceof Refusal) ? 'The gateway failed.' : error.message;
    return reply.code(status).send({ message, code: error.code ?? 'internal', status });
  });
  await app.register(cors, {
    origin: [...(options.allowedOrigins ?? [])],
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Genesys-Request-Id'],
    exposedHeaders: ['Retry-After', 'Date'],
    maxAge: 600,
  });
  await app.register(websocket, { options: { maxPayload: largestBody } });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', date: new Date().toUTCString() });
    if (request.url.startsWith('/genesys/')) return;
    await addresses.consume(request.ip).catch((spent: { msBeforeNext?: number }) => {
      throw tooMany(Math.max(1, Math.ceil((spent.msBeforeNext ?? 1000) / 1000)));
    });
  });
  installGuestRoutes(app, {
    conversations,
    tokens,
    streams,
    openMessaging,
    typing,
    log,
    readWebhookUrl: options.readWebhookUrl,
    watch: (platformId, conversationId) => {
      names.set(platformId, conversationId);
      ends.watch(platformId);
    },
  });
  installWebhook(app, { conversations, streams, openMessaging, webhookSecret: options.webhookSecret, log });

  await app.listen({ host: '127.0.0.1', port: options.port });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    url,
    webhookUrl: `${url}/genesys/webhook`,
    close: async () => {
      ends.close();
      streams.close();
      await app.close();
    },
  };
}
