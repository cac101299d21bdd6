import fc from 'fast-check';
import { persistLedger } from 'genesys-conversation-machine';
import { checkInvariants } from 'genesys-conversation-machine/testing';
import { expect, it } from 'vitest';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';
import { createRecorded, createRecordedSession } from '../support/recorded.ts';
import { sample } from '../support/sample.ts';
import { play, step } from '../support/scenario.ts';

it('finds no violation in random worlds of a conversation: waits grow within their bounds (L-5), and so on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const world = createRecorded({ storage: persistLedger(createMemoryStorage()), logger: () => {} });
      await play(steps, world);
      await world.clock.advance(1000);
      world.conversation.stop();
      await world.clock.advance(100);
      expect(checkInvariants(world.recorder.trace())).toEqual([]);
    }),
    { numRuns: sample(100, 1500) },
  );
});

it.each([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])(
  'takes silences that are asked for within a longer one for no sign that nothing of them is random, by %s (L-5)',
  async (random) => {
    const world = createRecorded({ logger: () => {}, random: () => random });
    for (let nth = 0; nth < 4; nth += 1)
      world.transport.tell({ type: 'limit.announced', retryAfterMs: 5000 });
    await world.clock.advance(60_000);
    world.conversation.stop();
    expect(world.trace.of('rate.limited')).toHaveLength(4);
    expect(checkInvariants(world.recorder.trace())).toEqual([]);
  },
);

it('takes a timer that was late until it was given up for late (T-18)', async () => {
  const world = createRecorded({ logger: () => {} });
  const frame = { type: 'conversation:typing', conversationId: 'c1', participantId: 'agent', isTyping: true };
  world.conversation.receive(frame);
  world.clock.jump({ timers: 1000 });
  await world.clock.advance(5060);
  world.conversation.keystroke();
  await world.clock.advance(900);
  world.conversation.stop();
  expect(checkInvariants(world.recorder.trace())).toEqual([]);
});

it('takes a timer that is a little late, and given up before it fires, for late (T-18)', async () => {
  const world = createRecorded({ logger: () => {} });
  const frame = { type: 'conversation:typing', conversationId: 'c1', participantId: 'agent', isTyping: true };
  world.conversation.receive(frame);
  await world.clock.advance(3000);
  world.clock.jump({ timers: 50 });
  await world.clock.advance(2020);
  world.conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
  await world.clock.advance(1000);
  world.conversation.stop();
  expect(checkInvariants(world.recorder.trace())).toEqual([]);
});

it('takes the call of another handle for no call that a page of the past made (R-7)', async () => {
  const storage = createSlowStorage(createMemoryStorage());
  const world = createRecorded({ logger: () => {} });
  const second = world.make({ storage: persistLedger(storage) }).start();
  await world.clock.settle();
  second.markAsRead().catch(() => {});
  world.conversation.historyReceived([{ messageId: 'h1', participantId: 'agent' }]);
  await world.clock.advance(5000);
  second.stop();
  world.conversation.stop();
  expect(world.transport.log).toEqual(['0.0 READ all']);
  expect(checkInvariants(world.recorder.trace())).toEqual([]);
});

it('takes a stop of the instant in which a message is accepted for one that the acceptance made (T-13)', async () => {
  const world = createRecorded({ logger: () => {}, capabilities: { messageEndsTyping: false } });
  const second = world.make().start();
  world.transport.answer('message', { afterMs: 1020, answer: 'accept' });
  second.messageAccepted();
  void second.sendMessage('xxxx');
  second.keystroke();
  await world.clock.advance(5000);
  second.stop();
  world.conversation.stop();
  expect(world.transport.log).toEqual(['0.0 MESSAGE', '0.0 ON', '1.0 OFF']);
  expect(checkInvariants(world.recorder.trace())).toEqual([]);
});

it('expects no fresh episode after a send of who keeps their typing to themselves (T-6)', async () => {
  const world = createRecorded({ logger: () => {} });
  await world.type(0, 1000);
  world.conversation.shareTyping(false);
  await world.clock.settle();
  world.conversation.messageSent();
  await world.type(1000, 2200);
  await world.clock.advance(5000);
  world.conversation.stop();
  expect(world.transport.log).toEqual(['0.0 ON', '1.0 OFF']);
  expect(checkInvariants(world.recorder.trace())).toEqual([]);
});

const walk: Readonly<
  Record<string, (world: ReturnType<typeof createRecordedSession>, number: number) => unknown>
> = {
  connect: ({ session }) => void session.connect().catch(() => {}),
  close: ({ session }) => session.close(),
  startNew: ({ session }) => void session.startNew().catch(() => {}),
  say: ({ session }) => void session.sendMessage('x').catch(() => {}),
  show: ({ session }) => session.show(),
  hide: ({ session }) => session.hide(),
  online: ({ session }) => session.online(),
  offline: ({ session }) => session.offline(),
  freeze: ({ session }) => session.freeze(),
  resume: ({ session }) => session.resume(),
  type: ({ session }) =>
    void session
      .sendTyping(
        { conversationId: session.conversationId ?? '', isTyping: true, attempt: 1, keepalive: false },
        { signal: new AbortController().signal },
      )
      .catch(() => {}),
  drop: ({ genesys }, number) => genesys.drop([1000, 1006, 1008, 1011, 1012, 1013, 4100][number % 7]),
  agent: ({ genesys }) => genesys.say('hello'),
  limit: ({ genesys }, number) => genesys.limit(number % 20),
  silent: ({ genesys }) => genesys.goSilent(),
  refuse: ({ genesys }, number) => genesys.refuse(number % 4, 503),
  history: ({ genesys }, number) => genesys.failHistory(number % 3),
  expire: ({ genesys }) => genesys.expire(),
  clear: ({ genesys }) => genesys.clear(),
  logout: ({ genesys }) => genesys.logout(),
  readOnly: ({ genesys }) => genesys.disconnect(true),
  unknown: ({ genesys }) => genesys.receive({ class: 'SomethingNew', code: 200, body: {} }),
  ignore: ({ genesys }) => genesys.answer('message', 'ignore'),
  wait: ({ clock }, number) => clock.advance(number % 60_000),
  while: ({ clock }, number) => clock.advance(number % 3000),
  shift: ({ clock }, number) => clock.shiftWall((number % 3) * 3_600_000 - 3_600_000),
};

it('finds no violation in random worlds of a session', async () => {
  const each = fc.tuple(fc.constantFrom(...Object.keys(walk)), fc.nat(200_000));
  await fc.assert(
    fc.asyncProperty(fc.array(each, { maxLength: 40 }), fc.nat(99), async (steps, luck) => {
      const world = createRecordedSession({ random: () => luck / 100 });
      world.genesys.session({ durationSeconds: 900 });
      await world.connect();
      for (const [name, number] of steps) {
        await walk[name]?.(world, number);
        await world.clock.settle();
      }
      world.session.stop();
      await world.clock.advance(100);
      expect(checkInvariants(world.recorder.trace())).toEqual([]);
    }),
    { numRuns: sample(80, 1000) },
  );
});
