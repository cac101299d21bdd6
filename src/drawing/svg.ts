import type { Layout, PlacedEdge, PlacedState } from './layout.ts';

/** How a picture looks by itself; the viewer brings a style sheet of its own. */
const style = `
svg{color-scheme:light dark}
text{font:11px system-ui,sans-serif;fill:#1c2430}
.name{font-weight:600;font-size:13px}
.invoke{fill:#5b4a8a}
rect{fill:#fff;stroke:#7d8ca3}
.compound>rect,.parallel>rect{fill:#f6f8fb}
.final>rect{stroke-width:3}
path{fill:none;stroke:#7d8ca3}
.head,circle{fill:#7d8ca3;stroke:none}
.halo{stroke:#fff;stroke-width:3;paint-order:stroke;stroke-linejoin:round}
@media (prefers-color-scheme:dark){
text{fill:#e6ebf2}.invoke{fill:#c0b0f0}
rect{fill:#161b22;stroke:#8b98ab}.compound>rect,.parallel>rect{fill:#1d242e}
path{stroke:#8b98ab}.head,circle{fill:#8b98ab}.halo{stroke:#1d242e}
}`.trim();

/** What a picture is drawn with. */
export interface SvgOptions {
  /** Says to those who cannot see it what it shows. */
  readonly title: string;
  /** Whether the style stands in the picture itself. A page with a strict policy brings it as a file. */
  readonly isAlone?: boolean;
}

/**
 * Draws a layout as SVG. Each state is a group with its path in `data-state`, each line one with its place in
 * the layout in `data-edge`: what lights them up needs no other drawing.
 */
export function toSvg(layout: Layout, { title, isAlone = true }: SvgOptions): string {
  const { width, height } = layout;
  const depth = ({ path }: PlacedState): number => (path === '' ? 0 : path.split('.').length);
  const states = [...layout.states].sort((one, other) => depth(one) - depth(other));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" height="${Math.ceil(height)}" role="img">`,
    `<title>${escaped(title)}</title>`,
    ...(isAlone ? [`<style>${style}</style>`] : []),
    ...states.map(drawState),
    ...layout.starts.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="5"/>`),
    ...layout.edges.map(drawLine),
    ...layout.edges.map(drawWords),
    '</svg>',
    '',
  ].join('\n');
}

function drawState({ path, name, type, invokes, x, y, width, height }: PlacedState): string {
  const isBox = type === 'compound' || type === 'parallel';
  const at = isBox ? { x: x + 12, anchor: 'start' } : { x: x + width / 2, anchor: 'middle' };
  const lines = 1 + invokes.length;
  const top = isBox ? y + 20 : y + height / 2 - (lines - 1) * 7 + 4.5;
  return [
    `<g class="state ${type}" data-state="${escaped(path)}">`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`,
    `<text class="name" x="${at.x}" y="${top}" text-anchor="${at.anchor}">${escaped(name)}</text>`,
    ...invokes.map(
      (each, index) =>
        `<text class="invoke" x="${at.x}" y="${top + 14 * (index + 1)}" text-anchor="${at.anchor}">⟳ ${escaped(each)}</text>`,
    ),
    '</g>',
  ].join('');
}

function drawLine({ points }: PlacedEdge, index: number): string {
  const [x = 0, y = 0, ...rest] = points;
  const way = [`M${x} ${y}`];
  for (let at = 0; at < rest.length; at += 2) way.push(`L${rest[at]} ${rest[at + 1]}`);
  return `<g class="edge" data-edge="${index}"><path d="${way.join('')}"/>${head(points)}</g>`;
}

/** The arrow's head, turned as the last piece of the line runs. */
function head(points: readonly number[]): string {
  const [fromX = 0, fromY = 0, x = 0, y = 0] = points.slice(-4);
  const length = Math.hypot(x - fromX, y - fromY) || 1;
  const [dx, dy] = [(x - fromX) / length, (y - fromY) / length];
  const corner = (back: number, side: number): string =>
    `${tenth(x - dx * back - dy * side)} ${tenth(y - dy * back + dx * side)}`;
  return `<path class="head" d="M${tenth(x)} ${tenth(y)}L${corner(7, 3.5)}L${corner(7, -3.5)}Z"/>`;
}

function drawWords({ labels, label }: PlacedEdge, index: number): string {
  if (!label || labels.length === 0) return '';
  const top = label.y - (labels.length - 1) * 7 + 4;
  const lines = labels.map(
    (text, line) =>
      `<text class="halo" x="${label.x}" y="${tenth(top + line * 14)}" text-anchor="middle">${escaped(text)}</text>`,
  );
  return `<g class="words" data-words="${index}">${lines.join('')}</g>`;
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Text as it stands in markup and between quotation marks. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
