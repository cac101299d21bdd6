import { createServer } from 'node:http';
import { type WebMessagingOptions, webMessaging } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it, vi } from 'vitest';
import { createSession, createSockets, deploymentId, sessionResponse } from '../support/socketScript.ts';

const { Socket } = createSockets();
const fine = { deploymentId, region: 'eu-west-1', webSocket: Socket } as const;

describe('an option that cannot be right', () => {
  it.each<[string, unknown]>([
    ['options', null],
    ['deploymentId', { ...fine, deploymentId: 'x' }],
    ['deploymentId', { ...fine, deploymentId: undefined }],
    ['region', { ...fine, region: 'mars-1' }],
    ['region', { ...fine, region: '__proto__' }],
    ['region', { ...fine, region: undefined }],
    ['region', { ...fine, endpoint: 'https://x.example' }],
    ...[
      'http://x.example',
      'ws://x.example',
      'http://127.0.0.1.evil.example',
      'http://localhost@evil.example',
      'https://u:p@x.example',
      'https://x.example/path',
      'https://x.example?x',
      'https://x.example/v1/more',
      ' https://x.example',
      'https://x.example/wss://y.example/v1',
      'https://x.example/v1?deploymentId=11111111-1111-4111-8111-111111111111',
      `https://x.example/v1?deploymentId=${deploymentId}&x=1`,
      `https://x.example/?deploymentId=${deploymentId}`,
      `http://x.example/v1?deploymentId=${deploymentId}`,
      'javascript:alert(1)',
      'x.example',
      42,
    ].map((endpoint): [string, unknown] => ['endpoint', { ...fine, region: undefined, endpoint }]),
    ['storage', { ...fine, storage: {} }],
    ['webSocket', { ...fine, webSocket: {} }],
    ['origin', { ...fine, origin: 'x\r\ny: z' }],
    ['fetch', { ...fine, fetch: 1 }],
    ['clock', { ...fine, clock: {} }],
    ['random', { ...fine, random: () => 1 }],
    ['random', { ...fine, random: 1 }],
    ['logger', { ...fine, logger: 1 }],
    ['inspect', { ...fine, inspect: 1 }],
    ['inspect', { ...fine, inspect: {} }],
    ['application', { ...fine, application: 'a\nb' }],
    ['config', { ...fine, config: 'maybe' }],
    ['customAttributes', { ...fine, customAttributes: { a: 1 } }],
    ['customAttributes', { ...fine, customAttributes: { a: 'x'.repeat(2048) } }],
    ['timing', { ...fine, timing: 1 }],
    ['timing.quite', { ...fine, timing: { quite: 1 } }],
    ['timing.quiet', { ...fine, timing: { quiet: Number.POSITIVE_INFINITY } }],
    ['timing.answer', { ...fine, timing: { answer: 0 } }],
    ['timing.doubt', { ...fine, timing: { doubt: 1.5 } }],
    ['timing.reconnectCap', { ...fine, timing: { reconnectCap: 1 } }],
    ['timing.echoSpacing', { ...fine, timing: { echoSpacing: 1000 } }],
  ])('%s is refused by its name', (option, options) => {
    let thrown: unknown;
    try {
      webMessaging(options as unknown as WebMessagingOptions);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'invalid-option', option });
  });

  it.each<[object, string]>([
    [{ config: 'maybe' }, "'load' or 'skip'"],
    [{ application: 7 }, 'a name of at most 128 characters'],
    [{ origin: 7 }, 'an origin such as https://www.example.org'],
    [{ timing: { reconnectBase: 2000, reconnectCap: 1999 } }, 'at least timing.reconnectBase (2000 ms)'],
    [{ timing: { echoSpacing: 29_999 } }, 'at least 30000 ms, which the server insists on'],
  ])('%o is told what it may be', (option, words) => {
    expect(() => webMessaging({ ...fine, ...option } as unknown as WebMessagingOptions)).toThrow(words);
  });

  it('is none where a wait may be nothing, or as long as another', () => {
    for (const name of ['limitJitter', 'notice', 'minUptime'])
      expect(() => webMessaging({ ...fine, timing: { [name]: 0 } })).not.toThrow();
    const timing = { reconnectBase: 2000, reconnectCap: 2000, echoSpacing: 30_000 };
    expect(() => webMessaging({ ...fine, timing })).not.toThrow();
  });

  it('names every region where it knows none such', () => {
    expect(() => webMessaging({ ...fine, region: 'x' })).toThrow(/us-east-1 .*edee1\.eusc-pure\.cloud/);
  });

  it.runIf(globalThis.WebSocket === undefined)('tells what to do where there is no WebSocket', () => {
    expect(() => webMessaging({ deploymentId, region: 'eu-west-1' })).toThrow(/install ws/);
  });
});

describe('the addresses', () => {
  it.each([
    [{ region: 'eu-west-1' }, 'wss://webmessaging.mypurecloud.ie/v1'],
    [{ region: 'mypurecloud.com.au' }, 'wss://webmessaging.mypurecloud.com.au/v1'],
    [{ endpoint: 'http://127.0.0.1:4870' }, 'ws://127.0.0.1:4870/v1'],
    [{ endpoint: 'ws://localhost:4870/' }, 'ws://localhost:4870/v1'],
    [{ endpoint: 'https://chat.example.org' }, 'wss://chat.example.org/v1'],
    [{ endpoint: 'wss://[::1]:1' }, 'wss://[::1]:1/v1'],
    [{ endpoint: 'ws://127.0.0.1:4870/v1' }, 'ws://127.0.0.1:4870/v1'],
    [{ endpoint: `ws://127.0.0.1:1/v1?deploymentId=${deploymentId}` }, 'ws://127.0.0.1:1/v1'],
  ])('of %o', async (where, expected) => {
    for (const application of [undefined, '', 'my app']) {
      const { sockets, Socket } = createSockets();
      const messaging = webMessaging({
        deploymentId,
        webSocket: Socket,
        config: 'skip',
        origin: 'https://www.example.org',
        ...where,
        ...(application !== undefined && { application }),
      });
      messaging.connect();
      await new Promise((resolve) => setImmediate(resolve));
      const suffix = { '': '', 'my app': '&application=my+app' }[application ?? '-'];
      expect(sockets[0]?.url).toBe(
        `${expected}?deploymentId=${deploymentId}${suffix ?? '&application=genesys-conversation-machine'}`,
      );
      expect(sockets[0]?.options).toMatchObject({
        origin: 'https://www.example.org',
        followRedirects: false,
      });
      messaging.stop();
    }
  });
});

describe('the deployment configuration', () => {
  const json = (value: unknown, status = 200) =>
    (() => Promise.resolve(Response.json(value, { status }))) as never;
  const flag = (showUserTypingIndicator: unknown) => ({
    messenger: { apps: { conversations: { showUserTypingIndicator } } },
  });

  it.each([
    ['says that typing is wanted', json(flag(true)), false],
    ['says that it is not', json(flag(false)), true],
    ['says nothing of it, so that the default holds', json({ status: 'Active' }), true],
    ['cannot be had', (() => Promise.reject(new TypeError('x'))) as never, false],
    ['is broken', (() => Promise.resolve(new Response('<html>'))) as never, false],
    ['is not served now', json({}, 503), false],
    [
      'is a page with 404, of who knows whom (A-0)',
      (() => Promise.resolve(new Response('<html>', { status: 404 }))) as never,
      false,
    ],
    ['is a redirect', json({}, 302), false],
    ['is not a response', (() => Promise.resolve(undefined)) as never, false],
  ])('%s', async (_, fetch, isForbidden) => {
    const session = createSession({ config: 'load', fetch });
    session.messaging.connect();
    for (let turn = 0; turn < 5; turn += 1) await session.clock.settle();
    session.socket().open();
    session.socket().receive(sessionResponse());
    expect(session.messaging.state).toBe('configured');
    expect(session.told.some(({ type }) => type === 'typing.forbidden')).toBe(isForbidden);
    const conversationId = session.messaging.conversationId as string;
    const typing = session.messaging.sendTyping(
      { conversationId, isTyping: true, attempt: 1, keepalive: false },
      { signal: new AbortController().signal },
    );
    if (isForbidden) await expect(typing).rejects.toMatchObject({ code: 'forbidden' });
    else await typing;
    session.messaging.stop();
  });

  it.each([
    ['is not there', json({}, 404), 'not-found'],
    ['says that it is switched off', json({ status: 'Inactive' }), 'forbidden'],
  ])('%s: there is no point in connecting', async (_, fetch, code) => {
    const session = createSession({ config: 'load', fetch });
    await expect(session.messaging.connect()).rejects.toMatchObject({ code });
    expect(session.sockets).toHaveLength(0);
    expect(session.clock.timers).toBe(0);
  });

  it('that never comes keeps nobody waiting for long', async () => {
    const session = createSession({ config: 'load', fetch: (() => new Promise(() => {})) as never });
    session.messaging.connect();
    await session.clock.advance(4999);
    expect(session.sockets).toHaveLength(0);
    await session.clock.advance(1);
    expect(session.sockets).toHaveLength(1);
    session.messaging.stop();
    expect(session.clock.timers).toBe(0);
  });

  it('is loaded over the platform fetch, once', async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      asked += 1;
      expect(request.url).toBe(`/webdeployments/v1/deployments/${deploymentId}/config.json`);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(flag(true)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { sockets, Socket } = createSockets();
    const messaging = webMessaging({ deploymentId, endpoint: `http://127.0.0.1:${port}`, webSocket: Socket });
    for (let round = 1; round <= 2; round += 1) {
      messaging.connect();
      await vi.waitFor(() => expect(sockets).toHaveLength(round));
      messaging.close();
    }
    expect(asked).toBe(1);
    messaging.stop();
    server.close();
  });
});

describe('the storage', () => {
  const memory = (entries: Record<string, string> = {}) => {
    const kept = new Map(Object.entries(entries));
    return {
      kept,
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
  };
  const key = `genesys-conversation-machine:${deploymentId}`;

  it.each(['sync', 'async'])('keeps the guest and the conversation over a reload, %s', async (kind) => {
    const store = memory();
    const storage =
      kind === 'sync'
        ? store
        : {
            getItem: async (name: string) => store.getItem(name),
            setItem: async (name: string, value: string) => store.setItem(name, value),
            removeItem: async (name: string) => store.removeItem(name),
          };
    const first = createSession({ storage });
    const socket = await first.configure();
    const { conversationId } = first.messaging;
    await first.clock.settle();
    first.messaging.stop();
    const second = createSession({ storage });
    const resumed = await second.configure({ newSession: false });
    expect(resumed.sent[0]).toMatchObject({ token: socket.sent[0]?.token, startNew: false });
    expect(second.messaging.conversationId).toBe(conversationId);
    expect(String(conversationId)).not.toBe(socket.sent[0]?.token);
    await second.receive({ class: 'LogoutEvent', code: 200, body: {} });
    await second.clock.settle();
    expect(store.kept.size).toBe(0);
    second.messaging.stop();
  });

  it.each([
    '{}',
    'null',
    '[1',
    '{"version":1,"token":"x","conversationId":"y"}',
    '{"version":9}',
    'x'.repeat(1e6),
  ])('that holds something else (%#) is as good as none', async (value) => {
    const session = createSession({ storage: memory({ [key]: value }) });
    const socket = await session.configure();
    expect(socket.sent[0]?.token).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f-]{17}$/);
    session.messaging.stop();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('quota');
      },
    ],
    ['rejects', () => Promise.reject(new Error('quota'))],
    ['never answers', () => new Promise(() => {})],
  ])('that %s is done without, and said once', async (_, broken) => {
    const storage = { getItem: broken, setItem: broken, removeItem: broken } as never;
    const session = createSession({ storage });
    session.messaging.connect();
    await session.clock.advance(8000);
    session.socket().open();
    session.socket().receive(sessionResponse());
    await session.clock.advance(8000);
    await session.receive({ class: 'LogoutEvent', code: 200, body: {} });
    await session.clock.advance(8000);
    expect(session.of('session.configured')).toHaveLength(1);
    expect(session.logged.filter((line) => line.includes('storage'))).toHaveLength(1);
    session.messaging.stop();
    expect(session.clock.timers).toBe(0);
  });
});

it('an inspector may be an observer; what it throws is said once', async () => {
  let seen = 0;
  const session = createSession({
    inspect: {
      next: () => {
        seen += 1;
        throw new Error('inspector');
      },
    },
  });
  await session.configure();
  session.messaging.stop();
  expect(seen).toBeGreaterThan(5);
  expect(session.logged.filter((line) => line.includes('"inspect"'))).toHaveLength(1);
});

it('importing and constructing do nothing (C-2)', () => {
  const clock = createSteppedClock();
  const { sockets, Socket } = createSockets();
  const messaging = webMessaging({
    ...fine,
    webSocket: Socket,
    clock,
    fetch: () => Promise.reject(new Error()),
  });
  expect(sockets).toHaveLength(0);
  expect(clock.timers).toBe(0);
  expect(messaging.state).toBe('idle');
  messaging.stop();
});
