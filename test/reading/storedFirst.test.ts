import { createConversation, persistLedger } from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness, type HarnessOptions } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';

/** A conversation whose storage takes 200 ms for each step. */
async function createSlow(options: HarnessOptions = {}) {
  const clock = createSteppedClock();
  const inner = createMemoryStorage();
  const wait = () => new Promise<void>((resolve) => void clock.setTimeout(resolve, 200));
  const page = createHarness({ storage: createSlowStorage(inner, wait), clock, ...options });
  await page.at(1000);
  page.told('m1', 'm2');
  return { ...page, inner };
}

describe('a read call whose mark is still being stored (R-3)', () => {
  it('leaves once it is stored', async () => {
    const { conversation, transport, inner, at } = await createSlow();
    void conversation.markAsRead('m1');
    await at(1599);
    expect([transport.calls.length, inner.writes.length]).toEqual([0, 0]);
    await at(1600);
    expect(inner.writes).toHaveLength(1);
    await at(1700);
    expect(transport.calls).toMatchObject([{ messageId: 'm1', at: 1600 }]);
    conversation.stop();
  });

  it('leaves in the same task where it is to outlive the page (R-5b)', async () => {
    const { conversation, transport, inner } = await createSlow();
    conversation.viewed('m1');
    conversation.flush();
    expect(transport.calls).toMatchObject([{ messageId: 'm1', keepalive: true }]);
    expect(inner.writes).toEqual([]);
    conversation.stop();
  });

  it('leaves no second time where one that outlives the page takes its place', async () => {
    const { conversation, transport, at } = await createSlow();
    void conversation.markAsRead('m1');
    await at(1100);
    conversation.flush();
    transport.always('read', 'hang');
    await at(5000);
    expect(transport.calls).toMatchObject([{ messageId: 'm1', keepalive: true }]);
    conversation.stop();
  });

  it('never leaves where the conversation is stopped meanwhile', async () => {
    const { conversation, transport, at, clock } = await createSlow();
    const reading = conversation.markAsRead('m1');
    await at(1100);
    conversation.stop();
    await expect(reading).rejects.toMatchObject({ code: 'stopped' });
    await at(9000);
    expect(transport.calls).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});

it('a stored mark does not leave again that another handle reported while the storage was read (R-12)', async () => {
  const clock = createSteppedClock();
  const transport = createScriptedTransport({ clock });
  const memory = createMemoryStorage();
  const after = (ms: number) =>
    createSlowStorage(memory, () => new Promise<void>((resolve) => void clock.setTimeout(resolve, ms)));
  const open = (storage: Parameters<typeof persistLedger>[0]) =>
    createConversation({
      ...{ transport, clock, conversationId: 'c1', random: () => 0.25, storage: persistLedger(storage) },
    }).start();
  const earlier = open(memory);
  earlier.offline();
  earlier.messageReceived({ messageId: 'm1', participantId: 'agent' });
  earlier.viewed('m1');
  await clock.settle();
  earlier.stop();

  transport.answer('read', { afterMs: 170, answer: 'accept' });
  const [fast, late] = [open(after(10)), open(after(100))];
  await clock.advance(5000);
  expect(transport.log).toEqual(['0.0 READ m1']);
  for (const each of [fast, late]) {
    expect(each.actor.getSnapshot().matches({ receipts: 'upToDate' })).toBe(true);
    each.stop();
  }
  expect(clock.timers).toBe(0);
});
