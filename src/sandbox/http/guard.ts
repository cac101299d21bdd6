import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v4 as uuid } from 'uuid';
import type { SandboxClock } from '../shared/clock.ts';
import { ContractError } from '../shared/contractError.ts';
import { sameSecret } from '../shared/secrets.ts';
import { feedPath, loginPath, tokenPath } from './paths.ts';
import { pathOf, requestIdOf } from './request.ts';

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);
const allowedHeaders = 'authorization, content-type, x-genesys-request-id, x-sandbox-secret';
const exposedHeaders = 'Retry-After, X-Genesys-Request-Id, Date';

/** What the guard goes by. `origins` may grow while it stands. */
export interface GuardSettings {
  readonly clock: SandboxClock;
  readonly origins: ReadonlySet<string>;
  /** Told of every origin that is refused. */
  readonly originRefused: (origin: string) => void;
  readonly secret: string;
}

/** Whether a `Host` header names this machine's loopback. Anything but a plain name and port is refused. */
function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined || !/^[A-Za-z0-9.\-[\]:]+$/.test(host)) return false;
  const address = `http://${host}`;
  if (!URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return loopbackNames.has(hostname) || hostname.endsWith('.localhost');
}

/**
 * Refuses, before a body is read: a `Host` that is not loopback, a foreign `Origin` (upgrades included), and a control
 * call without the secret. Answers CORS preflights of allowed origins.
 */
export function installGuard(app: FastifyInstance, settings: GuardSettings): void {
  const { clock, secret } = settings;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      date: new Date(clock.now()).toUTCString(),
      'x-genesys-request-id': requestIdOf(request) ?? uuid(),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    requireLoopbackHost(request);
    requireKnownOrigin(request, reply, settings);
    if (request.method === 'OPTIONS' && request.headers.origin !== undefined) return answerPreflight(reply);
    requireSecret(request, secret);
  });
}

/** Refuses, before it is read, a body that is not JSON; the OAuth form is the exception. Goes after the recording. */
export function installBodyGuard(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => requireJson(request));
}

function requireLoopbackHost(request: FastifyRequest): void {
  const hosts = request.raw.rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/i.test(name));
  if (hosts.length === 1 && isLoopbackHost(request.headers.host)) return;
  throw new ContractError(
    403,
    'forbidden.host',
    'The sandbox answers only to the names of this machine’s loopback.',
  );
}

function requireKnownOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  { origins, originRefused }: GuardSettings,
): void {
  const { origin } = request.headers;
  reply.header('vary', 'Origin');
  if (origin === undefined) return;
  if (!origins.has(origin)) {
    originRefused(origin);
    throw new ContractError(
      403,
      'forbidden.origin',
      'This origin may not call the sandbox, unless it is named by --allow-origin or in allowedOrigins.',
    );
  }
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': exposedHeaders });
}

function answerPreflight(reply: FastifyReply): FastifyReply {
  reply.headers({
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': allowedHeaders,
    'access-control-max-age': '600',
  });
  return reply.code(204).send();
}

function requireSecret(request: FastifyRequest, secret: string): void {
  const path = pathOf(request);
  const isControl = path === '/sandbox' || path.startsWith('/sandbox/');
  const routed = request.routeOptions.url?.startsWith('/sandbox/') ?? false;
  if (!isControl && !routed) return;
  // A browser cannot put a header on a WebSocket: the feed takes the secret in its first frame.
  if (request.ws && request.routeOptions.url === feedPath) return;
  const given = request.headers['x-sandbox-secret'];
  if (typeof given === 'string' && sameSecret(given, secret)) return;
  throw new ContractError(
    401,
    'unauthorized',
    'The control of the sandbox needs the header X-Sandbox-Secret.',
  );
}

function isTokenPath(url: string | undefined): boolean {
  return url === tokenPath || url === loginPath;
}

function requireJson(request: FastifyRequest): void {
  if (request.method !== 'POST' && request.method !== 'PATCH') return;
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  if (type === 'application/x-www-form-urlencoded' && isTokenPath(request.routeOptions.url)) return;
  throw new ContractError(415, 'unsupported.media.type', 'The body must be sent as application/json.');
}
