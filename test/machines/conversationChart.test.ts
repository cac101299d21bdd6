import { readdirSync, readFileSync } from 'node:fs';
import { conversationMachine } from 'genesys-conversation-machine/machines';
import { describe, expect, it } from 'vitest';
import type { StateNode } from 'xstate';
import { createBareChart } from '../support/bareChart.ts';
import { tableOf, tablesIn } from '../support/chartTables.ts';
import { enqueuedActions, nodesUnder } from '../support/nodes.ts';

const folder = new URL('../../machines/', import.meta.url);
const files = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((name) =>
  name.endsWith('.ts'),
);

const nodes = nodesUnder(conversationMachine.root as unknown as StateNode);
const { implementations } = conversationMachine;

describe('the machine files', () => {
  it.each(files)('%s reads no clock, sets no timer and draws no random number', (name) => {
    const code = readFileSync(new URL(name, folder), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(code).not.toMatch(/\bDate\b|\bperformance\b|setTimeout|setInterval|setImmediate|queueMicrotask/);
    expect(code).not.toMatch(
      /Math\.random|\bcrypto\b|\bfetch\b|\bconsole\b|globalThis|\bwindow\b|\bprocess\b/,
    );
  });

  it.each(files)('%s imports only xstate and other machine files', (name) => {
    const code = readFileSync(new URL(name, folder), 'utf8');
    const sources = [
      ...code.matchAll(/from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gm),
    ].map(([, from, dynamic, bare]) => from ?? dynamic ?? bare);
    for (const source of sources)
      expect(source).toMatch(
        name.includes('/') ? /^(xstate|\.\.?\/[\w.]+\.ts)$/ : /^(xstate|\.\/[\w./]+\.ts)$/,
      );
  });
});

describe('the names', () => {
  it('of every delay in the chart belong to a delay that is implemented', () => {
    const used = nodes.flatMap((node) => node.after.map(({ delay }) => delay));
    expect(used.length).toBeGreaterThan(10);
    for (const delay of used) expect(Object.keys(implementations.delays)).toContain(delay);
  });

  it('of every guard and action in the chart belong to one that is implemented', () => {
    const transitions = nodes.flatMap((node) => [
      ...[...node.transitions.values()].flat(),
      ...(node.always ?? []),
    ]);
    const guards = transitions.map(({ guard }) => guard).filter((guard) => guard !== undefined);
    const actions = [
      ...transitions.flatMap((transition) => transition.actions),
      ...nodes.flatMap((node) => [...node.entry, ...node.exit]),
    ].filter((action) => typeof action === 'string' || (typeof action === 'object' && 'type' in action));
    expect(guards.length).toBeGreaterThan(40);
    for (const guard of guards) expect(Object.keys(implementations.guards)).toContain(guard);
    for (const action of actions) {
      const name = typeof action === 'string' ? action : (action as { type: string }).type;
      if (!name.startsWith('xstate.')) expect(Object.keys(implementations.actions)).toContain(name);
    }
  });

  it('of everything that is implemented are used in the chart: nothing is left over', () => {
    const text = files
      .filter((name) => /^conversation\/.*\.states\.ts$/.test(name))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .concat(enqueuedActions)
      .join();
    for (const kind of ['guards', 'actions', 'delays'] as const) {
      for (const name of Object.keys(implementations[kind]))
        expect(text).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });

  it('of the states are those of the design', () => {
    const shape = Object.fromEntries(
      Object.entries(conversationMachine.root.states).map(([region, node]) => [
        region,
        Object.keys(node.states),
      ]),
    );
    expect(shape).toEqual({
      receipts: [
        'upToDate',
        'collecting',
        'sending',
        'cooldown',
        'rateLimited',
        'parked',
        'flushing',
        'off',
        'disabled',
      ],
      typing: ['idle', 'typing', 'stopping', 'cooldown', 'parked', 'rateLimited', 'off', 'disabled'],
      roster: ['quiet', 'someoneTyping'],
      link: ['ready', 'refreshing', 'unauthorized', 'offline', 'ended'],
    });
  });
});

describe('the header of the machine', () => {
  const told = tablesIn(new URL('conversation/conversation.machine.ts', folder));

  it('tells of every region', () => {
    expect(Object.keys(told).sort()).toEqual(Object.keys(conversationMachine.root.states).sort());
  });

  it.each(Object.keys(told))('tells of %s where each state leads, and what it invokes', (region) => {
    const node = (conversationMachine.root.states as unknown as Record<string, StateNode>)[region];
    const rows = Object.entries(told[region] ?? {}).filter(
      ([, { leadsTo, invokes }]) => leadsTo.length > 0 || invokes.length > 0,
    );
    const truth = node && Object.entries(tableOf(node)).filter(([, row]) => row.leadsTo.length > 0);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(truth ?? []));
    expect(Object.keys(told[region] ?? {})).toEqual(
      expect.arrayContaining(Object.keys((node && tableOf(node)) ?? {})),
    );
  });
});

describe('every wait', () => {
  it('resolves to a whole number that a timer takes, in every state of time (L-3)', () => {
    for (const now of [0, 0.1, 1e3, 2 ** 31, 2 ** 40, 2 ** 53]) {
      for (const age of [0, 0.5, 2999.7, 1e12, Number.NaN]) {
        const readings = { now: () => now, keyCount: () => 0, keyAge: () => age, noteKey: () => {} };
        const { actor } = createBareChart({ ports: { readings }, canRefresh: true });
        const { context } = actor.getSnapshot();
        for (const delay of Object.values(implementations.delays)) {
          const ms = (delay as (args: object) => number)({ context, event: { type: 'keystroke' } });
          expect(Number.isInteger(ms) && ms >= 0 && ms <= 2 ** 31 - 1).toBe(true);
        }
      }
    }
  });
});
