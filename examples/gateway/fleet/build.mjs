import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Bundles programs in TypeScript of this folder, the SDK's sources with them, into `dist/gateway`, beside the packages that
 * they import. Returns the folder.
 */
export async function buildFleet(...names) {
  const outdir = at('../../../dist/gateway/fleet');
  await build({
    entryPoints: names.map((name) => at(`${name}.ts`)),
    ...{
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
    },
    ...{ logLevel: 'warning', conditions: ['@genesys-conversation-machine/source'] },
    external: [
      ...['@fastify/*', 'ajv', 'ajv-formats', 'bullmq', 'fastify', 'ioredis', 'jose', 'ofetch'],
      ...['rate-limiter-flexible', 'undici', 'unstorage', 'unstorage/*', 'uuid', 'ws', 'xstate', 'xstate/*'],
    ],
  });
  return outdir;
}
