import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { constants, Script } from 'node:vm';
import { type Case, collect, runCase, vitest } from './collected.ts';
import type { Answer, Covered, FileCoverage, Question, Trial } from './messages.ts';

/** What the instrumented sources look at. */
interface Switches {
  activeMutant: string;
  currentTestId: string | undefined;
  hitCount: number | undefined;
  hitLimit: number;
  mutantCoverage: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
}

const none = 'none';
const switches: Switches = {
  activeMutant: none,
  currentTestId: undefined,
  hitCount: undefined,
  hitLimit: Number.POSITIVE_INFINITY,
  mutantCoverage: { static: {}, perTest: {} },
};
Object.assign(globalThis, { __stryker__: switches });
// What `vi.waitFor` and sentences of matchers ask of vitest's own runner.
Object.assign(globalThis, { __vitest_worker__: { config: { snapshotOptions: {} } } });

const { setTimeout: later, clearTimeout: never, setImmediate: soon } = globalThis;
const bundle = process.argv[2] ?? '';
const script = new Script(Module.wrap(readFileSync(bundle, 'utf8')), {
  filename: bundle,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
const nodeRequire = createRequire(join(process.cwd(), 'package.json'));
// A mutant is noticed by the first counterexample; the smallest one takes long to find, and nobody reads it.
nodeRequire('fast-check').configureGlobal({ endOnFailure: true });

/** All sources and tests, loaded once, each as it is first asked for. */
interface Instance {
  casesOf(file: string): readonly Case[];
}

function load(): Instance {
  const module: { exports: { files?: Record<string, () => unknown> } } = { exports: {} };
  const require = (name: string): unknown => (name === 'vitest' ? vitest : nodeRequire(name));
  script.runInThisContext()(module.exports, require, module, bundle, process.cwd());
  const known = new Map<string, readonly Case[]>();
  return {
    casesOf: (file) => {
      const cases = known.get(file) ?? collect(() => module.exports.files?.[file]?.());
      known.set(file, cases);
      return cases;
    },
  };
}

const stray: unknown[] = [];
process.on('unhandledRejection', (error) => stray.push(error));
process.on('uncaughtException', (error) => stray.push(error));
const nextTurn = (): Promise<void> => new Promise((resolve) => soon(resolve));
const cutOff = Symbol('cut off');

/** Resolves with what was wrong, or nothing. */
async function outcome(run: Case, limitMs: number): Promise<unknown> {
  stray.length = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise((resolve) => {
    timer = later(() => resolve(cutOff), limitMs);
  });
  const result = await Promise.race([
    limit,
    runCase(run).then(
      () => undefined,
      (error: unknown) => error ?? new Error('nothing was thrown'),
    ),
  ]);
  never(timer);
  await nextTurn();
  return result ?? stray[0];
}

const say = (answer: Answer): void => {
  process.send?.(answer);
};
const textOf = (error: unknown): string =>
  error === cutOff
    ? 'it did not end'
    : String(error instanceof Error ? error.message : error)
        .slice(0, 300)
        .replaceAll('\n', ' ');

let clean = load();

async function cover(file: string): Promise<FileCoverage> {
  switches.mutantCoverage = { static: {}, perTest: {} };
  switches.activeMutant = none;
  switches.currentTestId = undefined;
  switches.hitCount = undefined;
  const tests: Covered[] = [];
  let error: string | undefined;
  const own = load();
  let cases: readonly Case[] = [];
  try {
    cases = own.casesOf(file);
  } catch (problem) {
    error = textOf(problem);
  }
  const loaded = Object.keys(switches.mutantCoverage.static);
  for (const [nth, each] of cases.entries()) {
    say({ type: 'at', nth });
    switches.currentTestId = each.title;
    const start = performance.now();
    const before = process.cpuUsage();
    const problem = await outcome(each, 60_000);
    const { user, system } = process.cpuUsage(before);
    const ms = performance.now() - start;
    tests.push({
      title: each.title,
      ms: Math.round(ms),
      cost: Math.round((user + system) / 1000 + ms / 10),
      hits: switches.mutantCoverage.perTest[each.title] ?? {},
      ...(problem === undefined ? {} : { error: textOf(problem) }),
    });
    switches.currentTestId = undefined;
  }
  return { file, tests, loaded, ...(error === undefined ? {} : { error }) };
}

const named = (instance: Instance, { file, title }: Trial): Case | undefined =>
  instance.casesOf(file).find((each) => each.title === title);

async function tryOn({ mutant, isLoaded, trials }: Extract<Question, { type: 'try' }>): Promise<Answer> {
  let mutated = clean;
  switches.activeMutant = mutant;
  switches.hitLimit = Number.POSITIVE_INFINITY;
  if (isLoaded) mutated = load();
  for (const [nth, trial] of trials.entries()) {
    say({ type: 'at', nth });
    switches.activeMutant = mutant;
    switches.hitCount = 0;
    switches.hitLimit = trial.limitHits;
    let problem: unknown;
    try {
      const run = named(mutated, trial);
      problem = run && (await outcome(run, trial.limitMs));
    } catch (error) {
      problem = error;
    }
    if (problem === undefined) continue;
    switches.activeMutant = none;
    // What the mutant left behind may still break, and is no fault of the test without it.
    await new Promise((resolve) => later(resolve, 10));
    const again = named(clean, trial);
    const isSure = again !== undefined && (await outcome(again, trial.limitMs * 2)) === undefined;
    return { type: 'killed', nth, message: textOf(problem), isCutOff: problem === cutOff, isSure };
  }
  switches.activeMutant = none;
  return { type: 'survived' };
}

process.on('disconnect', () => process.exit());
process.on('message', async (question: Question) => {
  if (question.type === 'cover') {
    say({ type: 'covered', coverage: await cover(question.file) });
    clean = load();
  } else say(await tryOn(question));
});
