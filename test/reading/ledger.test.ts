import { createConversation, persistLedger } from 'genesys-conversation-machine';
import {
  createScriptedTransport,
  createSteppedClock,
  recordTrace,
} from 'genesys-conversation-machine/testing';
import { describe, expect, it, vi } from 'vitest';
import { createHarness, type HarnessOptions } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage, ledgerKey } from '../support/memoryStorage.ts';

const read = (messageId: string) => ({
  type: 'conversation:read',
  conversationId: 'c1',
  participantId: 'guest',
  messageId,
});
const unavailable = { code: 'unavailable', message: 'x', status: 503 } as const;

/** One page after another over one storage; `reload` leaves the first as a crash does: without a word. */
function createPages(storage: NonNullable<HarnessOptions['storage']>, options: HarnessOptions = {}) {
  return () => createHarness({ storage, ...options });
}

describe('a reload', () => {
  it('delivers what the page before could not, once', async () => {
    const open = createPages(createMemoryStorage());
    const first = open();
    first.transport.always('read', unavailable);
    first.told('m1', 'm2');
    first.conversation.viewed('m2');
    await first.at(5000);
    expect(first.transport.calls.length).toBeGreaterThan(0);
    first.conversation.stop();

    const second = open();
    await second.at(60_000);
    expect(second.transport.log).toEqual(['0.0 READ m2']);
    second.conversation.stop();

    const third = open();
    third.told('m1', 'm2');
    third.conversation.viewed('m1');
    third.conversation.viewed('m2');
    await third.at(60_000);
    expect(third.transport.log).toEqual([]);
  });

  it('keeps the places of messages that are told again, and puts new ones above them', async () => {
    const open = createPages(createMemoryStorage());
    const first = open();
    first.told('m1', 'm2', 'm3');
    first.conversation.viewed('m3');
    await first.at(1000);

    const second = open();
    second.told('m4', 'm1', 'm2', 'm3');
    second.conversation.viewed('m1');
    await second.at(1000);
    expect(second.transport.log).toEqual([]);
    second.conversation.viewed('m4');
    await second.at(2000);
    expect(second.transport.log).toEqual(['1.2 READ m4']);
  });

  it('lets a position that the application gives win', async () => {
    const open = createPages(createMemoryStorage());
    const given = (page: ReturnType<typeof open>, messageId: string, position: number) =>
      page.conversation.messageReceived({ messageId, participantId: 'agent', position });
    const first = open();
    given(first, 'm10', 10);
    given(first, 'm20', 20);
    first.conversation.viewed('m20');
    await first.at(1000);

    const second = open();
    given(second, 'm21', 21);
    given(second, 'm15', 15);
    second.conversation.viewed('m15');
    await second.at(1000);
    expect(second.transport.log).toEqual([]);
    second.conversation.viewed('m21');
    await second.at(2000);
    expect(second.transport.log).toEqual(['1.2 READ m21']);
  });

  it('as another guest leaves the marks of the one before alone, and keeps them', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ storage, participantId: 'kim' });
    first.conversation.offline();
    first.told('m1');
    first.conversation.viewed('m1');
    await first.clock.settle();
    const other = createHarness({ storage, participantId: 'sam', conversationId: 'c2' });
    other.told('m9');
    other.conversation.viewed('m9');
    await other.at(10_000);
    expect(other.transport.log).toEqual(['0.2 READ m9']);
    const again = createHarness({ storage, participantId: 'kim' });
    await again.at(10_000);
    expect(again.transport.log).toEqual(['0.0 READ m1']);
  });

  it('does not call again for a mark that was refused for good', async () => {
    const open = createPages(createMemoryStorage());
    const first = open();
    first.transport.answer('read', { code: 'bad-request', message: 'x', status: 400 });
    first.told('m1');
    await first.conversation.markAsRead('m1').catch(() => {});
    const second = open();
    await second.at(60_000);
    expect(second.transport.log).toEqual([]);
  });

  it('delivers the marks of conversations that are not open', async () => {
    const open = createPages(createMemoryStorage());
    const first = open();
    first.conversation.offline();
    first.told('a1');
    first.conversation.viewed('a1');
    first.conversation.open('c2');
    first.told('b1');
    first.conversation.viewed('b1');
    await first.clock.settle();
    const second = open();
    await second.at(10_000);
    expect(second.transport.log).toEqual(['0.0 READ a1', '1.0 READ b1']);
  });
});

describe('what is stored', () => {
  it('is marks and positions only, under two keys in turn', async () => {
    const storage = createMemoryStorage();
    const { conversation, told, at } = createHarness({ storage });
    told('m1', 'm2');
    conversation.viewed('m1');
    await at(1000);
    expect(storage.writes.map((text) => JSON.parse(text))).toEqual([
      { version: 1, revision: 1, ledgers: [ledger({ seen: { position: 1, messageId: 'm1' } })] },
      {
        version: 1,
        revision: 2,
        ledgers: [
          ledger({ seen: { position: 1, messageId: 'm1' }, acknowledged: { position: 1, messageId: 'm1' } }),
        ],
      },
    ]);
    expect([...storage.items.keys()]).toEqual([ledgerKey, `${ledgerKey}.2`]);
  });

  it('stands in the storage before the call leaves, where that is synchronous', () => {
    const storage = createMemoryStorage();
    const { conversation, transport, told } = createHarness({ storage });
    told('m1');
    let stored = 0;
    const { sendRead } = transport;
    vi.spyOn(transport, 'sendRead').mockImplementation((...args) => {
      stored = storage.writes.length;
      return sendRead(...args);
    });
    void conversation.markAsRead('m1');
    expect(stored).toBe(1);
  });

  it('costs one write however many messages are seen in one task', async () => {
    const storage = createMemoryStorage();
    const { conversation, told, clock } = createHarness({ storage });
    for (let n = 0; n < 100; n += 1) {
      told(`m${n}`);
      conversation.viewed(`m${n}`);
    }
    await clock.settle();
    expect(storage.writes).toHaveLength(1);
  });

  it('stays within its bounds: conversations, places and length', async () => {
    const storage = createMemoryStorage();
    const { conversation, told, clock } = createHarness({ storage });
    conversation.offline();
    for (let n = 0; n < 230; n += 1) {
      conversation.open(`conversation-${n}`);
      for (let m = 0; m < 30; m += 1) told(`${'x'.repeat(100)}-${n}-${m}`);
      void conversation.markAsRead();
    }
    await clock.settle();
    const text = storage.writes.at(-1) ?? '';
    expect(text.length).toBeLessThanOrEqual(256 * 1024);
    expect(JSON.parse(text).ledgers.length).toBe(200);
    expect(JSON.parse(text).ledgers.at(-1).conversationId).toBe('conversation-229');
  });

  it('never goes backwards when two pages share it', async () => {
    const storage = createMemoryStorage();
    const [one, other] = [createHarness({ storage }), createHarness({ storage })];
    for (const page of [one, other]) page.told('m1', 'm2', 'm3');
    other.conversation.viewed('m3');
    await other.at(1000);
    one.conversation.viewed('m1');
    await one.at(1000);
    const stored = JSON.parse(storage.writes.at(-1) ?? '').ledgers[0];
    expect(stored).toMatchObject({ seen: { messageId: 'm3' }, acknowledged: { messageId: 'm3' } });
    expect(one.transport.log).toEqual([]);
  });
});

it('a mark that another page had acknowledged is not called again, and settles who waits for it (R-3a)', async () => {
  const storage = createMemoryStorage();
  const [one, other] = [createHarness({ storage }), createHarness({ storage })];
  for (const page of [one, other]) page.told('m1', 'm2', 'm3');
  await other.conversation.markAsRead('m3');
  await other.clock.settle();
  one.conversation.offline();
  const reading = one.conversation.markAsRead('m2');
  await one.clock.settle();
  await reading;
  one.conversation.online();
  await one.at(10_000);
  expect(one.transport.log).toEqual([]);
});

describe('a storage that answers later', () => {
  it('holds read calls back until it was read, so that nothing acknowledged is repeated', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ storage });
    first.told('m1', 'm2');
    first.conversation.viewed('m2');
    await first.at(1000);

    const clock = createSteppedClock();
    let latency = 700;
    const slow = createSlowStorage(
      storage,
      () => new Promise((resolve) => void clock.setTimeout(resolve, latency)),
    );
    const second = createHarness({ storage: slow });
    second.told('m1', 'm2', 'm3');
    second.conversation.viewed('m2');
    const reading = second.conversation.markAsRead('m2');
    await second.at(1000);
    expect(second.transport.log).toEqual([]);
    await clock.advance(2000);
    latency = 0;
    await second.at(2000);
    await reading;
    expect(second.transport.log).toEqual([]);
    second.conversation.viewed('m3');
    await second.at(3000);
    expect(second.transport.log).toEqual([]);
    await clock.advance(0);
    await clock.advance(0);
    await clock.advance(0);
    await second.clock.settle();
    expect(second.transport.log).toEqual(['3.0 READ m3']);
  });

  it('puts what was told meanwhile above what it held', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ storage });
    first.told('m1', 'm2');
    first.conversation.viewed('m2');
    await first.at(1000);
    const second = createHarness({ storage: createSlowStorage(storage) });
    second.told('m3');
    second.conversation.viewed('m3');
    await second.at(1000);
    expect(second.transport.log).toEqual(['0.2 READ m3']);
    expect(storage.writes.length).toBeGreaterThan(2);
    expect(JSON.parse(storage.writes.at(-1) ?? '').ledgers[0].acknowledged).toEqual({
      position: 3,
      messageId: 'm3',
    });
  });

  it('is waited for no longer than a deadline: then marks are kept in memory, said once', async () => {
    const never = { getItem: () => new Promise(() => {}), setItem: vi.fn(), removeItem: vi.fn() };
    const { conversation, transport, trace, told, at, clock } = createHarness({ storage: never });
    told('m1');
    const reading = conversation.markAsRead('m1');
    await at(1999);
    expect(transport.log).toEqual([]);
    await at(3000);
    await reading;
    expect(transport.log).toEqual(['2.0 READ m1']);
    expect(trace.of('storage.failed')).toEqual([{ type: 'storage.failed', reason: 'slow', degraded: true }]);
    expect(never.setItem).not.toHaveBeenCalled();
    conversation.stop();
    expect(clock.timers).toBe(0);
  });

  it('does not report what was read on another device meanwhile, however early it was seen here (R-12)', async () => {
    const { conversation, transport, told, at } = createHarness({
      participantId: 'me',
      storage: { getItem: () => new Promise(() => {}), setItem: vi.fn(), removeItem: vi.fn() },
    });
    told('m1', 'm2');
    conversation.viewed('m1');
    const reading = conversation.markAsRead();
    conversation.receive({
      type: 'conversation:read',
      conversationId: 'c1',
      participantId: 'me',
      messageId: 'm2',
    });
    await at(5000);
    await reading;
    expect(transport.log).toEqual([]);
    expect(conversation.unread).toBe(0);
  });

  it('is waited for as long whatever deadline calls have', async () => {
    const storage = createMemoryStorage();
    const clock = createSteppedClock();
    const slow = createSlowStorage(
      storage,
      () => new Promise((resolve) => void clock.setTimeout(resolve, 300)),
    );
    const conversation = createConversation({
      transport: createScriptedTransport({ clock }),
      clock,
      conversationId: 'c1',
      storage: persistLedger(slow),
      timing: { deadline: 1000 },
    });
    const trace = recordTrace(conversation, clock);
    conversation.start();
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    const reading = conversation.markAsRead('m1');
    await clock.advance(5000);
    await reading;
    expect(trace.of('storage.failed')).toEqual([]);
    expect(JSON.parse(storage.writes.at(-1) ?? '').ledgers[0].acknowledged).toMatchObject({
      messageId: 'm1',
    });
  });

  it('that never ends a write is left alone after a deadline', async () => {
    const setItem = vi.fn(() => new Promise(() => {}));
    const storage = { getItem: async () => null, setItem, removeItem: async () => {} };
    const { conversation, transport, trace, told, at, clock } = createHarness({ storage });
    told('m1', 'm2');
    conversation.viewed('m1');
    await at(20_000);
    conversation.viewed('m2');
    await at(40_000);
    expect(transport.log).toEqual(['2.0 READ m1', '20.2 READ m2']);
    expect(setItem).toHaveBeenCalledTimes(1);
    expect(trace.of('storage.failed')).toMatchObject([{ reason: 'slow', degraded: true }]);
    conversation.stop();
    expect(clock.timers).toBe(0);
  });

  it.each<[string, (page: ReturnType<typeof createHarness>) => void, string]>([
    ['the conversation ended (L-4)', ({ conversation }) => conversation.end(), ''],
    ['the guest read it elsewhere (R-10)', ({ conversation }) => void conversation.receive(read('m1')), ''],
    ['nobody is to know (R-11)', ({ conversation }) => conversation.shareReads(false), ''],
    ['the network went', ({ conversation }) => conversation.offline(), ''],
    [
      'the back end asked for silence (L-1)',
      ({ transport }) => transport.tell({ type: 'limit.announced', retryAfterMs: 3000 }),
      '4.6 READ m1',
    ],
  ])('holds a call back that must not leave any more when it was written: %s', async (_, happens, later) => {
    const inner = createMemoryStorage();
    const clock = createSteppedClock();
    const slow = createSlowStorage(
      inner,
      () => new Promise((resolve) => void clock.setTimeout(resolve, 200)),
    );
    const page = createHarness({ storage: slow, participantId: 'guest', clock });
    await page.at(1000);
    page.told('m1');
    page.conversation.viewed('m1');
    await page.at(1300);
    expect(page.is({ receipts: 'sending' })).toBe(true);
    happens(page);
    await page.at(9000);
    expect(page.transport.log.join()).toBe(later);
    expect(page.trace.of('read.failed').filter(({ failure }) => failure.code === 'unexpected')).toEqual([]);
    expect(page.is({ receipts: 'sending' })).toBe(false);
    page.conversation.stop();
    await page.at(20_000);
    expect(clock.timers).toBe(0);
  });

  it('leaves no promise hanging when the conversation stops before it was read (C-1)', async () => {
    const never = { getItem: () => new Promise(() => {}), setItem: vi.fn(), removeItem: vi.fn() };
    const { conversation, told, clock } = createHarness({ storage: never });
    told('m1');
    const reading = conversation.markAsRead('m1');
    await clock.settle();
    conversation.stop();
    await expect(reading).rejects.toMatchObject({ code: 'stopped' });
    expect(clock.timers).toBe(0);
  });

  it('gets only the last of the states that came while it wrote', async () => {
    const inner = createMemoryStorage();
    const clock = createSteppedClock();
    const slow = createSlowStorage(inner, () => new Promise((resolve) => void clock.setTimeout(resolve, 50)));
    const page = createHarness({ storage: slow });
    await clock.advance(1000);
    for (let n = 1; n <= 5; n += 1) {
      page.told(`m${n}`);
      page.conversation.viewed(`m${n}`);
      await page.clock.settle();
    }
    await clock.advance(5000);
    expect(inner.writes.map((text) => JSON.parse(text).ledgers[0].seen.messageId)).toEqual(['m1', 'm5']);
  });
});

describe('a storage that fails', () => {
  const quota = Object.assign(new Error('full'), { name: 'QuotaExceededError' });

  for (const [what, thrown, reason] of [
    ['is full', quota, 'quota'],
    ['throws', new Error('no'), 'unavailable'],
    ['throws nothing', undefined, 'unavailable'],
  ] as const) {
    it(`because it ${what} degrades to memory with one event, and reading goes on`, async () => {
      const storage = createMemoryStorage();
      const { conversation, transport, trace, told, at } = createHarness({ storage });
      storage.failWith(thrown);
      told('m1', 'm2');
      conversation.viewed('m1');
      await at(5000);
      conversation.viewed('m2');
      await at(10_000);
      expect(transport.log).toEqual(['0.2 READ m1', '5.2 READ m2']);
      expect(trace.of('storage.failed')).toEqual([{ type: 'storage.failed', reason, degraded: true }]);
    });
  }

  it('on its first reading is told of as well', async () => {
    const getItem = () => {
      throw new Error('denied');
    };
    const { trace, clock } = createHarness({ storage: { ...createMemoryStorage(), getItem } });
    await clock.settle();
    expect(trace.of('storage.failed')).toMatchObject([{ reason: 'unavailable', degraded: true }]);
  });

  it('is refused at construction when it is no storage', () => {
    expect(() => persistLedger({} as never)).toThrow(/storage must be/);
    for (const key of ['', 'k'.repeat(201), 7])
      expect(() => persistLedger(createMemoryStorage(), { key: key as string })).toThrow(/key must be/);
    expect(() => persistLedger(createMemoryStorage(), { kee: 'k' } as never)).toThrow(/kee/);
    expect(() => persistLedger(createMemoryStorage(), 7 as never)).toThrow(/an object, or absent/);
    expect(() => persistLedger(createMemoryStorage(), { key: 'k'.repeat(200) })).not.toThrow();
  });

  it('is refused when it is handed over bare, and told by what to hand it over', () => {
    const { transport } = createHarness();
    expect(() => createConversation({ transport, storage: createMemoryStorage() as never })).toThrow(
      /storage must be what persistLedger\(localStorage\) makes.*import/,
    );
  });
});

const ledger = (marks: object) => ({
  conversationId: 'c1',
  seen: null,
  acknowledged: null,
  refused: null,
  order: [
    ['m1', 1],
    ['m2', 2],
  ],
  ...marks,
});
