import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { start } from '../support/sandboxGuest.ts';

type Wire = { readonly type: string; readonly class: string; readonly code: number; readonly body: never };

/**
 * What the guest clients of three other authors put on the wire, frame by frame, written down from their sources:
 * Genesys' mobile SDK (Kotlin), Genesys' Java SDK, and a tester of bots (TypeScript).
 */
const clients = {
  'the mobile SDK': {
    query: (deploymentId: string) => `deploymentId=${deploymentId}&application=MessengerTransportSDK-2.14.0`,
    origin: () => 'webmessaging.mypurecloud.com',
    configure: (token: string, deploymentId: string) => ({
      action: 'configureSession',
      token,
      deploymentId,
      startNew: false,
      tracingId: randomUUID(),
      journeyContext: {
        customer: { id: token, idType: 'cookie' },
        customerSession: { id: '', type: 'web' },
      },
    }),
    echo: (token: string) => ({
      action: 'echo',
      token,
      tracingId: 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=',
      message: { type: 'Text', text: 'ping' },
    }),
    say: (token: string, text: string, customAttributes: object) => ({
      token,
      tracingId: randomUUID(),
      action: 'onMessage',
      message: { text, channel: { metadata: { customAttributes } }, type: 'Text' },
    }),
    join: (token: string) => ({
      token,
      tracingId: randomUUID(),
      action: 'onMessage',
      message: {
        events: [{ eventType: 'Presence', presence: { type: 'Join' } }],
        channel: { metadata: { customAttributes: { A: 'B' } } },
        type: 'Event',
      },
    }),
  },
  'the Java SDK': {
    query: (deploymentId: string) => `deploymentId=${deploymentId}`,
    origin: (sandbox: Sandbox) => sandbox.url,
    headers: (deploymentId: string) => ({ deploymentId }),
    configure: (token: string, deploymentId: string) => ({ action: 'configureSession', deploymentId, token }),
    echo: (token: string) => ({ token, action: 'echo', message: { type: 'Text', text: 'ping' } }),
    say: (token: string, text: string, customAttributes: object) => ({
      token,
      action: 'onMessage',
      message: { type: 'Text', text, content: [] },
      channel: { metadata: { customAttributes } },
    }),
    join: (token: string) => ({
      token,
      action: 'onMessage',
      message: { type: 'Event', events: [{ eventType: 'Presence', presence: { type: 'Join' } }] },
    }),
  },
  'a tester of bots': {
    query: (deploymentId: string) => `deploymentId=${deploymentId}`,
    origin: (sandbox: Sandbox) => sandbox.url,
    configure: (token: string, deploymentId: string) => ({ action: 'configureSession', deploymentId, token }),
    echo: () => ({ action: 'echo', message: { type: 'Text', text: 'heartbeat' } }),
    say: (token: string, text: string, customAttributes: object) => ({
      action: 'onMessage',
      token,
      message: { type: 'Text', text },
      channel: { metadata: { customAttributes } },
    }),
    join: (token: string) => ({
      action: 'onMessage',
      token,
      message: { type: 'Event', events: [{ eventType: 'Presence', presence: { type: 'Join' } }] },
    }),
  },
} as const;

/** A socket, and what comes in over it. */
async function open(address: string, options: ClientOptions) {
  const socket = new WebSocket(address, options);
  onTestFinished(() => socket.terminate());
  const frames: Wire[] = [];
  let taken = 0;
  let wake = (): void => {};
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)));
    wake();
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const next = async (): Promise<Wire> => {
    while (frames.length === taken) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    taken += 1;
    return frames[taken - 1] as Wire;
  };
  const ask = (frame: object): Promise<Wire> => {
    socket.send(JSON.stringify(frame));
    return next();
  };
  return { ask, next, closed };
}

describe.each(Object.entries(clients))('a session as %s has it', (name, client) => {
  it.each(['with an Origin', 'without one'])('goes from beginning to end, %s', async (how) => {
    const sandbox = await start({ allowedOrigins: ['webmessaging.mypurecloud.com'] });
    const { deploymentId, endpoint } = sandbox.webMessaging;
    const token = randomUUID();
    const headers = {
      ...(how === 'with an Origin' && { origin: client.origin(sandbox) }),
      ...('headers' in client && client.headers(deploymentId)),
    };
    const address = `${endpoint}?${client.query(deploymentId)}`;
    const socket = await open(address, { headers });
    const configured = await socket.ask(client.configure(token, deploymentId));
    expect(configured).toMatchObject({
      type: 'response',
      class: 'SessionResponse',
      body: { connected: true, newSession: true, readOnly: false },
    });
    expect(await socket.ask(client.join(token))).toMatchObject({
      class: 'StructuredMessage',
      body: { direction: 'Inbound', events: [{ presence: { type: 'Join' } }] },
    });
    expect(await socket.ask(client.say(token, 'hello', { k: 'v' }))).toMatchObject({
      type: 'message',
      body: { type: 'Text', text: 'hello', direction: 'Inbound' },
    });
    const tooBig = await socket.ask(client.say(token, 'hello', { k: 'v'.repeat(2048) }));
    expect(tooBig).toMatchObject({ class: 'string', code: 4013 });
    expect(await socket.ask(client.echo(token))).toMatchObject({
      type: 'response',
      class: 'StructuredMessage',
      code: 200,
      body: { text: expect.stringMatching(/ping|heartbeat/), direction: 'Inbound' },
    });
    const [{ conversationId = '' } = {}] = sandbox.webMessaging.sessions();
    sandbox.agent.typing(conversationId, true);
    expect(await socket.next()).toMatchObject({ body: { events: [{ typing: { type: 'On' } }] } });
    sandbox.agent.say(conversationId, 'Hi there');
    expect(await socket.next()).toMatchObject({ body: { text: 'Hi there', direction: 'Outbound' } });

    const { class: kind, body } = await socket.ask({ action: 'getJwt', token });
    expect(kind).toBe('JwtResponse');
    const { jwt } = body as { jwt: string };
    const history = await fetch(`${sandbox.url}/api/v2/webmessaging/messages?pageNumber=1&pageSize=25`, {
      headers: { authorization: `bearer ${jwt}` },
    });
    expect(await history.json()).toMatchObject({
      entities: [{ text: 'Hi there' }, { text: 'hello' }, { events: [{ presence: { type: 'Join' } }] }],
      total: 3,
    });

    const again = await open(address, { headers });
    expect(await again.ask(client.configure(token, deploymentId))).toMatchObject({
      body: { newSession: false },
    });
    const clear = { type: 'Event', events: [{ eventType: 'Presence', presence: { type: 'Clear' } }] };
    const told = await again.ask({ action: 'onMessage', token, message: clear });
    expect(told).toMatchObject({ body: { events: [{ presence: { type: 'Clear' } }] } });
    for (const guest of [again, socket]) {
      const classes: string[] = [];
      while (classes.at(-1) !== 'ConnectionClosedEvent') classes.push((await guest.next()).class);
      expect(classes.slice(-2)).toEqual(['SessionClearedEvent', 'ConnectionClosedEvent']);
      await guest.closed;
    }
    expect(sandbox.webMessaging.sessions(), name).toEqual([]);
  });
});

describe('a frame without a token', () => {
  it('is taken where it is a heartbeat of a session, and nowhere else', async () => {
    const sandbox = await start();
    const { deploymentId, endpoint } = sandbox.webMessaging;
    const { ask } = await open(`${endpoint}?deploymentId=${deploymentId}`, {});
    const echo = { action: 'echo', message: { type: 'Text', text: 'ping' } };
    expect(await ask(echo)).toMatchObject({ class: 'string', code: 401 });
    await ask({ action: 'configureSession', deploymentId, token: randomUUID() });
    expect(await ask(echo)).toMatchObject({ class: 'StructuredMessage' });
    expect(await ask({ ...echo, token: randomUUID() })).toMatchObject({ code: 401 });
    expect(await ask({ ...echo, token: 'mine' })).toMatchObject({ code: 400 });
    expect(await ask({ action: 'getJwt' })).toMatchObject({ code: 400 });
    expect(await ask({ action: 'onMessage', message: { type: 'Text', text: 'x' } })).toMatchObject({
      code: 400,
    });
  });
});
