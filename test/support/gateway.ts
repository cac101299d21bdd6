import { createHmac, randomBytes } from 'node:crypto';
import {
  createConversation,
  eventStream,
  guestRest,
  openGuestConversation,
  type WebSocketConstructor,
} from 'genesys-conversation-machine';
import { type OpenMessagingSettings, startSandbox } from 'genesys-conversation-machine/sandbox';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { startGateway } from '../../examples/gateway/gateway.ts';
import type { GatewayOptions } from '../../examples/gateway/options.ts';

/** What the integration of these tests signs its webhooks with. */
const webhookSecret = 'a secret of the org';

/** A sandbox that plays Genesys Cloud, with typing switched on, and a gateway in front of it. */
export async function openGateway(
  options: Partial<GatewayOptions> = {},
  settings: Partial<OpenMessagingSettings> = {},
) {
  const genesys = await startSandbox();
  const { openMessaging, clientId, clientSecret, url } = genesys;
  const lines: string[] = [];
  const start = (more: Partial<GatewayOptions> = {}) =>
    startGateway({
      ...{ port: 0, apiUrl: url, loginUrl: url, clientId, clientSecret, webhookSecret },
      integrationId: openMessaging.integrationId,
      signingKey: randomBytes(32),
      log: (line) => lines.push(line),
      ...options,
      ...more,
      // Other tests keep this process busy as well.
      limits: { delay: 60_000, ...options.limits },
    });
  const gateway = await start();
  openMessaging.configure({
    ...{ webhookUrl: gateway.webhookUrl, webhookSecret },
    ...{ typingInbound: true, typingOutbound: true },
    ...settings,
  });
  onTestFinished(async () => {
    await gateway.close();
    await genesys.close();
  });
  /** What has left for the platform so, accepted or not. */
  const calls = (kind: string) =>
    genesys.calls().filter(({ route }) => route.endsWith(`/inbound/open/${kind}`));
  /** The platform's name of a guest's conversation. */
  const platformId = (guestId: string) => genesys.openMessaging.live(guestId) ?? '';
  return { genesys, gateway, lines, calls, platformId, start };
}

/** A guest of a gateway with the SDK, as a page is one; `known` goes on with a conversation from before. */
export async function joinGateway(
  orgUrl: string,
  known?: { readonly conversationId: string; readonly guestId: string; readonly guestToken: string },
  Socket: unknown = WebSocket,
) {
  const opened = known ?? (await openGuestConversation({ orgUrl }));
  const { conversationId, guestId, guestToken } = opened;
  const capabilities = await fetch(`${rootOf(orgUrl)}/capabilities`);
  const transport = guestRest({
    ...{ orgUrl, participantId: guestId, token: guestToken },
    ...(await capabilities.json()),
    events: eventStream({ webSocket: Socket as WebSocketConstructor }),
  });
  const said: string[] = [];
  const conversation = createConversation({ transport, conversationId }).start();
  onTestFinished(() => conversation.stop());
  transport.on('conversation:message', ({ text = '' }) => said.push(text));
  const listening = new Promise<void>((resolve) => transport.on('stream.opened', () => resolve()));
  return { conversationId, guestId, guestToken, transport, conversation, said, listening };
}

/** Where a gateway serves the guest contract. */
export const rootOf = (orgUrl: string): string => `${orgUrl}/api/v2/conversations/messaging`;

/** Posts JSON, or a text as it is. */
export const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** A signature over a text, in the form that Genesys writes it or in another one. */
export const signed = (text: string, secret = webhookSecret, form: 'base64' | 'hex' = 'base64'): string =>
  `sha256=${createHmac('sha256', secret).update(text).digest(form)}`;

/** Posts a webhook with its signature, as Genesys does; resolves to the status of the answer. */
export async function sendHook(url: string, text: string, signature = signed(text)): Promise<number> {
  return (await post(url, text, { 'x-hub-signature-256': signature })).status;
}
