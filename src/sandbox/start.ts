import { v4 as uuid } from 'uuid';
import { buildHandle } from './control/createHandle.ts';
import type { Sandbox } from './control/handle.ts';
import { Conversations } from './conversations/conversations.ts';
import type { Core } from './core.ts';
import { createCallFaults } from './faults/callFault.ts';
import { listen } from './http/server.ts';
import { Journal } from './journal/journal.ts';
import { parseOptions, type SandboxOptions, type Settings } from './options.ts';
import { Streams } from './rest/eventStreams.ts';
import { Tokens } from './rest/tokens.ts';
import { RateLimiter } from './shared/rateLimit.ts';
import { buildWebMessaging } from './webMessaging/webMessaging.ts';

/**
 * Starts a local server that plays the back end of a web messaging guest: starting a conversation, typing, read
 * receipts, messages, OAuth client credentials and the event stream. It listens on the loopback only, forgets everything
 * when closed, and knows no tokens but its own.
 *
 * Sending messages (`POST …/participants/{id}/messages`) and their history (`GET …/{conversationId}/messages`) are the
 * sandbox's own additions to that contract. A read call that names an unknown message is answered with 400; a
 * participant who does not take part in the conversation, or is not the token's own, with 404. An event stream outlives
 * the token that opened it.
 *
 * It also speaks the protocol of Genesys Cloud's web messaging guests, on `ws://127.0.0.1:<port>/v1?deploymentId=…`:
 * sessions, messages, typing, presence, health checks and history. A session is one of the sandbox's conversations, so
 * that its agent is the same. Sign-in, attachments and resume tokens are refused.
 *
 * Throws a `TypeError` for malformed options; rejects when the port is taken.
 */
export function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return launch(parseOptions(options));
}

async function launch(settings: Settings): Promise<Sandbox> {
  const core = buildCore(settings);
  const { port, close } = await listen(core, settings, () => sandbox);
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) core.origins.add(`http://${host}:${port}`);
  const sandbox = buildHandle(core, port, async () => {
    core.journal.dispose();
    core.conversations.dispose();
    core.webMessaging.sessions.dispose();
    await close();
  });
  return sandbox;
}

function buildCore(settings: Settings): Core {
  const { clock, tokenLifetime, typingTimeToLive, rateLimit, allowedOrigins, deployments } = settings;
  const streams = new Streams();
  const conversations = new Conversations(clock, typingTimeToLive, {
    publish: (event, manner) => {
      streams.publish(event);
      webMessaging.relay.publish(event, manner);
    },
    publishToFeed: (event) => streams.publishToFeed(event),
  });
  const webMessaging = buildWebMessaging(clock, conversations, deployments);
  return {
    clock,
    streams,
    conversations,
    webMessaging,
    tokens: new Tokens(clock, tokenLifetime),
    limiter: new RateLimiter(clock, rateLimit),
    faults: createCallFaults(),
    journal: new Journal(clock, (call) => streams.publishToFeed({ type: 'call', call })),
    secret: uuid(),
    clientId: uuid(),
    clientSecret: uuid(),
    origins: new Set(allowedOrigins),
    typingEnabled: true,
  };
}
