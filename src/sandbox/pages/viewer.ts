import type { FastifyInstance } from 'fastify';
import { builtFolder } from './builtFolder.ts';
import { sendPacked } from './compressed.ts';

/** Where the viewer of running charts stands. */
const viewerPath = '/inspector/';

/**
 * Serves the viewer to pages of known origins, who may frame it; it loads nothing but its own files, and opens no
 * connection.
 */
export function installViewer(app: FastifyInstance, origins: ReadonlySet<string>): void {
  const read = builtFolder('viewer');
  app.get('/inspector', (_request, reply) => reply.redirect(viewerPath));
  app.get(`${viewerPath}*`, async (request, reply) => {
    const name = (request.params as { '*': string })['*'] || 'index.html';
    const { text, type } = await read(name);
    reply.removeHeader('x-frame-options');
    reply.header('content-security-policy', policyFor(origins)).type(type);
    return sendPacked(request, reply, name === 'index.html' ? withOrigins(text, origins) : text);
  });
}

function policyFor(origins: ReadonlySet<string>): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${["'self'", ...webOrigins(origins)].join(' ')}`,
  ].join('; ');
}

function withOrigins(html: string, origins: ReadonlySet<string>): string {
  const meta = `<meta name="inspector-origins" content="${webOrigins(origins).join(' ')}">`;
  return html.replace(/<\/head>/i, (end) => meta + end);
}

/** Of the origins that may call the sandbox, those of pages. A policy has no words for an address in brackets. */
function webOrigins(origins: ReadonlySet<string>): string[] {
  return [...origins].filter((origin) => /^https?:\/\/[\w.:-]+$/.test(origin));
}
