import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v4 as uuid } from 'uuid';
import { ContractError } from './contractError.ts';
import type { Core } from './core.ts';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);
const ALLOWED_HEADERS = 'authorization, content-type, x-genesys-request-id, x-sandbox-secret';
const EXPOSED_HEADERS = 'Retry-After, X-Genesys-Request-Id, Date';
const REQUEST_ID = /^[A-Za-z0-9-]{1,128}$/;
const TOKEN_PATH = '/api/v2/oauth/token';

/** Whether a `Host` header names this machine's loopback. Anything but a plain name and port is refused. */
function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined || !/^[A-Za-z0-9.\-[\]:]+$/.test(host)) return false;
  const address = `http://${host}`;
  if (!URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return LOOPBACK_NAMES.has(hostname) || hostname.endsWith('.localhost');
}

/** Compares two secrets in a time that does not depend on where they differ. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** The id that names this request in errors and in the echoed header: the client's own when it is sane. */
export function requestIdOf(request: FastifyRequest): string | undefined {
  const given = request.headers['x-genesys-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : undefined;
}

/** The path without its query, so that nothing secret put there by mistake is kept. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}

/**
 * Refuses, before a body is read: a `Host` that is not loopback, a foreign `Origin` (upgrades included), and a control
 * call without the secret. Answers CORS preflights of allowed origins.
 */
export function installGuard(app: FastifyInstance, core: Core): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      date: new Date(core.clock.now()).toUTCString(),
      'x-genesys-request-id': requestIdOf(request) ?? uuid(),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    requireLoopbackHost(request);
    requireKnownOrigin(request, reply, core.origins);
    if (request.method === 'OPTIONS' && request.headers.origin !== undefined) return answerPreflight(reply);
    requireSecret(request, core.secret);
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

function requireKnownOrigin(request: FastifyRequest, reply: FastifyReply, origins: Set<string>): void {
  const { origin } = request.headers;
  reply.header('vary', 'Origin');
  if (origin === undefined) return;
  if (!origins.has(origin)) {
    throw new ContractError(403, 'forbidden.origin', 'This origin may not call the sandbox.');
  }
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED_HEADERS });
}

function answerPreflight(reply: FastifyReply): FastifyReply {
  reply.headers({
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': ALLOWED_HEADERS,
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
  if (request.ws && request.routeOptions.url === '/sandbox/feed') return;
  const given = request.headers['x-sandbox-secret'];
  if (typeof given === 'string' && sameSecret(given, secret)) return;
  throw new ContractError(
    401,
    'unauthorized',
    'The control of the sandbox needs the header X-Sandbox-Secret.',
  );
}

function requireJson(request: FastifyRequest): void {
  if (request.method !== 'POST') return;
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  if (type === 'application/x-www-form-urlencoded' && request.routeOptions.url === TOKEN_PATH) return;
  throw new ContractError(415, 'unsupported.media.type', 'The body must be sent as application/json.');
}
