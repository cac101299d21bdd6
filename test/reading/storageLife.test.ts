import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage, ledgerKey } from '../support/memoryStorage.ts';

/** A storage whose every step takes 50 ms on a clock of its own, and can be told to fail then. */
function createOwnTime() {
  const inner = createMemoryStorage();
  const time = createSteppedClock();
  const wait = () => new Promise<void>((resolve) => void time.setTimeout(resolve, 50));
  const seen = () => inner.writes.map((text) => JSON.parse(text).ledgers[0].seen.messageId);
  return { inner, time, storage: createSlowStorage(inner, wait), seen };
}

describe('a conversation that stops', () => {
  it('while its storage is being read takes nothing from it any more, and writes nothing', async () => {
    const { inner, time, storage } = createOwnTime();
    inner.setItem(ledgerKey, JSON.stringify({ version: 1, revision: 1, ledgers: [seenUpTo('m1')] }));
    const { conversation, clock, trace, told } = createHarness({ storage });
    told('m1');
    conversation.viewed('m1');
    conversation.stop();
    await time.advance(1000);
    expect(conversation.actor.getSnapshot().context.receipts.ledgers).toMatchObject([{ seen: null }]);
    expect(inner.writes).toHaveLength(1);
    expect(trace.of('storage.failed')).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('while it writes leaves the newest marks stored, and no timer (C-1, R-3)', async () => {
    const { time, storage, seen } = createOwnTime();
    const { conversation, clock, told } = createHarness({ storage });
    await time.advance(1000);
    for (const messageId of ['m1', 'm2', 'm3']) {
      told(messageId);
      conversation.viewed(messageId);
      await clock.settle();
    }
    expect(clock.timers).toBeGreaterThan(0);
    conversation.stop();
    expect(clock.timers).toBe(0);
    await time.advance(200);
    expect(seen()).toEqual(['m1']);
    expect(clock.timers).toBe(0);
    await time.advance(1000);
    expect(seen()).toEqual(['m1', 'm3']);
  });

  it('while it writes is not kept waiting by a storage that fails then', async () => {
    const { inner, time, storage } = createOwnTime();
    const { conversation, clock, trace, told } = createHarness({ storage });
    await time.advance(1000);
    told('m1');
    conversation.viewed('m1');
    await clock.settle();
    inner.failWith(new Error('no'));
    conversation.stop();
    await time.advance(1000);
    expect(inner.writes).toEqual([]);
    expect(trace.of('storage.failed')).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('when it hears that its storage failed, as that was read, stays stopped', async () => {
    const never = { getItem: () => new Promise(() => {}), setItem: () => {}, removeItem: () => {} };
    const { conversation, clock, transport, told, at } = createHarness({ storage: never });
    conversation.on('storage.failed', () => conversation.stop());
    told('m1');
    const reading = conversation.markAsRead('m1');
    await at(5000);
    await expect(reading).rejects.toMatchObject({ code: 'stopped' });
    expect(transport.calls).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});

describe('a storage that was given up', () => {
  it('is neither written to nor waited for again, though what it was late with ends well', async () => {
    const { time, storage, seen } = createOwnTime();
    const { conversation, transport, trace, told, at } = createHarness({ storage });
    await time.advance(1000);
    told('m1', 'm2');
    conversation.viewed('m1');
    await at(5000);
    expect(trace.of('storage.failed')).toMatchObject([{ reason: 'slow', degraded: true }]);
    await time.advance(1000);
    conversation.viewed('m2');
    await at(6000);
    await time.advance(1000);
    expect(seen()).toEqual(['m1']);
    expect(transport.log.at(-1)).toBe('5.2 READ m2');
  });

  it('is not asked again by a listener who hears of it and stores at once', async () => {
    const storage = createMemoryStorage();
    const { conversation, transport, trace, told, at } = createHarness({ storage });
    told('m1', 'm2');
    conversation.on('storage.failed', () => {
      conversation.viewed('m2');
      conversation.flush();
    });
    storage.failWith(new Error('no'));
    conversation.viewed('m1');
    await at(5000);
    expect(trace.of('storage.failed')).toHaveLength(1);
    expect(transport.log.join()).toMatch(/READ m2/);
    expect(storage.writes).toEqual([]);
  });
});

const seenUpTo = (messageId: string) => ({
  conversationId: 'c1',
  seen: { position: 1, messageId },
  acknowledged: null,
  refused: null,
});
