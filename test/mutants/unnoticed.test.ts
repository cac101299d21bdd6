import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { unnoticed } from './unnoticed/index.ts';

const linesOf = (file: string): string =>
  readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .join('\n');

it('every excuse is of a line that is there', () => {
  const files = new Map([...new Set(unnoticed.map(({ file }) => file))].map((file) => [file, linesOf(file)]));
  const stale = unnoticed.filter(({ file, code }) => files.get(file)?.includes(code) !== true);
  expect(stale.map(({ file, code }) => `${file}: ${code}`)).toEqual([]);
});
