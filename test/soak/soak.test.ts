import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sample } from '../support/sample.ts';
import { digestOf, playAgain, soak } from './soak.ts';
import { type World, wrongIn } from './world.ts';
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

it('two handles do not hand an indicator to and fro for ever within one instant (T-13)', async () => {
  const world = worlds.find(({ name }) => name === 'conversation') as World;
  const setting = { latency: 20, messageEndsTyping: false, hasProvider: false, storage: 'none', random: 0 };
  const played = await world.play({
    setting: { ...setting, resolution: 100, handles: 2 },
    lives: [
      [
        ...[
          ['trouble', 8771, 0],
          ['accepted', 737, 0],
          ['view', 2017, 1],
        ],
        ...[
          ['works', 3525, 1],
          ['view', 43, 1],
          ['keys', 6347, 0],
        ],
      ],
    ],
    ...{ order: 0, settling: { late: null, order: 0 } },
  });
  expect(wrongIn(played)).toEqual([]);
});

it('a message that one handle has elsewhere in its order than the next one is not read twice (R-3a)', async () => {
  const world = worlds.find(({ name }) => name === 'stream') as World;
  const then = (step: string, value = 0) => [step, value, 0];
  const [say, view] = [then('say'), then('view')];
  const played = await world.play({
    ...{ latency: 0, hasProvider: true, random: 0.5, order: 0, settling: { late: null, order: 0 } },
    steps: [
      ...[say, view, then('wait', 1687), say, view, say, then('failHistory'), then('wait', 4229), say],
      ...[then('again'), say, then('elsewhere', 4996), say],
    ],
  });
  expect(wrongIn(played)).toEqual([]);
});

it('typing does not wait for a read that begins in the same step and waits for its storage (R-6)', async () => {
  const world = worlds.find(({ name }) => name === 'conversation') as World;
  const setting = { resolution: 0, latency: 0, messageEndsTyping: false, hasProvider: false, random: 0.25 };
  const keys = (value = 0) => ['keys', value, 0];
  const view = ['view', 0, 0];
  const played = await world.play({
    setting: { ...setting, storage: 'slow', handles: 1 },
    lives: [
      [['rotate', 0, 0], keys(955), keys(), keys()],
      [view, keys(423)],
      [view, keys(2039), keys()],
    ],
    ...{ order: 0, settling: { late: 4000, order: 0 } },
  });
  expect(wrongIn(played)).toEqual([]);
});

it('a call that falls due as the refusal of another arrives has not heard of it (L-1)', async () => {
  const world = worlds.find(({ name }) => name === 'conversation') as World;
  const setting = { resolution: 0, latency: 0, messageEndsTyping: false, hasProvider: true, random: 0.25 };
  const keys = (value = 0, handle = 0) => ['keys', value, handle];
  const played = await world.play({
    setting: { ...setting, storage: 'none', handles: 2 },
    lives: [
      [keys(1194), keys(), ['trouble', 8117, 0], keys(), keys()],
      [keys(), keys(425, 1)],
    ],
    ...{ order: 0, settling: { late: 4000, order: 1055907831 } },
  });
  expect(wrongIn(played)).toEqual([]);
});

it('a frame that nobody understands is not what a socket ended by that was overdue (W-7)', async () => {
  const world = worlds.find(({ name }) => name === 'session') as World;
  const setting = { resolution: 0, latency: 10, config: 'skip', storesToken: false, isStorageSlow: false };
  const steps = ['connect', 'odd', 'sleep'].map((step) => [step, 0, 0]);
  const played = await world.play({
    setting: { ...setting, reportsReads: false, random: 0.5 },
    ...{ isConnected: true, lives: [steps], settling: { late: 4000, order: 0 } },
  });
  expect(wrongIn(played)).toEqual([]);
});

it('a key after a send over a socket begins no episode that is not worth its call (T-6)', async () => {
  const world = worlds.find(({ name }) => name === 'session') as World;
  const setting = { resolution: 0, latency: 10, config: 'skip', storesToken: false, isStorageSlow: false };
  const steps = [['keys', 4457, 0], ...['send', 'keys', 'goSilent'].map((step) => [step, 0, 0])];
  const played = await world.play({
    setting: { ...setting, reportsReads: false, random: 0.5 },
    isConnected: true,
    lives: [[...steps, ['wait', 6502, 0], ['connect', 0, 0]]],
    settling: { late: null, order: 0 },
  });
  expect(wrongIn(played)).toEqual([]);
});

it('a fresh token wakes a mark that rests after a burst of failures (R-3)', async () => {
  const world = worlds.find(({ name }) => name === 'conversation') as World;
  const setting = { resolution: 0, latency: 0, messageEndsTyping: false, hasProvider: true, random: 0.25 };
  const then = (step: string, value = 0) => [step, value, 0];
  const played = await world.play({
    setting: { ...setting, storage: 'none', handles: 1 },
    lives: [[then('trouble', 3626), then('view'), then('keys', 1311), then('rotate'), then('keys', 6404)]],
    ...{ order: 0, settling: { late: null, order: 0 } },
  });
  expect(wrongIn(played)).toEqual([]);
});

it('a mark is lost again with a conversation that was open again in the same instant (R-5a)', async () => {
  const world = worlds.find(({ name }) => name === 'conversation') as World;
  const setting = { resolution: 0, latency: 0, messageEndsTyping: false, hasProvider: true, random: 0.25 };
  const played = await world.play({
    setting: { ...setting, storage: 'none', handles: 1 },
    lives: [['view', 'end', 'open', 'end', 'keys'].map((step) => [step, 0, 0])],
    ...{ order: 0, settling: { late: null, order: 0 } },
  });
  expect(wrongIn(played)).toEqual([]);
});

it('what leaves with a page that goes counts its own tries (R-3)', async () => {
  const world = worlds.find(({ name }) => name === 'conversation') as World;
  const setting = { resolution: 0, latency: 0, messageEndsTyping: false, hasProvider: true, random: 0.25 };
  const then = (step: string, value = 0) => [step, value, 0];
  const played = await world.play({
    setting: { ...setting, storage: 'none', handles: 1 },
    lives: [
      [then('keys')],
      [then('trouble', 856), then('read'), then('rotate'), then('sleep', 1718), then('freeze'), then('keys')],
    ],
    ...{ order: 0, settling: { late: null, order: 0 } },
  });
  expect(wrongIn(played)).toEqual([]);
});

it('who waits for a slow storage waits on where a token comes meanwhile (R-4)', async () => {
  const world = worlds.find(({ name }) => name === 'conversation') as World;
  const setting = { resolution: 0, latency: 0, messageEndsTyping: false, hasProvider: false, random: 0.25 };
  const then = (step: string, value = 0) => [step, value, 0];
  const played = await world.play({
    setting: { ...setting, storage: 'slow', handles: 1 },
    lives: [[then('late', 8021), then('rotate'), then('read'), then('keys')]],
    ...{ order: 0, settling: { late: null, order: 0 } },
  });
  expect(wrongIn(played)).toEqual([]);
});

it('what is typed on after a message is said anew once that is accepted (T-4)', async () => {
  const world = worlds.find(({ name }) => name === 'stream') as World;
  const then = (step: string, value = 0) => [step, value, 0];
  const played = await world.play({
    ...{ latency: 0, hasProvider: true, random: 0.5, order: 0, settling: { late: 4000, order: 390541330 } },
    steps: [
      ...[then('wait', 2869), then('wait', 855), then('keys', 46), then('send'), then('keys', 527)],
      then('say'),
    ],
  });
  expect(wrongIn(played)).toEqual([]);
});

it('a message of the guest’s from elsewhere ends their typing before it is news to anybody (T-11)', async () => {
  const world = worlds.find(({ name }) => name === 'session') as World;
  const setting = { resolution: 0, latency: 150, config: 'skip', storesToken: false, isStorageSlow: false };
  const then = (step: string, value = 0) => [step, value, 0];
  const played = await world.play({
    setting: { ...setting, reportsReads: false, random: 0 },
    isConnected: true,
    lives: [[then('connect')], [then('send'), then('limit', 4738), then('keys', 8961), then('connect')]],
    settling: { late: null, order: 0 },
  });
  expect(wrongIn(played)).toEqual([]);
});

describe('what a session does that breaks no clause', () => {
  const setting = { resolution: 0, config: 'skip', storesToken: false, isStorageSlow: false };
  const then = (step: string, value = 0) => [step, value, 0];
  it.each([
    [
      'a page of history that was asked for before a message left has it (W-6)',
      { latency: 0, settling: { late: 0, order: 8 } },
      [
        then('drop', 1),
        ...['send', 'stopsTyping', 'send', 'send', 'connect', 'connect'].map((step) => then(step)),
      ],
    ],
    [
      'what is said live waits no longer where history cannot be had (I-1)',
      { latency: 10, settling: { late: null, order: 0 } },
      [
        ...[then('say'), then('drop', 7994), then('failHistory'), then('keys', 1989), then('say')],
        ...[then('keys', 4856), then('connect')],
      ],
    ],
    [
      'a session that began as one that can only be looked at has missed nothing (I-1)',
      { latency: 10, settling: { late: null, order: 0 } },
      [then('expire'), then('wait', 1), then('connect'), then('odd', 4534)],
    ],
  ])('%s', async (_, { latency, settling }, steps) => {
    const world = worlds.find(({ name }) => name === 'session') as World;
    const played = await world.play({
      setting: { ...setting, latency, reportsReads: false, random: 0.5 },
      ...{ isConnected: true, lives: [steps], settling },
    });
    expect(wrongIn(played)).toEqual([]);
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
});
