import type { Chart, ChartTransition } from '../inspect/chartOf.ts';
import { isWithin } from './graph.ts';

/** Transitions of a state and all below it as a table: state, event, guard, target; the order is that of asking. */
export function tableOf(chart: Chart, root: string): string {
  const rows = chart.transitions.filter(({ from }) => isWithin(from, root) && (from !== '' || root === ''));
  return [
    '| state | event | if | leads to | does |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => rowOf(row, root)),
  ].join('\n');
}

function rowOf({ from, event, guard, to, actions }: ChartTransition, root: string): string {
  const name = (path: string): string => {
    if (path === root) return '*any*';
    return code(root !== '' && isWithin(path, root) ? path.slice(root.length + 1) : path);
  };
  const cells = [
    name(from),
    event === '' ? '*always*' : code(event),
    guard === undefined ? '' : code(guard),
    to.map(name).join(', '),
    actions.map(code).join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
