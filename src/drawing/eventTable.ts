import type { Chart, ChartState, ChartTransition } from '../inspect/chartOf.ts';
import { isWithin, parentOf } from './graph.ts';

/** A part of a chart that is told in one table: a region, or what is outside of these regions. */
export interface EventTablePart {
  /** Path of the state that holds the part; empty for the whole. */
  readonly root: string;
  /** Paths of regions below it that have a table of their own. */
  readonly besides?: readonly string[];
}

/**
 * What each event does in each state of a part, an event a row, a state a column. A state takes what it says itself
 * before what its parents say, as the machine does; the first that has no guard ends the question.
 */
export function eventTableOf(chart: Chart, { root, besides = [] }: EventTablePart): string {
  const states = leavesOf(chart, root, besides);
  const rows = eventsOf(chart).map((event) => ({
    event,
    cells: states.map((state) => cellOf(chart, root, state, event)),
  }));
  const heard = rows.filter(({ cells }) => cells.some((cell) => cell !== ignored));
  const unheard = rows.filter((row) => !heard.includes(row)).map(({ event }) => code(event));
  const name = (path: string): string => code(relative(path, root));
  return [
    rowOf(['event', ...states.map(({ path }) => name(path))]),
    rowOf(['---', ...states.map(() => '---')]),
    ...heard.map(({ event, cells }) => rowOf([code(event), ...cells])),
    ...(unheard.length > 0 ? ['', `Ignored in every state of it: ${unheard.join(', ')}.`] : []),
  ].join('\n');
}

const ignored = '–';

/** The states of a part that hold no other of it: in one of them it is at any time. */
function leavesOf(chart: Chart, root: string, besides: readonly string[]): ChartState[] {
  const isBeside = (path: string): boolean => besides.some((region) => isWithin(path, region));
  const own = chart.states.filter(({ path }) => path !== root && isWithin(path, root) && !isBeside(path));
  return own.filter(({ path }) => !own.some((other) => parentOf(other.path) === path));
}

/** What can be told to a machine from outside: its own timers and the answers of its actors are not. */
const eventsOf = (chart: Chart): string[] =>
  [...new Set(chart.transitions.map(({ type }) => type))]
    .filter((type) => type !== '' && !type.startsWith('xstate.'))
    .sort();

function cellOf(chart: Chart, root: string, { path }: ChartState, event: string): string {
  const told: string[] = [];
  for (let at: string | undefined = path; at !== undefined; at = at === root ? undefined : parentOf(at)) {
    for (const each of chart.transitions.filter(({ from, type }) => from === at && type === event)) {
      const outcome = outcomeOf(each, root);
      if (each.guard === undefined)
        return cellText([...told.filter((one) => one !== `${outcome}?`), outcome]);
      told.push(`${outcome}?`);
    }
  }
  return told.length === 0 ? ignored : cellText(told);
}

const cellText = (told: readonly string[]): string => [...new Set(told)].join(', ');

function outcomeOf({ to, actions }: ChartTransition, root: string): string {
  if (to.length > 0) return to.map((path) => `→ ${relative(path, root)}`).join(' ');
  return actions.length > 0 ? 'noted' : 'stays';
}

const relative = (path: string, root: string): string =>
  root !== '' && isWithin(path, root) && path !== root ? path.slice(root.length + 1) : path;

const code = (text: string): string => `\`${text}\``;

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
