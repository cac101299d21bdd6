import layouts from '../../machines/charts/layouts.json' with { type: 'json' };
import { type Layout, layOut } from '../drawing/layout.ts';
import { toSvg } from '../drawing/svg.ts';
import type { Chart } from '../inspect/chartOf.ts';
import type { Shown } from './model.ts';

/** Part of its own size at which a chart can still be read. */
const readable = 0.85;

const known = layouts as unknown as Readonly<Record<string, Layout>>;

/** Draws the chart of one actor, once, and lights up what is active in it. */
export interface ChartView {
  /** Shows an actor; the same chart is not drawn again. */
  show(actor: Shown | undefined): void;
  /** Brings one state of the outermost ones as near as the page is wide; the empty path shows all. */
  zoom(path: string): void;
}

/** Makes a {@link ChartView} that draws into an element. */
export function createChartView(home: HTMLElement): ChartView {
  let drawn: Chart | undefined;
  let states = new Map<string, Element>();
  let lines = new Map<string, Element[]>();
  let lit: readonly Element[] = [];
  let placed: Layout | undefined;
  let near = '';

  const look = (): void => {
    const box = placed?.states.find(({ path }) => path !== '' && path === near);
    const { width = 0, height = 0 } = placed ?? {};
    const view = box ? [box.x - 4, box.y - 4, box.width + 8, box.height + 8] : [0, 0, width, height];
    const svg = home.querySelector('svg');
    svg?.setAttribute('viewBox', view.join(' '));
    // Its own proportions, and large enough to be read: what does not fit is scrolled to.
    svg?.setAttribute('width', String(view[2]));
    svg?.setAttribute('height', String(view[3]));
    if (svg) svg.style.minWidth = box ? `${Math.round(box.width * readable)}px` : '';
    home.classList.toggle('near', box !== undefined);
    follow();
  };

  /** Keeps the innermost active state of what is near in view. */
  const follow = (): void => {
    if (near === '') return;
    const within = [...states].filter(([path, each]) => path.startsWith(`${near}.`) && lit.includes(each));
    within.at(-1)?.[1].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  const draw = async (chart: Chart): Promise<void> => {
    drawn = chart;
    const layout = await layoutOf(chart);
    if (drawn !== chart) return;
    const picture = new DOMParser().parseFromString(
      toSvg(layout, { title: `The ${chart.name} machine`, isAlone: false }),
      'image/svg+xml',
    ).documentElement;
    home.replaceChildren(document.importNode(picture, true));
    states = new Map();
    for (const each of home.querySelectorAll<SVGElement>('[data-state]')) {
      states.set(each.dataset.state ?? '', each);
    }
    lines = new Map();
    for (const each of home.querySelectorAll<SVGElement>('[data-edge], [data-words]')) {
      const edge = layout.edges[Number(each.dataset.edge ?? each.dataset.words)];
      for (const key of edge?.keys ?? []) lines.set(key, [...(lines.get(key) ?? []), each]);
    }
    lit = [];
    placed = layout;
    look();
    home.dispatchEvent(new Event('drawn'));
  };

  return {
    zoom: (path) => {
      near = path;
      look();
    },
    show: (actor) => {
      if (!actor?.chart) {
        drawn = undefined;
        home.replaceChildren();
        return;
      }
      if (drawn?.name !== actor.chart.name || drawn.states.length !== actor.chart.states.length) {
        void draw(actor.chart);
        return;
      }
      const now = [
        ...[...actor.active].map((path) => states.get(path)),
        ...[...actor.taken].flatMap((key) => lines.get(key)),
      ].filter((each) => each !== undefined);
      for (const each of lit) if (!now.includes(each)) each.classList.remove('lit');
      for (const each of now) each.classList.add('lit');
      const isOther = now.length !== lit.length || now.some((each, index) => each !== lit[index]);
      lit = now;
      if (isOther) follow();
    },
  };
}

/** The layout that was made when this page was built, where it fits the chart; any other chart is laid out here. */
async function layoutOf(chart: Chart): Promise<Layout> {
  const layout = known[chart.name];
  if (layout && fits(layout, chart)) return layout;
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
  return layOut(chart, new (Elk as unknown as typeof Elk.default)());
}

function fits(layout: Layout, chart: Chart): boolean {
  const paths = new Set(chart.states.map(({ path }) => path));
  const keys = new Set(chart.transitions.map(({ key }) => key));
  return (
    layout.states.every(({ path }) => paths.has(path)) &&
    chart.states.length - layout.states.length <= 1 &&
    layout.edges.every((edge) => edge.keys.every((key) => keys.has(key)))
  );
}
