import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCommandLine } from '../support/commandLine.mjs';
import { bundle, digest, filesBelow, instrument, isNamed, type Mutant } from './instrument.ts';
import type { FileCoverage, Trial } from './messages.ts';
import { createWorker, type Verdict } from './process.ts';
import { outdated, type Result, rowsOf, tableOf, told, whyListed } from './report.ts';
import { noJudges, roomOf, rooms } from './scope.ts';
import { store, stored } from './store.ts';
import { createChooser } from './trials.ts';

const help = `npm run mutants -- [options]

Changes the sources, one small change at a time, and says of how many a test takes notice. Killed mutants are
remembered, and what a run did before it was stopped; survivors are tried again once a source or a test changed.

  --files PATTERN   only mutants of these files: a folder, a file, or a pattern with *; may be repeated
  --sample N        only N of them, drawn by --seed
  --each N          only N of each file, drawn in the same way
  --seed S          another draw (0)
  --longest MS      leaves out tests that take longer (3000)
  --budget MS       gives a mutant up after tests that take so long together (20000)
  --listed          tries those as well that are excused, and says which of them a test notices after all
  --fresh           remembers nothing
  --json            prints what is found as JSON
  --version         prints the version
  --help            prints this

Examples:
  npm run mutants -- --files machines/session
  npm run mutants -- --sample 150 --seed 2

It fails where a file has fewer killed than its floor; with --sample, where a room has so few that chance does not explain it.`;

const { values: options } = readCommandLine(help, {
  files: { type: 'string', multiple: true },
  sample: { type: 'string' },
  each: { type: 'string' },
  seed: { type: 'string', default: '0' },
  longest: { type: 'string', default: '3000' },
  budget: { type: 'string', default: '20000' },
  listed: { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
});

const longest = Number(options.longest);
const budget = Number(options.budget);

/** A verdict, and what it was reached by: it holds for as long as that is the same. */
interface Remembered {
  readonly verdict: Verdict;
  readonly source: string;
  readonly judge: string;
  /** How much the tests were allowed that let a survivor pass. */
  readonly longest: number;
  readonly budget: number;
}

const texts = new Map<string, string>();
/** What a file was when this run began: some are edited while it lasts, and are others in its script. */
function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(process.cwd(), file), 'utf8');
  texts.set(file, text);
  return text;
}
const progress = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else process.stderr.write(`${line}\n`);
};

async function main(): Promise<void> {
  const all = filesBelow(rooms.map(({ folder }) => folder));
  const isAsked = (file: string): boolean => isNamed(file, options.files ?? ['*']);
  // What tests pass is noted for whole rooms, once, and so holds for a run of each of their files.
  const asked = new Set(all.filter(isAsked).map(roomOf));
  const files = all.filter((file) => asked.has(roomOf(file)));
  const judges = [...new Set(files.flatMap((file) => roomOf(file)?.judges ?? []))];
  const tests = filesBelow(judges).filter((file) => file.endsWith('.test.ts') && !(file in noJudges));
  const { sources, mutants } = await instrument(files);
  for (const { file, code, why } of outdated(mutants)) {
    console.error(`listed, but no mutant of ${file} any more: ${code} (${why})`);
    process.exitCode = 1;
  }
  const home = dirname(fileURLToPath(import.meta.url));
  const script = join(home, 'bundle.cjs');
  const known = new Map([...files, ...tests].map((file) => [file, digest(textOf(file))]));
  const rest = filesBelow(['machines', 'src', 'test/support']).map(textOf);
  const world = digest(...files.map(textOf), ...rest);
  const everything = digest(world, ...tests.map(textOf));
  await bundle(sources, tests, script);

  const worker = createWorker(join(home, 'worker.mjs'), script);
  const coverage: FileCoverage[] = [];
  const coverageName = `coverage-${digest(...files)}`;
  const covered = options.fresh ? {} : stored<Record<string, FileCoverage>>(coverageName, {});
  const stillCovered: Record<string, FileCoverage> = {};
  for (const [nth, file] of tests.entries()) {
    // Anything else that changed may lead a test past other places: then one is not asked that would know.
    const key = digest(...files.map(textOf), file, textOf(file));
    if (!covered[key]) progress(`what tests pass: ${nth + 1} of ${tests.length}, ${file}`);
    const found = covered[key] ?? (await worker.cover(file));
    stillCovered[key] = found;
    coverage.push(found);
    store(coverageName, stillCovered);
  }
  for (const { file, tests: own, error } of coverage) {
    if (error !== undefined) progress(`${file} judges nothing: ${error}\n`);
    for (const { title, error: problem } of own)
      if (problem !== undefined) progress(`${file} › ${title} judges nothing: ${problem}\n`);
  }

  const chooser = createChooser(coverage, mutants, { longest, budget });
  const chosen = sampled(mutants.filter(({ file }) => isAsked(file)));
  const learned: Record<string, Remembered> = {};
  const remember = (): void => store('verdicts', { ...stored('verdicts', {}), ...learned });
  const memory = options.fresh ? {} : stored<Record<string, Remembered>>('verdicts', {});
  const holds = ({ key, file }: Mutant): Verdict | undefined => {
    const found = memory[key];
    if (!found || found.source !== known.get(file)) return undefined;
    if (found.verdict.status === 'survived') {
      const isThorough = found.longest >= longest && found.budget >= budget;
      return isThorough && found.judge === everything ? found.verdict : undefined;
    }
    const [by = ''] = found.verdict.by.split(' › ');
    return known.get(by) === found.judge ? found.verdict : undefined;
  };

  /** A test that noticed it before may have changed since, and most likely notices it still. */
  const knownFirst = ({ key, file }: Mutant, trials: readonly Trial[]): readonly Trial[] => {
    const found = memory[key];
    if (found?.source !== known.get(file) || found?.verdict.status !== 'killed') return trials;
    const { by } = found.verdict;
    const isBy = (trial: Trial): boolean => by === `${trial.file} › ${trial.title}`;
    return [...trials.filter(isBy), ...trials.filter((trial) => !isBy(trial))];
  };

  const results: Result[] = [];
  const start = Date.now();
  let tried = 0;
  const isTried = (mutant: Mutant): boolean => options.listed || whyListed(mutant) === undefined;
  const toTry = chosen.filter((mutant) => isTried(mutant) && !holds(mutant)).length;
  for (const mutant of chosen) {
    const { id, key, ...change } = mutant;
    const why = whyListed(mutant);
    if (why !== undefined && !isTried(mutant)) {
      results.push({ ...change, status: 'survived', why });
      continue;
    }
    const trials = knownFirst(mutant, chooser.trialsFor(mutant));
    let verdict = holds(mutant);
    const isNew = verdict === undefined;
    if (!verdict) {
      verdict = await worker.judge(id, chooser.isLoaded(mutant), trials);
      const judge = verdict.status === 'survived' ? everything : known.get(verdict.by.split(' › ')[0] ?? '');
      learned[key] = { verdict, source: known.get(mutant.file) ?? '', judge: judge ?? '', longest, budget };
      tried += 1;
      if (tried % 20 === 0) {
        remember();
        const aMinute = (60_000 * tried) / (Date.now() - start);
        const left = Math.ceil((toTry - tried) / aMinute);
        progress(
          `mutants: ${tried} of ${toTry}, ${Math.round(aMinute)} a minute, ${left} min left, ${mutant.file}`,
        );
      }
    }
    if (verdict.status !== 'survived') chooser.noteKill(mutant, verdict.by);
    const isReached = trials.length > 0 || verdict.status !== 'survived';
    const isNoticed = verdict.status !== 'survived';
    const result: Result = {
      ...change,
      ...verdict,
      status: isReached ? verdict.status : 'unreached',
      ...(why === undefined || isNoticed ? {} : { why }),
    };
    if (isNew && !isNoticed && why === undefined) progress(`${told(result)}\n`);
    if (isNoticed && why !== undefined)
      progress(`excused, but ${told(result)}, by ${result.by ?? 'nobody'}\n`);
    results.push(result);
  }
  remember();
  worker.end();
  progress('');
  report(results);
}

/** How much a score of so many differs from the true one by chance: one standard deviation, in percent. */
const spread = (score: number, count: number): number => Math.sqrt((score * (100 - score)) / count);

/** All of them, or a draw: the same for the same seed, and a larger one holds a smaller one. */
function sampled(mutants: readonly Mutant[]): readonly Mutant[] {
  const place = ({ key }: Mutant): string => digest(options.seed, key);
  const draw = (from: readonly Mutant[], count: string | undefined): readonly Mutant[] =>
    from
      .toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
      .slice(0, count === undefined ? undefined : Number(count));
  const files = [...new Set(mutants.map(({ file }) => file))];
  const byFile = files.flatMap((file) =>
    draw(
      mutants.filter((mutant) => mutant.file === file),
      options.each,
    ),
  );
  const drawn = new Set(draw(byFile, options.sample));
  return mutants.filter((mutant) => drawn.has(mutant));
}

function report(results: readonly Result[]): void {
  const rows = rowsOf(results);
  const survivors = results.filter(
    ({ status, why }) => why === undefined && (status === 'survived' || status === 'unreached'),
  );
  if (options.json) console.log(JSON.stringify({ rows, results }, null, 1));
  else {
    for (const each of survivors) console.log(told(each));
    console.log(`\n${tableOf(rows)}\n`);
  }
  for (const { folder, floor } of rooms) {
    const own = rows.filter(({ file }) => roomOf(file)?.folder === folder);
    const counted = own.reduce((sum, { mutants, listed }) => sum + mutants - listed, 0);
    const killed = own.reduce((sum, row) => sum + row.killed, 0);
    if (counted === 0) continue;
    const score = (100 * killed) / counted;
    const low = own.filter((row) => row.score < row.floor);
    const isLow = options.sample === undefined ? low.length > 0 : score < floor - 2 * spread(floor, counted);
    if (isLow) process.exitCode = 1;
    const line = `${folder}: ${killed} of ${counted} killed, ${score.toFixed(1)} %; ${low.length} files below ${floor} %`;
    if (!options.json) console.log(line);
  }
}

await main();
