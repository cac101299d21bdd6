import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { type Played, type World, wrongIn } from './world.ts';

/** How many sequences are drawn from one seed; the next are drawn from the next. */
const batch = 250;

/** A sequence in which something was wrong, as small as it could be made. */
export interface Failure {
  readonly world: string;
  readonly seed: number;
  readonly path: string;
  readonly wrong: readonly string[];
  readonly script: string;
}

/** How many sequences of a world were played, and what that took. */
export interface Tally {
  readonly world: string;
  sequences: number;
  /** On the processor, ms. */
  ms: number;
  /** Sequences that were wrong in a way that is among the failures already. */
  alike: number;
}

/** What a soak found. */
export interface Soaked {
  readonly tallies: readonly Tally[];
  readonly failures: readonly Failure[];
  /** Timers and listeners that sequences left. */
  timers: number;
  listeners: number;
  /** Promises that were rejected with nobody to hear of it. */
  unhandled: number;
  /** What was held after a collection, bytes: time and again, in order. */
  readonly heap: number[];
}

/** Of what was held, what is compared: when a quarter was played, since a process takes long to be warm, and at last. */
export function heapOf(measured: readonly number[]): { warm: number; last: number; isFlat: boolean } {
  const last = measured.at(-1) ?? 0;
  const warm = measured[Math.ceil((measured.length - 1) / 4)] ?? last;
  // What a warm process holds moves by 1 or 2 MB; a leak of 50 bytes a sequence is far more in a long run.
  return { warm, last, isFlat: last <= warm * 1.05 + 2 * 2 ** 20 };
}

/** What is played, and for how long. */
export interface SoakOptions {
  readonly worlds: readonly World[];
  readonly seed: number;
  /** Sequences over all worlds; `Infinity` for as long as `ms` says. */
  readonly sequences: number;
  readonly ms: number;
  /** After so many failures it is enough. */
  readonly mostFailures: number;
  onProgress?(soaked: Soaked): void;
}

class Wrong extends Error {
  readonly wrong: readonly string[];
  constructor(wrong: readonly string[]) {
    super(wrong.join('\n'));
    this.wrong = wrong;
  }
}

/** What is wrong, without what differs from one sequence to the next. */
const kindOf = (line: string): string => line.replace(/\d+/g, '#').slice(0, 60);

/** Plays random sequences in worlds by turns. What fails is made small, and told with what plays it again. */
export async function soak({ worlds, seed, sequences, ms, mostFailures, onProgress }: SoakOptions) {
  const tallies = worlds.map(({ name }): Tally => ({ world: name, sequences: 0, ms: 0, alike: 0 }));
  const failures: Failure[] = [];
  const soaked: Soaked = {
    ...{ tallies, failures, timers: 0, listeners: 0, unhandled: 0, heap: [] },
  };
  const noteUnhandled = (): void => {
    soaked.unhandled += 1;
  };
  process.on('unhandledRejection', noteUnhandled);
  const until = performance.now() + ms;
  const kinds = new Set<string>();
  let left = sequences;
  for (let turn = 0; left > 0 && performance.now() < until && failures.length < mostFailures; turn += 1) {
    const nth = turn % worlds.length;
    const [world, tally] = [worlds[nth] as World, tallies[nth] as Tally];
    const start = process.cpuUsage();
    const numRuns = Math.min(batch, left);
    left -= numRuns;
    const draw = { seed: seed + Math.trunc(turn / worlds.length), numRuns };
    const failure = await playBatch(world, draw, kinds, (played, isAlike) => {
      tally.sequences += 1;
      if (isAlike) tally.alike += 1;
      soaked.timers += played.timers;
      soaked.listeners += played.listeners;
    });
    const { user, system } = process.cpuUsage(start);
    tally.ms += (user + system) / 1000;
    if (failure) failures.push(failure);
    if ((turn + 1) % (4 * worlds.length) === 0 || left === 0) soaked.heap.push(held());
    onProgress?.(soaked);
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', noteUnhandled);
  return soaked;
}

async function playBatch(
  world: World,
  draw: { readonly seed: number; readonly numRuns: number },
  kinds: Set<string>,
  onPlayed: (played: Played, isAlike: boolean) => void,
): Promise<Failure | null> {
  let kind: string | null = null;
  const property = fc.asyncProperty(world.scripts, async (script) => {
    const played = await world.play(script);
    const wrong = wrongIn(played);
    const found = wrong.map((line) => kindOf(`${world.name} ${line}`));
    // What is made smaller must still be wrong in the same way.
    const isNew = kind === null ? found.some((each) => !kinds.has(each)) : found.includes(kind);
    if (kind === null) onPlayed(played, !isNew && wrong.length > 0);
    if (!isNew) return;
    kind ??= found.find((each) => !kinds.has(each)) ?? null;
    throw new Wrong(wrong);
  });
  const result = await fc.check(property, draw);
  if (!result.failed) return null;
  const { counterexample, counterexamplePath, errorInstance, seed } = result;
  const wrong =
    errorInstance instanceof Wrong ? errorInstance.wrong : [String((errorInstance as Error)?.stack)];
  for (const line of wrong) kinds.add(kindOf(`${world.name} ${line}`));
  return {
    world: world.name,
    seed,
    path: counterexamplePath ?? '',
    wrong,
    script: fc.stringify(counterexample?.[0]),
  };
}

/** Plays one sequence again: that of a failure by its path, or the first of a seed. */
export async function playAgain(world: World, seed: number, path?: string) {
  let found: { played: Played; script: string } | undefined;
  const property = fc.asyncProperty(world.scripts, async (script) => {
    const text = fc.stringify(script);
    found ??= { played: await world.play(script), script: text };
  });
  await fc.check(property, { seed, numRuns: 1, ...(path !== undefined && { path, endOnFailure: true }) });
  if (!found) throw new Error('Nothing was played: the path is none of this world.');
  return found;
}

/** One digest for all that was written down of a sequence; ids of requests are random, and named by their order. */
export function digestOf({ traces }: Played): string {
  const ids = new Map<string, number>();
  const text = JSON.stringify(traces).replace(uuids, (id) => {
    if (!ids.has(id)) ids.set(id, ids.size + 1);
    return `id-${ids.get(id)}`;
  });
  return createHash('sha256').update(text).digest('hex');
}

const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

/** What is held after a collection, bytes. */
function held(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
