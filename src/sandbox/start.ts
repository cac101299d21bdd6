import { v4 as uuid } from 'uuid';
import { createHandle } from './control/createHandle.ts';
import { Feed } from './control/feed.ts';
import type { Sandbox } from './control/handle.ts';
import { installControl } from './control/routes.ts';
import { Conversations } from './conversations/conversations.ts';
import { createCallFaults } from './faults/callFault.ts';
import { createApp } from './http/app.ts';
import { Calls } from './http/calls.ts';
import { listen } from './http/listen.ts';
import { tellEachOnce } from './http/refusedOrigins.ts';
import { Journal } from './journal/journal.ts';
import { createOpenMessaging } from './openMessaging/openMessaging.ts';
import { installOpenMessaging } from './openMessaging/routes.ts';
import { parseOptions, type SandboxOptions, type Settings } from './options.ts';
import { installDesk } from './pages/desk.ts';
import type { PageGateway } from './pages/pageGateway.ts';
import { installPages } from './pages/pages.ts';
import { installViewer } from './pages/viewer.ts';
import { installContract } from './rest/contract.ts';
import { EventStreams } from './rest/eventStreams.ts';
import { Tokens } from './rest/tokens.ts';
import { RateLimiter } from './shared/rateLimit.ts';
import { installWebMessaging } from './webMessaging/routes.ts';
import { createWebMessaging } from './webMessaging/webMessaging.ts';

/**
 * Starts a local server that plays the back end of a web messaging guest: starting a conversation, typing, read
 * receipts, messages, OAuth client credentials and the event stream. It listens on the loopback only, forgets everything
 * when closed, and knows no tokens but its own.
 *
 * A read call that names an unknown message is answered with 400; a
 * participant who does not take part in the conversation, or is not the token's own, with 404. An event stream outlives
 * the token that opened it.
 *
 * It also speaks the protocol of Genesys Cloud's web messaging guests, on `ws://127.0.0.1:<port>/v1?deploymentId=…`:
 * sessions, messages, typing, presence, health checks and history. A session is one of the sandbox's conversations, so
 * that its agent is the same. And it plays Open Messaging, Genesys Cloud's API for a server of one's own: the inbound
 * calls, signed webhooks, and the notification of an end. Sign-in, attachments and resume tokens are refused.
 *
 * Rejects: with a `TypeError` for malformed options, and when the port is taken.
 * @example
 * const sandbox = await startSandbox();
 * const { conversationId, guestId, guestToken } = sandbox.startConversation();
 * // … a chat against `sandbox.url`
 * await sandbox.waitForCall({ lane: 'typing' });
 * await sandbox.close();
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return launch(parseOptions(options));
}

async function launch(settings: Settings): Promise<Sandbox> {
  const { clock } = settings;
  const secret = uuid();
  const parts = createParts(settings, secret);
  const { conversations, credentials, faults, feed, journal, web } = parts;
  const origins = new Set(settings.allowedOrigins);
  const calls = new Calls(clock, journal, faults);
  const originRefused = tellEachOnce(settings.originRefused);
  const app = await createApp({ clock, origins, originRefused, secret }, journal, calls);
  installContract(app, calls, parts);
  installWebMessaging(app, calls, clock, journal, web);
  installOpenMessaging(app, calls, parts);
  installControl(app, () => sandbox, feed, parts);
  installDesk(app);
  installViewer(app, origins);
  installPages(app, settings, {
    secret,
    deploymentId: web.deployments.ownId,
    gateway: () => parts.pages.gateway,
  });

  const { port, close } = await listen(app, settings);
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) origins.add(`http://${host}:${port}`);
  const sandbox = createHandle({ port, secret, ...credentials }, parts, async () => {
    journal.dispose();
    conversations.dispose();
    web.sessions.dispose();
    parts.openMessaging.webhooks.dispose();
    await close();
  });
  return sandbox;
}

function createParts(settings: Settings, secret: string) {
  const { clock } = settings;
  const switches = { typingEnabled: true };
  const feed = new Feed(clock, secret);
  const streams = new EventStreams(clock);
  const conversations = new Conversations(clock, settings.typingTimeToLive, {
    publish: (event, manner) => {
      streams.publish(event);
      feed.publish(event);
      web.relay.publish(event, manner);
      openMessaging.publish(event, manner);
    },
    publishToFeed: (event) => feed.publish(event),
  });
  const tokens = new Tokens(clock, settings.tokenLifetime);
  const openMessaging = createOpenMessaging(clock, conversations, tokens);
  const web = createWebMessaging(clock, conversations, switches, settings.deployments);
  const pages: { gateway: PageGateway | undefined } = { gateway: undefined };
  return {
    switches,
    pages,
    feed,
    streams,
    conversations,
    web,
    credentials: { clientId: uuid(), clientSecret: uuid() },
    tokens,
    openMessaging,
    limiter: new RateLimiter(clock, settings.rateLimit),
    faults: createCallFaults(),
    journal: new Journal(clock, (call) => feed.publish({ type: 'call', call })),
  };
}
