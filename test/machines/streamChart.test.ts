import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, type StateNode } from 'xstate';
import { streamMachine } from '../../machines/stream/stream.machine.ts';
import type {
  StreamCommand,
  StreamContext,
  StreamEmitted,
  StreamEvent,
  StreamPorts,
} from '../../machines/stream/types.ts';
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
    const told: StreamEmitted[] = [];
    const actor = createActor(streamMachine, { input });
    actor.on('*', (event) => told.push(event));
    actor.start().send({ type: 'stream.wanted' });
    const message = expect.stringContaining('Provide the actor "socket"');
    expect(told).toEqual([{ type: 'stream.unauthorized', failure: { code: 'unexpected', message } }]);
    actor.stop();
  });

  it('asks a link that is silent, drops one that is dead, and says what nobody can catch up with', async () => {
    const clock = createSteppedClock();
    let heardAt = 0;
    const readings = { now: clock.now, lastFrameAt: () => heardAt, frameCount: () => 0 };
    const commands: StreamCommand[] = [];
    let tell: (event: StreamEvent) => void = () => {};
    const socket = fromCallback<StreamCommand, { ports: StreamPorts }>(({ sendBack, receive }) => {
      tell = sendBack;
      receive((command) => commands.push(command));
    });
    const told: StreamEmitted[] = [];
    const actor = createActor(streamMachine.provide({ actors: { socket } }), {
      clock,
      input: { ...input, ports: { wire: null, readings } },
    });
    actor.on('*', (event) => told.push(event));
    actor.start().send({ type: 'stream.wanted' });
    tell({ type: 'frame.authenticated' });
    await clock.advance(defaultStreamTiming.quiet + defaultStreamTiming.answer);
    expect(commands).toEqual([{ type: 'ping' }, { type: 'drop' }]);
    await clock.advance(0);
    heardAt = clock.now();
    tell({ type: 'frame.authenticated' });
    await clock.advance(defaultStreamTiming.quiet - 1);
    expect(commands).toHaveLength(2);
    tell({ type: 'clock.jumped' });
    expect(commands).toHaveLength(3);
    expect(told).toEqual([
      { type: 'stream.opened', reopened: false },
      { type: 'stream.lost', attempt: 1, msLeft: 0 },
      { type: 'stream.opened', reopened: true },
      { type: 'stream.gap' },
    ]);
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
