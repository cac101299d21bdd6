import type { FastifyInstance } from 'fastify';
import { builtFolder } from './builtFolder.ts';
import { sendPacked } from './compressed.ts';

/** Where the agent’s desk stands. It is given the control secret behind a `#`, which no server is told. */
const deskPath = '/agent/';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the page on which a person is the agent of every conversation of this sandbox. */
export function installDesk(app: FastifyInstance): void {
  const read = builtFolder('desk');
  app.get('/agent', (_request, reply) => reply.redirect(deskPath));
  app.get(`${deskPath}*`, async (request, reply) => {
    const { text, type } = await read((request.params as { '*': string })['*'] || 'index.html');
    return sendPacked(request, reply.header('content-security-policy', policy).type(type), text);
  });
}
