import { describe, expect, it } from 'vitest';
import { type LedgerRecord, readDocument, writeDocument } from '../../src/reading/ledgerFormat.ts';

const longest = 256 * 1024;
const seen = { position: 4, messageId: 'm4' };
const acknowledged = { position: 2, messageId: 'm2' };
const record = (change: Partial<LedgerRecord> = {}): LedgerRecord => ({
  ...{ conversationId: 'c1', participantId: null, seen: null, acknowledged: null, refused: null },
  ...{ over: false, order: [], peers: [], ...change },
});
const whole = record({ seen, acknowledged });
const places = (count: number): LedgerRecord['order'] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ messageId: `m${index}`, position: index, sentAt: null, author: null },
  }));
const people = (count: number): LedgerRecord['peers'] =>
  Array.from({ length: count }, (_, index) => ({ participantId: `p${index}`, mark: { position: index } }));
/** Conversations of which every second one has something due. */
const many = (count: number, change: (index: number) => Partial<LedgerRecord> = () => ({})) =>
  Array.from({ length: count }, (_, index) =>
    record({
      ...{ conversationId: `c${index}`, seen, acknowledged: index % 2 === 0 ? seen : acknowledged },
      ...change(index),
    }),
  );
const idsOf = (records: readonly LedgerRecord[]): readonly string[] =>
  records.map(({ conversationId }) => conversationId);
describe('a document that is written', () => {
  it('holds what there is to say, and no more', () => {
    expect(writeDocument([record()], 3).text).toBe(
      '{"version":1,"revision":3,"ledgers":[{"conversationId":"c1","seen":null,"acknowledged":null,"refused":null}]}',
    );
    const full = record({
      ...{ participantId: 'kim', seen, acknowledged, refused: 3, over: true },
      order: [
        { messageId: 'm1', position: 1, sentAt: null, author: null },
        { messageId: 'm2', position: 1.5, sentAt: 1000, author: 'others' },
        { messageId: 'm3', position: 2, sentAt: null, author: 'own' },
        { messageId: 'm4', position: 4, sentAt: 2000, author: 'own' },
      ],
      peers: [{ participantId: 'agent', mark: { position: 2 } }],
    });
    expect(writeDocument([full, whole], 4).text).toBe(
      `{"version":1,"revision":4,"ledgers":[{"conversationId":"c1","participantId":"kim","seen":{"position":4,"messageId":"m4"},"acknowledged":{"position":2,"messageId":"m2"},"refused":3,"over":true,"peers":[{"participantId":"agent","mark":{"position":2}}],"order":[["m1",1],["m2",1.5,1000],["m3",2,null,1],["m4",4,2000,1]]},{"conversationId":"c1","seen":{"position":4,"messageId":"m4"},"acknowledged":{"position":2,"messageId":"m2"},"refused":null}]}`,
    );
  });

  it('is read as it was written', () => {
    const order = [
      { messageId: 'm1', position: 1, sentAt: null, author: null },
      { messageId: 'm2', position: -1.5, sentAt: 1000, author: null },
      { messageId: 'm3', position: 2, sentAt: 5, author: 'own' as const },
    ];
    const peers = [{ participantId: 'agent', mark: { position: 2 } }];
    const all = [
      record({ participantId: 'kim', seen, acknowledged, refused: 3, over: true, order, peers }),
      record({ conversationId: 'c2', seen: { position: -3 } }),
    ];
    const { text, records } = writeDocument(all, 4);
    expect(records).toEqual(all);
    expect(readDocument(text)).toEqual({ revision: 4, records: all, trouble: null });
    expect(readDocument(JSON.parse(text))).toEqual({ revision: 4, records: all, trouble: null });
  });

  it.each([
    [1, 1],
    [150, 150],
    [200, 200],
    [201, 200],
    [260, 200],
  ])('of %i conversations holds %i, those last that have nothing due', (count, kept) => {
    const all = many(count);
    const gone = new Set(idsOf(all.filter((_, index) => index % 2 === 0)).slice(0, count - kept));
    const { records, text } = writeDocument(all, 1);
    expect(idsOf(records)).toEqual(idsOf(all).filter((id) => !gone.has(id)));
    expect(readDocument(text).records).toEqual(records);
  });

  it('lets older ones go where more have something due than there is room for', () => {
    const all = many(203, (index) => ({ acknowledged: index < 2 ? seen : null }));
    expect(idsOf(writeDocument(all, 1).records)).toEqual(idsOf(all).slice(3));
  });

  it.each([
    ['nothing is seen', { seen: null, acknowledged: null }, false],
    ['something is seen', { seen: { position: -1 }, acknowledged: null }, true],
    ['less is acknowledged', { seen, acknowledged }, true],
    ['all is acknowledged', { seen, acknowledged: seen }, false],
  ])('takes that for due or not as it is: %s', (_, change, isDue) => {
    const all = many(201, (index) => (index === 0 ? { seen, acknowledged: seen } : { acknowledged: null }));
    const two = [...all.slice(1, 2), record({ conversationId: 'x', ...change }), ...all.slice(2)];
    expect(idsOf(writeDocument(two, 1).records).includes('x')).toBe(isDue);
  });

  it('holds a thousand places of a conversation and fifty people, the last of them', () => {
    const [order, peers] = [places(1001), people(51)];
    const { records, text } = writeDocument([record({ order, peers })], 1);
    expect(records).toEqual([record({ order: order.slice(1), peers: peers.slice(1) })]);
    expect(readDocument(text).records).toEqual(records);
    const exact = record({ order: order.slice(1), peers: peers.slice(1) });
    expect(writeDocument([exact], 1).records[0]?.order).toBe(exact.order);
    expect(writeDocument([exact], 1).records[0]?.peers).toBe(exact.peers);
  });

  it.each([
    ['as long as it may be', longest, 10],
    ['one longer', longest + 1, 7],
  ])('that is %s loses only as many places as it must', (_, length, kept) => {
    const order = places(10);
    const named = (count: number) =>
      writeDocument([record({ order, seen: { position: 1, messageId: 'm'.repeat(count) } })], 1);
    const { records, text } = named(length - named(0).text.length);
    expect(records[0]?.order).toEqual(order.slice(-kept));
    expect(text.length).toBeLessThanOrEqual(longest);
  });

  const long = { position: 1, messageId: 'm'.repeat(2000) };
  it('gives up all places, then those who read, before any marks', () => {
    const all = many(120, () => ({ seen: long, order: places(10), peers: people(2) }));
    const { records, text } = writeDocument(all, 1);
    expect(text.length).toBeLessThanOrEqual(longest);
    expect(records).toEqual(all.map((each) => ({ ...each, order: [], peers: [] })));
  });

  it('gives up a tenth at a time where marks alone are too long, those with nothing due first', () => {
    const all = many(150, (index) => ({
      ...{ seen: long, acknowledged: index % 2 === 0 ? { position: 1 } : null },
    }));
    const { records, text } = writeDocument(all, 1);
    expect(text.length).toBeLessThanOrEqual(longest);
    const gone = idsOf(all).filter((id) => !idsOf(records).includes(id));
    expect(gone).toEqual(idsOf(all.filter((_, index) => index % 2 === 0)).slice(0, 29));
  });

  it('ends even where nothing fits', () => {
    const { records, text } = writeDocument([record({ conversationId: 'c'.repeat(longest) })], 9);
    expect(records).toEqual([]);
    expect(text).toBe('{"version":1,"revision":9,"ledgers":[]}');
  });
});
