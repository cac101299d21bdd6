import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sample } from '../support/sample.ts';
import { digestOf, heapOf, playAgain, soak } from './soak.ts';
import { wrongIn } from './world.ts';
import { worlds } from './worlds.ts';

describe.each(worlds)('random sequences in the world $name', (world) => {
  it('break no clause that a trace can show, and leave no timer, listener or rejection', async () => {
    const { failures, timers, listeners, unhandled, tallies } = await soak({
      worlds: [world],
      seed: sample(1, Math.trunc(Math.random() * 2 ** 31)),
      sequences: sample(60, 5000),
      ms: Number.POSITIVE_INFINITY,
      mostFailures: 1,
    });
    expect(failures).toEqual([]);
    expect({ timers, listeners, unhandled }).toEqual({ timers: 0, listeners: 0, unhandled: 0 });
    expect(tallies).toMatchObject([{ sequences: sample(60, 5000), alike: 0 }]);
  }, 600_000);

  it('are plain data, the order of settlements too: what is written of one is played alike (C-3)', async () => {
    for (const script of fc.sample(world.scripts, { seed: 11, numRuns: 10 })) {
      const written = JSON.parse(JSON.stringify(script));
      expect(digestOf(await world.play(written))).toBe(digestOf(await world.play(script)));
    }
  });

  it('are the same each time for one seed (C-3)', async () => {
    const digests = new Set<string>();
    for (let time = 0; time < sample(5, 1000); time += 1)
      digests.add(digestOf((await playAgain(world, 7)).played));
    expect([...digests]).toHaveLength(1);
    const nothing = digestOf({ traces: [], faults: [], timers: 0, listeners: 0 });
    expect([...digests]).not.toContain(nothing);
    expect([...digests]).not.toContain(digestOf((await playAgain(world, 8)).played));
  });
});

describe('a soak', () => {
  it('makes what fails small, and plays it again by its seed and path', async () => {
    const [world] = worlds;
    if (!world) throw new Error('There is no world.');
    const broken = {
      ...world,
      play: async (script: unknown) => {
        const played = await world.play(script);
        const isTyped = played.traces.some(({ moments }) => moments.some(({ kind }) => kind === 'call'));
        return { ...played, faults: isTyped ? ['a call was made'] : [] };
      },
    };
    const { failures } = await soak({
      ...{ worlds: [broken], seed: 3, sequences: 50, mostFailures: 1, ms: Number.POSITIVE_INFINITY },
    });
    expect(failures).toMatchObject([{ world: world.name, seed: 3, wrong: ['a call was made'] }]);
    const again = await playAgain(broken, 3, failures[0]?.path);
    expect(wrongIn(again.played)).toEqual(['a call was made']);
    expect(again.script).toBe(failures[0]?.script);
  });

  it('calls a heap flat that is warm after a quarter, and not one that a few bytes of each sequence stay in', () => {
    const mb = 2 ** 20;
    // About what a run over all four worlds holds, in which nothing stays.
    const flat = [24.8, 25.7, 26.2, 26.5, 26.9, 26.8, 27.3, 27.1, 27.4, 27.1, 27.9].map((each) => each * mb);
    expect(heapOf(flat)).toEqual({ warm: 26.5 * mb, last: 27.9 * mb, isFlat: true });
    const leaking = flat.map((each, nth) => each + 50 * 20_000 * nth);
    expect(heapOf(leaking)).toMatchObject({ isFlat: false });
    expect(heapOf([20 * mb])).toEqual({ warm: 20 * mb, last: 20 * mb, isFlat: true });
  });
});
