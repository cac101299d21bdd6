// Writes what was measured into the README, between its marks, so that nobody copies numbers by hand.
import { readFile, writeFile } from 'node:fs/promises';
import { short, shown, verdictOf } from './report.mjs';

const page = new URL('../../README.md', import.meta.url);

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`: `change` gets it, and gives what is to be there. */
export async function rewrite(name, change) {
  const text = await readFile(page, 'utf8');
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(open) + open.length;
  const to = text.indexOf(close);
  if (from < open.length || to < from) throw new Error(`README.md has no place for ${name}.`);
  await writeFile(
    page,
    `${text.slice(0, from)}\n\n${change(text.slice(from, to).trim())}\n\n${text.slice(to)}`,
  );
}

const head = [
  '| row | figure | measured | must | aim | beside | spread | date |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];
const marks = { aim: '✓✓', must: '✓', MISS: '✗' };

function lineOf({ row, result, failure }, date) {
  const unit = row.unit.includes('@') ? '' : ` ${row.unit}`;
  const measured = failure
    ? `not measured: ${failure.split('\n')[0]}`
    : `${shown(result.figure)}${unit} ${marks[verdictOf(row, result)]}`;
  const range = result?.spread ? result.spread.map(short).join('–') : '';
  const bounds = [shown(row.must), shown(row.aim)];
  const cells = [`\`${row.name}\``, row.title, measured, ...bounds, row.baseline ?? '', range, date];
  return `| ${cells.join(' | ')} |`;
}

/** Rows that promise something, by their names; what this run did not measure stays as it was. */
export const writeRows = (measured, date) =>
  rewrite('bench', (before) => {
    const lines = before.split('\n').slice(head.length);
    const byName = new Map(lines.map((line) => [/`(.+?)`/.exec(line)?.[1], line]));
    for (const entry of measured) {
      if (entry.row.must !== undefined) byName.set(entry.row.name, lineOf(entry, date));
    }
    const names = [...byName.keys()].filter(Boolean).sort();
    return [...head, ...names.map((name) => byName.get(name))].join('\n');
  });
