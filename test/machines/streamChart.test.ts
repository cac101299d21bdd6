import { describe, expect, it } from 'vitest';
import { createActor, type StateNode } from 'xstate';
import { streamMachine } from '../../machines/stream/stream.machine.ts';
import type { StreamContext } from '../../machines/stream/types.ts';
import { defaultStreamTiming } from '../../src/index.ts';
import { tableOf, tablesIn } from '../support/chartTables.ts';
import { nodesUnder } from '../support/nodes.ts';

const nodes = nodesUnder(streamMachine.root as unknown as StateNode);
const { implementations } = streamMachine;
const transitionsOf = (node: StateNode) => [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
const input = {
  ports: { wire: null, readings: { now: () => 0, lastFrameAt: () => 0, frameCount: () => 0 } },
  timing: { ...defaultStreamTiming, jitter: 1, tries: 3 },
  seed: 1,
};

describe('the stream chart', () => {
  it('uses every name that is implemented, and no other', () => {
    const used = new Set(
      nodes.flatMap((node) => [
        ...node.entry,
        ...node.exit,
        ...node.after.map(({ delay }) => delay),
        ...transitionsOf(node).flatMap(({ guard, actions }) => [guard, ...actions]),
      ]),
    );
    const names = (['guards', 'actions', 'delays'] as const).flatMap((kind) =>
      Object.keys(implementations[kind]),
    );
    expect([...used].filter((name) => typeof name === 'string').sort()).toEqual([...new Set(names)].sort());
  });

  it('fails with a word on what to do where its actors were not provided', () => {
    const actor = createActor(streamMachine, { input }).start();
    actor.send({ type: 'stream.wanted' });
    expect(actor.getSnapshot().context.failure?.message).toContain('Provide the actor "socket"');
    actor.stop();
  });

  it('waits whole numbers that a timer takes, in every state of time (L-3)', () => {
    const { context } = createActor(streamMachine, { input }).getSnapshot();
    for (const now of [0, 0.1, 2 ** 31, 2 ** 53]) {
      for (const at of [Number.MIN_SAFE_INTEGER, 0.5, 2 ** 32, 2 ** 52]) {
        const readings = { now: () => now, lastFrameAt: () => at, frameCount: () => 0 };
        const at_: StreamContext = {
          ...context,
          ports: { wire: null, readings },
          reconnect: { ...context.reconnect, at },
          record: { failures: 1, at },
        };
        for (const delay of Object.values(implementations.delays)) {
          const ms = (delay as unknown as (args: { context: StreamContext }) => number)({ context: at_ });
          expect(Number.isInteger(ms) && ms >= 0 && ms < 2 ** 31).toBe(true);
        }
      }
    }
  });
});

describe('the header of the machine', () => {
  const told = tablesIn(new URL('../../machines/stream/stream.machine.ts', import.meta.url));
  const regions = Object.fromEntries(
    nodes.filter(({ parent }) => parent?.type === 'parallel').map((node) => [node.key, node]),
  );

  it('tells where each state leads, and what it invokes', () => {
    const truth = Object.entries(tableOf(streamMachine.root as unknown as StateNode));
    expect(told.stream).toEqual(Object.fromEntries(truth.filter(([name]) => !name.startsWith('live.open.'))));
    expect(Object.keys(told)).toEqual(['stream', ...Object.keys(regions)]);
  });

  it.each(Object.keys(regions))('tells of %s where each state leads, and what it invokes', (region) => {
    const node = regions[region];
    expect(told[region]).toEqual(node && tableOf(node));
  });
});
