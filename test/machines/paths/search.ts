import { getShortestPaths } from 'xstate/graph';
import { draw } from '../../../machines/random.ts';
import { type Explored, play, transitionsOf } from '../../../src/testing/paths/live.ts';

/** A path that is worth keeping: the last step of it took a transition that none before it took. */
export type Path = readonly string[];

/** How far the shortest paths are looked for, steps. */
const near = 2;

interface Place {
  readonly status: 'active';
  readonly output: undefined;
  readonly error: undefined;
  readonly path: Path;
  readonly key: string;
}

/**
 * Finds paths that together take every transition: first the shortest ones to the states that are near, by xstate/graph,
 * then longer ones, drawn at random from the ends of those that brought something new.
 */
export function search(
  explored: Explored,
  already: ReadonlySet<string>,
  saved: readonly Path[],
  budget: number,
): readonly Path[] {
  const names = transitionsOf(explored.machine);
  const steps = Object.keys(explored.stimuli);
  const covered = new Set(already);
  const kept: Path[] = [];
  const pool: Path[] = [];
  const seen = new Set<string>();
  const look = (path: Path): string => {
    const world = play(explored, names, path);
    const news = [...world.taken].filter((name) => !covered.has(name));
    for (const name of news) covered.add(name);
    if (news.length > 0) kept.push(path);
    const key = JSON.stringify((world.actor.getSnapshot() as { value: unknown }).value);
    world.stop();
    if (news.length > 0 || !seen.has(key)) pool.push(path);
    seen.add(key);
    return key;
  };
  const place = (path: Path): Place => ({
    status: 'active',
    output: undefined,
    error: undefined,
    path,
    key: look(path),
  });

  getShortestPaths(
    {
      getInitialSnapshot: () => place([]),
      transition: (state: Place, { type }: { type: string }) => place([...state.path, type]),
      getPersistedSnapshot: (state: Place) => state,
    } as never,
    {
      events: steps.map((type) => ({ type })),
      serializeState: (state: Place) => state.key,
      stopWhen: (state: Place) => state.path.length >= near,
    } as never,
  );

  for (const path of saved) for (let end = 1; end <= path.length; end += 1) look(path.slice(0, end));

  let seed = Math.trunc(performance.now());
  const random = (below: number): number => {
    const [value, next] = draw(seed);
    seed = next;
    return Math.floor(value * below);
  };
  const until = performance.now() + budget;
  while (performance.now() < until && covered.size < names.size) {
    const nearest =
      random(2) === 0 ? pool.length - 1 - random(Math.min(pool.length, 30)) : random(pool.length);
    const from = pool[nearest] ?? [];
    const more = Array.from({ length: 1 + random(3) }, () => steps[random(steps.length)] ?? '');
    if (from.length < 50) look([...from, ...more]);
  }
  return kept;
}

/** The paths without those that the others make needless. */
export function thinned(explored: Explored, paths: readonly Path[]): readonly Path[] {
  const names = transitionsOf(explored.machine);
  const taken = paths.map((path) => {
    const world = play(explored, names, path);
    world.stop();
    return world.taken;
  });
  const left = new Set(taken.flatMap((each) => [...each]));
  const chosen: Path[] = [];
  while (left.size > 0) {
    const gains = taken.map((each) => [...each].filter((name) => left.has(name)).length);
    const best = gains.indexOf(Math.max(...gains));
    for (const name of taken[best] ?? []) left.delete(name);
    chosen.push(paths[best] ?? []);
  }
  return chosen;
}
