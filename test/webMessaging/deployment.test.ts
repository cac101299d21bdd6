import { describe, expect, it } from 'vitest';
import { createSession, sessionResponse } from '../support/socketScript.ts';

const flags = (conversations: object) => ({ status: 'Active', messenger: { apps: { conversations } } });

/** A session whose deployment's configuration is what `answer` says at the time. */
function createDeployed(first: () => Response | Promise<Response>) {
  let answer = first;
  let asked = 0;
  const session = createSession({
    config: 'load',
    fetch: async () => {
      asked += 1;
      return answer();
    },
  });
  const { clock, messaging } = session;
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await clock.settle();
  };
  const connect = async (): Promise<void> => {
    messaging.connect().catch(() => {});
    await settle();
  };
  return {
    ...session,
    settle,
    asked: () => asked,
    answer: (next: typeof first): void => {
      answer = next;
    },
    /** Connects until a socket is made. */
    begin: connect,
    up: async (body: object = {}): Promise<void> => {
      session.socket().open();
      session.socket().receive(sessionResponse(body));
      await settle();
    },
    /** The handshake fails, and the next attempt is made. */
    fail: async (): Promise<void> => {
      session.socket().end(1006);
      await clock.advance(session.of('session.reconnecting').at(-1)?.msLeft ?? 0);
      await settle();
    },
    joins: () => session.socket().sent.filter(({ action }) => action === 'onMessage'),
  };
}

describe("the deployment's configuration", () => {
  it.each([
    ['both', { showUserTypingIndicator: true, showAgentTypingIndicator: true }, [true, true]],
    ['one', { showUserTypingIndicator: true }, [true, false]],
    ['the other', { showAgentTypingIndicator: true }, [false, true]],
    ['something else', { showUserTypingIndicator: 'true', showAgentTypingIndicator: 1 }, [false, false]],
  ])('is there to be looked at, and not to be changed: %s', async (_, said, [user, agent]) => {
    const session = createDeployed(() => Response.json(flags(said)));
    expect(session.messaging.deployment).toBe(null);
    await session.begin();
    expect(session.messaging.deployment).toEqual({
      showUserTypingIndicator: user,
      showAgentTypingIndicator: agent,
    });
    expect(Object.isFrozen(session.messaging.deployment)).toBe(true);
    session.messaging.stop();
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ['is not had', () => Promise.reject(new TypeError('no network'))],
    ['is null', () => Response.json(null)],
    ['is a word', () => Response.json('Active')],
    ['is switched on in another way than by true', () => Response.json(flags({ autoStart: { enabled: 1 } }))],
  ])('that %s begins no conversation by itself', async (_, answer) => {
    const session = createDeployed(answer);
    await session.begin();
    await session.up();
    expect(session.messaging.state).toBe('configured');
    expect(session.joins()).toEqual([]);
    session.messaging.stop();
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ['not had', () => Promise.reject(new TypeError('no network'))],
    ['null', () => Response.json(null)],
    ['a word', () => Response.json('Active')],
    ['no JSON', () => new Response('<html>', { headers: { 'content-type': 'application/json' } })],
  ])('that is %s is asked for again by each connection, and complained of once', async (_, answer) => {
    const session = createDeployed(answer);
    const complaints = () => session.logged.filter((line) => line.includes('configuration'));
    const words = 'The deployment configuration could not be read; connecting without it.';
    await session.begin();
    expect(complaints()).toEqual([words]);
    await session.fail();
    expect(session.asked()).toBe(2);
    expect(session.messaging.deployment).toBe(null);
    expect(complaints()).toEqual([words]);
    session.messaging.stop();
  });

  it.each([
    [404, 'not-found', 'There is no such deployment; check deploymentId and region.'],
    [410, 'not-found', 'There is no such deployment; check deploymentId and region.'],
    [200, 'forbidden', 'The deployment is switched off; activate it, then connect again.'],
  ])('with status %i that refuses says what to do', async (status, code, message) => {
    const session = createDeployed(() => Response.json({ status: 'Inactive' }, { status }));
    const refused = await session.messaging.connect().catch((error) => error);
    expect(refused).toMatchObject({ code, message });
    expect(refused.status).toBe(status === 200 ? undefined : status);
    session.messaging.stop();
  });

  it('that says nothing of typing has it switched off, and whoever types is told so', async () => {
    const session = createDeployed(() => Response.json(flags({})));
    await session.begin();
    await session.up();
    const conversationId = String(session.messaging.conversationId);
    const call = { conversationId, isTyping: true, attempt: 1, keepalive: false };
    await expect(
      session.messaging.sendTyping(call, { signal: new AbortController().signal }),
    ).rejects.toMatchObject({
      code: 'forbidden',
      message: 'The deployment has typing indicators switched off (showUserTypingIndicator).',
    });
    session.messaging.stop();
  });

  it('that nobody wants loaded is not there, and not asked for', async () => {
    let asked = 0;
    const session = createSession({
      config: 'skip',
      fetch: async () => {
        asked += 1;
        return Response.json(flags({ autoStart: { enabled: true } }));
      },
    });
    const socket = await session.configure();
    expect(session.messaging.deployment).toBe(null);
    expect(asked).toBe(0);
    expect(socket.sent.map(({ action }) => action)).toEqual(['configureSession']);
    session.messaging.stop();
  });

  it('is loaded anew after three failed handshakes in a row, and after three more', async () => {
    const session = createDeployed(() => Response.json(flags({})));
    await session.begin();
    const asked: number[] = [];
    for (let time = 1; time <= 7; time += 1) {
      await session.fail();
      asked.push(session.asked());
    }
    expect(asked).toEqual([1, 1, 2, 2, 2, 3, 3]);
    session.messaging.stop();
  });

  it('is not loaded anew where a handshake worked between those that failed', async () => {
    const session = createDeployed(() => Response.json(flags({})));
    await session.begin();
    for (const hasWorked of [false, false, true, false, false]) {
      if (hasWorked) await session.up();
      await session.fail();
    }
    expect(session.asked()).toBe(1);
    session.messaging.stop();
  });

  it('that cannot be had anew stays what it was, and begins what it began', async () => {
    const session = createDeployed(() =>
      Response.json(flags({ showUserTypingIndicator: true, autoStart: { enabled: true } })),
    );
    await session.begin();
    session.answer(() => new Response('', { status: 503 }));
    for (let time = 1; time <= 3; time += 1) await session.fail();
    expect(session.asked()).toBe(2);
    expect(session.messaging.deployment).toMatchObject({ showUserTypingIndicator: true });
    await session.up();
    expect(session.joins()).toHaveLength(1);
    session.messaging.stop();
  });
});
