import type { Chart, ChartState, ChartTransition } from '../inspect/chartOf.ts';

/** A line to draw: all transitions from one state to another. */
interface Edge {
  readonly id: string;
  /** Path of the state it leaves; the empty path is the root. */
  readonly from: string;
  readonly to: string;
  /** What is written beside it, a line for each transition. */
  readonly labels: readonly string[];
  /** Keys of the transitions that it stands for. */
  readonly keys: readonly string[];
}

/** A part of a chart that is drawn by itself. */
export interface Graph {
  readonly states: readonly ChartState[];
  readonly edges: readonly Edge[];
  /** Path of the state that holds all others. */
  readonly root: string;
}

/** The path of the state that holds this one; none for the root. */
export const parentOf = (path: string): string | undefined =>
  path === '' ? undefined : path.slice(0, Math.max(0, path.lastIndexOf('.')));

/** Whether a path is another, or below it. */
export const isWithin = (path: string, root: string): boolean =>
  root === '' || path === root || path.startsWith(`${root}.`);

/** The states that a chart is drawn by: its regions where they are parallel, else the whole of it. */
export function partsOf(chart: Chart): readonly string[] {
  const root = chart.states.find(({ path }) => path === '');
  if (root?.type !== 'parallel') return [''];
  return chart.states.map(({ path }) => path).filter((path) => parentOf(path) === '');
}

/** What is drawn of a state and all below it. Transitions that only run actions are not: the tables tell them. */
export function graphOf(chart: Chart, root = ''): Graph {
  const states = chart.states.filter(({ path }) => isWithin(path, root));
  const transitions = hoisted(chart.transitions, states);
  const edges = new Map<string, { from: string; to: string; labels: string[]; keys: string[] }>();
  for (const { transition, keys } of transitions) {
    for (const to of transition.to) {
      const { from } = transition;
      if (!isWithin(from, root) || !isWithin(to, root)) continue;
      const id = `${from}>${to}`;
      const edge = edges.get(id) ?? { from, to, labels: [], keys: [] };
      const label = labelOf(transition);
      if (!edge.labels.includes(label)) edge.labels.push(label);
      edge.keys.push(...keys);
      edges.set(id, edge);
    }
  }
  return { states, root, edges: [...edges].map(([id, edge]) => ({ id, ...edge })) };
}

/** What is written beside a transition: its event, and its guard in brackets. An answer needs no name: the state shows what it invokes. */
function labelOf({ event, guard }: ChartTransition): string {
  const short = event.replace(/^(done|failed) .*/, '$1');
  return [short, guard === undefined ? '' : `[${guard}]`].filter((part) => part !== '').join(' ') || 'always';
}

interface Drawn {
  readonly transition: ChartTransition;
  readonly keys: readonly string[];
}

/**
 * Transitions as they are drawn: one that every child of a compound state has, to the same target outside, is
 * drawn once, from the state itself.
 */
function hoisted(transitions: readonly ChartTransition[], states: readonly ChartState[]): Drawn[] {
  let drawn: Drawn[] = transitions.map((transition) => ({ transition, keys: [transition.key] }));
  for (const { path } of [...states].reverse()) {
    const children = states.filter((state) => state.path !== path && parentOf(state.path) === path);
    if (children.length < 2) continue;
    const names = new Set(children.map((child) => child.path));
    for (const group of groupBy(drawn, sameness).values()) {
      const own = group.filter(({ transition }) => names.has(transition.from));
      const [first] = own;
      const isShared = new Set(own.map(({ transition }) => transition.from)).size === children.length;
      if (!first || !isShared || first.transition.to.length === 0) continue;
      if (first.transition.to.some((to) => isWithin(to, path))) continue;
      const keys = own.flatMap((each) => each.keys);
      drawn = drawn.filter((each) => !own.includes(each));
      drawn.push({ transition: { ...first.transition, from: path }, keys });
    }
  }
  return drawn;
}

const sameness = ({ transition }: Drawn): string => JSON.stringify([labelOf(transition), transition.to]);

function groupBy<T>(list: readonly T[], keyOf: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of list) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups;
}
