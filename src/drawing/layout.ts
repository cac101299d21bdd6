import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Chart } from '../inspect/chartOf.ts';
import { type Graph, graphOf, parentOf, partsOf } from './graph.ts';
import { heightOfLines, widthOf } from './textSize.ts';

/** A rectangle, px from the upper left of its picture. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a state stands. */
export interface PlacedState extends Box {
  readonly path: string;
  readonly name: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final';
  readonly invokes: readonly string[];
}

/** Where a line runs, and its words. */
export interface PlacedEdge {
  readonly id: string;
  readonly keys: readonly string[];
  readonly from: string;
  readonly to: string;
  /** Corners as x, y, x, y … from the state that is left to the one that is entered. */
  readonly points: readonly number[];
  readonly labels: readonly string[];
  /** Middle of the words, where there are any. */
  readonly label?: { readonly x: number; readonly y: number };
}

/** A chart, laid out. Plain data, so that it can be kept. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly states: readonly PlacedState[];
  readonly edges: readonly PlacedEdge[];
  /** The dots in front of initial states. */
  readonly starts: readonly { readonly x: number; readonly y: number }[];
}

const mostLabels = 3;
const gap = 24;
const screenRatio = 1.8;

const options = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '8',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.nodeNodeBetweenLayers': '36',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.randomSeed': '1',
} as const;

/** Lays out a chart: its parallel regions one by one, the tallest first, packed side by side. */
export async function layOut(chart: Chart, elk: Pick<ELK, 'layout'>, root?: string): Promise<Layout> {
  const roots = root === undefined ? partsOf(chart) : [root];
  const parts: Layout[] = [];
  for (const each of roots) parts.push(await layOutPart(graphOf(chart, each), elk));
  return pack(parts);
}

/** Lays out one part in both directions, and takes the one that fits a screen better. */
async function layOutPart(graph: Graph, elk: Pick<ELK, 'layout'>): Promise<Layout> {
  const across = await layOutTowards('RIGHT', graph, elk);
  const down = await layOutTowards('DOWN', graph, elk);
  const misfit = ({ width, height }: Layout): number => Math.abs(Math.log(width / height / screenRatio));
  return misfit(down) < misfit(across) ? down : across;
}

async function layOutTowards(
  direction: 'RIGHT' | 'DOWN',
  graph: Graph,
  elk: Pick<ELK, 'layout'>,
): Promise<Layout> {
  const laid = await elk.layout(toElk(graph, direction));
  const boxes = new Map<string, ElkNode>();
  const lines: ElkExtendedEdge[] = [];
  const gather = (node: ElkNode): void => {
    boxes.set(node.id, node);
    lines.push(...(node.edges ?? []));
    for (const child of node.children ?? []) gather(child);
  };
  gather(laid);
  const states = graph.states.map((state): PlacedState => {
    const box = boxOf(boxes.get(idOf(state.path)));
    return { path: state.path, name: state.name, type: state.type, invokes: state.invokes, ...box };
  });
  const edges = graph.edges.map((edge): PlacedEdge => {
    const line = lines.find(({ id }) => id === edge.id);
    const [label] = line?.labels ?? [];
    const { id, keys, from, to } = edge;
    return {
      ...{ id, keys, from, to },
      points: pointsOf(line),
      labels: shortened(edge.labels),
      ...(label && {
        label: {
          x: round((label.x ?? 0) + (label.width ?? 0) / 2),
          y: round((label.y ?? 0) + (label.height ?? 0) / 2),
        },
      }),
    };
  });
  const starts = [...boxes.values()]
    .filter(({ id }) => id.startsWith('start:'))
    .map((dot) => ({ x: round((dot.x ?? 0) + 5), y: round((dot.y ?? 0) + 5) }));
  const starting = lines
    .filter(({ id }) => id.startsWith('start:'))
    .map(({ id, ...line }): PlacedEdge => {
      const to = id.slice('start:'.length);
      return { id, keys: [], from: '', to, points: pointsOf({ id, ...line }), labels: [] };
    });
  const { width = 0, height = 0 } = laid;
  return { width: round(width), height: round(height), states, edges: [...edges, ...starting], starts };
}

/** Labels of a line, few enough to be read. */
function shortened(labels: readonly string[]): string[] {
  if (labels.length <= mostLabels) return [...labels];
  return [...labels.slice(0, mostLabels - 1), `… ${labels.length - mostLabels + 1} more`];
}

const idOf = (path: string): string => `state:${path}`;

function toElk({ states, edges, root }: Graph, direction: 'RIGHT' | 'DOWN'): ElkNode {
  const towards = { ...options, 'elk.direction': direction };
  const nodeOf = (path: string): ElkNode => {
    const state = states.find((each) => each.path === path);
    const children = states.filter((each) => each.path !== path && parentOf(each.path) === path);
    const title = [state?.name ?? '', ...(state?.invokes ?? []).map((name) => `⟳ ${name}`)];
    const width = Math.max(...title.map((line) => widthOf(line, 1.2))) + 24;
    if (children.length === 0) {
      return { id: idOf(path), width, height: heightOfLines(title.length) + 14 };
    }
    const initial =
      state?.initial === undefined ? undefined : children.find(({ name }) => name === state.initial);
    const dot = initial && { id: `start:dot:${path}`, width: 10, height: 10 };
    return {
      id: idOf(path),
      layoutOptions: {
        ...towards,
        'elk.padding': `[top=${heightOfLines(title.length) + 16},left=16,bottom=16,right=16]`,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${width}, 60)`,
      },
      children: [...(dot ? [dot] : []), ...children.map((child) => nodeOf(child.path))],
      edges: dot && initial ? [line(`start:${initial.path}`, dot.id, idOf(initial.path), [])] : [],
    };
  };
  const top = nodeOf(root);
  const all = edges.map(({ id, from, to, labels }) => line(id, idOf(from), idOf(to), shortened(labels)));
  return {
    id: 'picture',
    layoutOptions: { ...towards, 'elk.padding': '[top=8,left=8,bottom=8,right=8]' },
    children: [top],
    edges: all,
  };
}

function line(id: string, from: string, to: string, labels: readonly string[]): ElkExtendedEdge {
  const width = Math.max(0, ...labels.map((each) => widthOf(each))) + 6;
  return {
    id,
    sources: [from],
    targets: [to],
    ...(labels.length > 0 && {
      labels: [{ text: labels.join('\n'), width, height: heightOfLines(labels.length) }],
    }),
  };
}

function pointsOf(line: ElkExtendedEdge | undefined): number[] {
  return (line?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].flatMap(({ x, y }) => [round(x), round(y)]),
  );
}

function boxOf(node: ElkNode | undefined): Box {
  const { x = 0, y = 0, width = 0, height = 0 } = node ?? {};
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Puts pictures together: the tallest on the left, the others stacked beside it. */
function pack(parts: readonly Layout[]): Layout {
  const [tallest, ...others] = [...parts].sort((one, other) => other.height - one.height);
  if (tallest === undefined) return { width: 0, height: 0, states: [], edges: [], starts: [] };
  if (others.length === 0) return tallest;
  const placed: Layout[] = [tallest];
  let column = tallest.width + gap;
  let top = 0;
  let right = column;
  for (const part of others) {
    if (top > 0 && top + part.height > tallest.height) {
      column = right + gap;
      top = 0;
    }
    placed.push(moved(part, column, top));
    top += part.height + gap;
    right = Math.max(right, column + part.width);
  }
  return {
    width: right,
    height: Math.max(...placed.flatMap(({ states }) => states.map(({ y, height }) => y + height))) + 8,
    states: placed.flatMap(({ states }) => states),
    edges: placed.flatMap(({ edges }) => edges),
    starts: placed.flatMap(({ starts }) => starts),
  };
}

function moved(part: Layout, dx: number, dy: number): Layout {
  const shift = <T extends { readonly x: number; readonly y: number }>(at: T): T => ({
    ...at,
    x: round(at.x + dx),
    y: round(at.y + dy),
  });
  return {
    ...part,
    states: part.states.map(shift),
    starts: part.starts.map(shift),
    edges: part.edges.map((edge) => ({
      ...edge,
      points: edge.points.map((value, index) => round(value + (index % 2 === 0 ? dx : dy))),
      ...(edge.label && { label: shift(edge.label) }),
    })),
  };
}
