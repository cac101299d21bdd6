import Elk from 'elkjs/lib/elk.bundled.js';
import { conversationMachine } from '../../machines/conversation/conversation.machine.ts';
import { sessionMachine } from '../../machines/session/session.machine.ts';
import { streamMachine } from '../../machines/stream/stream.machine.ts';
import { type Chart, chartOf } from '../inspect/chartOf.ts';
import { eventTableOf } from './eventTable.ts';
import { parentOf } from './graph.ts';
import { type Layout, layOut } from './layout.ts';
import { toSvg } from './svg.ts';
import { tableOf } from './table.ts';

/** A machine and what it is drawn by: the whole, and each of these regions by itself. */
interface Drawn {
  readonly chart: Chart;
  readonly regions: readonly string[];
}

/** Draws every machine and each of its regions. Returns the texts of files by their path below `machines`. */
export async function drawCharts(): Promise<ReadonlyMap<string, string>> {
  const elk = new (Elk as unknown as typeof Elk.default)();
  const files = new Map<string, string>();
  const layouts: Record<string, Layout> = {};
  const machines: readonly Drawn[] = [conversationMachine, sessionMachine, streamMachine].map((machine) => {
    const chart = chartOf(machine as never);
    return { chart, regions: regionsOf(chart) };
  });
  for (const { chart, regions } of machines) {
    const { name } = chart;
    const whole = await layOut(chart, elk);
    layouts[name] = whole;
    files.set(`charts/${name}.svg`, toSvg(whole, { title: `The ${name} machine` }));
    for (const region of regions) {
      const title = `The region ${region} of the ${name} machine`;
      files.set(fileOf(name, region), toSvg(await layOut(chart, elk, region), { title }));
    }
  }
  files.set('charts/layouts.json', `${JSON.stringify(layouts)}\n`);
  files.set('README.md', pageOf(machines));
  files.set('EVENTS.md', eventPageOf(machines));
  return files;
}

/** The regions of a machine, wherever in it they lie side by side. */
function regionsOf({ states }: Chart): string[] {
  const parallel = states.filter(({ type }) => type === 'parallel').map(({ path }) => path);
  return states
    .filter(({ path }) => path !== '' && parallel.includes(parentOf(path) ?? ''))
    .map(({ path }) => path);
}

const fileOf = (machine: string, region: string): string =>
  `charts/${machine}-${region.split('.').at(-1)}.svg`;

function pageOf(machines: readonly Drawn[]): string {
  const lines = [
    '# The charts',
    '',
    'Drawn from the machines by `npm run charts`; the test command fails when this is out of date. What the names of',
    'guards and actions mean stands in the `*.logic.ts` files, what the machines promise in [CLAUSES.md](CLAUSES.md).',
    '',
    'In a picture, a line stands for every transition from one state to another, words in brackets are guards, and ⟳ is',
    'an actor that the state invokes. Transitions that only run actions are in the tables alone. In a table, rows of one',
    'state and event are asked from top to bottom; *any* is the region itself, whatever state it is in.',
    '[EVENTS.md](EVENTS.md) has the same by event: what each of them does in each state, “ignored” included.',
  ];
  for (const { chart, regions } of machines) {
    lines.push('', `## ${chart.name}`, '', `![The ${chart.name} machine](charts/${chart.name}.svg)`);
    for (const region of regions) {
      lines.push('', `### ${chart.name} › ${region.replaceAll('.', ' › ')}`, '');
      lines.push(`![The region ${region}](${fileOf(chart.name, region)})`, '', tableOf(chart, region));
    }
    const outside = outsideOf(chart, regions);
    if (outside.transitions.length > 0) {
      lines.push('', `### ${chart.name} › outside of these regions`, '', tableOf(outside, ''));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** What every event does in every state, machine by machine. */
function eventPageOf(machines: readonly Drawn[]): string {
  const lines = [
    '# What an event does in a state',
    '',
    'Made from the machines by `npm run charts`. A row is an event, a column a state. **→** leads to that state; **noted**',
    'runs actions and stays; **stays** keeps a parent from answering; **–** is ignored. With a **?** it depends on a guard,',
    'and what stands behind it is asked next. The guards and the actions are in [the tables of transitions](README.md).',
    'Transitions without an event, those of timers and the answers of invoked actors are there alone.',
  ];
  for (const { chart, regions } of machines) {
    lines.push('', `## ${chart.name}`);
    for (const region of regions) {
      lines.push('', `### ${chart.name} › ${region.replaceAll('.', ' › ')}`, '');
      lines.push(eventTableOf(chart, { root: region }));
    }
    if (regions.every((region) => region.includes('.'))) {
      lines.push('', `### ${chart.name} › outside of these regions`, '');
      lines.push(eventTableOf(chart, { root: '', besides: regions }));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** What of a chart stands in the table of none of these regions. */
function outsideOf(chart: Chart, regions: readonly string[]): Chart {
  const isTold = (from: string): boolean =>
    regions.some((region) => from === region || from.startsWith(`${region}.`));
  return { ...chart, transitions: chart.transitions.filter(({ from }) => !isTold(from)) };
}
