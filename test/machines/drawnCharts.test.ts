import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { conversationMachine, sessionMachine } from 'genesys-conversation-machine/machines';
import { beforeAll, expect, it } from 'vitest';
import type { StateNode } from 'xstate';
import { drawCharts } from '../../src/drawing/charts.ts';
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
