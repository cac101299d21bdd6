import { describe, expect, it } from 'vitest';
import { bare, createSession, plainError, sessionResponse } from '../support/socketScript.ts';

type Session = ReturnType<typeof createSession>;

const sent = (session: Session) => session.sockets.flatMap(({ sent: frames }) => frames);
const reasons = (session: Session) => session.of('session.closed').map(({ reason }) => reason);
const closed = bare('ConnectionClosedEvent');

describe('the beginning of a session', () => {
  it('is no visit of a page where the deployment does not start by itself', async () => {
    const session = createSession();
    await session.configure();
    expect(sent(session).map(({ action }) => action)).toEqual(['configureSession']);
    session.messaging.stop();
  });

  it('is no answer that says that there is no connection', async () => {
    const session = createSession();
    await session.connect();
    await session.receive(sessionResponse({ connected: false }));
    expect(session.of('session.configured')).toEqual([]);
    await session.receive(sessionResponse());
    expect(session.of('session.configured')).toHaveLength(1);
    session.messaging.stop();
  });

  it('in place of an old one waits until that is over', async () => {
    const session = createSession();
    await session.configure();
    session.messaging.startNew().catch(() => {});
    await session.clock.settle();
    const asked = () => sent(session).filter(({ action }) => action === 'configureSession').length;
    await session.receive(sessionResponse({ newSession: false }));
    expect(asked()).toBe(1);
    await session.receive(sessionResponse({ connected: false, newSession: false, readOnly: true }));
    expect(asked()).toBe(2);
    session.messaging.stop();
  });
});

describe('the end of a session', () => {
  it('by request says so', async () => {
    const session = createSession();
    await session.configure();
    session.messaging.close();
    expect(reasons(session)).toEqual(['requested']);
    session.messaging.stop();
  });

  it('in good order, by the server, says so', async () => {
    const session = createSession();
    await session.configure();
    session.socket().end(1000);
    await session.clock.settle();
    expect(reasons(session)).toEqual(['server']);
    session.messaging.stop();
  });

  it('before it began is none of a conversation that was wiped, the first time and after', async () => {
    const session = createSession();
    await session.connect();
    await session.receive(closed);
    await session.connect();
    await session.receive(closed);
    expect(reasons(session)).toEqual(['sessionLimit', 'sessionLimit']);
    session.messaging.stop();
  });

  it('by a wipe is that of this conversation alone', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(bare('SessionClearedEvent'));
    await session.receive(closed);
    await session.connect();
    await session.receive(closed);
    expect(reasons(session)).toEqual(['cleared', 'sessionLimit']);
    session.messaging.stop();
  });

  it('is not what a message fails for that was given to the next one', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(bare('SessionExpiredEvent'));
    session.messaging.connect().catch(() => {});
    await session.clock.settle();
    session.messaging.sendMessage('hello').catch(() => {});
    session.messaging.close();
    expect(session.of('message.failed')).toHaveLength(1);
    expect(session.of('message.failed')[0]?.failure.code).not.toBe('conversation-ended');
    session.messaging.stop();
  });
});

it('what a session decides is logged with why, in names and numbers (S17)', async () => {
  const session = createSession();
  await session.configure({ durationSeconds: 3600 });
  session.socket().end(1006);
  await session.clock.settle();
  const { msLeft } = session.of('session.reconnecting').at(-1) ?? {};
  session.messaging.close();
  await session.connect();
  await session.receive(bare('SessionExpiredEvent'));
  const told = session.logged.filter((line) => line.includes('session.'));
  const one = (words: string) => told.filter((line) => line.includes(words)).length;
  expect(one('session.reconnecting: attempt 1 in')).toBe(1);
  expect(one(`in ${msLeft} ms`)).toBe(1);
  expect(one('session.duration: 3600000 ms')).toBe(1);
  expect(one('session.closed: requested')).toBe(1);
  expect(one('session.failed: conversation-ended, The session has expired')).toBe(1);
  expect(told.some((line) => line.includes('undefined'))).toBe(false);
  session.messaging.stop();
});

it('an error about typing that is no refusal of it forbids none', async () => {
  const session = createSession();
  await session.configure();
  const call = { conversationId: String(session.messaging.conversationId), attempt: 1, keepalive: false };
  await session.messaging.sendTyping({ ...call, isTyping: true }, { signal: new AbortController().signal });
  await session.receive(plainError(400, 'Typing indicators are not allowed.'));
  expect(session.of('session.error')).toHaveLength(1);
  expect(session.kinds()).not.toContain('typing.forbidden');
  session.messaging.stop();
});
