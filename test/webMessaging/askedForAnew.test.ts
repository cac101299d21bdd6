import { describe, expect, it } from 'vitest';
import { bare, createSession, sessionResponse } from '../support/socketScript.ts';

type Session = ReturnType<typeof createSession>;

const limited = (retryAfter: number) => bare('TooManyRequestsErrorMessage', { retryAfter });

/** Brings a session into a state, from its beginning. */
const into: Readonly<Record<string, (session: Session) => Promise<unknown>>> = {
  idle: async () => {},
  connecting: async ({ messaging, clock }) => {
    messaging.connect().catch(() => {});
    await clock.settle();
  },
  configuring: ({ connect }) => connect(),
  configured: ({ configure }) => configure(),
  readOnly: ({ configure }) => configure({ readOnly: true }),
  reconnecting: async ({ configure, clock }) => {
    (await configure()).end(1006);
    await clock.settle();
  },
  'reconnecting, put away': async ({ configure, messaging }) => {
    await configure();
    messaging.freeze();
  },
  'reconnecting, offline': async ({ configure, messaging }) => {
    messaging.offline();
    (await configure()).end(1006);
    messaging.online();
  },
  closed: async ({ configure, messaging }) => {
    await configure();
    messaging.close();
  },
  failed: async ({ configure, clock }) => {
    (await configure()).end(4000);
    await clock.settle();
  },
};
const all = Object.keys(into);

async function bring(state: string, options: Parameters<typeof createSession>[0] = {}) {
  const session = createSession(options);
  await into[state]?.(session);
  expect(session.messaging.state).toBe(state.split(',')[0]);
  return session;
}

/** Plays a server that ends the old session where it is asked to, and gives the one that is asked for. */
async function admit({ socket, clock, receive }: Session) {
  if (socket().readyState === 0) socket().open();
  await clock.settle();
  if (socket().sent.at(-1)?.action === 'closeSession')
    await receive(sessionResponse({ connected: false, newSession: false, readOnly: true }));
  const { action, startNew } = socket().sent.at(-1) ?? {};
  expect(action).toBe('configureSession');
  await receive(sessionResponse({ newSession: startNew === true }));
  return startNew;
}

describe.each(all)('a new session that is asked for while one is %s', (state) => {
  it('is had at once, is asked for once, and is another conversation', async () => {
    const session = await bring(state);
    const { messaging, clock, socket } = session;
    const before = messaging.conversationId;
    const up = messaging.startNew();
    await clock.settle();
    expect(await admit(session)).toBe(true);
    await up;
    expect(messaging.state).toBe('configured');
    expect(messaging.conversationId).not.toBe(before);
    expect(session.of('session.gap')).toEqual([]);
    const { conversationId } = messaging;
    socket().end(4200);
    await clock.settle();
    expect(await admit(session)).toBe(false);
    expect(messaging.conversationId).toBe(conversationId);
    messaging.stop();
  });
});

describe('a session that is asked for', () => {
  it.each(['reconnecting', 'reconnecting, put away', 'reconnecting, offline', 'closed', 'failed'])(
    'while one is %s is had without a wait, and is the same one where that is there still',
    async (state) => {
      const session = await bring(state);
      const { messaging, clock } = session;
      const before = messaging.conversationId;
      const up = messaging.connect();
      await clock.settle();
      expect(await admit(session)).toBe(false);
      await up;
      expect(messaging.conversationId).toBe(before);
      messaging.stop();
    },
  );

  it.each(['connect', 'startNew'] as const)(
    'again while it is waited for is told with its new wait: %s (W-3)',
    async (verb) => {
      const { messaging, of, sockets } = await bring('reconnecting');
      messaging.offline();
      messaging[verb]().catch(() => {});
      expect(of('session.reconnecting')).toEqual([
        { type: 'session.reconnecting', attempt: 1, msLeft: expect.any(Number) },
        { type: 'session.reconnecting', attempt: 1, msLeft: 0 },
      ]);
      expect(of('session.reconnecting')[0]?.msLeft).toBeGreaterThan(0);
      expect(sockets).toHaveLength(1);
      messaging.stop();
    },
  );
});

describe('a silence that the server asked for is kept (L-1)', () => {
  const ends: Readonly<Record<string, (session: Session) => unknown>> = {
    'is up': () => {},
    'is lost': ({ socket }) => socket().end(1006),
    'is lost, at once to be had again': ({ socket }) => socket().end(4200),
    'is put away': ({ messaging }) => messaging.freeze(),
    'is closed': ({ messaging }) => messaging.close(),
    'has failed': ({ receive }) => receive(bare('SessionExpiredEvent')),
    'may only be looked at': ({ receive }) => receive(sessionResponse({ newSession: false, readOnly: true })),
  };
  const verbs: Readonly<Record<string, (session: Session) => void>> = {
    'is waited for': () => {},
    'is asked for': ({ messaging }) => void messaging.connect().catch(() => {}),
    'is asked for anew': ({ messaging }) => void messaging.startNew().catch(() => {}),
    'is taken out again': ({ messaging }) => messaging.resume(),
    'is looked at again': ({ messaging }) => messaging.show(),
  };
  const cases: readonly (readonly [string, string])[] = [
    ['is up', 'is asked for anew'],
    ['may only be looked at', 'is asked for anew'],
    ['is lost', 'is waited for'],
    ['is lost', 'is asked for'],
    ['is lost', 'is asked for anew'],
    ['is lost', 'is looked at again'],
    ['is lost, at once to be had again', 'is waited for'],
    ['is put away', 'is taken out again'],
    ['is put away', 'is asked for'],
    ['is put away', 'is asked for anew'],
    ['is closed', 'is asked for'],
    ['is closed', 'is asked for anew'],
    ['has failed', 'is asked for'],
    ['has failed', 'is asked for anew'],
  ];

  it.each(cases)('by a session that %s, and %s', async (end, verb) => {
    const session = createSession();
    const { configure, receive, clock, of, sockets, messaging } = session;
    await configure();
    await receive(limited(20));
    const { msLeft = 0 } = of('session.limited')[0] ?? {};
    await ends[end]?.(session);
    await clock.advance(1000);
    const sent = session.socket().sent.length;
    verbs[verb]?.(session);
    await clock.advance(msLeft - 1001);
    expect(sockets).toHaveLength(1);
    expect(session.socket().sent).toHaveLength(sent);
    await clock.advance(1);
    expect(sockets).toHaveLength(2);
    expect(await admit(session)).toBe(verb === 'is asked for anew');
    messaging.stop();
  });
});

describe('a message that waits for the session', () => {
  it.each(['connecting', 'configuring', 'reconnecting', 'reconnecting, put away'])(
    'that is %s leaves once it is up',
    async (state) => {
      const session = await bring(state);
      const { messaging, clock, socket } = session;
      messaging.sendMessage('hello').catch(() => {});
      if (state !== 'connecting' && state !== 'configuring') {
        messaging.connect().catch(() => {});
        await clock.settle();
      }
      await admit(session);
      expect(socket().sent.filter(({ action }) => action === 'onMessage')).toMatchObject([
        { message: { text: 'hello' } },
      ]);
      messaging.stop();
    },
  );

  it.each(['connecting', 'configuring', 'reconnecting', 'reconnecting, put away'])(
    'that is %s does not slip into a new one that is asked for, and is told as unsent',
    async (state) => {
      const session = await bring(state);
      const { messaging, clock, socket, of } = session;
      messaging.sendMessage('hello').catch(() => {});
      messaging.startNew().catch(() => {});
      expect(of('message.failed').map(({ failure }) => failure)).toEqual([
        {
          code: 'network',
          message:
            'The session ended before the message left; it was not sent. Connect again and send it anew.',
        },
      ]);
      await clock.settle();
      await admit(session);
      messaging.sendMessage('next').catch(() => {});
      await clock.settle();
      expect(socket().sent.filter(({ action }) => action === 'onMessage')).toMatchObject([
        { message: { text: 'next' } },
      ]);
      messaging.stop();
    },
  );

  it.each(['idle', 'readOnly', 'closed'])('that is %s is refused, with what to do', async (state) => {
    const { messaging, of } = await bring(state);
    messaging.sendMessage('hello').catch(() => {});
    expect(of('message.failed').map(({ failure }) => failure)).toEqual([
      {
        code: 'network',
        message: 'The session is not connected or may only be looked at; connect, or start a new session.',
      },
    ]);
    messaging.stop();
  });

  it('that has failed is refused for why it has', async () => {
    const { messaging, of } = await bring('failed');
    messaging.sendMessage('hello').catch(() => {});
    expect(of('message.failed').map(({ failure }) => failure)).toEqual([of('session.failed')[0]?.failure]);
    expect(of('session.failed')[0]?.failure.code).toBe('forbidden');
    messaging.stop();
  });
});

it.each(all.filter((state) => state !== 'closed' && state !== 'failed'))(
  'a session that is %s is closed by request, once, with nothing left',
  async (state) => {
    const { messaging, of, clock, socket } = await bring(state);
    messaging.close();
    messaging.close();
    expect(of('session.closed').map(({ reason }) => reason)).toEqual(state === 'idle' ? [] : ['requested']);
    expect(messaging.state).toBe(state === 'idle' ? 'idle' : 'closed');
    expect(clock.timers).toBe(0);
    expect(socket()?.listeners ?? 0).toBe(0);
    messaging.stop();
  },
);
