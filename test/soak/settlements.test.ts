import { expect, it } from 'vitest';
import { createSettlements } from './settlements.ts';

/** In which order six settle that are due at once, and two more of one lane. */
async function orderOf(order: number, late: number | null): Promise<string> {
  const { clock, later } = createSettlements({ order, late });
  const settled: string[] = [];
  for (const name of 'abcdef') later('answer', 10, () => settled.push(name));
  for (const name of 'XY') later('frame', 10, () => settled.push(name), 'lane');
  await clock.advance(1000);
  return settled.join('');
}

it('what is due at once settles as it came, or as a scheduler draws, what one lane carries in order', async () => {
  expect(await orderOf(1, null)).toBe('abcdefXY');
  const orders = new Set<string>();
  for (let order = 0; order < 20; order += 1) orders.add(await orderOf(order, 0));
  expect(orders.size).toBeGreaterThan(8);
  expect([...orders].filter((each) => each.indexOf('X') > each.indexOf('Y'))).toEqual([]);
  expect(await orderOf(3, 0)).toBe(await orderOf(3, 0));
});

it('what is late lets others and time go before it, and none is later than it may be', async () => {
  const lateness = new Set<number>();
  for (let order = 0; order < 20; order += 1) {
    const { clock, later } = createSettlements({ order, late: 50 });
    later('answer', 10, () => lateness.add(clock.now() - 10));
    for (let at = 0; at < 10; at += 1) {
      clock.setTimeout(() => {}, 12 * at);
    }
    await clock.advance(1000);
    expect(clock.timers).toBe(0);
  }
  expect(lateness.size).toBeGreaterThan(2);
  expect(Math.max(...lateness)).toBeLessThanOrEqual(50);
});

it('what is called off does not happen, and once all is over nothing is late', async () => {
  const { clock, later, end } = createSettlements({ order: 1, late: 4000 });
  const settled: string[] = [];
  later('answer', 10, () => settled.push('called off'))();
  end();
  later('answer', 10, () => settled.push('answer'));
  await clock.advance(10);
  expect(settled).toEqual(['answer']);
  expect(clock.timers).toBe(0);
});
