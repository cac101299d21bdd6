import { readFileSync } from 'node:fs';
import type { StateNode } from 'xstate';

/** What one row of a chart says: where a state leads, and which actors it invokes. */
interface ChartRow {
  readonly leadsTo: readonly string[];
  readonly invokes: readonly string[];
}

/** Rows by state; states are named by their path below the region, or below the root; the region is `any`. */
export type ChartTable = Readonly<Record<string, ChartRow>>;

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/**
 * The tables in a machine's own header: a line that begins with a region's name in backticks, then rows of
 * state, targets, actors. A name with a dot in front stands beside the state that leads to it.
 */
export function tablesIn(file: URL): Readonly<Record<string, ChartTable>> {
  const tables: Record<string, Record<string, ChartRow>> = {};
  let current: Record<string, ChartRow> = {};
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, region] = /^ \* `(\w+)`:/.exec(line) ?? [];
    if (region !== undefined) {
      current = {};
      tables[region] = current;
    }
    const [, states, targets, actors] = /^ \* \|([^|]*`[^|]*)\|([^|]*)\|([^|]*)\|$/.exec(line) ?? [];
    if (states === undefined) continue;
    for (const state of quoted(states)) {
      const beside = state.slice(0, Math.max(0, state.lastIndexOf('.')));
      current[state] = {
        leadsTo: sorted(
          quoted(targets ?? '').map((name) => (name.startsWith('.') ? `${beside}${name}` : name)),
        ),
        invokes: sorted(quoted(actors ?? '')),
      };
    }
  }
  return tables;
}

/** The same of a running chart's region; states that only hold others, and lead nowhere, are left out. */
export function tableOf(region: StateNode): ChartTable {
  const within = region.path.join('.');
  const nameOf = (node: StateNode): string => {
    const name = node.path.join('.');
    if (name === within) return 'any';
    return name.startsWith(`${within}.`) ? name.slice(within.length + 1) : name;
  };
  const rows: Record<string, ChartRow> = {};
  const visit = (node: StateNode): void => {
    const transitions = [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
    const leadsTo = sorted(
      transitions.flatMap(({ target }) => (target ?? []).filter((each) => each !== node).map(nameOf)),
    );
    const invokes = sorted(node.invoke.map(({ src }) => String(src)));
    const isLeaf = Object.keys(node.states).length === 0;
    if (isLeaf || leadsTo.length > 0 || invokes.length > 0) rows[nameOf(node)] = { leadsTo, invokes };
    for (const each of Object.values(node.states as Record<string, StateNode>)) visit(each);
  };
  visit(region);
  return rows;
}
