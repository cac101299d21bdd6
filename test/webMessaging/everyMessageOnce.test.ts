import fc from 'fast-check';
import { webMessaging } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import { createMessengerWorld } from '../support/messengerWorld.ts';
import { sample } from '../support/sample.ts';
import { bare, createSession, deploymentId, echoOf, sessionResponse } from '../support/socketScript.ts';
import type { Cut } from '../support/socketServer.ts';

const signal = new AbortController().signal;

function createChat(random = 0.5, latency = 40) {
  const { clock, messenger, makeSession } = createMessengerWorld(latency);
  return { clock, messenger, messaging: makeSession({ random: () => random }) };
}

describe('a connection that is cut ten times at random (W-6)', () => {
  it('sends every message once, and marks every accepted one as sent once', async () => {
    const moment = fc.integer({ min: 0, max: 120_000 });
    const cut = fc.record({ at: moment, how: fc.constantFrom<Cut>('loses', 'delivers') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(cut, { minLength: 10, maxLength: 10 }),
        fc.array(moment, { minLength: 1, maxLength: 12 }),
        fc.array(moment, { maxLength: 12 }),
        fc.integer({ min: 1, max: 2500 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (cuts, sends, typings, latency, random) => {
          const { clock, messenger, messaging } = createChat(random, latency);
          const settled: string[] = [];
          const announced: string[] = [];
          messaging.on('message.sent', ({ id }) => announced.push(id));
          messaging.connect();
          const steps = [
            ...cuts.map(({ at, how }) => ({ at, run: () => messenger.cut(how) })),
            ...sends.map((at, index) => ({
              at,
              run: () => {
                messaging.sendMessage(`text ${index}`).then(
                  ({ messageId }) => settled.push(messageId),
                  (error) => settled.push(`failed: ${error.code}`),
                );
              },
            })),
            ...typings.map((at) => ({
              at,
              run: () => {
                const conversationId = messaging.conversationId ?? 'none';
                messaging
                  .sendTyping({ conversationId, isTyping: true, attempt: 1, keepalive: false }, { signal })
                  .catch(() => {});
              },
            })),
          ].sort((one, other) => one.at - other.at);
          for (const { at, run } of steps) {
            await clock.advance(Math.max(0, at - clock.now()));
            run();
          }
          await clock.advance(900_000);

          const accepted = messenger.accepted.map(({ customMessageId }) => customMessageId);
          expect(new Set(accepted).size).toBe(accepted.length);
          expect([...announced].sort()).toEqual([...accepted].sort());
          const failed = settled.filter((each) => each.startsWith('failed'));
          const sent = settled.filter((each) => !failed.includes(each));
          expect(sent.sort()).toEqual(messenger.accepted.map(({ messageId }) => messageId).sort());
          expect(accepted.length + failed.length).toBe(sends.length);
          // Ten cuts can lose three messages three times each, where each way takes seconds.
          expect(failed.length).toBeLessThanOrEqual(latency < 1000 ? 0 : 3);
          expect(failed.filter((each) => each !== 'failed: timeout')).toEqual([]);
          expect(messenger.most).toBeLessThanOrEqual(1);
          messaging.stop();
          await clock.settle();
          expect(messenger.sockets.every(({ listeners }) => listeners === 0)).toBe(true);
        },
      ),
      { numRuns: sample(100, 600) },
    );
  }, 120_000);
});

describe('a message', () => {
  it('waits while the connection is had again, and leaves in order, one at a time (W-10)', async () => {
    const { clock, messenger, messaging } = createChat();
    messaging.connect();
    const sent = ['a', 'b', 'c'].map((text) => messaging.sendMessage(text));
    await clock.advance(1000);
    await Promise.all(sent);
    const texts = messenger.frames.map(({ frame }) => (frame.message as { text?: string } | undefined)?.text);
    expect(texts.filter((text) => text !== undefined)).toEqual(['a', 'b', 'c']);
    messaging.stop();
  });

  it('that was accepted before the cut is found in history and not sent again', async () => {
    const { clock, messenger, messaging } = createChat();
    messaging.connect();
    await clock.advance(1000);
    const sent = messaging.sendMessage('once');
    messenger.cut('delivers');
    await clock.advance(60_000);
    await expect(sent).resolves.toMatchObject({ messageId: 'message-1' });
    expect(messenger.accepted).toHaveLength(1);
    messaging.stop();
  });

  it('that was lost with the connection leaves again under the same id, after two looks into history', async () => {
    const { clock, messenger, messaging } = createChat();
    messaging.connect();
    await clock.advance(1000);
    const sent = messaging.sendMessage('once');
    messenger.cut('loses');
    await clock.advance(60_000);
    await sent;
    const ids = messenger.frames
      .map(({ frame }) => frame)
      .filter(({ action }) => action === 'onMessage')
      .map(({ tracingId }) => tracingId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    messaging.stop();
  });

  it('of which nobody can tell whether it arrived is refused as unsure, and never sent again', async () => {
    const session = createSession();
    const socket = await session.configure();
    const sent = session.messaging.sendMessage('once');
    await session.clock.settle();
    socket.end(1006);
    await session.clock.advance(2000);
    session.socket().open();
    await session.clock.settle();
    session.socket().receive({ class: 'SessionResponse', code: 200, body: { connected: true } });
    await session.clock.advance(40_000);
    await session.receive({ class: 'JwtResponse', code: 200, body: { jwt: 'j', exp: 1 } });
    await session.clock.advance(40_000);
    await expect(sent).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('show it as unsure'),
    });
    expect(session.of('message.failed')[0]?.failure.unsure).toBe(true);
    expect(session.socket().sent.filter(({ action }) => action === 'onMessage')).toEqual([]);
    session.messaging.stop();
  });

  it('that is lost three times, as history says each time, is given up and told as tried', async () => {
    const { clock, messenger, messaging } = createChat();
    messaging.connect();
    await clock.advance(1000);
    const sent = messaging.sendMessage('once');
    const failed = expect(sent).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('left several times'),
    });
    const left = () => messenger.frames.filter(({ frame }) => frame.action === 'onMessage').length;
    for (let time = 1; time <= 3; time += 1) {
      while (left() < time) await clock.advance(10);
      messenger.cut('loses');
    }
    await clock.advance(120_000);
    await failed;
    expect(left()).toBe(3);
    expect(messenger.accepted).toEqual([]);
    messaging.stop();
  });

  it('whose echo comes over the next connection is sent', async () => {
    const session = createSession();
    const socket = await session.configure();
    const sent = session.messaging.sendMessage('once');
    await session.clock.settle();
    const frame = socket.sent.at(-1) as Record<string, unknown>;
    socket.end(1006);
    await session.clock.advance(2000);
    session.socket().open();
    await session.clock.settle();
    session.socket().receive({ class: 'SessionResponse', code: 200, body: { connected: true } });
    session.socket().receive(echoOf(frame, 'cm1'));
    await expect(sent).resolves.toMatchObject({ messageId: 'cm1' });
    session.messaging.stop();
  });

  it('that the socket does not take waits for it to take more', async () => {
    const session = createSession();
    const socket = await session.configure();
    socket.bufferedAmount = 1_000_000;
    const sent = session.messaging.sendMessage('hello');
    await session.clock.advance(500);
    expect(socket.sent).toHaveLength(1);
    socket.bufferedAmount = 0;
    await session.clock.advance(500);
    session.socket().receive(echoOf(socket.sent.at(-1) as never, 'cm1'));
    await expect(sent).resolves.toMatchObject({ messageId: 'cm1' });
    session.messaging.stop();
  });

  it.each([
    ['no text', ''],
    ['no string', 42],
    ['more than 4096 bytes', 'ä'.repeat(2049)],
    ['half a character', '\uD800'],
  ])('of %s is refused at once', (_, text) => {
    const { messaging } = createChat();
    expect(() => messaging.sendMessage(text as string)).toThrow(
      expect.objectContaining({ code: 'invalid-option', option: 'text' }),
    );
    messaging.stop();
  });

  it('is refused where nothing may be sent, and beyond what may wait', async () => {
    const session = createSession();
    await expect(session.messaging.sendMessage('early')).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('connect, or start a new session'),
    });
    session.messaging.connect();
    const waiting = Array.from({ length: 51 }, () => session.messaging.sendMessage('x'));
    await expect(waiting.at(-1)).rejects.toMatchObject({ code: 'rate-limited' });
    session.messaging.stop();
    for (const each of waiting.slice(0, 50)) await expect(each).rejects.toMatchObject({ code: 'stopped' });
    await expect(session.messaging.sendMessage('late')).rejects.toMatchObject({ code: 'stopped' });
  });

  it('is refused where the session may only be looked at (W-11)', async () => {
    const session = createSession();
    await session.configure({ readOnly: true });
    expect(session.messaging.state).toBe('readOnly');
    await expect(session.messaging.sendMessage('late')).rejects.toMatchObject({ code: 'network' });
    expect(session.of('message.failed')).toHaveLength(1);
    session.messaging.stop();
  });

  it('whose echo overtakes the answer to configureSession is sent', async () => {
    const session = createSession();
    const socket = await session.configure();
    const sent = session.messaging.sendMessage('once');
    await session.clock.settle();
    const frame = socket.sent.at(-1) as Record<string, unknown>;
    socket.end(1006);
    await session.clock.advance(2000);
    session.socket().open();
    await session.receive(echoOf(frame, 'cm1'));
    await expect(sent).resolves.toMatchObject({ messageId: 'cm1' });
    session.messaging.stop();
  });

  it('of the session that is left for a new one is refused, and does not slip into that', async () => {
    const session = createSession();
    const socket = await session.configure();
    const left = session.messaging.sendMessage('left');
    const waiting = session.messaging.sendMessage('waiting');
    await session.clock.settle();
    session.messaging.startNew();
    await expect(left).rejects.toMatchObject({ code: 'network' });
    await expect(waiting).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('it was not sent'),
    });
    expect(session.of('message.failed').map(({ failure }) => failure.unsure ?? false)).toEqual([true, false]);
    await session.receive(sessionResponse({ connected: false, readOnly: true }));
    await session.receive(sessionResponse());
    expect(socket.sent.filter(({ action }) => action === 'onMessage')).toHaveLength(1);
    session.messaging.stop();
  });

  it('waits as long as history asks for when history is asked too often', async () => {
    const { clock, messenger, messaging } = createChat();
    messaging.stop();
    let refusals = 2;
    const asked: number[] = [];
    const other = webMessaging({
      deploymentId,
      endpoint: 'http://127.0.0.1:4870',
      config: 'skip',
      webSocket: messenger.Socket,
      fetch: (...call) => {
        asked.push(clock.now());
        refusals -= 1;
        if (refusals < 0) return messenger.fetch(...call);
        return Promise.resolve(new Response('', { status: 429, headers: { 'Retry-After': '42' } }));
      },
      clock,
      random: () => 0.5,
    });
    other.connect();
    await clock.advance(1000);
    const sent = other.sendMessage('once');
    messenger.cut('loses');
    await clock.advance(150_000);
    await expect(sent).resolves.toMatchObject({ messageId: 'message-1' });
    expect((asked[1] as number) - (asked[0] as number)).toBeGreaterThanOrEqual(42_000);
    other.stop();
  });

  it('is looked up again where history does not answer in time, and refused as unsure at last (W-6)', async () => {
    const asked: number[] = [];
    const session = createSession({
      fetch: () => {
        asked.push(session.clock.now());
        return new Promise(() => {});
      },
    });
    await session.configure();
    const sent = session.messaging.sendMessage('once');
    const refused = expect(sent).rejects.toMatchObject({ unsure: true });
    await session.clock.advance(10_000);
    await session.receive(bare('JwtResponse', { jwt: 'j', exp: 4_000_000_000 }));
    for (let seconds = 0; seconds < 200 && session.of('message.failed').length === 0; seconds += 1) {
      await session.clock.advance(1000);
      await session.receive(bare('Anything'));
    }
    await refused;
    expect(asked.length).toBeGreaterThan(2);
    expect(asked[1]).toBe((asked[0] ?? 0) + 20_000);
    session.messaging.stop();
  });

  it('whose refusal leaves open how it fared is looked up before it leaves again', async () => {
    const { clock, messenger, messaging } = createChat();
    messaging.connect();
    await clock.advance(1000);
    const sent = messaging.sendMessage('once');
    await clock.settle();
    const socket = messenger.sockets.at(-1);
    const { frame } = messenger.frames.at(-1) as { frame: Record<string, unknown> };
    socket?.receive({ class: 'string', code: 500, body: 'oops', tracingId: frame.tracingId });
    await clock.advance(30_000);
    await sent;
    expect(messenger.accepted).toHaveLength(1);
    messaging.stop();
  });
});
