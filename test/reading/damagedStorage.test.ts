import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage, ledgerKey } from '../support/memoryStorage.ts';

const seen = { position: 4, messageId: 'm4' };
const acknowledged = { position: 2, messageId: 'm2' };
const whole = { conversationId: 'c1', seen, acknowledged, refused: null };
const write = (ledgers: unknown, more: object = {}): string =>
  JSON.stringify({ version: 1, revision: 7, ledgers, ...more });
const one = (change: object): string => write([{ ...whole, ...change }]);
const good = write([whole]);

/** What came of a store: the reason that was given, and the read call that its marks led to. */
type Outcome = [reason: string | null, call: string | null];

const table: [what: string, text: string, ...Outcome][] = [
  ['whole', good, null, 'm4'],
  ['with fields nobody knows', one({ text: 'hello', token: 'secret' }), null, 'm4'],
  ['with nothing in it', write([]), null, null],
  ['cut off in the middle', good.slice(0, good.length / 2), 'unreadable', null],
  ['cut off by one character', good.slice(0, -1), 'unreadable', null],
  ['emptied', '', 'unreadable', null],
  ['followed by the end of an older write', `${good}}]}`, 'unreadable', null],
  ['not JSON', 'seen=4;acknowledged=2', 'unreadable', null],
  ['a web page', '<!doctype html><title>Sign in</title>', 'unreadable', null],
  ['zero bytes', '\0'.repeat(200), 'unreadable', null],
  ['the word null', 'null', 'unreadable', null],
  ['a number', '42', 'unreadable', null],
  ['a list', '[1,2,3]', 'unreadable', null],
  ['somebody else’s object', '{"user":{"name":"Kim"}}', 'unreadable', null],
  ['of a later version', write([whole], { version: 2 }), 'unknown-version', null],
  ['of a version before the first', write([whole], { version: 0 }), 'unknown-version', null],
  ['with a version in words', write([whole], { version: '1' }), 'unreadable', null],
  ['with ledgers as an object', write({ c1: whole }), 'unreadable', null],
  ['with one ledger of nonsense among good ones', write([7, whole, null]), 'unreadable', 'm4'],
  ['with a conversation id that is a path', one({ conversationId: '../../admin' }), 'unreadable', null],
  ['with a conversation id that is a number', one({ conversationId: 5 }), 'unreadable', null],
  ['with a guest’s id that is a list', one({ participantId: ['kim'] }), 'unreadable', null],
  ['of another guest', one({ participantId: 'kim' }), null, null],
  ['with a position in words', one({ seen: { position: '4', messageId: 'm4' } }), 'unreadable', null],
  [
    'with a position that is no number',
    one({ seen: { position: null, messageId: 'm4' } }),
    'unreadable',
    null,
  ],
  ['with a position in letters', one({ seen: { position: '4', messageId: 'm4' } }), 'unreadable', null],
  [
    'with a position beyond all others',
    one({ seen: { position: 2 ** 53, messageId: 'm4' } }),
    'unreadable',
    null,
  ],
  [
    'acknowledged beyond what was seen',
    one({ acknowledged: { position: 9, messageId: 'm9' } }),
    'unreadable',
    'm4',
  ],
  [
    'with a message id that ends in half a character',
    one({ seen: { position: 4, messageId: 'm4\ud83d' } }),
    'unreadable',
    null,
  ],
  ['refused by a list', one({ refused: [4] }), 'unreadable', 'm4'],
  ['over by a word', one({ over: 'no' }), 'unreadable', 'm4'],
  ['with places that are no pairs', one({ order: [['m1'], 'm2', [3, 3], ['m4', 4]] }), 'unreadable', 'm4'],
  [
    'with the same conversation twice',
    write([whole, { ...whole, seen: { position: 3, messageId: 'm3' } }]),
    null,
    'm4',
  ],
  [
    'with __proto__ for a field',
    `{"version":1,"revision":1,"__proto__":{"ledgers":[${JSON.stringify(whole)}]}}`,
    'unreadable',
    null,
  ],
  [
    'with marks under __proto__',
    `{"version":1,"revision":1,"ledgers":[{"conversationId":"c1","__proto__":{"seen":${JSON.stringify(seen)}}}]}`,
    'unreadable',
    null,
  ],
  ['with a conversation called __proto__', one({ conversationId: '__proto__' }), null, 'm4'],
  [
    'with a thousand conversations',
    write(
      Array.from({ length: 1000 }, (_, n) => ({
        ...whole,
        conversationId: n === 999 ? 'c1' : `x${n}`,
        acknowledged: n === 999 ? acknowledged : seen,
      })),
    ),
    'too-large',
    'm4',
  ],
  ['huge', write([{ ...whole, order: Array(40_000).fill(['m'.repeat(20), 1]) }]), 'too-large', null],
  ['deep', '['.repeat(100_000), 'unreadable', null],
];

describe.each([
  ['synchronous', (storage: ReturnType<typeof createMemoryStorage>) => storage],
  ['asynchronous', (storage: ReturnType<typeof createMemoryStorage>) => createSlowStorage(storage)],
  [
    'parsing',
    (storage: ReturnType<typeof createMemoryStorage>) => ({
      ...storage,
      getItem: (key: string) => {
        const text = storage.getItem(key);
        try {
          return JSON.parse(text ?? 'null') as unknown;
        } catch {
          return text;
        }
      },
    }),
  ],
] as const)('a store in a %s storage', (kind, wrap) => {
  it.each(table)('%s', async (what, text, reason, call) => {
    const memory = createMemoryStorage({ [ledgerKey]: text });
    const { conversation, transport, trace, told, at } = createHarness({ storage: wrap(memory) });
    await at(5000);
    const isNothing = kind === 'parsing' && what === 'the word null';
    const expected = kind === 'parsing' && what === 'huge' ? null : reason;
    expect(trace.of('storage.failed')).toEqual(
      expected === null || isNothing ? [] : [{ type: 'storage.failed', reason: expected, degraded: false }],
    );
    if (expected !== null && !isNothing) expect(memory.items.get(`${ledgerKey}.aside`)).toBeDefined();
    if (expected === reason)
      expect(transport.calls.map((each) => 'messageId' in each && each.messageId)).toEqual(
        call ? [call] : [],
      );
    expect(({} as { seen?: unknown; ledgers?: unknown }).seen).toBeUndefined();

    const before = transport.calls.length;
    told('m1', 'm2', 'm3', 'm4', 'm5');
    await conversation.markAsRead('m5');
    expect(transport.calls).toHaveLength(before + 1);
    await at(6000);
    const again = createHarness({ storage: wrap(memory) });
    again.told('m1', 'm2', 'm3', 'm4', 'm5');
    again.conversation.viewed('m5');
    await again.at(10_000);
    expect(again.transport.calls).toEqual([]);
    expect(again.trace.of('storage.failed')).toEqual([]);
  });
});

it('the table holds thirty stores and more', () => {
  expect(table.length).toBeGreaterThanOrEqual(30);
});

it('is put aside as it came, and what can be read of it is kept', async () => {
  const text = write([7, whole]);
  const memory = createMemoryStorage({ [ledgerKey]: text });
  const { clock, conversation } = createHarness({ storage: memory });
  conversation.offline();
  await clock.settle();
  expect(memory.items.get(`${ledgerKey}.aside`)).toBe(text);
  expect(JSON.parse(memory.items.get(ledgerKey) ?? '').ledgers).toMatchObject([whole]);
});

it('does not stand in the way when even putting aside fails', async () => {
  const memory = createMemoryStorage({ [ledgerKey]: 'nonsense' });
  memory.failWith(Object.assign(new Error('full'), { name: 'QuotaExceededError' }));
  const { conversation, transport, trace, told, at } = createHarness({ storage: memory });
  told('m1');
  conversation.viewed('m1');
  await at(5000);
  expect(transport.log).toEqual(['0.2 READ m1']);
  expect(trace.of('storage.failed').map(({ reason }) => reason)).toEqual(['unreadable', 'quota']);
});
