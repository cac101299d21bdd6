import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { ContractError } from '../shared/contractError.ts';

/** Where the viewer of running charts stands. */
const viewerPath = '/inspector/';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** Beside this file where it is bundled; in the folder of what was built where the sources run. */
const folders = ['./viewer/', '../../../dist/src/sandbox/viewer/'].map(
  (path) => new URL(path, import.meta.url),
);

/**
 * Serves the viewer to pages of known origins, who may frame it; it loads nothing but its own files, and opens no
 * connection.
 */
export function installViewer(app: FastifyInstance, origins: ReadonlySet<string>): void {
  app.get('/inspector', (_request, reply) => reply.redirect(viewerPath));
  app.get(`${viewerPath}*`, async (request, reply) => {
    const name = (request.params as { '*': string })['*'] || 'index.html';
    const folder = folders.find((each) => existsSync(fileURLToPath(each)));
    // Only a name that is in the folder is ever joined to its path.
    const isThere = folder !== undefined && (await readdir(folder)).includes(name);
    if (!isThere) throw new ContractError(404, 'not.found', 'There is no such file of the inspector.');
    const text = await readFile(new URL(name, folder), 'utf8');
    reply.removeHeader('x-frame-options');
    reply.header('content-security-policy', policyFor(origins));
    reply.type(types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
    return reply.send(name === 'index.html' ? withOrigins(text, origins) : text);
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
