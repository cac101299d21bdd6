import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rows } from './rows.ts';

test('every row of what comes from outside has a test that is there, by its title', () => {
  expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 82 }, (_, index) => index + 1));
  const sources = new Map<string, string>();
  const sourceOf = (file: string): string => {
    const source = sources.get(file) ?? readFileSync(`test/${file}`, 'utf8');
    sources.set(file, source);
    return source;
  };
  // A number stands at the beginning of its title.
  const isThere = (source: string, title: string): boolean =>
    /^\d+(?: to \d+)?: /.test(title)
      ? ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}`))
      : source.includes(title);
  const missing = rows.flatMap(({ row, by }) =>
    by
      .filter(([file, title]) => !isThere(sourceOf(file), title))
      .map(([file, title]) => `${row}: ${file}, "${title}"`),
  );
  expect(missing).toEqual([]);
  expect(rows.filter(({ by }) => by.length === 0)).toEqual([]);
});
