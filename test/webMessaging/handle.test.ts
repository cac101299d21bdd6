import { type LogEntry, webMessaging } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createSession,
  createSockets,
  deploymentId,
  plainError,
  sessionResponse,
} from '../support/socketScript.ts';

const signal = new AbortController().signal;
/** What the chart's own events of the page, the network and the clock are, as an inspector sees them. */
async function createWatched(options: Parameters<typeof createSession>[0] = {}) {
  const got: string[] = [];
  const session = createSession({
    ...options,
    inspect: (seen) => {
      if (seen.type === '@xstate.event' && seen.actorRef === session.messaging.actor)
        got.push(seen.event.type);
    },
  });
  await session.configure();
  got.length = 0;
  return { ...session, got };
}

describe('the handle of a session', () => {
  it('says what the product can do for a guest', () => {
    const { messaging } = createSession();
    const can = {
      stopTyping: false,
      readReceipts: false,
      messageEndsTyping: true,
      messageReopensWindow: true,
      spacing: 5350,
      timeToLive: 5000,
    };
    expect(messaging.capabilities).toEqual(can);
    const reporting = createSession({ reportRead: async () => {} }).messaging;
    expect(reporting.capabilities).toEqual({ ...can, readReceipts: true, readsOutliveEnd: true });
    expect(messaging.participantId).toBe('guest');
    for (const each of [messaging, reporting]) {
      expect(Object.isFrozen(each)).toBe(true);
      each.stop();
    }
  });

  it('reports reads where the application says, and how that ended', async () => {
    const calls: unknown[] = [];
    let outcome = Promise.resolve();
    const { messaging } = createSession({
      reportRead: (...call) => {
        calls.push(call);
        return outcome;
      },
    });
    const call = { conversationId: 'c', messageId: 'm' } as never;
    const options = { signal };
    expect(await messaging.sendRead(call, options)).toEqual({});
    expect(calls).toEqual([[call, options]]);
    outcome = Promise.reject(new Error('mine'));
    await expect(messaging.sendRead(call, options)).rejects.toThrow('mine');
    messaging.stop();
  });

  it('is called by the name of its conversation, once it has one', async () => {
    const session = createSession();
    expect(session.messaging.guestName?.()).toBe(null);
    await session.configure();
    expect(session.messaging.guestName?.()).toBe(session.messaging.conversationId);
    session.messaging.stop();
  });

  it('resolves at once where the session is up, and asks for nothing', async () => {
    const { messaging, got, receive } = await createWatched();
    await messaging.connect();
    await receive(sessionResponse({ readOnly: true }));
    got.length = 0;
    await messaging.connect();
    expect(got).toEqual([]);
    messaging.stop();
  });

  it('resolves for everybody who waits once the session is up, read-only as well', async () => {
    for (const readOnly of [false, true]) {
      const session = createSession();
      const both = [session.messaging.connect(), session.messaging.connect()];
      await session.configure({ readOnly });
      await expect(Promise.all(both)).resolves.toEqual([undefined, undefined]);
      session.messaging.stop();
    }
  });

  it.each([
    ['hide', []],
    ['show', ['page.visible']],
    ['freeze', ['page.frozen']],
    ['resume', ['page.resumed']],
    ['offline', ['network.offline']],
    ['online', ['network.online']],
  ] as const)('passes on what becomes of the page: %s', async (verb, events) => {
    const { messaging, got } = await createWatched();
    messaging[verb]();
    expect(got.slice(0, 1)).toEqual(events);
    messaging.stop();
    const warned = vi.spyOn(console, 'warn');
    onTestFinished(() => warned.mockRestore());
    messaging[verb]();
    expect(messaging.state).toBe('closed');
    expect(warned).not.toHaveBeenCalled();
  });

  it.each([
    ['show', ['clock.jumped', 'page.visible']],
    ['hide', ['clock.jumped']],
    ['freeze', ['page.frozen']],
    ['sendMessage', ['clock.jumped', 'message.send']],
    ['sendTyping', ['clock.jumped']],
  ] as const)('notices that the machine slept: %s', async (verb, events) => {
    const { messaging, got, clock } = await createWatched();
    messaging.hide();
    await clock.advance(20_000);
    clock.shiftWall(30_000);
    messaging.show();
    expect(got).not.toContain('clock.jumped');
    clock.shiftWall(-60_000);
    messaging.show();
    expect(got).not.toContain('clock.jumped');
    clock.shiftWall(30_001);
    got.length = 0;
    if (verb === 'sendMessage') messaging.sendMessage('hi').catch(() => {});
    else if (verb === 'sendTyping') {
      const conversationId = String(messaging.conversationId);
      await messaging.sendTyping(
        { conversationId, isTyping: true, attempt: 1, keepalive: false },
        { signal },
      );
    } else messaging[verb]();
    expect(got.filter((type) => /^(page|network|clock|message)\./.test(type))).toEqual(events);
    got.length = 0;
    messaging.show();
    expect(got).toContain('page.visible');
    if (verb !== 'freeze') expect(got).not.toContain('clock.jumped');
    messaging.stop();
  });

  it('listens to one kind of decision until told to end, and to nothing after its stop', async () => {
    const session = createSession();
    const heard: string[] = [];
    const end = session.messaging.on('session.configured', ({ type }) => heard.push(type));
    await session.configure();
    end();
    await session.receive(sessionResponse({ readOnly: true }));
    await session.receive(sessionResponse());
    expect(heard).toEqual(['session.configured']);
    expect(session.of('session.configured')).toHaveLength(2);
    for (const listener of [undefined, 'x'])
      expect(() => session.messaging.on('session.configured', listener as never)).toThrow('listener must be');
    session.messaging.stop();
    session.messaging.close();
    expect(session.messaging.state).toBe('closed');
  });
});

describe('the log of a session', () => {
  it('says whose callback threw', async () => {
    const session = createSession();
    session.messaging.subscribe(({ type }) => {
      if (type === 'conversation.opened') throw new Error('mine');
    });
    await session.configure();
    expect(session.logged).toContain('A callback for "subscribe" threw; that is ignored, and said once.');
    expect(session.messaging.state).toBe('configured');
    session.messaging.stop();
  });

  it('has a line for each decision, with its numbers and its reason', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(plainError(4029));
    await session.receive(plainError(4011));
    session.socket().end(1006);
    const { msLeft } = session.of('session.reconnecting')[0] ?? {};
    session.messaging.close();
    const [limit] = session.of('session.limited');
    const [failure] = session.of('session.error').map((told) => told.failure);
    expect(session.logged).toEqual([
      'session.configured',
      `session.limited: ${limit?.msLeft} ms`,
      `session.error: ${failure?.code}, ${failure?.message}`,
      `session.reconnecting: attempt 1 in ${msLeft} ms`,
      'session.closed: requested',
    ]);
    session.messaging.stop();
  });

  it('says that the machine failed, and nobody waits for it any more', async () => {
    const stepped = createSteppedClock();
    let isBroken = false;
    const clock = {
      ...stepped,
      setTimeout: (callback: () => void, ms: number) => {
        if (isBroken) throw new Error('broken clock');
        return stepped.setTimeout(callback, ms);
      },
    };
    const { sockets, Socket } = createSockets();
    const logged: LogEntry[] = [];
    const messaging = webMessaging({
      deploymentId,
      endpoint: 'http://127.0.0.1:4870',
      config: 'skip',
      webSocket: Socket,
      clock,
      logger: (entry) => logged.push(entry),
    });
    const up = messaging.connect();
    const sent = messaging.sendMessage('hi');
    await clock.settle();
    isBroken = true;
    sockets[0]?.open();
    await clock.settle();
    const stopped = { code: 'stopped', message: 'The session was stopped; create another one.' };
    await expect(sent).rejects.toMatchObject(stopped);
    await expect(up).rejects.toMatchObject(stopped);
    expect(logged.filter(({ level }) => level === 'error')).toEqual([
      {
        level: 'error',
        message: 'The machine failed; please report this.',
        error: new Error('broken clock'),
      },
    ]);
    messaging.stop();
  });
});
