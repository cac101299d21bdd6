import { describe, expect, it, vi } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage, ledgerKey } from '../support/memoryStorage.ts';

const ids = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `m${from + index}`);

/** Of the two documents that are written in turn, the last. */
const newest = (storage: ReturnType<typeof createMemoryStorage>) =>
  [ledgerKey, `${ledgerKey}.2`]
    .map((key) => JSON.parse(storage.getItem(key) ?? '{"revision":0}'))
    .reduce((one, other) => (other.revision > one.revision ? other : one));

describe('beyond 5000 messages', () => {
  it('all of them are unread until they are seen', () => {
    const { conversation, told } = createHarness();
    told(...ids(1, 6000));
    expect(conversation.unread).toBe(6000);
    conversation.viewed('m3000');
    expect(conversation.unread).toBe(3000);
    conversation.viewed('m5990');
    expect(conversation.unread).toBe(10);
    conversation.markAsUnread('m1001');
    expect(conversation.unread).toBe(5000);
    told(...ids(6001, 7000));
    expect(conversation.unread).toBe(6000);
  });

  it('a message whose id is forgotten says so, and one that was never told says that', () => {
    const { conversation, told } = createHarness();
    told(...ids(1, 5000));
    expect(() => conversation.viewed('m6000')).toThrow(/was never told: call messageReceived/);
    told('m5001');
    for (const messageId of ['m1', 'm6000']) {
      expect(() => conversation.viewed(messageId)).toThrow(
        expect.objectContaining({
          code: 'unknown-message',
          message: expect.stringMatching(
            /^This message id was told too long ago and is forgotten, or was never/,
          ),
        }),
      );
    }
    conversation.viewed('m2');
    expect(conversation.unread).toBe(4999);
  });

  it('told again it is known again, and counts once where its position says which it is', () => {
    const { conversation } = createHarness();
    const tell = (index: number) =>
      conversation.messageReceived({ messageId: `m${index}`, participantId: 'agent', position: index });
    for (let index = 1; index <= 5010; index += 1) tell(index);
    tell(3);
    expect(conversation.unread).toBe(5010);
    conversation.viewed('m3');
    expect(conversation.unread).toBe(5007);
  });
});

it('beyond 105 000 messages of others the oldest count no more, in whatever way they are counted', () => {
  const { conversation, told } = createHarness();
  for (let page = 0; page < 105_000; page += 100) {
    const messages = Array.from({ length: 100 }, (_, index) => page + index);
    conversation.historyReceived(
      messages.map((index) => ({ messageId: `m${index}`, participantId: 'agent', sentAt: index })),
    );
  }
  expect(conversation.unread).toBe(105_000);
  told('next');
  expect(conversation.unread).toBe(105_000);
  told('next');
  expect(conversation.unread).toBe(105_000);
  conversation.viewed('next');
  expect(conversation.unread).toBe(0);
});

describe('the marks of a long conversation', () => {
  it('are written without reading again what was written', async () => {
    const storage = createMemoryStorage();
    const { conversation, told, at } = createHarness({ storage });
    told(...ids(1, 1200));
    conversation.viewed('m100');
    await at(3000);
    const parsed = vi.spyOn(JSON, 'parse');
    const written = vi.spyOn(JSON, 'stringify');
    conversation.viewed('m1100');
    await at(6000);
    expect(parsed).not.toHaveBeenCalled();
    expect(Math.max(...written.mock.results.map(({ value }) => String(value).length))).toBeLessThan(500);
    vi.restoreAllMocks();
    told('m1201');
    conversation.viewed('m1201');
    await at(9000);
    const { ledgers } = newest(storage);
    expect(ledgers[0].order).toHaveLength(1000);
    expect(ledgers[0].order[0]).toEqual(['m202', 202]);
    expect(ledgers[0].order.at(-1)).toEqual(['m1201', 1201]);
    expect(ledgers[0].acknowledged).toEqual({ position: 1201, messageId: 'm1201' });
    conversation.stop();
  });

  it('take in what another tab wrote in between', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ storage });
    first.told(...ids(1, 3));
    first.conversation.viewed('m1');
    await first.at(3000);
    const second = createHarness({ storage });
    second.told(...ids(1, 5));
    second.conversation.viewed('m4');
    await second.at(3000);
    first.conversation.viewed('m2');
    await first.at(6000);
    const { ledgers } = newest(storage);
    expect(ledgers[0]).toMatchObject({ seen: { messageId: 'm4' }, acknowledged: { messageId: 'm4' } });
    expect(ledgers[0].order.map(([id]: [string]) => id)).toEqual(ids(1, 5));
  });
});
