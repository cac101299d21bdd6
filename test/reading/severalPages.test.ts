import { persistLedger } from 'genesys-conversation-machine';
import { describe, expect, it, vi } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage, ledgerKey } from '../support/memoryStorage.ts';

type Page = ReturnType<typeof createHarness>;
type Memory = ReturnType<typeof createMemoryStorage>;

/** What is stored of the open conversation, by who wrote last. */
const stored = ({ writes }: Memory) => JSON.parse(writes.at(-1) ?? '').ledgers[0];
const document = (memory: Memory, key: string) => JSON.parse(memory.items.get(key) ?? 'null');

/** A page that reports nothing: what it stores is what was seen in it. */
function createPage(storage: NonNullable<Parameters<typeof createHarness>[0]>['storage']): Page {
  const page = createHarness({ ...(storage && { storage }) });
  page.conversation.offline();
  return page;
}

async function see({ conversation, told, clock }: Page, messageId: string): Promise<void> {
  told('m1', 'm2', 'm3', 'm4');
  conversation.viewed(messageId);
  await clock.settle();
}

describe('pages that share a storage (R-3a)', () => {
  it('take in what another wrote since, whichever of the two documents it went to', async () => {
    const memory = createMemoryStorage();
    const [one, other] = [createPage(memory), createPage(memory)];
    await see(one, 'm1');
    await see(other, 'm3');
    await see(one, 'm2');
    expect(stored(memory).seen.messageId).toBe('m3');
    await see(other, 'm4');
    await see(one, 'm3');
    expect(stored(memory).seen.messageId).toBe('m4');
    expect([ledgerKey, `${ledgerKey}.2`].map((key) => document(memory, key).revision)).toEqual([5, 4]);
  });

  it('learn from each other, though nobody ever asked anything of them', async () => {
    const memory = createMemoryStorage();
    const options = { storage: memory, participantId: 'guest' };
    const [one, other] = [createHarness(options), createHarness(options)];
    for (const page of [one, other]) page.told('m1', 'm2', 'm3');
    await other.conversation.markAsRead('m2');
    await other.clock.settle();
    const read = { type: 'conversation:read', conversationId: 'c1', participantId: 'guest' };
    one.conversation.receive({ ...read, messageId: 'm1' });
    expect(one.conversation.unread).toBe(2);
    await one.clock.settle();
    expect(one.conversation.unread).toBe(1);
  });

  it('take nothing for acknowledged that names a message unknown here', async () => {
    const memory = createMemoryStorage();
    const [one, other] = [createPage(memory), createHarness({ storage: memory })];
    other.told('m1', 'm2', 'm3');
    await other.conversation.markAsRead('m3');
    one.told('m1');
    one.conversation.viewed('m1');
    await one.clock.settle();
    expect(stored(memory).acknowledged.messageId).toBe('m3');
    one.conversation.online();
    await one.at(1000);
    expect(one.transport.log).toEqual(['0.2 READ m1']);
  });

  it('learn of each conversation by itself', async () => {
    const memory = createMemoryStorage();
    const [one, other] = [createHarness({ storage: memory }), createHarness({ storage: memory })];
    one.told('m1', 'm2', 'm3');
    await one.conversation.markAsRead('m3');
    one.conversation.offline();
    for (const { conversation, told } of [one, other]) {
      conversation.open('c2');
      told('x1', 'x2', 'x3');
    }
    await other.conversation.markAsRead('x2');
    await other.clock.settle();
    const reading = one.conversation.markAsRead('x1');
    await one.clock.settle();
    await expect(reading).resolves.toBe(undefined);
    one.conversation.viewed('x3');
    one.conversation.open('c1');
    one.conversation.online();
    await one.at(5000);
    expect(one.transport.log).toEqual(['0.0 READ m3', '1.0 READ x3']);
  });

  it('still report what is newer than that in a conversation that is not open', async () => {
    const memory = createMemoryStorage();
    const [one, other] = [createPage(memory), createHarness({ storage: memory })];
    for (const page of [one, other]) page.told('m1', 'm2', 'm3');
    one.conversation.viewed('m3');
    await one.clock.settle();
    await other.conversation.markAsRead('m2');
    await other.clock.settle();
    one.conversation.open('c2');
    one.told('x1');
    one.conversation.viewed('x1');
    await one.clock.settle();
    one.conversation.online();
    await one.at(5000);
    expect(one.transport.log).toEqual(['0.2 READ x1', '1.2 READ m3']);
  });

  it('write all that they know where the storage was emptied meanwhile', async () => {
    const memory = createMemoryStorage();
    await see(createPage(memory), 'm1');
    const page = createPage(memory);
    memory.items.clear();
    page.told('m5');
    page.conversation.viewed('m5');
    await page.clock.settle();
    expect(stored(memory)).toMatchObject({
      seen: { position: 5, messageId: 'm5' },
      order: [1, 2, 3, 4, 5].map((position) => [`m${position}`, position]),
    });
  });

  it('parse nothing again that they wrote themselves', async () => {
    const page = createPage(createMemoryStorage());
    await see(page, 'm1');
    const parse = vi.spyOn(JSON, 'parse');
    await see(page, 'm2');
    await see(page, 'm3');
    const times = parse.mock.calls.length;
    parse.mockRestore();
    expect(times).toBe(0);
  });

  it('store no place that the back end gives: it says so again', async () => {
    const memory = createMemoryStorage();
    const page = createPage(memory);
    page.conversation.messageReceived({ messageId: 'm10', participantId: 'agent', position: 10 });
    page.told('m11');
    page.conversation.viewed('m11');
    await page.clock.settle();
    expect(stored(memory).order).toEqual([['m11', 11]]);
  });

  it('store a mark that has no message here', async () => {
    const memory = createMemoryStorage();
    const page = createPage(memory);
    const mark = { position: 1, messageId: 'm1' };
    page.conversation.actor.send({ type: 'message.viewed', conversationId: 'c1', mark });
    await page.clock.settle();
    expect(stored(memory)).toEqual({ conversationId: 'c1', seen: mark, acknowledged: null, refused: null });
    expect(page.trace.of('storage.failed')).toEqual([]);
  });

  it.each([
    ['', 'an empty string'],
    ['k'.repeat(201), 'a string of length 201'],
    [7, '7'],
  ])('are told what a key is, where %j is none', (key, came) => {
    expect(() => persistLedger(createMemoryStorage(), { key: key as string })).toThrow(
      `key must be a string of 1 to 200 characters; got ${came}.`,
    );
  });

  it('begin with nothing where there is none', () => {
    const { context } = createHarness().conversation.actor.getSnapshot();
    expect(context.receipts).toMatchObject({ ledgers: [], peers: [] });
  });
});

describe('what a page was told before its storage was read', () => {
  /** A page whose storage holds `m1` and `m3`, with their times, and is not read yet. */
  async function createLoading(): Promise<{ readonly page: Page; readonly memory: Memory }> {
    const memory = createMemoryStorage();
    const first = createPage(memory);
    for (const [messageId, sentAt] of [
      ['m1', 1000],
      ['m3', 3000],
    ] as const)
      first.conversation.messageReceived({ messageId, participantId: 'agent', sentAt });
    first.conversation.viewed('m1');
    await first.clock.settle();
    return { page: createPage(createSlowStorage(memory)), memory };
  }

  it('keeps its time', async () => {
    const { page, memory } = await createLoading();
    page.conversation.messageReceived({ messageId: 'm2', participantId: 'agent', sentAt: 2000 });
    page.conversation.viewed('m2');
    await page.clock.settle();
    expect(stored(memory).order).toEqual([
      ['m1', 1, 1000],
      ['m2', 1.5, 2000],
      ['m3', 2, 3000],
    ]);
    page.told('m3');
    expect(page.conversation.unread).toBe(1);
  });

  it('keeps who wrote it: a late message of theirs does not end their typing', async () => {
    const { page } = await createLoading();
    const message = { participantId: 'agent', messageId: 'm9', position: 90 };
    page.conversation.messageReceived(message);
    page.conversation.messageSent('mine');
    await page.clock.settle();
    const typing = { type: 'conversation:typing', conversationId: 'c1', participantId: 'agent' };
    page.conversation.receive({ ...typing, isTyping: true });
    page.conversation.messageReceived({ ...message, messageId: 'm8', position: 80 });
    expect(page.is({ roster: 'someoneTyping' })).toBe(true);
    page.conversation.messageReceived({ ...message, messageId: 'm10', position: 100 });
    expect(page.is({ roster: 'quiet' })).toBe(true);
    page.conversation.viewed('mine');
    expect(page.conversation.unread).toBe(3);
  });

  it('as a page of the past is known, and stands below what was stored', async () => {
    const { page, memory } = await createLoading();
    const past = ['p1', 'p2'].map((messageId) => ({ messageId, participantId: 'agent' }));
    page.conversation.historyReceived(past);
    page.told('m4');
    await page.clock.settle();
    page.conversation.markAsUnread('p2');
    expect(page.conversation.unread).toBe(2);
    page.conversation.viewed('m4');
    await page.clock.settle();
    expect(stored(memory).order.map(([messageId]: [string]) => messageId)).toEqual([
      ...['p1', 'p2', 'm1', 'm3', 'm4'],
    ]);
  });

  it('keeps the place that the back end gave, among those that were stored', async () => {
    const { page } = await createLoading();
    page.conversation.messageReceived({ messageId: 'm0', participantId: 'agent', position: 0 });
    page.conversation.messageReceived({ messageId: 'm9', participantId: 'agent', position: 9 });
    await page.clock.settle();
    expect(page.conversation.unread).toBe(1);
    page.conversation.markAsUnread('m0');
    expect(page.conversation.unread).toBe(2);
  });
});

describe('what is put aside', () => {
  const text = JSON.stringify({ version: 1, revision: 1, ledgers: 7 });

  it('is told of once, though both documents are wrong', async () => {
    const memory = createMemoryStorage({ [ledgerKey]: text, [`${ledgerKey}.2`]: 'nonsense' });
    const { trace, clock } = createPage(memory);
    await clock.settle();
    expect(trace.of('storage.failed')).toEqual([
      { type: 'storage.failed', reason: 'unreadable', degraded: false },
    ]);
    expect([...memory.items]).toEqual([[`${ledgerKey}.aside`, 'nonsense']]);
  });

  it('is text, though the storage gave it parsed', async () => {
    const memory = createMemoryStorage({ [ledgerKey]: text });
    const parsing = { ...memory, getItem: (key: string) => document(memory, key) };
    await createPage(parsing).clock.settle();
    expect([...memory.items]).toEqual([[`${ledgerKey}.aside`, text]]);
  });

  it('is nothing where a storage knows nothing, in whichever word', async () => {
    const memory = createMemoryStorage();
    const { trace, clock } = createPage({ ...memory, getItem: () => undefined });
    await clock.settle();
    expect(trace.of('storage.failed')).toEqual([]);
    expect([...memory.items]).toEqual([]);
  });
});
