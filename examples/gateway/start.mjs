import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startSandbox } from 'genesys-conversation-machine/sandbox';

const outfile = fileURLToPath(new URL('../../dist/gateway/gateway.mjs', import.meta.url));
await build({
  entryPoints: [fileURLToPath(new URL('gateway.ts', import.meta.url))],
  ...{ outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'warning' },
});
const { startGateway } = await import(outfile);

const { GENESYS_REGION: region, GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET } = process.env;
const {
  GENESYS_INTEGRATION_ID,
  GENESYS_WEBHOOK_SECRET,
  GATEWAY_SIGNING_KEY,
  GATEWAY_ORIGINS = '',
} = process.env;
const sandbox = region === undefined ? await startSandbox() : undefined;
const platform = sandbox
  ? {
      ...{ apiUrl: sandbox.url, loginUrl: sandbox.url, integrationId: sandbox.openMessaging.integrationId },
      ...{
        clientId: sandbox.clientId,
        clientSecret: sandbox.clientSecret,
        webhookSecret: 'a secret of the sandbox',
      },
    }
  : {
      ...{ apiUrl: `https://api.${region}`, loginUrl: `https://login.${region}` },
      ...{ clientId: GENESYS_CLIENT_ID, clientSecret: GENESYS_CLIENT_SECRET },
      ...{ integrationId: GENESYS_INTEGRATION_ID, webhookSecret: GENESYS_WEBHOOK_SECRET },
    };
const missing = Object.entries(platform).filter(([, value]) => !value);
if (missing.length > 0) {
  console.error(
    `Missing: ${missing.map(([name]) => name).join(', ')}. See the table in examples/gateway/README.md.`,
  );
  process.exit(2);
}
const gateway = await startGateway({
  ...platform,
  port: Number(process.env.PORT ?? 4880),
  signingKey: GATEWAY_SIGNING_KEY ? Buffer.from(GATEWAY_SIGNING_KEY, 'base64') : randomBytes(32),
  allowedOrigins: GATEWAY_ORIGINS.split(',').filter(Boolean),
  log: console.error,
});
sandbox?.openMessaging.configure({
  ...{ webhookUrl: gateway.webhookUrl, webhookSecret: platform.webhookSecret },
  ...{ typingInbound: true, typingOutbound: true },
});
console.log(`The gateway, which is the orgUrl of guests: ${gateway.url}`);
console.log(`Webhooks of the integration go to: ${gateway.webhookUrl}`);
if (sandbox)
  console.log(`Nothing real is behind it; the agent's desk: ${sandbox.url}/agent/#${sandbox.secret}`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await gateway.close();
    await sandbox?.close();
  });
}
