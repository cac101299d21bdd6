import { describe, expect, it } from 'vitest';
import { Places } from '../../src/reading/places.ts';

/** What there is to count, the long way. */
const counted = (places: Places, after: number, from: number | null): number =>
  places.sorted.filter(
    ({ author, position }) =>
      author === 'others' && !(position <= after && (from === null || position < from)),
  ).length;

const tell = (places: Places, from: number, to: number): void => {
  for (let index = from; index <= to; index += 1)
    places.note({ messageId: `m${index}`, author: 'others', participantId: 'agent' });
};

describe('the number of messages that are not read', () => {
  it('is that of others which stand above a position, or from another one on', () => {
    const places = new Places();
    tell(places, 1, 4);
    places.note({ messageId: 'mine', author: 'own' });
    places.note({ messageId: 'unknown' });
    tell(places, 5, 6);
    const asked = [
      [0, null, 6],
      [2, null, 4],
      [2, null, 4],
      [2.5, null, 4],
      [7, null, 1],
      [8, null, 0],
      [3, null, 3],
      [Number.NEGATIVE_INFINITY, null, 6],
      [3, 2, 5],
      [8, 8, 1],
      [8, 4, 3],
      [2, 4, 4],
      [2, null, 4],
    ] as const;
    for (const [after, from, count] of asked) expect(places.countOthers(after, from)).toBe(count);
  });

  it('follows every change, whatever was asked before', () => {
    const places = new Places();
    let random = 7;
    const draw = (below: number): number => {
      random = (random * 48271) % 2147483647;
      return random % below;
    };
    const changes = [
      (messageId: string) => places.note({ messageId, author: 'others', participantId: 'agent' }),
      (messageId: string) => places.note({ messageId, author: 'own' }),
      (messageId: string) => places.note({ messageId }),
      (messageId: string) => places.note({ messageId, author: 'others', position: draw(40) }),
      (messageId: string) => places.note({ messageId, author: 'others', sentAt: draw(40) }),
      (messageId: string) => places.takeOut(messageId),
      (messageId: string) => places.remove(messageId),
    ];
    for (let step = 0; step < 600; step += 1) {
      changes[draw(changes.length)]?.(`m${draw(30)}`);
      if (draw(3) === 0) continue;
      const [after, from] = [draw(45) - 2, draw(4) === 0 ? draw(45) : null];
      expect(places.countOthers(after, from)).toBe(counted(places, after, from));
      if (draw(2) === 0) expect(places.countOthers(after, from)).toBe(counted(places, after, from));
    }
    expect(positionsRise(places)).toBe(true);
  });
});

const positionsRise = ({ sorted }: Places): boolean =>
  sorted.every(({ position }, index) => index === 0 || position >= (sorted[index - 1]?.position ?? position));

describe('beyond 5000 messages', () => {
  it('those told longest ago are forgotten, but still counted; who is told again is remembered for longer', () => {
    const places = new Places();
    tell(places, 1, 5000);
    expect([places.hasForgotten, places.find('m1')?.position]).toEqual([false, 1]);
    tell(places, 1, 1);
    tell(places, 5001, 5002);
    expect(places.hasForgotten).toBe(true);
    expect(['m1', 'm2', 'm3', 'm4'].map((messageId) => places.find(messageId)?.position)).toEqual([
      ...[1, undefined, undefined, 4],
    ]);
    expect(places.sorted).toHaveLength(5000);
    for (const [after, count] of [
      [0, 5002],
      [2, 5000],
      [3, 4999],
      [2, 5000],
      [5002, 0],
    ] as const)
      expect(places.countOthers(after, null)).toBe(count);
    expect(places.countOthers(5002, 3)).toBe(5000);
  });

  it("the guest's own that are forgotten are not counted", () => {
    const places = new Places();
    places.note({ messageId: 'mine', author: 'own' });
    places.note({ messageId: 'unknown' });
    tell(places, 1, 5001);
    expect([places.find('mine'), places.find('unknown'), places.find('m1')]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect(places.countOthers(0, null)).toBe(5001);
  });

  it('one that is told again at its given place is counted once; another is another', () => {
    const places = new Places();
    const give = (messageId: string, position: number) =>
      places.note({ messageId, author: 'others', position });
    for (let index = 1; index <= 5002; index += 1) give(`m${index}`, index);
    expect(places.countOthers(0, null)).toBe(5002);
    give('m1', 1);
    expect([places.countOthers(0, null), places.countOthers(1, null)]).toEqual([5002, 5001]);
    give('new', 5003);
    expect(places.countOthers(0, null)).toBe(5003);
    places.note({ messageId: 'm4', author: 'others' });
    expect(places.countOthers(0, null)).toBe(5004);
  });
});
