// The two plots of a run, as Vega-Lite specifications; test/peers/draw.mjs draws them.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const own = '#c2410c';
const others = '#475569';
const font = 'system-ui, sans-serif';

const config = {
  background: '#ffffff',
  font,
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    gridColor: '#e2e8f0',
    domainColor: '#94a3b8',
  },
  title: { fontSize: 15, anchor: 'start', subtitleFontSize: 12, subtitleColor: '#475569', offset: 12 },
  view: { stroke: null },
};

const titled = (text, subtitle) => ({ text, subtitle });
const colour = {
  condition: { test: 'datum.isOwn', value: own },
  value: others,
};

const names = {
  'stream-chat': 'Stream',
  ably: 'Ably',
  'amazon-connect': 'Amazon Connect',
  twilio: 'Twilio',
  azure: 'Azure',
  'bot-framework': 'Bot Framework',
  pubnub: 'PubNub',
  lodash: 'lodash throttle + debounce',
  tutorial: 'a call for every key',
};
const nameOf = (name) => names[name] ?? name;

/** Where a label stands, so that none lies upon another; to the right where nothing is said. */
const sides = {
  Twilio: 'left',
  PubNub: 'above',
  Ably: 'above',
  'Amazon Connect': 'below',
  'lodash throttle + debounce': 'above',
  'a call for every key': 'left',
};

const placed = {
  right: { align: 'left', dx: 9 },
  left: { align: 'right', dx: -9 },
  above: { align: 'center', dy: -12 },
  below: { align: 'center', dy: 13 },
  belowLeft: { align: 'right', dx: -6, dy: 10 },
};

/** Calls per minute against percent wrong: nearer to the corner is better on both counts. */
function callsPlot(points, subtitle) {
  const x = {
    field: 'calls',
    type: 'quantitative',
    title: 'typing calls per minute (logarithmic)',
    scale: { type: 'log', domain: [3, 160] },
    axis: { values: [3, 5, 7, 10, 15, 20, 30, 50, 100, 150], format: 'd' },
  };
  const y = {
    field: 'wrong',
    type: 'quantitative',
    title: 'percent of the time that the indicator is wrong',
    axis: { tickCount: 7 },
    scale: { domainMin: 0 },
  };
  const labels = Object.entries(placed).map(([side, mark]) => ({
    transform: [{ filter: `datum.side === '${side}'` }],
    mark: { type: 'text', baseline: 'middle', fontSize: 12, ...mark },
    encoding: { x, y, text: { field: 'label' }, color: colour },
  }));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: titled('Calls against truth', subtitle),
    ...{ width: 640, height: 400, config },
    data: {
      values: points.map(({ name, calls, wrong, isOwn = false, side }) => {
        const label = nameOf(name);
        return { label, calls, wrong, isOwn, side: side ?? sides[label] ?? 'right' };
      }),
    },
    layer: [
      { mark: { type: 'point', filled: true, size: 90, opacity: 1 }, encoding: { x, y, color: colour } },
      ...labels,
    ],
  };
}

/** What a key costs, in multiples of a throttle written by hand. */
function keysPlot(bars, subtitle) {
  const y = {
    field: 'label',
    type: 'nominal',
    sort: { field: 'ratio' },
    title: null,
    axis: { labelLimit: 400 },
  };
  const x = {
    field: 'ratio',
    type: 'quantitative',
    title: 'CPU time, in multiples of a throttle written by hand (logarithmic)',
    scale: { type: 'log', domainMin: 0.1 },
    axis: { values: [0.1, 1, 10, 100, 1000], format: '~g' },
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: titled('What a key costs while nothing has to be told', subtitle),
    ...{ width: 480, height: { step: 24 }, config },
    data: { values: bars.map(({ name, ratio, isOwn = false }) => ({ label: nameOf(name), ratio, isOwn })) },
    encoding: { y },
    layer: [
      {
        mark: { type: 'bar', height: 14 },
        encoding: { x, x2: { datum: 0.1 }, color: colour },
      },
      {
        mark: { type: 'text', align: 'left', dx: 5, fontSize: 12 },
        encoding: { x, text: { field: 'ratio', format: '.2~r' }, color: colour },
      },
    ],
  };
}

const resultOf = (measured, name) => measured.find(({ row, result }) => row.name === name && result)?.result;
const pair = ([calls, wrong]) => ({ calls, wrong });

/** Our points of the scatter, by the rows that measure them. */
const ownRows = [
  { row: 'peers.truth', name: 'this package', side: 'left' },
  { row: 'truth.thrifty', name: 'this package, thrifty', side: 'right' },
  { row: 'truth.socket', name: 'this package, on-only socket', side: 'belowLeft' },
];

/** Draws what the rows of this run allow into a folder; resolves to the files. */
export async function drawPlots(measured, folder, subtitle) {
  const { draw } = await import('../peers/draw.mjs');
  const drawn = [];
  const keep = async (file, specification) => {
    const path = join(folder, file);
    await mkdir(folder, { recursive: true });
    await writeFile(path, await draw(specification));
    drawn.push(path);
  };
  const truth = resultOf(measured, 'peers.truth');
  if (truth) {
    const ours = ownRows.flatMap(({ row, ...point }) => {
      const result = resultOf(measured, row);
      return result ? [{ ...point, isOwn: true, ...pair(result.figure) }] : [];
    });
    const theirs = Object.entries(truth.others).map(([name, figure]) => ({ name, ...pair(figure) }));
    await keep('calls.svg', callsPlot([...theirs, ...ours], subtitle));
  }
  const keys = measured.filter(({ row, result }) => row.name.startsWith('peers.key.') && result);
  if (keys.length > 1) {
    const bars = keys.flatMap(({ row, result }) => {
      const name = row.name.slice('peers.key.'.length);
      const own = name === 'ours';
      const more = Object.entries(result.others ?? {}).map(([other, ratio]) => ({
        name: other,
        ratio,
        isOwn: other.startsWith('this package'),
      }));
      return [{ name: own ? 'this package' : name, ratio: result.figure, isOwn: own }, ...more];
    });
    await keep('keys.svg', keysPlot(bars, subtitle));
  }
  return drawn;
}
