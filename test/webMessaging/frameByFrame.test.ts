import { describe, expect, it } from 'vitest';
import { bare, createSession, plainError, structured } from '../support/socketScript.ts';

const said = structured({ id: 'm1', type: 'Text', text: 'hi', direction: 'Outbound' });
const events = (...events: readonly object[]) => structured({ type: 'Event', direction: 'Outbound', events });
const typing = (type: string) => ({ eventType: 'Typing', typing: { type } });

/** A session that is up, and what its chart gets of what comes in. */
async function createInspected() {
  const got: string[] = [];
  const session = createSession({
    inspect: (seen) => {
      if (seen.type === '@xstate.event' && seen.actorRef === session.messaging.actor)
        got.push(seen.event.type);
    },
  });
  await session.configure();
  got.length = 0;
  return { ...session, got };
}

describe('the chart gets', () => {
  it.each([
    ['what a frame says', [said], ['frame.message']],
    ['all that it says, in order', [events(typing('On'), typing('Off'))], ['frame.typing', 'frame.typing']],
    ['a sign of life of one that nobody knows', [bare('Odd')], ['frame.ignored']],
    ['a sign of life of one that is of no use', [bare('GenerateUrlError')], ['frame.ignored']],
    ['a sign of life of one that cannot be read', ['?'], ['frame.ignored']],
    ['a sign of life of one that repeats another', [said, said], ['frame.message', 'frame.ignored']],
    ['a sign of life, and no token', [bare('JwtResponse', { jwt: 'j', exp: 9 })], ['frame.ignored']],
    ['an error', [plainError(500)], ['frame.error']],
  ])('%s', async (_, frames, expected) => {
    const { got, receive, messaging } = await createInspected();
    for (const frame of frames) await receive(frame);
    expect(got).toEqual(expected);
    messaging.stop();
  });
});

describe('a message', () => {
  const message = (id: string | undefined, messageId?: string, direction = 'Outbound') =>
    structured({ type: 'Text', text: 'hi', direction, id, channel: { messageId } });
  it.each([
    ['both ids', message('m1', 'c1'), 1],
    ['its first id', message('m1'), 1],
    ['its second id', message(undefined, 'c1'), 1],
    ['its second id, as its first', message('c1'), 1],
    ['other ids', message('m2', 'c2'), 2],
    ['its ids, but of the guest', message('m1', 'c1', 'Inbound'), 2],
  ])('that comes again with %s', async (_, again, count) => {
    const { receive, kinds, messaging } = await createInspected();
    await receive(message('m1', 'c1'));
    await receive(again);
    expect(kinds().filter((kind) => /^message\.(received|mirrored)$/.test(kind))).toHaveLength(count);
    messaging.stop();
  });
});

describe('a connection', () => {
  it('takes two thousand frames at once, and the next ones ten seconds later', async () => {
    const session = createSession();
    const socket = await session.configure();
    for (let count = 1; count < 2000; count += 1) socket.receive(bare('PresignedUrlResponse'));
    expect(session.messaging.state).toBe('configured');
    await session.clock.advance(10_000);
    for (let count = 0; count < 2000; count += 1) socket.receive(bare('PresignedUrlResponse'));
    expect(session.messaging.state).toBe('configured');
    session.messaging.stop();
  });

  it.each<[string, (session: ReturnType<typeof createSession>) => Promise<void> | void]>([
    [
      'is flooded',
      ({ socket }) => {
        const made = socket();
        for (let count = 0; count < 21; count += 1) made.receive('?');
      },
    ],
    ['answers nothing any more', ({ clock }) => clock.advance(60_000)],
  ])('that %s is ended without a farewell, where the platform can do that', async (_, trouble) => {
    const session = createSession();
    const socket = await session.configure();
    let terminated = 0;
    Object.assign(socket, {
      terminate: () => {
        terminated += 1;
      },
    });
    await trouble(session);
    expect(session.kinds()).toContain('session.reconnecting');
    expect(terminated).toBe(1);
    session.messaging.stop();
  });

  it('that takes nothing is told of messages that did not leave, and of nothing else', async () => {
    const { clock, socket, got, messaging } = await createInspected();
    socket().bufferedAmount = 1_000_000;
    await clock.advance(46_000);
    expect(got).not.toContain('socket.unsent');
    messaging.sendMessage('hi').catch(() => {});
    await clock.settle();
    expect(got).toContain('socket.unsent');
    messaging.stop();
  });

  it('that a listener of its frames ends makes nothing more of the frame', async () => {
    const session = createSession();
    await session.configure();
    session.messaging.on('frame', () => session.messaging.close());
    await session.receive(bare('Odd'));
    expect(session.messaging.state).toBe('closed');
    expect(session.logged.filter((line) => line.includes('left out'))).toEqual([]);
    session.messaging.stop();
  });

  it('that ends before its socket is made makes none', async () => {
    const session = createSession({
      inspect: (seen) => {
        if (seen.type === '@xstate.event' && seen.event.type === 'config.loaded') session.messaging.close();
      },
    });
    session.messaging.connect().catch(() => {});
    for (let turn = 0; turn < 5; turn += 1) await session.clock.settle();
    expect(session.sockets).toEqual([]);
    expect(session.messaging.state).toBe('closed');
    session.messaging.stop();
  });
});
