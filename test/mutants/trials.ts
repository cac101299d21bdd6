import { dirname } from 'node:path';
import type { Mutant } from './instrument.ts';
import type { Covered, FileCoverage, Trial } from './messages.ts';

interface Candidate extends Trial {
  readonly ms: number;
}

/** Says which tests, within `budget` ms together and `longest` each, are to judge a mutant, the likeliest to notice it first. */
export function createChooser(
  coverage: readonly FileCoverage[],
  mutants: readonly Mutant[],
  { longest, budget }: { readonly longest: number; readonly budget: number },
) {
  const folderOf = new Map(mutants.map(({ id, file }) => [id, dirname(file)]));
  const loaded = new Set(coverage.flatMap((file) => file.loaded));
  const passing = new Map<string, Candidate[]>();
  const visiting = new Map<string, Candidate[]>();
  const kills = new Map<string, number>();

  for (const { file, tests } of coverage)
    for (const test of tests) {
      if (test.error !== undefined || test.ms > longest) continue;
      const folders = new Set<string>();
      for (const [id, hits] of Object.entries(test.hits)) {
        add(passing, id, candidate(file, test, hits));
        folders.add(folderOf.get(id) ?? '');
      }
      for (const folder of folders) add(visiting, folder, candidate(file, test, 0));
    }

  /** Whether the mutant is one of what happens as the sources are loaded. */
  const isLoaded = ({ id }: Mutant): boolean => loaded.has(id);

  /** The tests that pass a mutant's place; where that is passed at loading, those that pass its folder. */
  function trialsFor(mutant: Mutant): readonly Trial[] {
    const found = isLoaded(mutant) ? visiting.get(dirname(mutant.file)) : passing.get(mutant.id);
    const rank = ({ file, title, ms }: Candidate): number =>
      Math.max(ms, 8) / (1 + (kills.get(`${mutant.file} ${file} › ${title}`) ?? 0));
    let left = budget;
    return (found ?? [])
      .toSorted((a, b) => rank(a) - rank(b))
      .filter(({ ms }) => {
        left -= ms;
        return left >= 0;
      });
  }

  /** Notes that a test killed a mutant of this file: it will be among the first for the next. */
  function noteKill({ file }: Mutant, by: string): void {
    const key = `${file} ${by}`;
    kills.set(key, (kills.get(key) ?? 0) + 1);
  }

  return { isLoaded, trialsFor, noteKill };
}

const candidate = (file: string, { title, ms }: Covered, hits: number): Candidate => ({
  file,
  title,
  ms,
  limitMs: 3000 + 5 * ms,
  limitHits: 1000 + 100 * hits,
});

function add<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
