import { describe, expect, it } from 'vitest';
import { identityKeeper } from '../../src/webMessaging/identity.ts';
import { createMemoryStorage } from '../support/memoryStorage.ts';
import { bare, createSession, deploymentId, plainError, sessionResponse } from '../support/socketScript.ts';

const key = `genesys-conversation-machine:${deploymentId}`;
const token = '33333333-3333-4333-8333-333333333333';
const conversationId = '44444444-4444-4444-8444-444444444444';
const kept = { version: 1, token, conversationId, used: true };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const storageWith = (value: object) => createMemoryStorage({ [key]: JSON.stringify(value) });
const storedIn = (storage: ReturnType<typeof createMemoryStorage>) =>
  JSON.parse(storage.getItem(key) ?? 'null');

describe('who the guest is, is kept under the name of the deployment', () => {
  it('as soon as they are anybody, and again once a session was had', async () => {
    const storage = createMemoryStorage();
    const session = createSession({ storage });
    const socket = await session.connect();
    const { conversationId } = session.messaging;
    const made = { version: 1, token: socket.sent[0]?.token, conversationId, used: false };
    expect(storedIn(storage)).toEqual(made);
    expect([made.token, conversationId]).toEqual([expect.stringMatching(uuid), expect.stringMatching(uuid)]);
    await session.receive(sessionResponse());
    expect(storedIn(storage)).toEqual({ ...made, used: true });
    await session.receive(sessionResponse());
    expect(storage.writes).toHaveLength(2);
    session.messaging.stop();
  });

  it.each([
    ['another version', { ...kept, version: 2 }],
    ['no token', { ...kept, token: undefined }],
    ['no conversation', { ...kept, conversationId: 'x' }],
  ])('and is not what is kept with %s', async (_, value) => {
    const storage = storageWith(value);
    const session = createSession({ storage });
    const socket = await session.connect();
    expect(socket.sent[0]?.token).not.toBe(token);
    expect(session.messaging.conversationId).not.toBe(conversationId);
    expect(session.logged).toEqual([]);
    session.messaging.stop();
  });

  it.each([
    ['was had before, and is resumed', true, false, true, 0],
    ['was had before, and is over', true, true, false, 1],
    ['was not had before', false, true, true, 1],
    ['was not had before, as far as anybody knows', undefined, true, true, 1],
    ['is had by a page that closed before it knew', false, false, true, 1],
  ])(
    'with its conversation, which lasts where the session %s',
    async (_, used, newSession, lasts, writes) => {
      const storage = storageWith({ ...kept, used });
      const session = createSession({ storage });
      const socket = await session.configure({ newSession });
      expect(socket.sent[0]?.token).toBe(token);
      expect(session.messaging.conversationId === conversationId).toBe(lasts);
      expect(storage.writes).toHaveLength(writes);
      expect(storedIn(storage)).toEqual({
        ...kept,
        conversationId: session.messaging.conversationId,
      });
      session.messaging.stop();
    },
  );

  it.each([
    [4006, false],
    [4007, false],
    [4000, true],
  ])('with its conversation, unless the session was over: after error %i', async (code, lasts) => {
    const session = createSession();
    await session.configure();
    const { conversationId } = session.messaging;
    await session.receive(plainError(code));
    session.messaging.close();
    await session.connect();
    await session.receive(sessionResponse({ newSession: false }));
    expect(session.messaging.state).toBe('configured');
    expect(session.messaging.conversationId === conversationId).toBe(lasts);
    session.messaging.stop();
  });

  it('before there is a session to begin anew from as well', async () => {
    const session = createSession();
    session.messaging.startNew().catch(() => {});
    await session.clock.settle();
    session.socket().open();
    await session.clock.settle();
    const { conversationId } = session.messaging;
    expect(session.socket().sent[0]?.token).toMatch(uuid);
    await session.receive(sessionResponse());
    expect(session.messaging.conversationId).toBe(conversationId);
    session.messaging.stop();
  });

  it('and a new conversation of the same guest is kept before the server knows of it', async () => {
    const storage = createMemoryStorage();
    const session = createSession({ storage });
    const socket = await session.configure();
    session.messaging.startNew().catch(() => {});
    await session.receive(sessionResponse({ connected: false }));
    const { conversationId } = session.messaging;
    expect(storedIn(storage)).toEqual({
      version: 1,
      token: socket.sent[0]?.token,
      conversationId,
      used: false,
    });
    await session.receive(sessionResponse());
    expect(session.messaging.conversationId).toBe(conversationId);
    expect(storedIn(storage)).toMatchObject({ conversationId, used: true });
    session.messaging.stop();
  });

  it('and is the same one where the session before it is ended over another connection', async () => {
    const session = createSession();
    await session.configure();
    session.socket().end(4200);
    await session.clock.settle();
    session.messaging.startNew().catch(() => {});
    session.socket().open();
    await session.receive(sessionResponse({ connected: false }));
    const { conversationId } = session.messaging;
    await session.receive(sessionResponse());
    expect(session.messaging.state).toBe('configured');
    expect(session.messaging.conversationId).toBe(conversationId);
    session.messaging.stop();
  });

  it('and is forgotten with a logout, though the storage may not do so', async () => {
    const storage = createMemoryStorage();
    const session = createSession({
      storage: {
        ...storage,
        removeItem: () => {
          throw new Error('locked');
        },
      },
    });
    const socket = await session.configure();
    await session.receive(bare('LogoutEvent'));
    expect(session.messaging.conversationId).toBe(null);
    const next = await session.connect();
    expect(next.sent[0]?.token).not.toBe(socket.sent[0]?.token);
    expect(session.logged.filter((line) => line.includes('storage'))).toEqual([
      'The storage option failed; the session is kept in memory only.',
    ]);
    session.messaging.stop();
  });
});

describe('a storage', () => {
  const within = <T>(work: () => Promise<T>): Promise<T> => work();

  it('gets one write after the other, and the next one where one failed', async () => {
    const waiting: ((isFine: boolean) => void)[] = [];
    const asked: string[] = [];
    const session = createSession({
      storage: {
        getItem: () => null,
        setItem: (_, value) => {
          asked.push(JSON.parse(value).used);
          return new Promise<void>((resolve, reject) =>
            waiting.push((isFine) => (isFine ? resolve() : reject(new Error('full')))),
          );
        },
        removeItem: () => asked.push('removed'),
      },
    });
    await session.configure();
    await session.receive(bare('LogoutEvent'));
    const seen: (string | boolean)[][] = [[...asked]];
    for (const isFine of [true, false]) {
      waiting.shift()?.(isFine);
      await session.clock.settle();
      seen.push([...asked]);
    }
    expect(seen).toEqual([[false], [false, true], [false, true, 'removed']]);
    session.messaging.stop();
  });

  it('that answers after its guest was forgotten brings them not back', async () => {
    const answers: ((value: string) => void)[] = [];
    const storage = {
      ...createMemoryStorage(),
      getItem: () => new Promise<string>((resolve) => answers.push(resolve)),
    };
    const keeper = identityKeeper(storage, key, () => {}, within);
    const loaded = [keeper.load(), keeper.load()];
    keeper.forget();
    for (const answer of answers) answer(JSON.stringify(kept));
    const [first, second] = await Promise.all(loaded);
    expect(first?.token).toMatch(uuid);
    expect(first?.token).not.toBe(token);
    expect(second).toEqual(first);
  });

  it('that answered nothing before the stop is not complained of', async () => {
    const session = createSession({
      storage: { ...createMemoryStorage(), getItem: () => new Promise(() => {}) },
    });
    session.messaging.connect().catch(() => {});
    await session.clock.settle();
    session.messaging.stop();
    await session.clock.settle();
    expect(session.logged).toEqual([]);
  });

  it('is asked once, whoever is looked for later', async () => {
    let asked = 0;
    const storage = {
      ...createMemoryStorage(),
      getItem: () => {
        asked += 1;
        return JSON.stringify(kept);
      },
    };
    const keeper = identityKeeper(storage, key, () => {}, within);
    for (let time = 1; time <= 2; time += 1) expect(await keeper.load()).toMatchObject({ token });
    keeper.forget();
    expect(keeper.current).toBe(null);
    expect(keeper.noteSession(true)).toBe(false);
    keeper.beginConversation();
    expect(keeper.current).toBe(null);
    expect((await keeper.load()).token).not.toBe(token);
    expect(asked).toBe(1);
  });
});
