import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import type { Settings } from '../options.ts';
import { BASE } from '../rest/contract.ts';
import { ContractError } from '../shared/contractError.ts';
import { originsOf } from './org.ts';

const INDEX = `The sandbox of genesys-conversation-machine.

Contract (bearer token of a guest, or of a bot):
  POST ${BASE}
  POST ${BASE}/participants/{participantId}/typing    {conversationId, isTyping}
  POST ${BASE}/participants/{participantId}/read      {conversationId, messageId?}
  POST ${BASE}/participants/{participantId}/messages  {conversationId, text}
  GET  ${BASE}/{conversationId}/messages
  GET  ${BASE}/events                                 WebSocket
  POST /api/v2/oauth/token

Web messaging (the protocol of Genesys Cloud's guests; the deployment's id is asked for below):
  GET  /v1?deploymentId={deploymentId}                WebSocket
  GET  /webdeployments/v1/deployments/{deploymentId}/config.json
  GET  /api/v2/webmessaging/messages                  bearer token from getJwt

Control (header X-Sandbox-Secret):
  GET, DELETE /sandbox/calls
  POST, DELETE /sandbox/faults
  POST /sandbox/settings
  GET  /sandbox/credentials
  POST /sandbox/conversations
  GET  /sandbox/conversations/{id}
  POST /sandbox/conversations/{id}/{end|reopen|token|expire-tokens|revoke-scope|grant-scope|drop-streams}
  POST /sandbox/agent/{typing|messages|read}
  GET  /sandbox/web-messaging
  POST /sandbox/web-messaging/{deployment|limits}
  POST, DELETE /sandbox/web-messaging/faults
  POST /sandbox/web-messaging/sessions/{conversationId}/{expire|clear|logout|sign-in|read-only|push|drop|half-open}
  GET  /sandbox/feed                                  WebSocket
`;

/** Serves the folder of pages at `/` with what they need to know in the index page, or a short text about the endpoints. */
export function installPages(app: FastifyInstance, core: Core, settings: Settings): void {
  const { pages: folder, org } = settings;
  if (folder === undefined) {
    app.get('/', async (_request, reply) => reply.type('text/plain; charset=utf-8').send(INDEX));
    return;
  }
  const meta = metaOf(core, settings);
  const elsewhere = org === undefined ? [] : originsOf(org);
  app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      const policy = contentSecurityPolicy([`ws://${request.headers.host ?? ''}`, ...elsewhere]);
      reply.header('content-security-policy', policy);
    });
    const index = (_request: FastifyRequest, reply: FastifyReply) => sendIndex(reply, folder, meta);
    scope.get('/', index);
    scope.get('/index.html', index);
    scope.register(fastifyStatic, { root: folder, index: false, dotfiles: 'deny', cacheControl: false });
  });
}

/** A page that talks to a real org is not given the control of the sandbox. */
function metaOf({ secret, webMessaging }: Core, { transport, org }: Settings): string {
  const known =
    org === undefined
      ? {
          'sandbox-secret': secret,
          'sandbox-transport': transport,
          'sandbox-deployment': webMessaging.deployments.ownId,
        }
      : { 'genesys-region': org.region, 'genesys-deployment': org.deploymentId };
  return Object.entries(known)
    .map(([name, content]) => `<meta name="${name}" content="${content}">`)
    .join('');
}

async function sendIndex(reply: FastifyReply, folder: string, meta: string): Promise<FastifyReply> {
  const html = await readFile(join(folder, 'index.html'), 'utf8').catch(() => {
    throw new ContractError(404, 'not.found', 'The folder of pages has no index.html.');
  });
  const page = /<\/head>/i.test(html) ? html.replace(/<\/head>/i, (end) => meta + end) : meta + html;
  return reply.type('text/html; charset=utf-8').send(page);
}

function contentSecurityPolicy(connections: readonly string[]): string {
  return [
    "default-src 'self'",
    `connect-src 'self' ${connections.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
