import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import websocket from '@fastify/websocket';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Sandbox } from '../control/handle.ts';
import { installControl } from '../control/routes.ts';
import type { Core } from '../core.ts';
import type { Settings } from '../options.ts';
import { installPages } from '../pages/pages.ts';
import { installContract, serveUnknown } from '../rest/contract.ts';
import { OAuthError } from '../rest/oauth.ts';
import { ContractError, defaultCode, errorBody } from '../shared/contractError.ts';
import { installWebMessaging } from '../webMessaging/webMessaging.ts';
import { installBodyGuard, installGuard } from './guard.ts';
import { installRecording, isRecorded, type ParsedBody } from './recording.ts';

const LARGEST_BODY = 64 * 1024;
const TIMEOUTS = { requestTimeout: 10_000, keepAliveTimeout: 30_000 };
const HTTP = {
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5000,
  maxHeaderSize: 16 * 1024,
  // A missing Host is answered by the guard, with 403.
  requireHostHeader: false,
};

/** A listening server; `close` destroys every connection and resolves when the ports are free. */
export interface Listening {
  port: number;
  close(): Promise<void>;
}

/** Builds the server with all its routes and listens on the loopback. Rejects when the port is taken. */
export async function listen(core: Core, settings: Settings, sandbox: () => Sandbox): Promise<Listening> {
  const app = await buildApp(core, settings, sandbox);
  const sockets = new Set<Socket>();
  guardConnections(app.server, sockets, settings.maxConnections);
  await app.listen({ host: '127.0.0.1', port: settings.port });
  const { port } = app.server.address() as AddressInfo;
  const second = await listenOnSecondLoopback(app.server, sockets, settings.maxConnections, port);
  return {
    port,
    close: async () => {
      const closed = [app.close(), second === undefined ? undefined : closeServer(second)];
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

async function buildApp(core: Core, settings: Settings, sandbox: () => Sandbox): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: LARGEST_BODY,
    forceCloseConnections: true,
    ...TIMEOUTS,
    http: HTTP,
  });
  installParsers(app);
  app.setErrorHandler((error, _request, reply) => sendError(error as FastifyError, reply));
  await app.register(websocket, {
    options: { maxPayload: LARGEST_BODY, perMessageDeflate: false },
    errorHandler: (_error, socket) => socket.terminate(),
  });
  installGuard(app, core);
  installRecording(app, core);
  installBodyGuard(app);
  const unknownCall = serveUnknown(core);
  app.setNotFoundHandler(async (request, reply) => {
    if (isRecorded(request)) return unknownCall(request, reply);
    throw new ContractError(404, 'not.found', 'There is nothing here.');
  });
  installContract(app, core);
  installWebMessaging(app, core);
  installControl(app, core, sandbox);
  installPages(app, core, settings);
  return app;
}

function installParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // Malformed JSON is not refused here: the contract checks the token before it looks at the body.
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: unknown, text: string) => {
      try {
        return { malformed: false, value: text === '' ? {} : JSON.parse(text) } satisfies ParsedBody;
      } catch {
        return { malformed: true } satisfies ParsedBody;
      }
    },
  );
  const form = 'application/x-www-form-urlencoded';
  app.addContentTypeParser(form, { parseAs: 'string' }, async (_request: unknown, text: string) => {
    return { malformed: false, value: Object.fromEntries(new URLSearchParams(text)) } satisfies ParsedBody;
  });
}

function sendError(error: FastifyError | ContractError, reply: FastifyReply): FastifyReply {
  if (error instanceof OAuthError) {
    return reply.code(error.status).send({ error: error.code, error_description: error.message });
  }
  const contextId = String(reply.getHeader('x-genesys-request-id') ?? '');
  if (error instanceof ContractError) {
    const body = errorBody(error.status, error.code, error.message, contextId);
    return reply.code(error.status).headers(error.headers).send(body);
  }
  const status = (error as FastifyError).statusCode ?? 500;
  return reply.code(status).send(errorBody(status, defaultCode(status), error.message, contextId));
}

function guardConnections(server: Server, sockets: Set<Socket>, maxConnections: number): void {
  server.maxConnections = maxConnections;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
}

async function listenOnSecondLoopback(
  main: Server,
  sockets: Set<Socket>,
  maxConnections: number,
  port: number,
): Promise<Server | undefined> {
  const second = createServer({ ...TIMEOUTS, ...HTTP });
  for (const event of ['request', 'upgrade', 'clientError']) {
    second.on(event, (...details: unknown[]) => main.emit(event, ...details));
  }
  guardConnections(second, sockets, maxConnections);
  return new Promise((resolve) => {
    // Not every machine has IPv6, and the port may be another program's there: 127.0.0.1 alone will do.
    second.once('error', () => resolve(undefined));
    second.listen({ host: '::1', port }, () => resolve(second));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
