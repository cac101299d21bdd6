import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { launchGateway, orgIn, sandboxWebhookSecret } from './launch.mjs';

const org = (() => {
  try {
    return orgIn(process.env);
  } catch ({ message }) {
    console.error(message);
    process.exit(2);
  }
})();
const sandbox = org === undefined ? await startSandbox() : undefined;
const platform = org ?? {
  ...{ apiUrl: sandbox.url, loginUrl: sandbox.url, integrationId: sandbox.openMessaging.integrationId },
  ...{ clientId: sandbox.clientId, clientSecret: sandbox.clientSecret, webhookSecret: sandboxWebhookSecret },
};
const gateway = await launchGateway({ ...platform, port: Number(process.env.PORT ?? 4880) }, process.env);
sandbox?.openMessaging.configure({
  ...{ webhookUrl: gateway.webhookUrl, webhookSecret: sandboxWebhookSecret },
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
