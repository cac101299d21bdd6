import { describe, expect, it } from 'vitest';
import { type LedgerRecord, readDocument } from '../../src/reading/ledgerFormat.ts';

const longest = 2 * 256 * 1024;
const farthest = 2 ** 52;
const seen = { position: 4, messageId: 'm4' };
const acknowledged = { position: 2, messageId: 'm2' };
const whole = { conversationId: 'c1', seen, acknowledged, refused: null };
const record: LedgerRecord = { ...whole, participantId: null, over: false, order: [], peers: [] };
const documentOf = (ledgers: unknown, more: object = {}) => ({ version: 1, revision: 7, ledgers, ...more });
const padded = (length: number): string => JSON.stringify(documentOf([whole])).padEnd(length, ' ');
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...whole, conversationId: `c${index}` }));

/** Without one of its fields. */
const without = (name: keyof typeof whole): object =>
  Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name));

describe('a stored document', () => {
  it.each<[string, unknown, string | null, readonly LedgerRecord[]]>([
    ['that is not there', null, null, []],
    ['of which nothing is known', undefined, null, []],
    ['that is false', false, 'unreadable', []],
    ['as long as one is read', padded(longest), null, [record]],
    ['one longer', padded(longest + 1), 'too-large', []],
    ['that came parsed, with a length', documentOf([whole], { length: 2 ** 30 }), null, [record]],
    ['that came as a list', Object.assign([], documentOf([whole])), 'unreadable', []],
    ['whose fields are inherited', Object.create(documentOf([whole])), 'unreadable', []],
    ['of version 2', { ...documentOf([whole]), version: 2 }, 'unknown-version', []],
    ['of version 1.5', { ...documentOf([whole]), version: 1.5 }, 'unreadable', []],
    ['without ledgers', { version: 1, revision: 7 }, 'unreadable', []],
    ['with a text for ledgers', documentOf('c1'), 'unreadable', []],
    ['with no ledgers', documentOf([]), null, []],
    ['with a list for a ledger', documentOf([Object.assign([], whole), whole]), 'unreadable', [record]],
    ['with one ledger twice', documentOf([whole, { ...whole, seen: { position: 3 } }]), null, [record]],
  ])('%s', (_, raw, trouble, records) => {
    expect(readDocument(raw)).toEqual({
      revision: records.length > 0 || isRead(raw) ? 7 : 0,
      records,
      trouble,
    });
  });

  it.each([
    [0, 0, null],
    [8, 8, null],
    [-1, 0, 'unreadable'],
    [1.5, 0, 'unreadable'],
    ['7', 0, 'unreadable'],
    [undefined, 0, 'unreadable'],
  ])('of revision %j counts as %i', (revision, counted, trouble) => {
    const found = readDocument(documentOf([whole], { revision }));
    expect(found).toEqual({ revision: counted, records: [record], trouble });
  });

  it('of 200 conversations is taken whole, of one of more the last 200', () => {
    for (const [count, trouble] of [
      [200, null],
      [201, 'too-large'],
    ] as const) {
      const found = readDocument(documentOf(many(count)));
      expect(found.trouble).toBe(trouble);
      expect(found.records.map(({ conversationId }) => conversationId)).toEqual(
        many(count)
          .slice(-200)
          .map(({ conversationId }) => conversationId),
      );
    }
  });
});

/** Whether such a document is looked into. */
const isRead = (raw: unknown): boolean =>
  typeof raw === 'object' && raw !== null && 'ledgers' in raw && Array.isArray(raw.ledgers) && isOwn(raw);
const isOwn = (raw: object): boolean =>
  !Array.isArray(raw) && Object.hasOwn(raw, 'version') && Reflect.get(raw, 'version') === 1;

/** What is read of one stored conversation beside one that is whole, and whether it was whole too. */
function readOne(stored: unknown) {
  const { records, trouble } = readDocument(documentOf([stored, { ...whole, conversationId: 'c2' }]));
  expect(records.at(-1)).toEqual({ ...record, conversationId: 'c2' });
  expect(trouble === null || trouble === 'unreadable').toBe(true);
  return { record: records.length === 2 ? records[0] : null, isWhole: trouble === null };
}

describe('a stored conversation', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['without an id', without('conversationId')],
    ['with a path for an id', { ...whole, conversationId: 'a/b' }],
    ['of a guest without a name', { ...whole, participantId: '' }],
    ['of a guest who is null', { ...whole, participantId: null }],
  ])('%s is left out', (_, stored) => {
    expect(readOne(stored)).toEqual({ record: null, isWhole: false });
  });

  it.each<[string, object, Partial<LedgerRecord>]>([
    ['of a guest', { participantId: 'kim' }, { participantId: 'kim' }],
    ['with fields nobody knows', { text: 'hello' }, {}],
    ['with nothing seen', { seen: null, acknowledged: null }, { seen: null, acknowledged: null }],
    ['with a mark without a name', { seen: { position: 9 } }, { seen: { position: 9 } }],
    ['with a mark between two', { seen: { position: 2.5 } }, { seen: { position: 2.5 } }],
    ['with the farthest mark', { seen: { position: farthest } }, { seen: { position: farthest } }],
    [
      'with the lowest mark',
      { seen: { position: -farthest }, acknowledged: null },
      { seen: { position: -farthest }, acknowledged: null },
    ],
    [
      'with a mark that holds more',
      { seen: { ...seen, text: 'x' }, acknowledged: { ...acknowledged, token: 'x' } },
      {},
    ],
    ['with all acknowledged', { acknowledged: seen }, { acknowledged: seen }],
    ['that was refused', { refused: 3 }, { refused: 3 }],
    ['that was refused at 0', { refused: 0 }, { refused: 0 }],
    ['that is over', { over: true }, { over: true }],
    ['that is not over', { over: false }, {}],
    ['without places or people', { order: [], peers: [] }, {}],
  ])('%s is taken whole', (_, stored, expected) => {
    expect(readOne({ ...whole, ...stored })).toEqual({ record: { ...record, ...expected }, isWhole: true });
  });

  it.each<[string, object, Partial<LedgerRecord>]>([
    ['what was seen is missing', without('seen'), { seen: null, acknowledged: null }],
    ['what was seen is a word', { ...whole, seen: 'm4' }, { seen: null, acknowledged: null }],
    ['what was seen is a list', { ...whole, seen: [4] }, { seen: null, acknowledged: null }],
    [
      'it was seen too far',
      { ...whole, seen: { position: farthest + 1 }, acknowledged: null },
      { seen: null, acknowledged: null },
    ],
    [
      'it was seen too far down',
      { ...whole, seen: { position: -farthest - 1 }, acknowledged: null },
      { seen: null, acknowledged: null },
    ],
    [
      'what was seen has a place in words',
      { ...whole, seen: { position: '4' } },
      { seen: null, acknowledged: null },
    ],
    [
      'what was seen has an empty name',
      { ...whole, seen: { position: 4, messageId: '' } },
      { seen: null, acknowledged: null },
    ],
    ['what was acknowledged is missing', without('acknowledged'), { acknowledged: null }],
    ['what was acknowledged is a word', { ...whole, acknowledged: 'm2' }, { acknowledged: null }],
    ['more was acknowledged than seen', { ...whole, acknowledged: { position: 5 } }, { acknowledged: null }],
    [
      'something was acknowledged, nothing seen',
      { ...whole, seen: null },
      { seen: null, acknowledged: null },
    ],
    ['nothing says what was refused', without('refused'), {}],
    ['what was refused is a word', { ...whole, refused: '3' }, {}],
    ['it is over by a number', { ...whole, over: 1 }, {}],
    ['its places are no list', { ...whole, order: {} }, {}],
    ['its people are no list', { ...whole, peers: {} }, {}],
  ])('is read but for what is wrong: %s', (_, stored, expected) => {
    expect(readOne(stored)).toEqual({ record: { ...record, ...expected }, isWhole: false });
  });

  const place = (messageId: string, position: number, more: object = {}) => ({
    ...{ messageId, position, sentAt: null, author: null, ...more },
  });
  it.each<[unknown, object | null]>([
    [['m', 1], place('m', 1)],
    [['m', -1.5, 1000], place('m', -1.5, { sentAt: 1000 })],
    [['m', 1, null], place('m', 1)],
    [['m', 1, null, 1], place('m', 1, { author: 'own' })],
    [['m', 1, 5, 0], place('m', 1, { sentAt: 5 })],
    [['m'], null],
    [['m', 1, null, 1, 0], null],
    [['m', '1'], null],
    [['m', farthest + 1], null],
    [['m', 1, '5'], null],
    [['m', 1, Number.NaN], null],
    [['m', 1, null, 2], null],
    [['m', 1, null, true], null],
    [['', 1], null],
    [[1, 1], null],
    [{ 0: 'm', 1: 1, length: 2 }, null],
    ['m1', null],
    [null, null],
  ])('has the place %j, or passes it over', (stored, expected) => {
    const order = [...(expected ? [expected] : []), place('last', 9)];
    const found = readOne({ ...whole, order: [stored, ['last', 9]] });
    expect(found).toEqual({ record: { ...record, order }, isWhole: expected !== null });
  });

  const agent = { participantId: 'agent', mark: { position: 2 } };
  it.each<[unknown, boolean]>([
    [agent, true],
    [{ ...agent, mark: { position: 2, messageId: '' } }, false],
    [{ participantId: 'agent' }, false],
    [{ mark: agent.mark }, false],
    [{ ...agent, participantId: 7 }, false],
    [Object.assign([], agent), false],
    ['agent', false],
    [null, false],
  ])('was read by %j, or passes that over', (stored, isTaken) => {
    const last = { participantId: 'last', mark: seen };
    const peers = [...(isTaken ? [agent] : []), last];
    const found = readOne({ ...whole, peers: [stored, { ...last, text: 'hello' }] });
    expect(found).toEqual({ record: { ...record, peers }, isWhole: isTaken });
  });

  it('has the last thousand of its places and the last fifty of its people', () => {
    const order = Array.from({ length: 1001 }, (_, index) => [`m${index}`, index]);
    const peers = Array.from({ length: 51 }, (_, index) => ({ ...agent, participantId: `p${index}` }));
    const found = readOne({ ...whole, order, peers });
    expect(found.isWhole).toBe(true);
    expect(found.record?.order.map(({ messageId }) => messageId)).toEqual(
      order.slice(1).map(([messageId]) => messageId),
    );
    expect(found.record?.peers).toEqual(peers.slice(1));
  });
});
