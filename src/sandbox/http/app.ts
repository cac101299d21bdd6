import websocket from '@fastify/websocket';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Journal } from '../journal/journal.ts';
import { ContractError, defaultCode, errorBody } from '../shared/contractError.ts';
import { installParsers } from './body.ts';
import type { Calls } from './calls.ts';
import { type GuardSettings, installBodyGuard, installGuard } from './guard.ts';
import { httpOptions, timeouts } from './listen.ts';
import { installRecording, isRecorded } from './recording.ts';

const largestBody = 64 * 1024;

/** Makes a server without routes, which guards and records whatever comes and refuses what there is no route for. */
export async function createApp(
  guard: GuardSettings,
  journal: Journal,
  calls: Calls,
): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: largestBody,
    forceCloseConnections: true,
    ...timeouts,
    http: httpOptions,
  });
  installParsers(app);
  app.setErrorHandler((error, _request, reply) => sendError(error as FastifyError, reply));
  await app.register(websocket, {
    options: { maxPayload: largestBody, perMessageDeflate: false },
    errorHandler: (_error, socket) => socket.terminate(),
  });
  installGuard(app, guard);
  installRecording(app, journal);
  installBodyGuard(app);
  const unknownCall = calls.serve(() => {
    throw new ContractError(404, 'not.found', 'There is no such resource.');
  });
  app.setNotFoundHandler(async (request, reply) => {
    if (isRecorded(request)) return unknownCall(request, reply);
    throw new ContractError(404, 'not.found', 'There is nothing here.');
  });
  return app;
}

function sendError(error: FastifyError | ContractError, reply: FastifyReply): FastifyReply {
  const contextId = String(reply.getHeader('x-genesys-request-id') ?? '');
  if (error instanceof ContractError) {
    return reply.code(error.status).headers(error.headers).send(error.toBody(contextId));
  }
  const status = error.statusCode ?? 500;
  return reply.code(status).send(errorBody(status, defaultCode(status), error.message, contextId));
}
