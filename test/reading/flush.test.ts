import { createConversation, guestRest } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it, vi } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage } from '../support/memoryStorage.ts';

const reads = ({ transport }: ReturnType<typeof createHarness>) =>
  transport.calls.flatMap((call) => (call.lane === 'read' ? [call] : []));

/** Marks of `count` conversations, pending because the network was gone when they were seen. */
function seeOffline(harness: ReturnType<typeof createHarness>, count: number, tail = ''): void {
  const { conversation, told } = harness;
  conversation.offline();
  for (let n = 0; n < count; n += 1) {
    conversation.open(`c${n}${tail}`);
    told(`m${n}${tail}`);
    conversation.viewed(`m${n}${tail}`);
  }
}

describe('flush', () => {
  it('sends the pending mark of every conversation in the same task, each once, with keepalive (R-5b)', async () => {
    const harness = createHarness();
    const { conversation, trace, at } = harness;
    await at(1000);
    seeOffline(harness, 5);
    conversation.actor.send({ type: 'network.online' });
    const early = reads(harness).length;
    conversation.flush();
    expect(
      reads(harness)
        .slice(early)
        .every(({ keepalive }) => keepalive === true),
    ).toBe(true);
    expect(new Set(reads(harness).map(({ conversationId }) => conversationId)).size).toBe(5);
    conversation.flush();
    await at(60_000);
    expect(trace.of('read.acknowledged')).toHaveLength(5);
    expect(harness.is({ receipts: 'upToDate' })).toBe(true);
  });

  it('does not wait for neighbours, nor for the interval', async () => {
    const harness = createHarness();
    const { conversation, transport, told, at } = harness;
    told('m1', 'm2');
    await conversation.markAsRead('m1');
    await at(100);
    conversation.viewed('m2');
    conversation.flush();
    expect(transport.log).toEqual(['0.0 READ m1', '0.1 READ m2']);
    await at(10_000);
    expect(transport.log).toHaveLength(2);
  });

  it('gives up the call under way for one that outlives the page', async () => {
    const harness = createHarness();
    const { conversation, transport, trace, told, at } = harness;
    transport.answer('read', 'hang');
    told('m1');
    void conversation.markAsRead('m1');
    await at(100);
    conversation.flush();
    const [first, second] = reads(harness);
    expect(first?.signal.aborted).toBe(true);
    expect(second).toMatchObject({ messageId: 'm1', keepalive: true });
    await at(10_000);
    expect(reads(harness)).toHaveLength(2);
    expect(trace.of('read.acknowledged')).toHaveLength(1);
  });

  it('says nothing where there is nothing to say', async () => {
    const { conversation, transport, told, at } = createHarness();
    conversation.flush();
    told('m1');
    await conversation.markAsRead('m1');
    conversation.flush();
    await at(1000);
    expect(transport.calls).toHaveLength(1);
  });

  it('stays silent under a rate limit, without a token that works, and offline; the mark is stored (R-5b)', async () => {
    for (const hinder of [
      ({ conversation }: ReturnType<typeof createHarness>) => conversation.offline(),
      ({ conversation }: ReturnType<typeof createHarness>) =>
        conversation.actor.send({ type: 'limit.announced', retryAfterMs: 60_000 }),
      async ({ transport, conversation, clock }: ReturnType<typeof createHarness>) => {
        transport.answer('typing', { code: 'unauthorized', message: 'x', tokenGeneration: 1 });
        conversation.keystroke();
        await clock.settle();
      },
    ]) {
      const storage = createMemoryStorage();
      const harness = createHarness({ storage, canRefresh: false });
      await hinder(harness);
      harness.told('m1');
      harness.conversation.viewed('m1');
      harness.conversation.flush();
      expect(reads(harness)).toEqual([]);
      expect(storage.writes.at(-1)).toContain('"messageId":"m1"');
      harness.conversation.stop();
    }
  });

  it('tries a rate limit that is over with one call alone (L-1)', async () => {
    const harness = createHarness();
    const { conversation, transport, told, at } = harness;
    seeOffline(harness, 3);
    conversation.online();
    conversation.actor.send({ type: 'limit.announced', retryAfterMs: 1000 });
    transport.always('read', 'hang');
    const early = reads(harness).length;
    await at(1000 - 1);
    told('again');
    conversation.flush();
    expect(reads(harness)).toHaveLength(early);
    await at(3000);
    conversation.flush();
    expect(reads(harness).filter(({ signal }) => !signal.aborted)).toHaveLength(1);
  });

  it.each([
    ['its own call, which it takes the place of', 'read', 1],
    ['a typing call, which it waits for', 'typing', 0],
  ] as const)('while a rate limit that is over is tried by %s (L-1)', async (_, lane, leaving) => {
    const harness = createHarness();
    const { conversation, transport, told, at } = harness;
    conversation.actor.send({ type: 'limit.announced', retryAfterMs: 1000 });
    await at(5000);
    transport.always(lane, 'hang');
    told('m1');
    if (lane === 'read') void conversation.markAsRead('m1').catch(() => {});
    else conversation.keystroke();
    await at(5100);
    expect(transport.calls).toHaveLength(1);
    if (lane === 'typing') conversation.viewed('m1');
    conversation.flush();
    const left = reads(harness).filter(({ keepalive, signal }) => keepalive && !signal.aborted);
    expect(left).toHaveLength(leaving);
    conversation.stop();
  });

  it('that nobody answers is tried again after a backoff, not at once (L-5)', async () => {
    const harness = createHarness();
    const { conversation, transport, trace, told, at } = harness;
    transport.always('read', 'hang');
    told('m1');
    conversation.viewed('m1');
    conversation.flush();
    while (trace.of('read.failed').length === 0) await at(harness.clock.now() + 10);
    const timedOut = harness.clock.now();
    expect(trace.of('read.failed')).toMatchObject([{ mark: { messageId: 'm1' }, willRetry: true }]);
    await at(timedOut + 450);
    expect(reads(harness)).toHaveLength(1);
    await at(timedOut + 2500);
    expect(reads(harness)).toHaveLength(2);
    conversation.stop();
  });

  it('is stored before it leaves, and stores at once what does not', () => {
    const storage = createMemoryStorage();
    const harness = createHarness({ storage });
    harness.told('m1');
    harness.conversation.viewed('m1');
    harness.conversation.flush();
    expect(storage.writes).toHaveLength(1);
    expect(reads(harness)).toHaveLength(1);
  });

  it('does not hammer a server that fails, however often the page comes and goes', async () => {
    const harness = createHarness();
    const { conversation, transport, told, at } = harness;
    transport.always('read', { code: 'unavailable', message: 'x', status: 503 });
    told('m1');
    conversation.viewed('m1');
    for (let time = 0; time < 20_000; time += 50) {
      await at(time);
      conversation.flush();
    }
    const times = reads(harness).map(({ at }) => at);
    for (const [index, time] of times.entries()) {
      if (index > 0) expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(1000);
    }
  });

  it('is answered like any other call: what fails stays pending, what is refused does not', async () => {
    const harness = createHarness();
    const { conversation, transport, trace, told, at, clock } = harness;
    await at(1000);
    for (const id of ['a', 'b', 'c', 'd']) {
      conversation.open(id);
      told(`${id}1`);
      conversation.viewed(`${id}1`);
    }
    transport.answer(
      'read',
      'accept',
      { code: 'unavailable', message: 'x', status: 503 },
      { code: 'not-found', message: 'x', status: 404 },
      { code: 'bad-request', message: 'x', status: 400 },
    );
    conversation.flush();
    await clock.settle();
    await at(60_000);
    const order = reads(harness).map(({ conversationId }) => conversationId);
    expect(order).toEqual(['d', 'a', 'b', 'c', 'a']);
    expect(
      trace.of('read.failed').map(({ conversationId, willRetry }) => [conversationId, willRetry]),
    ).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
    ]);
  });

  it('tries again after the deadline what was never answered', async () => {
    const harness = createHarness();
    const { conversation, transport, trace, told, at } = harness;
    transport.answer('read', 'hang');
    told('m1');
    conversation.viewed('m1');
    conversation.flush();
    await at(9999);
    expect(reads(harness)).toHaveLength(1);
    await at(20_000);
    expect(reads(harness)).toHaveLength(2);
    expect(trace.of('read.failed')).toMatchObject([{ failure: { code: 'timeout' }, willRetry: true }]);
    expect(trace.of('read.acknowledged')).toHaveLength(1);
  });
});

describe('the room for last words', () => {
  const long = '-'.repeat(240);
  const bodies = (harness: ReturnType<typeof createHarness>) =>
    reads(harness)
      .filter(({ keepalive }) => keepalive)
      .map(({ conversationId, messageId }) => JSON.stringify({ conversationId, messageId }).length);
  const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);

  it('is 64 KiB over all conversations of all handles; what does not fit stays stored (R-5b)', async () => {
    const storages = [createMemoryStorage(), createMemoryStorage()];
    const harnesses = storages.map((storage) => createHarness({ storage }));
    for (const harness of harnesses) {
      await harness.at(1000);
      harness.transport.always('read', 'hang');
      for (let n = 0; n < 180; n += 1) {
        harness.conversation.open(`c${n}${long}`);
        harness.told(`m${n}${long}`);
        harness.conversation.actor.send({
          type: 'message.viewed',
          conversationId: `c${n}${long}`,
          mark: { position: 1, messageId: `m${n}${long}` },
        });
      }
    }
    for (const { conversation } of harnesses) conversation.flush();
    const [first, second] = harnesses.map(bodies);
    const total = sum(first ?? []) + sum(second ?? []);
    expect(total).toBeLessThanOrEqual(64 * 1024);
    expect(total).toBeGreaterThan(56 * 1024);
    expect(JSON.parse(storages[0]?.writes.at(-1) ?? '').ledgers.length).toBeGreaterThan((first ?? []).length);
    for (const { conversation } of harnesses) conversation.stop();
  });

  it('is free again when the calls were answered or given up', async () => {
    for (let round = 0; round < 5; round += 1) {
      const harness = createHarness();
      harness.transport.always('read', round % 2 === 0 ? 'hang' : 'accept');
      for (let n = 0; n < 100; n += 1) {
        harness.conversation.open(`c${n}${long}`);
        harness.told(`m${n}${long}`);
        harness.conversation.viewed(`m${n}${long}`);
      }
      harness.conversation.flush();
      expect(bodies(harness)).toHaveLength(100);
      await harness.clock.settle();
      harness.conversation.stop();
    }
  });
});

it('guestRest calls fetch in the same task, with keepalive', () => {
  const fetch = vi.fn((..._: Parameters<typeof globalThis.fetch>) => new Promise<Response>(() => {}));
  const conversation = createConversation({
    transport: guestRest({
      orgUrl: 'https://api.example.com',
      participantId: 'guest',
      token: 'token',
      fetch,
    }),
    clock: createSteppedClock(),
    conversationId: 'c1',
  }).start();
  conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
  conversation.viewed('m1');
  expect(fetch).not.toHaveBeenCalled();
  conversation.flush();
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(fetch.mock.calls[0]?.[1]).toMatchObject({
    keepalive: true,
    body: '{"conversationId":"c1","messageId":"m1"}',
  });
  conversation.stop();
});
