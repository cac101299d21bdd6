import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  BASE,
  Client,
  control,
  openFeed,
  openStream,
  plain,
  post,
  raw,
  start,
  startStepped,
  typing,
} from '../support/sandboxGuest.ts';

const json = { 'content-type': 'application/json' };

describe('the Host header', () => {
  it.each([
    ['localhost', true],
    ['localhost:4870', true],
    ['127.0.0.1:1', true],
    ['[::1]:4870', true],
    ['app.localhost:4870', true],
    ['LOCALHOST', true],
    [undefined, false],
    ['', false],
    ['evil.example', false],
    ['evil.example:4870', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['evil.example@127.0.0.1', false],
    ['127.0.0.1@evil.example', false],
    ['127.0.0.1/evil.example', false],
    ['localhost.', false],
    ['0.0.0.0', false],
    ['[::]', false],
    ['192.168.0.1', false],
    ['localhost:99999', false],
  ])('%s is loopback: %s', async (host, expected) => {
    const sandbox = await start();
    const { status } = await raw(sandbox, { path: '/', host: host ?? null });
    expect(status === 403).toBe(!expected);
  });

  it.each(['/', BASE, '/sandbox/calls', '/nowhere'])(
    'is checked for %s before anything else',
    async (path) => {
      const sandbox = await start();
      const ask = (host: string | null) =>
        raw(sandbox, { path, host, headers: { 'x-sandbox-secret': sandbox.secret } });
      expect((await ask('evil.example')).status).toBe(403);
      expect((await ask(null)).status).toBe(403);
      expect((await ask('localhost')).status).not.toBe(403);
      expect(sandbox.calls().length).toBeLessThanOrEqual(1);
    },
  );

  it('is checked before a body is read', async () => {
    const sandbox = await start();
    const headers = { ...json, 'content-length': '10000000' };
    const text = await new Promise<string>((resolve) => {
      const socket = connect(sandbox.port, '127.0.0.1');
      socket.once('data', (data) => {
        resolve(String(data));
        socket.destroy();
      });
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`POST ${BASE} HTTP/1.1\r\nHost: evil.example\r\n${lines.join('')}\r\n`);
    });
    expect(text).toMatch(/^HTTP\/1.1 403 /);
  });

  it('is refused when it comes twice', async () => {
    const sandbox = await start();
    const { text } = await plain(
      sandbox,
      'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1.1 403 /);
  });

  it.each([`${BASE}/events`, '/sandbox/feed', '/', '/nowhere'])(
    'is checked on upgrades of %s',
    async (path) => {
      const sandbox = await start();
      const client = new Client(`ws://127.0.0.1:${sandbox.port}${path}`, { host: 'evil.example' });
      expect(await client.opened).toBe(403);
    },
  );
});

describe('the Origin header', () => {
  const foreign = [
    'https://evil.example',
    'null',
    'http://localhost:1',
    'http://evil.localhost:80',
    'file://',
  ];

  it.each(foreign)('%s may not call', async (origin) => {
    const { sandbox, guest } = await startStepped();
    const refused = await typing(sandbox, guest, { headers: { origin } });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const headers = { origin, 'x-sandbox-secret': sandbox.secret };
    expect((await raw(sandbox, { path: '/sandbox/calls', headers })).status).toBe(403);
    expect((await raw(sandbox, { path: '/', headers })).status).toBe(403);
    expect(sandbox.conversation(guest.conversationId).typing).toEqual([]);
    expect(sandbox.calls()).toEqual([]);
  });

  it.each(foreign)('%s may not open a WebSocket', async (origin) => {
    const sandbox = await start();
    for (const path of [`${BASE}/events`, '/sandbox/feed']) {
      const client = new Client(`ws://127.0.0.1:${sandbox.port}${path}`, { origin });
      expect(await client.opened).toBe(403);
    }
  });

  it('of the sandbox itself and of the option are echoed, one at a time', async () => {
    const { sandbox, guest } = await startStepped({
      allowedOrigins: ['http://localhost:5173'],
      rateLimit: { calls: 9, window: 1 },
    });
    const { port } = sandbox;
    const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:${port}`);
    for (const origin of [...hosts, 'http://localhost:5173']) {
      const response = await typing(sandbox, guest, { headers: { origin } });
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      expect(response.headers.get('vary')).toBe('Origin');
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      const exposed = response.headers.get('access-control-expose-headers');
      expect(exposed).toBe('Retry-After, X-Genesys-Request-Id, Date');
      const client = new Client(`ws://127.0.0.1:${port}${BASE}/events`, { origin });
      expect(await client.opened).toBe('open');
    }
  });

  it('gets its preflight answered when it is allowed', async () => {
    const sandbox = await start();
    const ask = (origin: string) =>
      raw(sandbox, {
        method: 'OPTIONS',
        path: `${BASE}/participants/x/typing`,
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await ask(`http://localhost:${sandbox.port}`);
    expect(allowed.status).toBe(204);
    expect(allowed.headers['access-control-allow-headers']).toBe(
      'authorization, content-type, x-genesys-request-id, x-sandbox-secret',
    );
    expect(allowed.headers['access-control-max-age']).toBe('600');
    const refused = await ask('https://evil.example');
    expect(refused.status).toBe(403);
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('the control secret', () => {
  it.each([
    ['GET', '/sandbox/calls'],
    ['DELETE', '/sandbox/calls'],
    ['GET', '/sandbox/credentials'],
    ['POST', '/sandbox/faults'],
    ['DELETE', '/sandbox/faults'],
    ['POST', '/sandbox/settings'],
    ['POST', '/sandbox/pages'],
    ['GET', '/sandbox/conversations'],
    ['POST', '/sandbox/conversations'],
    ['POST', '/sandbox/agent/messages'],
    ['GET', '/sandbox/feed'],
    ['GET', '/sandbox/nowhere'],
    ['GET', '/%73andbox/credentials'],
  ])('is asked for by %s %s', async (method, path) => {
    const sandbox = await start();
    const body = method === 'POST' ? {} : undefined;
    const ask = async (secret: string) => (await control(sandbox, method, path, body, secret)).status;
    expect(await ask('')).toBe(401);
    expect(await ask('guessed')).toBe(401);
    expect(await ask(`${sandbox.secret}x`)).toBe(401);
    expect(await ask(sandbox.secret)).not.toBe(401);
  });

  it('differs from run to run, and so do the OAuth credentials', async () => {
    const [one, two] = [await start(), await start()];
    expect(new Set([one.secret, one.clientSecret, two.secret, two.clientSecret]).size).toBe(4);
  });
});

describe('a body', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp'])(
    'sent as %s is refused',
    async (type) => {
      const sandbox = await start();
      const headers = { 'content-type': type, 'x-sandbox-secret': sandbox.secret };
      for (const path of [BASE, '/sandbox/faults', '/nowhere']) {
        const response = await fetch(sandbox.url + path, { method: 'POST', headers, body: '{"status":500}' });
        expect(response.status).toBe(415);
      }
      expect((await post(sandbox, BASE, {})).status).toBe(200);
    },
  );

  it('above 64 KiB is refused', async () => {
    const { sandbox, guest } = await startStepped();
    const pad = (length: number) =>
      JSON.stringify({ conversationId: guest.conversationId, isTyping: true }).padEnd(length);
    const refused = await typing(sandbox, guest, { body: pad(64 * 1024 + 1) });
    expect([refused.status, ((await refused.json()) as { status: number }).status]).toEqual([413, 413]);
    expect((await typing(sandbox, guest, { body: pad(64 * 1024) })).status).toBe(204);
    expect(sandbox.calls().map(({ status }) => status)).toEqual([413, 204]);
  });

  it('cannot reach a prototype', async () => {
    const { sandbox, guest } = await startStepped();
    const body =
      '{"__proto__":{"conversationId":"x","isTyping":true},"constructor":{"prototype":{"polluted":1}}}';
    expect((await typing(sandbox, guest, { body })).status).toBe(400);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(
      (await typing(sandbox, guest, { body: { conversationId: '__proto__', isTyping: true } })).status,
    ).toBe(404);
  });
});

describe('every answer', () => {
  it('forbids sniffing, framing, caching and embedding', async () => {
    const sandbox = await start();
    for (const path of ['/', BASE, '/nowhere']) {
      const { headers } = await raw(sandbox, { path });
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
      });
    }
  });
});

describe('the network', () => {
  it('reaches the loopback only', async () => {
    const sandbox = await start();
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of outside) {
      const outcome = await new Promise((resolve) => {
        const socket = connect({ port: sandbox.port, host: address });
        socket.once('connect', () => resolve('connected'));
        socket.once('error', ({ message }) => resolve(message));
      });
      expect(outcome).toContain('ECONNREFUSED');
    }
    expect((await fetch(sandbox.url)).status).toBe(200);
  });

  it.runIf(Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1')))(
    'reaches ::1 on the same port, WebSockets included',
    async () => {
      const sandbox = await start();
      expect((await fetch(`http://[::1]:${sandbox.port}/`)).status).toBe(200);
      const client = new Client(`ws://[::1]:${sandbox.port}${BASE}/events`);
      expect(await client.opened).toBe('open');
    },
  );

  it('is rid of connections above the cap', async () => {
    const sandbox = await start({ maxConnections: 1 });
    const first = new Client(`ws://127.0.0.1:${sandbox.port}${BASE}/events`);
    expect(await first.opened).toBe('open');
    await expect(raw(sandbox, { path: '/' })).rejects.toThrow();
    first.socket.terminate();
    await first.closed;
  });

  it('tells when the port is taken', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('closing', () => {
  it('cuts everything off at once, and can be repeated', async () => {
    const { clock, sandbox, guest } = await startStepped();
    const stream = await openStream(sandbox, guest.guestToken);
    await stream.next('authenticated');
    const feed = await openFeed(sandbox);
    await feed.next('authenticated');
    const silent = new Client(`ws://127.0.0.1:${sandbox.port}${BASE}/events`);
    await silent.opened;
    sandbox.fault({ match: { isTyping: false }, action: 'hang' });
    sandbox.fault({ lane: 'read', delay: 1000 });
    sandbox.fault({ lane: 'message', action: 'trickle' });
    await typing(sandbox, guest);
    const hanging = typing(sandbox, guest, { isTyping: false });
    const { conversationId, guestId, guestToken: token } = guest;
    const late = post(sandbox, `${BASE}/participants/${guestId}/read`, { conversationId }, { token });
    const slow = await post(
      sandbox,
      `${BASE}/participants/${guestId}/messages`,
      { conversationId },
      { token },
    );
    await sandbox.waitForCall({ isTyping: false });
    await sandbox.waitForCall({ lane: 'read' }, { until: 'arrived' });
    expect(clock.pending).toBe(4);

    const closing = sandbox.close();
    expect(sandbox.close()).toBe(closing);
    await Promise.all([
      closing,
      expect(hanging).rejects.toThrow(),
      expect(late).rejects.toThrow(),
      expect(slow.text()).rejects.toThrow(),
      ...[stream, feed, silent].map((client) => client.closed),
    ]);
    expect(clock.pending).toBe(0);
    await expect(fetch(sandbox.url)).rejects.toThrow();
    const again = await start({ port: sandbox.port });
    expect(again.port).toBe(sandbox.port);
  });
});
