import { dirname } from 'node:path';
import type { Mutant } from './instrument.ts';
import type { Covered, FileCoverage, Trial } from './messages.ts';

interface Candidate extends Trial {
  readonly cost: number;
  /** The places that it passes. */
  readonly passes: readonly string[];
}

/** Where the tests are that look at charts as they were loaded, and pass nothing. */
const lookers = 'test/machines';

/** So many times everything that can be passed is passed once more, before the rest comes by its length. */
const layers = 6;

/** Says which tests, within `budget` ms together and `longest` each, are to judge a mutant, the likeliest to notice it first. */
export function createChooser(
  coverage: readonly FileCoverage[],
  mutants: readonly Mutant[],
  { longest, budget }: { readonly longest: number; readonly budget: number },
) {
  const fileOf = new Map(mutants.map(({ id, file }) => [id, file]));
  const loaded = new Set(coverage.flatMap((file) => file.loaded));
  const passing = new Map<string, Candidate[]>();
  const visiting = new Map<string, readonly Candidate[]>();
  const kills = new Map<string, number>();

  const candidates = coverage.flatMap(({ file, tests }) =>
    tests
      .filter(({ error, cost }) => error === undefined && cost <= longest)
      .map((test) => candidate(file, test)),
  );
  for (const each of candidates) for (const id of each.passes) add(passing, id, each);

  /** Adds tests that pass some places, those first that together pass as many of them as may be. */
  function addPassing(order: Set<Candidate>, isWanted: (id: string) => boolean): void {
    const within = candidates
      .map((each) => ({ each, ids: each.passes.filter(isWanted) }))
      .filter(({ ids }) => ids.length > 0);
    for (let layer = 0; layer < layers; layer++) {
      const seen = new Set<string>();
      for (;;) {
        let best: { readonly each: Candidate; readonly ids: readonly string[] } | undefined;
        let most = 0;
        for (const one of within) {
          if (order.has(one.each)) continue;
          const gain = one.ids.filter((id) => !seen.has(id)).length / Math.max(one.each.cost, 4);
          if (gain > most) [best, most] = [one, gain];
        }
        if (!best) break;
        order.add(best.each);
        for (const id of best.ids) seen.add(id);
      }
    }
    for (const { each } of within.toSorted((a, b) => a.each.cost - b.each.cost)) order.add(each);
  }

  /**
   * The tests for what a file does as it is loaded: first those that look at what was loaded, which take no time, then
   * those that pass the file later, then those that pass its folder.
   */
  function visitors(file: string): readonly Candidate[] {
    const known = visiting.get(file);
    if (known) return known;
    const loading = new Set(
      coverage.filter((each) => each.loaded.some((id) => fileOf.get(id) === file)).map((each) => each.file),
    );
    const looking = candidates.filter(
      (each) => each.passes.length === 0 && loading.has(each.file) && each.file.startsWith(`${lookers}/`),
    );
    const order = new Set<Candidate>(looking);
    addPassing(order, (id) => fileOf.get(id) === file);
    addPassing(order, (id) => dirname(fileOf.get(id) ?? '') === dirname(file));
    const ordered = [...order];
    visiting.set(file, ordered);
    return ordered;
  }

  /** Whether the mutant is one of what happens as the sources are loaded. */
  const isLoaded = ({ id }: Mutant): boolean => loaded.has(id);

  /** The tests that pass a mutant's place; where that is passed at loading, those that pass its file and folder. */
  function trialsFor(mutant: Mutant): readonly Trial[] {
    const boost = ({ file, title }: Candidate): number =>
      1 + (kills.get(`${mutant.file} ${file} › ${title}`) ?? 0);
    const found = isLoaded(mutant) ? visitors(mutant.file) : (passing.get(mutant.id) ?? []);
    const rank = new Map(
      found.map((each, nth) => {
        const cost = Math.max(each.cost, 4) + (isLoaded(mutant) ? 10 + nth / 20 : 0);
        return [each, cost / boost(each)];
      }),
    );
    let left = budget;
    return found
      .toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
      .filter(({ cost }) => {
        left -= cost;
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

const candidate = (file: string, { title, ms, cost, hits }: Covered): Candidate => ({
  file,
  title,
  cost,
  // Long, since a machine that others keep busy may be late with anything.
  limitMs: 4000 + 8 * ms,
  limitHits: 1000 + 100 * Math.max(0, ...Object.values(hits)),
  passes: Object.keys(hits),
});

function add<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
