import { describe, expect, it } from 'vitest';
import measured from '../../../examples/gateway/fleet/simulation/measured.json' with { type: 'json' };
import { simulate } from '../../../examples/gateway/fleet/simulation/simulation.ts';
import { settingsIn, tableOf } from '../../../examples/gateway/fleet/simulation/table.ts';

const { costs, runs } = measured;
const setting = { guests: 600, processes: 3, every: 60_000, budget: 1e6, duration: 600_000, seed: 1 };
const steadily = { ...setting, beginning: setting.every };

describe('a simulated fleet', () => {
  it('is the same by the same seed, and another one by another', () => {
    const table = (...args: readonly string[]) =>
      tableOf(settingsIn(['--simulate', '--guests', '50,300', '--processes', '1,3', ...args]) ?? [], costs);
    expect(table('--seed', '7')).toBe(table('--seed', '7'));
    expect(table('--seed', '7')).not.toBe(table('--seed', '8'));
    expect(table().split('\n')).toHaveLength(2 + 2 * 2 * 2);
  });

  it.each(runs)(
    'is what was measured, within a third: $guests guests, processes $processes, calls a minute $budget',
    ({ judged, ...run }) => {
      // The guests of a run begin within 20 s, or within their pause.
      const simulated = simulate(
        { ...run, beginning: Math.min(run.every, 20_000), seed: 1 },
        { ...costs, ...run },
      );
      for (const figure of judged as readonly ('messages' | 'half' | 'mostOfAHundred' | 'mostWaiting')[]) {
        expect(simulated[figure] / run[figure], figure).toBeGreaterThan(2 / 3);
        expect(simulated[figure] / run[figure], figure).toBeLessThan(4 / 3);
      }
    },
  );

  it('asks for as much of each core as its work takes, and stops where that is all', () => {
    const one = simulate({ ...steadily, processes: 1 }, costs);
    const three = simulate(steadily, costs);
    const [idle, idleRedis] = [costs.idleGateway / 1000, (3 * costs.idleRedis) / 1000];
    // Ten messages a second.
    expect((one.load.gateways - idle) / (costs.gatewayTime / 100)).toBeCloseTo(1, 1);
    expect((three.load.gateways - idle) / (one.load.gateways - idle)).toBeCloseTo(1 / 3, 1);
    expect((three.load.redis - idleRedis) / (costs.redisTime / 100)).toBeCloseTo(1, 1);
    expect(one).toMatchObject({ first: 'gateways', mostWaiting: 0 });
    const full = simulate({ ...steadily, processes: 1, guests: one.mostGuests }, costs);
    expect(full.load.gateways).toBeCloseTo(1, 1);
  });

  it('is short of what Genesys grants first, whatever the number of processes', () => {
    const { first, load, mostWaiting } = simulate({ ...steadily, guests: 300, budget: 300 }, costs);
    expect(first).toBe('budget');
    // 300 messages a minute and as many receipts, of 260 calls that are used.
    expect(load.budget).toBeGreaterThan(2);
    expect(mostWaiting).toBeGreaterThan(1000);
  });
});

it('the arguments of a simulation are checked, and have their defaults', () => {
  expect(settingsIn(['--simulate'])).toHaveLength(24);
  const few = ['--simulate', '--guests', '5', '--processes', '2', '--budget', '100', '--seed', '9'];
  expect(settingsIn(few)).toEqual([
    { guests: 5, processes: 2, budget: 100, every: 60_000, beginning: 60_000, duration: 300_000, seed: 9 },
  ]);
  expect(settingsIn(['--simulate', '--help'])).toBeUndefined();
  expect(() => settingsIn(['--guests', '5,many'])).toThrow(
    '--guests must be numbers above 0, and many is none',
  );
});
