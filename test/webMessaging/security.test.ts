import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { bare, createSession, plainError, sessionResponse } from '../support/socketScript.ts';

describe('the tokens (S2, S5)', () => {
  it('of guest and history appear in frames and headers, and in no other place (S1, S4, S5)', async () => {
    const seen: unknown[] = [];
    const urls: string[] = [];
    const canary = 'jwt-canary.0123456789';
    let authorization: string | null = null;
    const note = (value: unknown) =>
      seen.push(inspect(value, { depth: 12, showHidden: true, getters: true }));
    const logged: unknown[] = [];
    const session = createSession({
      logger: (entry) => logged.push(entry),
      inspect: (event) => {
        if ('event' in event) seen.push(JSON.stringify(event.event));
        if (event.type === '@xstate.action') seen.push(JSON.stringify(event.action));
        if ('snapshot' in event) seen.push(JSON.stringify((event.snapshot as { context?: object }).context));
      },
      fetch: ((input: RequestInfo | URL, init?: RequestInit) => {
        urls.push(String(input));
        authorization = new Headers(init?.headers).get('authorization');
        return Promise.reject(new TypeError(`failed with ${authorization}`));
      }) as never,
    });
    const socket = await session.configure({ durationSeconds: 900 });
    const token = socket.sent[0]?.token as string;
    const failed = session.messaging.sendMessage('my secret words').catch(note);
    await session.clock.settle();
    socket.end(1006);
    await session.clock.advance(2000);
    session.socket().open();
    session.socket().receive(sessionResponse({ newSession: false }));
    await session.clock.advance(1000);
    expect(session.socket().sent.at(-1)).toMatchObject({ action: 'getJwt', token });
    await session.receive({ class: 'JwtResponse', code: 200, body: { jwt: canary, exp: 1_900_000_000 } });
    await session.clock.advance(40_000);
    await failed;
    expect(authorization).toBe(`bearer ${canary}`);
    session.socket().receive(plainError(500, `no ${token} ${canary}`));
    session.socket().receive({ class: `\u001b[31m${token}`, code: 200, body: {} });
    await session.receive(plainError(4017, `no ${token}`));
    note(session.emitted);
    note(session.told);
    note(session.messaging.actor.getSnapshot().context);
    seen.push(Object.keys(session.messaging).join());
    seen.push(JSON.stringify(session.messaging.actor.getPersistedSnapshot()));
    const text = [...seen, ...urls, ...session.sockets.map(({ url }) => url)].join('\n');
    expect(text.length).toBeGreaterThan(5000);
    for (const secret of [token, canary]) expect(text).not.toContain(secret);
    const lines = inspect(logged, { depth: 12 });
    for (const secret of [canary, 'my secret words', '127.0.0.1', '\u001b', '\\x1B'])
      expect(lines).not.toContain(secret);
    session.messaging.stop();
  });
});

describe('a callback that throws', () => {
  it('harms nobody else', async () => {
    const session = createSession();
    const boom = () => {
      throw new Error('listener');
    };
    session.messaging.on('session.configured', boom);
    session.messaging.subscribe(boom);
    const heard = vi.fn();
    session.messaging.on('session.configured', heard);
    await session.configure();
    expect(heard).toHaveBeenCalledOnce();
    expect(session.messaging.state).toBe('configured');
    const told = ['network.offline', 'network.online', 'conversation.opened'];
    expect(session.told.map(({ type }) => type)).toEqual(told);
    expect(session.logged.filter((line) => line.includes('threw'))).toHaveLength(2);
    session.messaging.stop();
  });
});

describe('stop (C-1, C-2)', () => {
  const stages = {
    idle: async () => {},
    connecting: async (session: ReturnType<typeof createSession>) => {
      session.messaging.connect();
      await session.clock.settle();
    },
    configuring: async (session: ReturnType<typeof createSession>) => {
      await session.connect();
    },
    configured: async (session: ReturnType<typeof createSession>) => {
      await session.configure({ durationSeconds: 400 });
    },
    limited: async (session: ReturnType<typeof createSession>) => {
      await session.configure();
      await session.receive(plainError(4029));
    },
    probing: async (session: ReturnType<typeof createSession>) => {
      await session.configure();
      session.messaging.show();
    },
    searching: async (session: ReturnType<typeof createSession>) => {
      await session.configure();
      session.messaging.sendMessage('x');
      await session.clock.advance(11_000);
    },
    readOnly: async (session: ReturnType<typeof createSession>) => {
      await session.configure({ readOnly: true });
    },
    reconnecting: async (session: ReturnType<typeof createSession>) => {
      await session.configure();
      session.socket().end(1006);
    },
    closed: async (session: ReturnType<typeof createSession>) => {
      await session.configure();
      session.messaging.close();
    },
    failed: async (session: ReturnType<typeof createSession>) => {
      await session.configure();
      await session.receive(bare('SessionExpiredEvent'));
    },
  };

  it.each(Object.entries(stages))(
    'while %s leaves no timer, listener, socket or promise',
    async (_, reach) => {
      const session = createSession();
      await reach(session);
      const sent = session.messaging.sendMessage('x').then(
        () => 'sent',
        ({ code }) => code,
      );
      const { stop } = session.messaging;
      stop();
      stop();
      await session.clock.settle();
      expect(session.clock.timers).toBe(0);
      expect(session.sockets.every(({ listeners, readyState }) => listeners === 0 && readyState > 1)).toBe(
        true,
      );
      expect(['stopped', 'network', 'conversation-ended']).toContain(await sent);
      const before = [session.emitted.length, session.told.length, session.sockets.length];
      await expect(session.messaging.connect()).rejects.toMatchObject({ code: 'stopped' });
      await expect(session.messaging.startNew()).rejects.toMatchObject({ code: 'stopped' });
      for (const verb of ['close', 'hide', 'show', 'offline', 'online', 'freeze', 'resume'] as const) {
        session.messaging[verb]();
      }
      await session.clock.advance(600_000);
      expect([session.emitted.length, session.told.length, session.sockets.length]).toEqual(before);
      await expect(
        session.messaging.sendTyping(
          { conversationId: 'x', isTyping: true, attempt: 1, keepalive: false },
          { signal: new AbortController().signal },
        ),
      ).rejects.toMatchObject({ code: 'stopped' });
    },
  );

  it('while storage, configuration or history are being asked leaves nothing either', async () => {
    const never = () => new Promise(() => {}) as never;
    for (const options of [
      { storage: { getItem: never, setItem: never, removeItem: never } },
      { config: 'load' as const, fetch: never },
    ]) {
      const session = createSession(options);
      const up = session.messaging.connect().catch(({ code }) => code);
      await session.clock.settle();
      session.messaging.stop();
      await session.clock.advance(2000);
      expect(await up).toBe('stopped');
      expect(session.clock.timers).toBe(0);
      expect(session.sockets).toHaveLength(0);
    }
  });
});
