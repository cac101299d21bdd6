import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../http/request.ts';
import { ContractError } from '../shared/contractError.ts';
import { sendPacked } from './compressed.ts';
import { type Org, originsOf } from './org.ts';
import { overview } from './overview.ts';
import type { PageGateway } from './pageGateway.ts';
import type { PageTransport } from './pageTransport.ts';

/** What is served, and to whom its guest is to talk. */
interface PageSettings {
  readonly pages: string | undefined;
  readonly transport: PageTransport;
  readonly org: Org | undefined;
}

interface Run {
  readonly secret: string;
  readonly deploymentId: string;
  /** The gateway of the pages' guest, asked for with each page: it may start later than the sandbox. */
  readonly gateway: () => PageGateway | undefined;
}

/** Serves the folder of pages at `/` with what they need to know in the index page, or a short text about the endpoints. */
export function installPages(app: FastifyInstance, settings: PageSettings, run: Run): void {
  const { pages: folder, org } = settings;
  if (folder === undefined) {
    app.get('/', async (_request, reply) => reply.type('text/plain; charset=utf-8').send(overview));
    return;
  }
  const elsewhere = org === undefined ? [] : originsOf(org);
  const gateways = () => {
    const url = run.gateway()?.url;
    return url === undefined ? [] : [url, url.replace(/^http/, 'ws')];
  };
  app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      const policy = contentSecurityPolicy([
        `ws://${request.headers.host ?? ''}`,
        ...elsewhere,
        ...gateways(),
      ]);
      reply.header('content-security-policy', policy);
    });
    scope.addHook('onSend', async (request, reply) => {
      if (reply.statusCode < 400 && isHashed(pathOf(request))) {
        reply.headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' });
      }
    });
    const index = (request: FastifyRequest, reply: FastifyReply) =>
      sendIndex(request, reply, folder, metaOf(run, settings));
    scope.get('/', index);
    scope.get('/index.html', index);
    scope.register(fastifyStatic, {
      root: folder,
      index: false,
      dotfiles: 'deny',
      cacheControl: false,
      preCompressed: true,
      allowedPath: (path) =>
        hasNoLink(folder, path) && packedOf(folder, path).every((each) => hasNoLink(folder, each)),
    });
  });
}

/** Whether a file is named by what is in it, as Vite names what a page loads: under its name it never changes. */
const isHashed = (path: string): boolean => /\/assets\/[^/]+-[\w-]{8}\.\w+$/.test(path);

/** A page that talks to a real org is not given the control of the sandbox. */
function metaOf(run: Run, { transport, org }: PageSettings): string {
  const { secret, deploymentId } = run;
  const gateway = run.gateway();
  const gatewayUrl = gateway && { 'gateway-url': gateway.url };
  if (gateway?.region !== undefined) return metas({ 'genesys-region': gateway.region, ...gatewayUrl });
  if (org !== undefined) {
    return metas({ 'genesys-region': org.region, 'genesys-deployment': org.deploymentId });
  }
  return metas({
    'sandbox-secret': secret,
    'sandbox-transport': transport,
    'sandbox-deployment': deploymentId,
    ...gatewayUrl,
  });
}

function metas(known: Readonly<Record<string, string>>): string {
  return Object.entries(known)
    .map(([name, content]) => `<meta name="${name}" content="${content}">`)
    .join('');
}

/** Whether a path below the folder leads there by itself: a link may lead to whatever else the disk holds. */
function hasNoLink(folder: string, path: string): boolean {
  try {
    return realpathSync(join(folder, path)) === join(realpathSync(folder), path);
  } catch {
    return false;
  }
}

/** The packed copies of a file that are there, one of which is sent in its place. */
const packedOf = (folder: string, path: string): string[] =>
  ['.br', '.gz'].map((ending) => path + ending).filter((packed) => existsSync(join(folder, packed)));

async function sendIndex(
  request: FastifyRequest,
  reply: FastifyReply,
  folder: string,
  meta: string,
): Promise<FastifyReply> {
  const read = hasNoLink(folder, 'index.html')
    ? readFile(join(folder, 'index.html'), 'utf8')
    : Promise.reject();
  const html = await read.catch(() => {
    throw new ContractError(404, 'not.found', 'The folder of pages has no index.html.');
  });
  const page = /<\/head>/i.test(html) ? html.replace(/<\/head>/i, (end) => meta + end) : meta + html;
  return sendPacked(request, reply.type('text/html; charset=utf-8'), page);
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
