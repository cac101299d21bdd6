import { median } from './measure.mjs';

const listed = (value) => (Array.isArray(value) ? value : [value]);

/** Whether every part of a figure is within its bound. */
const within = (figure, bound) =>
  listed(bound).every((limit, part) => limit === null || listed(figure)[part] <= limit);

/** What a figure is worth: `aim`, `must`, `MISS`, or nothing where nothing was promised. */
export function verdictOf({ must, aim }, { figure }) {
  if (aim !== undefined && within(figure, aim)) return 'aim';
  if (must === undefined) return '';
  return within(figure, must) ? 'must' : 'MISS';
}

/** One result of several processes: their medians, the widest spread, and the rest as the first one says it. */
export function merged(results) {
  const [first] = results;
  if (results.length === 1) return first;
  const middle = (pick) => {
    const values = results.map(pick);
    if (values.some((value) => value === undefined)) return undefined;
    return Array.isArray(values[0])
      ? values[0].map((_, part) => median(values.map((value) => value[part])))
      : median(values);
  };
  const figures = results.flatMap(({ figure, spread }) => spread ?? listed(figure));
  return {
    ...first,
    figure: middle(({ figure }) => figure),
    ours: middle(({ ours }) => ours),
    baseline: middle(({ baseline }) => baseline),
    spread: [Math.min(...figures), Math.max(...figures)],
    ...(first.others && {
      others: Object.fromEntries(
        Object.keys(first.others).map((name) => [name, middle(({ others }) => others[name])]),
      ),
    }),
    processes: results.length,
  };
}

/** A number as short as it may be: three digits that count, whole from a thousand on. */
export function short(value) {
  if (typeof value !== 'number' || !Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** A figure of several numbers reads as `14.7 @ 0.52`. */
export const shown = (value) =>
  value === undefined
    ? ''
    : listed(value)
        .map((part) => (part === null ? 'any' : short(part)))
        .join(' @ ');

const absolute = ({ absolute: unit = '' }, value) =>
  value === undefined ? '' : `${shown(value)}${unit && ` ${unit}`}`;

/** The table of all rows, as Markdown. */
export function tableOf(measured) {
  const head = [
    'figure',
    'unit',
    'measured',
    'must',
    'aim',
    'verdict',
    'ours',
    'baseline',
    'spread',
    'rounds',
  ];
  const line = ({ row, result, failure }) =>
    failure
      ? [
          row.title,
          row.unit,
          '',
          shown(row.must),
          shown(row.aim),
          'FAILED',
          failure.split('\n')[0],
          '',
          '',
          '',
        ]
      : [
          row.title,
          row.unit,
          `**${shown(result.figure)}**`,
          shown(row.must),
          shown(row.aim),
          verdictOf(row, result),
          absolute(row, result.ours),
          [absolute(row, result.baseline), row.baseline]
            .filter(Boolean)
            .join(': ')
            .replace(/^([^:]*): (.*)$/, '$1 ($2)'),
          result.spread ? result.spread.map(short).join('–') : '',
          result.rounds === undefined
            ? ''
            : `${result.rounds}${result.processes ? ` × ${result.processes}` : ''}`,
        ];
  const lines = [head, head.map(() => '---'), ...measured.map(line)];
  return lines
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** What others measured in the same rows, as Markdown; empty without peers. */
export function othersOf(measured) {
  const lines = measured
    .filter(({ result }) => result?.others)
    .map(
      ({ row, result }) =>
        `- ${row.title} (${row.unit}): ${Object.entries(result.others)
          .map(([name, figure]) => `${name} ${shown(figure)}`)
          .join(', ')}`,
    );
  return lines.join('\n');
}

/** Lines under the table, for rows that need one. */
export const notesOf = (measured) =>
  measured
    .filter(({ result }) => result?.note)
    .map(({ row, result }) => `- ${row.title}: ${result.note}`)
    .join('\n');
