import { describe, expect, it, vi } from 'vitest';
import {
  type LedgerRecord,
  mergeRecords,
  OrderTexts,
  writeDocument,
} from '../../src/reading/ledgerFormat.ts';

type Place = LedgerRecord['order'][number];

const record = (change: Partial<LedgerRecord> = {}): LedgerRecord => ({
  ...{ conversationId: 'c1', participantId: null, seen: null, acknowledged: null, refused: null },
  ...{ over: false, order: [], peers: [], ...change },
});
const place = (messageId: string, position: number): Place => ({
  ...{ messageId, position, sentAt: null, author: null },
});
const mark = (position: number, messageId = `m${position}`) => ({ position, messageId });
const merged = (one: Partial<LedgerRecord>, other: Partial<LedgerRecord>): LedgerRecord | undefined =>
  mergeRecords([record(one)], [record(other)])[0];
const [a, b, c, d, x] = [place('a', 1), place('b', 2), place('c', 3), place('d', 4), place('x', 2.5)];
/** As many places as are kept of a conversation. */
const full = Array.from({ length: 1000 }, (_, index) => place(`f${index}`, 100 + index));

describe('two records of one conversation (R-3)', () => {
  it.each([
    ['none', null, null, null],
    ['one alone', mark(1), null, mark(1)],
    ['the other alone', null, mark(1), mark(1)],
    ['the earlier', mark(2), mark(1), mark(2)],
    ['the later', mark(1), mark(2), mark(2)],
    ['the later of two that stand level', mark(1, 'old'), mark(1, 'new'), mark(1, 'new')],
  ])('keep the greatest of each mark: %s', (_, one, other, kept) => {
    expect(merged({ seen: one }, { seen: other })?.seen).toEqual(kept);
    expect(merged({ acknowledged: one }, { acknowledged: other })?.acknowledged).toEqual(kept);
  });

  it.each([
    [null, null, null],
    [3, null, 3],
    [null, 0, 0],
    [null, -3, -3],
    [-3, null, -3],
    [-3, -5, -3],
    [3, 5, 5],
    [5, 3, 5],
  ])('were refused up to the greatest of both: %j and %j', (one, other, kept) => {
    expect(merged({ refused: one }, { refused: other })?.refused).toBe(kept);
  });

  it('are over where the later one says so', () => {
    expect(merged({ over: true }, { over: false })?.over).toBe(false);
    expect(merged({ over: false }, { over: true })?.over).toBe(true);
  });

  it('stay two where they are of two guests, or of two conversations', () => {
    const all = [
      record({ participantId: 'kim' }),
      record({ participantId: 'sam' }),
      record(),
      record({ conversationId: 'c2' }),
    ];
    expect(mergeRecords(all.slice(0, 3), all.slice(3))).toEqual(all);
  });

  it('stand where the later one was put', () => {
    const [one, two, again] = [record(), record({ conversationId: 'c2' }), record({ over: true })];
    expect(mergeRecords([one, two], [again])).toEqual([two, again]);
  });
});

describe('the places of two records', () => {
  it.each<[string, readonly Place[], readonly Place[], readonly Place[]]>([
    ['of which the later knows more', [a, b], [a, b, c], [a, b, c]],
    ['of which the earlier knows more', [a, b, c], [a, b], [a, b, c]],
    ['of which the later begins higher', [a, b, c], [b, c, d], [a, b, c, d]],
    ['that have nothing in common', [a, c], [b, d], [a, b, c, d]],
    ['of which the later says otherwise', [a, place('b', 9)], [b, c], [a, b, c]],
    ['of which there are none any more', [a], [], [a]],
    ['of which there were none', [], [a], [a]],
    ['as many as are kept, and older ones', [a, b], full, full],
    ['as many as are kept, of which the oldest are gone', [a, ...full.slice(0, 999)], full, full],
    [
      'as many as are kept, and one between them',
      [place('g', 150.5)],
      full,
      [...full.slice(1, 51), place('g', 150.5), ...full.slice(51)],
    ],
    [
      'as many as are kept, of which the earlier goes on',
      [...full.slice(1), place('g', 2000)],
      full,
      [...full.slice(1), place('g', 2000)],
    ],
  ])('are those of both, the newest of them: %s', (_, earlier, later, kept) => {
    expect(merged({ order: earlier }, { order: later })?.order).toEqual(kept);
  });

  it.each<[string, readonly Place[], readonly Place[]]>([
    ['goes on with', [a, b], [a, b, c]],
    ['knows all of', [b, { ...c }], [a, b, c]],
    ['has as many as are kept, after', [a, ...full.slice(0, 999)], full],
  ])('are the same list where the later one %s the earlier', (_, earlier, later) => {
    expect(merged({ order: earlier }, { order: later })?.order).toBe(later);
  });
});

describe('what others have read, of two records', () => {
  const peer = (participantId: string, position: number) => ({ participantId, mark: mark(position) });
  const people = (count: number) => Array.from({ length: count }, (_, index) => peer(`p${index}`, 1));

  it('is the greatest of each person; who read last stands last', () => {
    expect(
      merged(
        { peers: [peer('kim', 5), peer('sam', 1), peer('lee', 3)] },
        { peers: [peer('kim', 2), peer('sam', 4)] },
      )?.peers,
    ).toEqual([peer('lee', 3), peer('kim', 5), peer('sam', 4)]);
  });

  it('is the earlier telling of two that stand level', () => {
    const [one, other] = [
      { participantId: 'kim', mark: mark(1, 'old') },
      { participantId: 'kim', mark: mark(1, 'new') },
    ];
    expect(merged({ peers: [one] }, { peers: [other] })?.peers).toEqual([one]);
  });

  it('is kept of the last fifty', () => {
    const all = people(52);
    expect(merged({ peers: all.slice(0, 30) }, { peers: all.slice(30) })?.peers).toEqual(all.slice(2));
  });
});

describe('the text of places', () => {
  it.each<[string, readonly Place[], readonly Place[], number]>([
    ['the same', [a, b, c], [a, b, c], 0],
    ['one that was put last', [a, b], [a, b, c], 1],
    ['one that was put last, as the first is gone', [a, b, c], [b, c, d], 2],
    ['one that was put first', [b, c], [a, b, c], 3],
    ['one that was put in the middle', [a, b, c], [a, x, b, c], 4],
    ['one that was put in the middle, as the first is gone', [a, b, c], [b, x, c], 3],
    ['one that is gone from the middle', [a, b, c], [a, c], 2],
    ['one that is gone from the end', [a, b, c], [a, b], 2],
    ['one that was put anew', [a, b, c], [a, b, { ...c, position: 7 }], 3],
    ['all others', [a, b], [c, d], 2],
  ])('is right, and not written anew without need: %s', (_, before, after, written) => {
    const orders = new OrderTexts();
    orders.of(record({ order: before }));
    const plain = after.map(({ messageId, position }) => JSON.stringify([messageId, position])).join();
    const order = written === 0 ? before : after;
    const stringify = vi.spyOn(JSON, 'stringify');
    const text = orders.of(record({ order }));
    const times = stringify.mock.calls.length;
    stringify.mockRestore();
    expect(text).toBe(plain);
    expect(times).toBe(written);
    expect(orders.of(record({ order: [...order, d] }))).toBe(`${plain},["d",4]`);
  });

  it('is that of each conversation and guest', () => {
    const orders = new OrderTexts();
    const records = [record(), record({ conversationId: 'c2' }), record({ participantId: 'kim' })];
    for (const [index, each] of records.entries()) orders.of({ ...each, order: [place(`m${index}`, 1)] });
    const { text } = writeDocument(
      records.map((each) => ({ ...each, order: [a] })),
      1,
      orders,
    );
    expect(text.match(/"order":\[\["a",1\]\]/g)).toHaveLength(3);
  });
});
