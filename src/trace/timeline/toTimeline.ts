import type { ConversationTrace } from '../types.ts';
import { lanesOf, row } from './lanes.ts';
import { escaped, secondsText, style, ticksOf } from './parts.ts';
import type { Span } from './spans.ts';

/** Which part of a trace is drawn, and how wide. */
export interface TimelineWindow {
  /** From when, ms of the trace. Default: 0. */
  readonly from?: number;
  /** Until when. Default: the end of the trace. */
  readonly to?: number;
  /** Width of the picture, px. Default: by the time that it shows, from 720 to 2400. */
  readonly width?: number;
  /** What stands above it. Default: no line. */
  readonly title?: string;
}

const labels = 128;
const margin = 14;
const gap = 12;

/**
 * Draws a trace as swim lanes over time, as one SVG: the guest's keys, the indicator as the other side saw it, the calls
 * with how they were answered, and what was waited for.
 * @example
 * const svg = toTimeline(readTrace(JSON.parse(text)), { from: 0, to: 10_000 });
 */
export function toTimeline(trace: ConversationTrace, options: TimelineWindow = {}): string {
  const { from = 0, to = Math.max(trace.until, from + 1), title } = options;
  const { width = Math.round(Math.min(2400, Math.max(720, labels + ((to - from) / 1000) * 80))) } = options;
  const scale = (width - labels - margin) / (to - from);
  const x = (at: number): number => Math.round((labels + (at - from) * scale) * 10) / 10;
  const isSeen = (span: Span): boolean => span.to >= from && span.from <= to;
  const clip = (span: Span): { left: number; width: number } => {
    const left = x(Math.max(span.from, from));
    return { left, width: Math.max(2, x(Math.min(span.to, to)) - left) };
  };
  const lanes = lanesOf(trace, { x, clip, isSeen, until: trace.until, right: width - 4 }).filter(
    ({ rows }) => rows > 0,
  );

  const head = title === undefined ? 14 : 34;
  let y = head + 18;
  const stripes: string[] = [];
  const drawn = lanes.map((lane, index) => {
    const height = lane.rows * row;
    if (index % 2 === 0) {
      stripes.push(
        `<rect class="stripe" x="0" y="${y - gap / 2}" width="${width}" height="${height + gap}"/>`,
      );
    }
    const name = `<text class="lane" x="${margin}" y="${y + row / 2 + 4}">${escaped(lane.name)}</text>`;
    const group = `${name}<g transform="translate(0 ${y})">${lane.marks.join('')}</g>`;
    y += height + gap;
    return group;
  });
  const bottom = y - gap / 2;
  const axis = ticksOf(from, to, width - labels).map((at) => {
    const left = x(at);
    return `<path class="grid" d="M${left} ${head + 6}V${bottom}"/><text class="tick" x="${left}" y="${head}" text-anchor="middle">${secondsText(at)}</text>`;
  });
  const words = title ?? `Conversation ${trace.conversationId}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 6}" width="${width}" height="${bottom + 6}" role="img">`,
    `<title>${escaped(words)}</title>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${bottom + 6}"/>`,
    ...(title === undefined ? [] : [`<text class="title" x="${margin}" y="18">${escaped(title)}</text>`]),
    ...stripes,
    ...axis,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}
