import { describe, expect, it } from 'vitest';
import { type PageMessage, type Place, Places } from '../../src/reading/places.ts';

type Told = readonly [messageId: string, facts?: Omit<PageMessage, 'messageId'>];

const message = ([messageId, facts]: Told): PageMessage => ({ author: 'others', ...facts, messageId });
/** The places of messages that came in one after another. */
function placesOf(...told: readonly Told[]): Places {
  const places = new Places();
  for (const each of told) places.note(message(each));
  return places;
}
const at = (position: number, sentAt?: number) => ({ position, ...(sentAt !== undefined && { sentAt }) });
const byTime = (sentAt: number) => ({ sentAt });
const ids = (places: Places): string => places.sorted.map(({ messageId }) => messageId).join(' ');
const positions = (places: Places): readonly number[] => places.sorted.map(({ position }) => position);

describe('a message that comes in (R-7)', () => {
  it('stands above all that was ever told, at the next whole number', () => {
    const places = placesOf(['m1'], ['m2'], ['m7', at(7)], ['m8']);
    expect(positions(places)).toEqual([1, 2, 7, 8]);
    places.rise(9.5);
    places.rise(3);
    expect([places.newest, places.note(message(['m10'])).position]).toEqual([9.5, 10]);
    places.remove('m10');
    expect(places.note(message(['m11'])).position).toBe(11);
    expect(ids(places)).toBe('m1 m2 m7 m8 m11');
  });

  it.each<[number, string]>([
    [5, 'x a b c'],
    [10, 'a x b c'],
    [20, 'a b x c'],
    [29, 'a b x c'],
    [30, 'a b c x'],
    [31, 'a b c x'],
  ])('at %i goes past what is newer by its time, and past nothing else', (sentAt, order) => {
    const places = placesOf(['a', byTime(10)], ['b'], ['c', byTime(30)]);
    places.note(message(['x', byTime(sentAt)]));
    expect(ids(places)).toBe(order.replace('a x b', 'a b x'));
  });

  it('without a time stands on top', () => {
    const places = placesOf(['a', byTime(10)], ['b', byTime(20)]);
    places.note(message(['x']));
    expect(ids(places)).toBe('a b x');
  });

  it('stands where its given position says, above those that stand there', () => {
    const places = placesOf(['a', at(5)], ['b', at(9)], ['c', at(5)], ['d', at(-3)], ['e', at(5, 1)]);
    expect(ids(places)).toBe('d a c e b');
    expect(places.newest).toBe(9);
  });

  it.each<[number, number]>([
    [2, 1],
    [2.5, 2],
    [0, -1],
    [-1.5, -2],
  ])('that goes below the first, at %d, goes to the next lower whole number: %d', (first, position) => {
    const places = placesOf(['a', byTime(20)]);
    places.remove('a');
    places.put({ ...placeOf('a', first), sentAt: 20 });
    expect(places.note(message(['x', byTime(10)])).position).toBe(position);
  });

  it('shares the room between two: a little beside the one that was put last, else half', () => {
    const places = placesOf(['a', at(0, 0)], ['z', at(1, 100)]);
    const put = (messageId: string, sentAt: number) =>
      places.note(message([messageId, byTime(sentAt)])).position;
    expect(put('b', 50)).toBe(1 - 1 / 64);
    expect(put('c', 60)).toBe(1 - 1 / 64 + 1 / 64 ** 2);
    expect(put('d', 10)).toBe((1 - 1 / 64) / 2);
    places.note(message(['d', byTime(10)]));
    places.note(message(['a', at(0, 0)]));
    expect(put('e', 20)).toBe((1 - 1 / 64) / 2 + (1 - 1 / 64) / 2 / 64);
  });

  it('takes half of the room where a little of it is none', () => {
    const most = 2 ** 52;
    const places = placesOf(['z', at(most, 100)], ['a', at(most - 2, 0)]);
    expect(places.note(message(['x', byTime(50)])).position).toBe(most - 1);
  });

  it('stands right where there is no room left', () => {
    const most = 2 ** 52;
    const places = placesOf(['a', at(most - 1, 0)], ['z', at(most, 100)]);
    for (const [messageId, sentAt] of [
      ['b', 50],
      ['c', 60],
      ['d', 70],
    ] as const)
      places.note(message([messageId, byTime(sentAt)]));
    expect(ids(places)).toBe('a b c d z');
    expect(positions(places)).toEqual([most - 1, most - 0.5, most - 0.5, most - 0.5, most]);
  });
});

function placeOf(messageId: string, position: number): Place {
  const unknown = { author: null, participantId: null, sentAt: null };
  return { messageId, position, isGiven: false, isHistory: false, ...unknown };
}

describe('a page of the past (R-7)', () => {
  const page = (places: Places, ...told: readonly Told[]): string => {
    places.notePage(told.map(message));
    return ids(places);
  };

  it('of a conversation of which nothing is known is as new as can be, but no newer than a mark', () => {
    const places = new Places();
    expect(page(places, ['a'], ['b'])).toBe('a b');
    expect(positions(places)).toEqual([0, 1]);
    const marked = new Places();
    marked.rise(5);
    page(marked, ['a'], ['b']);
    expect(positions(marked)).toEqual([4, 5]);
    expect(marked.note(message(['c'])).position).toBe(6);
  });

  it('without times stands below all, where it knows nobody', () => {
    const places = placesOf(['m8'], ['m9']);
    expect(page(places, ['m6'], ['m7'])).toBe('m6 m7 m8 m9');
    expect(positions(places)).toEqual([-1, 0, 1, 2]);
  });

  it('stands beside the messages of it that are known', () => {
    const places = placesOf(['b'], ['d'], ['f']);
    expect(page(places, ['a'], ['b'], ['c'], ['d'], ['e'])).toBe('a b c d e f');
    expect(page(placesOf(['b'], ['d']), ['b'], ['c'])).toBe('b c d');
    const top = placesOf(['b']);
    expect(page(top, ['b'], ['c'])).toBe('b c');
    expect(positions(top)).toEqual([1, 2]);
  });

  it.each<[number, string]>([
    [5, 'x a b c'],
    [10, 'a x b c'],
    [20, 'a x b c'],
    [29, 'a x b c'],
    [30, 'a b c x'],
  ])('at %i goes up past what is older by its time, and past nothing else', (sentAt, order) => {
    const places = placesOf(['a', byTime(10)], ['b'], ['c', byTime(30)]);
    expect(page(places, ['x', byTime(sentAt)])).toBe(order);
  });

  it('goes by its times above a message of it that is known, and below one', () => {
    const known = () => placesOf(['a', byTime(10)], ['b', byTime(20)], ['c', byTime(30)]);
    expect(page(known(), ['a'], ['x', byTime(25)])).toBe('a b x c');
    expect(page(known(), ['b'], ['x', byTime(5)])).toBe('a b x c');
    expect(page(known(), ['x', byTime(15)], ['c'])).toBe('a x b c');
    expect(page(known(), ['x', byTime(99)], ['c'])).toBe('a b x c');
    expect(page(known(), ['x'], ['b'])).toBe('a x b c');
    expect(page(known(), ['x', byTime(25)], ['b'])).toBe('a x b c');
  });

  it('says of what it tells first that it is history, and of nobody who was known', () => {
    const places = placesOf(['b']);
    page(places, ['a'], ['b']);
    places.note(message(['a']));
    expect(['a', 'b'].map((messageId) => places.find(messageId)?.isHistory)).toEqual([true, false]);
  });
});

describe('a message that is told again', () => {
  it('keeps its place, and what is known of it', () => {
    const places = placesOf(['a', { participantId: 'agent', sentAt: 5 }], ['b']);
    const before = places.find('a');
    expect(places.note({ messageId: 'a' })).toEqual(before);
    expect(places.find('a')).toEqual({
      ...{ messageId: 'a', position: 1, isGiven: false, author: 'others' },
      ...{ participantId: 'agent', sentAt: 5, isHistory: false },
    });
    expect(ids(places)).toBe('a b');
  });

  it('takes what is said anew: a place, a time, who wrote it, but stays the guest’s own', () => {
    const places = placesOf(['a'], ['b'], ['mine', { author: 'own' }]);
    const news = { position: 9, sentAt: 7, author: 'others', participantId: 'agent' } as const;
    expect(places.note({ messageId: 'a', ...news })).toEqual({
      ...{ messageId: 'a', isGiven: true, isHistory: false, ...news },
    });
    expect(places.note({ messageId: 'mine', author: 'others' }).author).toBe('own');
    expect(places.note({ messageId: 'b', author: 'own' }).author).toBe('own');
    expect(places.note({ messageId: 'a' }).isGiven).toBe(true);
    expect(ids(places)).toBe('b mine a');
    places.put(placeOf('late', 0));
    expect(places.note({ messageId: 'late' }).author).toBe(null);
  });

  it('stays among those that stand level with it', () => {
    const places = placesOf(['a', at(5)], ['b', at(5)], ['c', at(5)]);
    places.note({ messageId: 'b', sentAt: 7 });
    expect([ids(places), places.find('b')?.sentAt]).toEqual(['a b c', 7]);
    places.remove('b');
    expect(ids(places)).toBe('a c');
  });
});

describe('a message that is taken out', () => {
  it('is not there any more, but keeps its place for the others', () => {
    const places = placesOf(['a', byTime(10)], ['b', byTime(20)], ['c', byTime(30)]);
    expect(places.takeOut('b')?.messageId).toBe('b');
    expect([places.takeOut('b'), places.find('b'), places.remove('b')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(ids(places)).toBe('a c');
    places.note(message(['x', byTime(25)]));
    expect(places.find('x')?.position).toBeGreaterThan(2);
    places.note(message(['y', byTime(15)]));
    expect(places.find('y')?.position).toBeLessThan(2);
    expect(ids(places)).toBe('a y x c');
  });

  it.each([
    [500, 0],
    [501, 1],
    [503, 3],
  ])('leaves its place to others once 500 more recent ones are: of %i, at %i', (count, position) => {
    const places = new Places();
    for (let index = 1; index <= count; index += 1) places.note(message([`m${index}`]));
    for (let index = 1; index <= count; index += 1) places.takeOut(`m${index}`);
    places.notePage([message(['x'])]);
    expect(places.find('x')?.position).toBe(position);
    expect(ids(places)).toBe('x');
  });
});

it('every change counts, and nothing else', () => {
  const places = placesOf(['a'], ['b']);
  const seen = new Set([places.revision]);
  const changes = [
    () => places.note(message(['c'])),
    () => places.note(message(['c', byTime(9)])),
    () => places.note(message(['c', at(50)])),
    () => places.put(placeOf('d', 4)),
    () => places.takeOut('a'),
    () => places.remove('b'),
  ];
  for (const [index, change] of changes.entries()) {
    change();
    seen.add(places.revision);
    expect(seen.size).toBe(index + 2);
  }
  const { revision } = places;
  places.rise(99);
  places.find('c');
  places.countOthers(0, null);
  places.takeOut('never told');
  expect(places.revision).toBe(revision);
  expect(places.sorted).toBe(places.sorted);
});
