import { readFileSync } from 'node:fs';
import { checkedClauses } from 'genesys-conversation-machine/testing';
import { afterAll, expect, it } from 'vitest';
import { sample } from '../support/sample.ts';
import { editsOf, faults, untraced } from './faults.ts';
import { end, plant } from './plant.ts';

afterAll(end);

it('every clause holds in every small world, while nothing is planted', async () => {
  const played = await plant(null);
  expect(Object.entries(played).filter(([, violations]) => violations.length > 0)).toEqual([]);
}, 120_000);

it('every clause that a trace can show has a fault that is planted', () => {
  const planted = new Set(faults.map(({ clause }) => clause));
  expect(checkedClauses.map(({ clause }) => clause).filter((clause) => !planted.has(clause))).toEqual([]);
});

it('every clause is one that a trace can show, or stands in the list of those that none can, with the test that does', () => {
  const clauses = [
    ...readFileSync('machines/CLAUSES.md', 'utf8').matchAll(/^- \*\*([A-Z]-?\d+[a-z]?)\*\*/gm),
  ];
  const checked = new Set(checkedClauses.map(({ clause }) => clause));
  expect(clauses.map(([, id = '']) => id).filter((id) => checked.has(id) === id in untraced)).toEqual([]);
  for (const [id, why] of Object.entries(untraced)) {
    const [file = ''] = /test\/\S+\.ts/.exec(why) ?? [];
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`[(, ]${id}[,):]`));
  }
});

it('every fault can be planted: its text stands once in its file', () => {
  const lost = faults.flatMap((fault) =>
    editsOf(fault)
      .filter(({ file, from }) => readFileSync(file, 'utf8').split(from).length !== 2)
      .map(({ file }) => `${file}: ${fault.what}`),
  );
  expect(lost).toEqual([]);
});

/** The long run plants them all, and so does `npm run faults`. */
const planted = faults.filter(
  ({ clause }, nth) => clause === 'L-1' || clause === 'L-5' || nth % sample(12, 1) === 0,
);

it.each(planted)('$clause finds it: $what', async (fault) => {
  const { [fault.shows]: violations = [] } = await plant(fault, [fault.shows]);
  expect(violations.map(({ clause }) => clause)).toContain(fault.clause);
});
