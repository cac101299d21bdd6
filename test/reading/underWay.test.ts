import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';

const unavailable = { code: 'unavailable', message: 'x', status: 503 } as const;

/** A page whose storage takes 200 ms to write. */
function createSlow() {
  const clock = createSteppedClock();
  const wait = () => new Promise<void>((resolve) => clock.setTimeout(resolve, 200));
  const storage = createSlowStorage(createMemoryStorage(), wait);
  return createHarness({ clock, storage, participantId: 'guest' });
}

describe('a read call under way', () => {
  it('holds no typing back, whatever else waits to be read (R-6)', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.answer('read', { afterMs: 5000, answer: 'accept' });
    told('m1');
    conversation.viewed('m1');
    conversation.open('c2');
    told('x1');
    conversation.viewed('x1');
    await at(1500);
    conversation.keystroke();
    await at(1600);
    expect(transport.log).toEqual(['0.2 READ x1', '1.5 ON']);
  });

  it.each([
    ['that was never put away', [], 0],
    ['that was put away before the call began', ['freeze', 'resume'], 1000],
  ] as const)('is kept by a page that comes back and %s', async (_, verbs, ms) => {
    for (const flushes of [false, true]) {
      const { conversation, transport, trace, told, at } = createHarness();
      for (const verb of verbs) conversation[verb]();
      transport.answer('read', { afterMs: 500, answer: 'accept' });
      told('m1');
      await at(ms);
      if (flushes) {
        conversation.viewed('m1');
        conversation.flush();
      } else void conversation.markAsRead('m1');
      await at(ms + 100);
      conversation.resume();
      await at(ms + 9000);
      expect(transport.calls).toHaveLength(1);
      expect(trace.of('read.acknowledged')).toHaveLength(1);
    }
  });

  it('that failed unsent, although nothing bars it, is told and uses up a try like any other', async () => {
    const { conversation, transport, trace, told, at } = createHarness();
    transport.always('read', { ...unavailable, unsent: true });
    told('m1');
    conversation.viewed('m1');
    await at(20_000);
    expect(trace.of('read.failed').map(({ willRetry }) => willRetry)).toEqual([true, true, true]);
    expect(trace.of('read.parked')).toHaveLength(1);
  });
});

describe('a read call that waits for a storage', () => {
  it('is that of the open conversation, and leaves whatever another one has pending', async () => {
    const { conversation, transport, told, at } = createSlow();
    await at(1000);
    told('m1');
    conversation.viewed('m1');
    conversation.open('c2');
    told('x1');
    conversation.viewed('x1');
    await at(2000);
    expect(transport.log.map((call) => call.slice(4))).toEqual(['READ x1']);
    await at(9000);
    expect(transport.log.map((call) => call.slice(4))).toEqual(['READ x1', 'READ m1']);
  });

  it('does not leave where its mark was read elsewhere meanwhile; what was seen since does (R-10)', async () => {
    const { conversation, transport, told, at } = createSlow();
    await at(1000);
    told('m1', 'm2');
    conversation.viewed('m1');
    await at(1300);
    conversation.viewed('m2');
    transport.tell({
      type: 'message.read',
      conversationId: 'c1',
      participantId: 'guest',
      messageId: 'm1',
    });
    await at(9000);
    expect(transport.log.map((call) => call.slice(4))).toEqual(['READ m2']);
  });
});

describe('after a failure', () => {
  it('nothing is woken by seeing again what was seen', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.always('read', unavailable);
    told('m1', 'm2');
    conversation.viewed('m2');
    await at(10_000);
    conversation.viewed('m1');
    conversation.viewed('m2');
    await at(15_000);
    expect(transport.calls).toHaveLength(3);
  });

  it('a flush begins a count of its own: what failed before uses up none of it', async () => {
    const { conversation, transport, told, at } = createHarness({ timing: { backoffBase: 5000 } });
    transport.answer('read', unavailable, unavailable);
    told('m1');
    conversation.viewed('m1');
    await at(2000);
    conversation.flush();
    await at(20_000);
    expect(transport.calls.map((call) => 'attempt' in call && call.attempt)).toEqual([1, 1, 2]);
  });

  it.each([
    ['by a conversation that is gone (L-4)', { code: 'not-found', message: 'x', status: 404 }],
    ['of a call that is refused for good', { code: 'bad-request', message: 'x', status: 400 }],
  ] as const)(
    '%s the others wait for nothing but the interval, and have all their tries',
    async (_, failure) => {
      const { conversation, transport, told, at } = createHarness();
      transport.answer('read', { afterMs: 2000, answer: failure });
      transport.always('read', unavailable);
      told('m1');
      conversation.viewed('m1');
      conversation.open('c2');
      told('x1');
      conversation.viewed('x1');
      await at(20_000);
      expect(transport.log.slice(0, 2)).toEqual(['0.2 READ x1', '2.2 READ m1']);
      expect(transport.calls.map((call) => 'attempt' in call && call.attempt)).toEqual([1, 1, 2, 3]);
    },
  );

  it('that says what is known already, that an older token is over, calls come no sooner than ever (A-1)', async () => {
    const { conversation, transport, told, at } = createHarness();
    const expired = { code: 'unauthorized', message: 'x', status: 401, tokenGeneration: 1 } as const;
    transport.answer('read', { afterMs: 300, answer: expired });
    transport.answer('typing', expired);
    told('m1');
    void conversation.markAsRead('m1');
    await at(100);
    conversation.keystroke();
    await at(5000);
    expect(transport.log.filter((call) => !call.endsWith('OFF')).sort()).toEqual([
      '0.0 READ m1',
      '0.1 ON',
      '0.1 REFRESH',
      '1.0 READ m1',
      '1.1 ON',
    ]);
  });

  it('by a 403 the newest mark is told of, which is reported no more either', async () => {
    const { conversation, transport, trace, told, at } = createHarness();
    transport.answer('read', { afterMs: 500, answer: { code: 'forbidden', message: 'x', status: 403 } });
    told('m1', 'm2');
    void conversation.markAsRead('m1').catch(() => {});
    await at(100);
    conversation.viewed('m2');
    await at(9000);
    expect(trace.of('read.failed')).toMatchObject([{ mark: { messageId: 'm2' }, willRetry: false }]);
  });
});

it('a read that another device was acknowledged for meanwhile is told once (R-10)', async () => {
  const { conversation, transport, trace, told, at } = createHarness({ participantId: 'guest' });
  transport.answer('read', { afterMs: 500, answer: 'accept' });
  told('m1');
  void conversation.markAsRead('m1');
  await at(100);
  const read = { type: 'message.read', conversationId: 'c1', participantId: 'guest' } as const;
  transport.tell({ ...read, messageId: 'm1' });
  await at(9000);
  expect(trace.of('read.acknowledged')).toHaveLength(1);
});

it('a burst that ends in a failure for what another device read meanwhile keeps nothing, and says so', async () => {
  const { conversation, transport, trace, clock, told, is } = createHarness({ participantId: 'guest' });
  transport.answer('read', unavailable, unavailable, { afterMs: 500, answer: unavailable });
  told('m1', 'm2');
  conversation.viewed('m1');
  while (transport.calls.length < 3) await clock.advance(100);
  transport.tell({ type: 'message.read', conversationId: 'c1', participantId: 'guest', messageId: 'm1' });
  await clock.advance(1000);
  expect(is({ receipts: 'parked' })).toBe(true);
  expect(trace.of('read.parked')).toEqual([]);
  conversation.viewed('m2');
  await clock.advance(1000);
  expect(transport.log.at(-1)).toMatch(/READ m2/);
});

it('a silence that was asked for, and the rest after a burst, are told with how long they last, and why', async () => {
  const { conversation, transport, trace, told, at } = createHarness({ timing: { tries: 1, jitter: 0 } });
  const limited = { code: 'rate-limited', message: 'slow down', status: 429, retryAfterMs: 3000 } as const;
  transport.answer('read', limited);
  told('m1');
  await at(1000);
  conversation.viewed('m1');
  await at(2000);
  expect(trace.of('rate.limited')).toMatchObject([{ lane: 'read', msLeft: 3000, failure: limited }]);
  const [{ msLeft = 0, ...parked } = {}] = trace.of('read.parked');
  expect(parked).toEqual({
    type: 'read.parked',
    conversationId: 'c1',
    mark: { position: 1, messageId: 'm1' },
  });
  await at(1200 + msLeft - 1);
  expect(transport.calls).toHaveLength(1);
  await at(1200 + msLeft);
  expect(transport.calls).toHaveLength(2);
});
