import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createStorage } from 'unstorage';
import fsDriver from 'unstorage/drivers/fs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * The org of the environment, as options of the gateway; undefined where it names no region. Throws where a part of it is
 * missing.
 */
export function orgIn(environment) {
  const { GENESYS_REGION: region } = environment;
  if (!region) return undefined;
  const names = {
    clientId: 'GENESYS_CLIENT_ID',
    clientSecret: 'GENESYS_CLIENT_SECRET',
    integrationId: 'GENESYS_INTEGRATION_ID',
    webhookSecret: 'GENESYS_WEBHOOK_SECRET',
  };
  const missing = Object.values(names).filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new Error(`Missing: ${missing.join(', ')}. See the table in examples/gateway/README.md.`);
  }
  const given = Object.entries(names).map(([option, name]) => [option, environment[name]]);
  return {
    ...{ apiUrl: `https://api.${region}`, loginUrl: `https://login.${region}` },
    ...Object.fromEntries(given),
  };
}

/** What webhooks of a sandbox are signed with. */
export const sandboxWebhookSecret = 'a secret of the sandbox';

/** Builds the gateway, and starts it with what the environment says of it besides `options`. */
export async function launchGateway(options, environment) {
  const {
    GATEWAY_SIGNING_KEY: key,
    GATEWAY_ORIGINS: origins = '',
    GATEWAY_REDIS_URL: redisUrl,
    GATEWAY_FOLDER: base,
  } = environment;
  const outfile = at('../../dist/gateway/gateway.mjs');
  await build({
    entryPoints: [at('gateway.ts')],
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'warning' },
  });
  const { startGateway } = await import(outfile);
  return startGateway({
    signingKey: key ? Buffer.from(key, 'base64') : randomBytes(32),
    log: console.error,
    ...(redisUrl && { redisUrl }),
    ...(base && { storage: createStorage({ driver: fsDriver({ base }) }) }),
    ...options,
    allowedOrigins: [...origins.split(',').filter(Boolean), ...(options.allowedOrigins ?? [])],
  });
}
