import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('CONTRIBUTING.md', root), 'utf8');

const places = [...page.matchAll(/`((?:machines|src|test)\/[\w/.]+\.(?:ts|md))(?::(\w+))?`/g)].map(
  ([, file = '', name]) => ({ file, name }),
);

it('sends nobody to a place that is not there', () => {
  expect(places.length).toBeGreaterThan(15);
  const lost = places.filter(({ file, name }) => {
    if (!existsSync(new URL(file, root))) return true;
    const text = readFileSync(new URL(file, root), 'utf8');
    return name !== undefined && !new RegExp(`\\b${name}\\b`).test(text);
  });
  expect(lost).toEqual([]);
});
