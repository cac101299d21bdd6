import type { FastifyRequest } from 'fastify';

const saneId = /^[A-Za-z0-9-]{1,128}$/;

/** The id that names this request in errors and in the echoed header: the client's own when it is sane. */
export function requestIdOf(request: FastifyRequest): string | undefined {
  const given = request.headers['x-genesys-request-id'];
  return typeof given === 'string' && saneId.test(given) ? given : undefined;
}

/** The path without its query, so that nothing secret put there by mistake is kept. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}
