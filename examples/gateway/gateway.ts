import type { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import websocket from '@fastify/websocket';
import fastify, { type FastifyError } from 'fastify';
import { v4 as uuid } from 'uuid';
import { Unavailable } from './backing/backing.ts';
import { inProcess } from './backing/inProcess.ts';
import { onRedis } from './backing/onRedis.ts';
import { createBudget } from './budget.ts';
import { Conversations, type Live } from './conversations.ts';
import { createEnds } from './ends.ts';
import { createFailures } from './failures.ts';
import { installGuard } from './guard.ts';
import { installGuestRoutes } from './guestRoutes.ts';
import { createGuestTokens } from './guestTokens.ts';
import { createOpenMessaging } from './openMessaging.ts';
import type { GatewayOptions } from './options.ts';
import { createOutbox, type ToldCounts } from './outbox.ts';
import { createPlatform } from './platform.ts';
import { createReceipts } from './receipts.ts';
import { Refusal } from './refusal.ts';
import { createStreams } from './streams.ts';
import { createTyping } from './typing.ts';
import { installWebhook } from './webhook.ts';

/** A running gateway. */
export interface Gateway {
  /** Its address, which is the `orgUrl` of guests. */
  readonly url: string;
  /** Where the integration's webhooks go. */
  readonly webhookUrl: string;
  /** What this process has, and has done, for whoever watches it. */
  counts(): GatewayCounts;
  close(): Promise<void>;
}

/** What `GET /health` shows of a process. */
export interface GatewayCounts extends ToldCounts {
  /** Event streams that are connected to it. */
  readonly streams: number;
}

const largestBody = 64 * 1024;
const day = 24 * 3_600_000;
const healthPath = '/health';
/** How long a request may take to arrive, ms. */
const requestTimeout = 10_000;

/** Serves the guest contract, and speaks Open Messaging with Genesys Cloud behind it. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const log = options.log ?? (() => {});
  const { redisUrl, storage } = options;
  const backing = redisUrl === undefined ? inProcess(storage) : await onRedis({ url: redisUrl, log });
  const tokenLifetime = options.tokenLifetime ?? 3_600_000;
  const conversations: Conversations = new Conversations(backing, tokenLifetime + day, (live) => {
    ends.begun(live).catch(() => log('ends: a conversation could not be noted as live.'));
  });
  const tokens = createGuestTokens(options.signingKey, tokenLifetime, (sessionId) =>
    conversations.isOver(sessionId),
  );
  const platform = createPlatform(options, createBudget(backing, options.callsPerMinute ?? 300));
  const openMessaging = createOpenMessaging(platform, options.integrationId);
  const failures = createFailures(conversations, () => streams);
  const outbox = createOutbox({
    ...{ backing, conversations, openMessaging, failures, log },
    self: options.name ?? uuid(),
    onTakeover: options.onTakeover ?? (() => {}),
    deliveryTime: options.deliveryTime ?? day,
  });
  const typing = createTyping(backing, openMessaging, log);
  const { delivered } = createReceipts(backing, openMessaging, log);
  const streams = createStreams({ backing, conversations, tokens, onDelivered: delivered, log });
  const onEnd = async ({ conversationId, platformId }: Live): Promise<void> => {
    const isOver = await conversations.change(conversationId, (conversation) => {
      // The guest may have gone on in another one meanwhile.
      if (conversation.platformId !== platformId) return false;
      conversation.isLive = false;
      return true;
    });
    if (isOver)
      await streams.tell(conversationId, { type: 'conversation:ended', conversationId }).catch(() => {});
  };
  const ends = createEnds({ backing, platform, onEnd, log });

  const app = fastify({
    ...{ bodyLimit: largestBody, requestTimeout, logger: false, forceCloseConnections: true },
    trustProxy: [...(options.trustedProxies ?? [])],
  });
  app.setErrorHandler((thrown: FastifyError | Refusal | Unavailable, _request, reply) => {
    const error = thrown instanceof Unavailable ? away() : thrown;
    const status = error instanceof Refusal ? error.status : (error.statusCode ?? 500);
    if (status >= 500 && !(error instanceof Refusal)) log(`error: ${error.name}.`);
    if (error instanceof Refusal && error.retryAfter !== undefined)
      reply.header('retry-after', error.retryAfter);
    const message = status >= 500 && !(error instanceof Refusal) ? 'The gateway failed.' : error.message;
    return reply.code(status).send({ message, code: error.code ?? 'internal', status });
  });
  await app.register(cors, {
    origin: [...(options.allowedOrigins ?? [])],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Genesys-Request-Id'],
    exposedHeaders: ['Retry-After', 'Date'],
    maxAge: 600,
  });
  await app.register(websocket, { options: { maxPayload: largestBody } });
  const allowedOrigins = options.allowedOrigins ?? [];
  const isOpen = (path: string): boolean => path.startsWith('/genesys/') || path === healthPath;
  const guard = await installGuard(app, allowedOrigins, options.limits, isOpen);
  installGuestRoutes(app, {
    ...{ conversations, streams, outbox, typing, guard, log },
    tokens: guard.counting(tokens),
    readWebhookUrl: options.readWebhookUrl,
  });
  installWebhook(app, {
    ...{ backing, conversations, streams, failures, log },
    webhookSecret: options.webhookSecret,
  });
  const counts = (): GatewayCounts => ({
    streams: streams.size,
    ...outbox.told,
  });
  app.get(healthPath, async (_request, reply) => {
    const isReady = backing.isReady();
    const status = isReady ? 'ready' : 'waits for its store';
    return reply.code(isReady ? 200 : 503).send({ status, ...counts() });
  });

  await app.listen({ host: '127.0.0.1', port: options.port });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    url,
    webhookUrl: `${url}/genesys/webhook`,
    counts,
    close: async () => {
      streams.close();
      await app.close();
      await ends.close();
      await backing.close();
    },
  };
}

const away = (): Refusal =>
  new Refusal(503, 'service.unavailable', 'The store of the gateway cannot be reached; try again.', 2);
