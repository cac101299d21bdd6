import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { conversationMachine, sessionMachine } from 'genesys-conversation-machine/machines';
import { beforeAll, expect, it } from 'vitest';
import { createMachine, type StateNode } from 'xstate';
import { streamMachine } from '../../machines/stream/stream.machine.ts';
import { drawCharts } from '../../src/drawing/charts.ts';
import { eventTableOf } from '../../src/drawing/eventTable.ts';
import { chartOf } from '../../src/inspect/chartOf.ts';
import { nodesUnder } from '../support/nodes.ts';

const folder = new URL('../../machines/', import.meta.url);
const hint = 'run: npm run charts';
let drawn: ReadonlyMap<string, string>;

beforeAll(async () => {
  drawn = await drawCharts();
});

it('the charts and their tables are those of the machines', () => {
  const stale = [...drawn].filter(([path, text]) => {
    const file = new URL(path, folder);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
  expect(
    stale.map(([path]) => path),
    hint,
  ).toEqual([]);
  const kept = readdirSync(new URL('charts', folder)).map((name) => `charts/${name}`);
  expect(kept.filter((path) => !drawn.has(path))).toEqual([]);
});

it.each([
  ['conversation', conversationMachine.root as unknown as StateNode],
  ['session', sessionMachine.root as unknown as StateNode],
  ['stream', streamMachine.root as unknown as StateNode],
])('the picture of the %s has every state, and the tables every transition', (name, root) => {
  const states = nodesUnder(root).filter(({ path }) => path.length > 0);
  const svg = drawn.get(`charts/${name}.svg`) ?? '';
  const missing = states.filter(({ path }) => !svg.includes(`data-state="${path.join('.')}"`));
  expect(missing.map(({ id }) => id)).toEqual([]);

  const page = drawn.get('README.md') ?? '';
  const section = page.split('\n## ').find((each) => each.startsWith(`${name}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => /^\| (?:`|\*)/.test(line));
  const transitions = nodesUnder(root).flatMap((node) => [
    ...(node.always ?? []),
    ...[...node.transitions.values()].flat(),
  ]);
  expect(rows.length).toBe(transitions.length);
});

it('the table of events says for each what it does in each state: itself first, then its parents, or ignored', () => {
  const machine = createMachine({
    id: 'door',
    initial: 'shut',
    on: { bell: { actions: 'ring' }, unplugged: {} },
    states: {
      shut: {
        initial: 'locked',
        on: { pushed: 'open', key: { target: 'open', guard: 'fits' } },
        states: {
          locked: { on: { pushed: {}, key: [{ target: 'unlocked', guard: 'turns' }] } },
          unlocked: { on: { bell: [{ actions: 'buzz', guard: 'isNight' }] } },
        },
      },
      open: { after: { 1000: 'shut' } },
    },
  });
  expect(eventTableOf(chartOf(machine), { root: '' }).split('\n')).toEqual([
    '| event | `shut.locked` | `shut.unlocked` | `open` |',
    '| --- | --- | --- | --- |',
    '| `bell` | noted | noted | noted |',
    '| `key` | → shut.unlocked?, → open? | → open? | – |',
    '| `pushed` | stays | → open | – |',
    '| `unplugged` | stays | stays | stays |',
  ]);
  expect(eventTableOf(chartOf(machine), { root: 'open' }).split('\n').at(-1)).toBe(
    'Ignored in every state of it: `bell`, `key`, `pushed`, `unplugged`.',
  );
});

it.each([
  ['conversation', conversationMachine],
  ['session', sessionMachine],
  ['stream', streamMachine],
])('every event of the %s stands in the table of each of its parts', (name, machine) => {
  const page = drawn.get('EVENTS.md') ?? '';
  const section = page.split('\n## ').find((each) => each.startsWith(`${name}\n`)) ?? '';
  const parts = section.split('\n### ').slice(1);
  const events = (machine.events as readonly string[]).filter(
    (type) => type !== '' && !type.startsWith('xstate.'),
  );
  expect(parts.length).toBeGreaterThan(3);
  expect(events.length).toBeGreaterThan(10);
  for (const part of parts) expect(events.filter((type) => !part.includes(`\`${type}\``))).toEqual([]);
});
