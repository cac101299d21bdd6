import type { TraceMoment } from 'genesys-conversation-machine/testing';
import { readCommandLine } from '../support/commandLine.mjs';
import { digestOf, type Failure, heapOf, playAgain, type Soaked, soak } from './soak.ts';
import { type World, wrongIn } from './world.ts';
import { worlds as all } from './worlds.ts';

const names = all.map(({ name }) => name).join('|');

const help = `Plays random sequences of what can happen, on the real machines and transports with a back end in memory and a stepped
clock, and holds everything that happened against every clause that a trace can show.

  npm run soak -- [--sequences N | --minutes M] [--seed S] [--only ${names}]

  --sequences N  how many sequences, over all worlds by turns; default 2000
  --minutes M    plays for so long instead
  --seed S       where to begin; default: by chance. The same seed plays the same sequences.
  --only W       one world alone
  --path P       plays one sequence of a failure again, by its world, seed and path, and prints all of it
  --same N       plays the first sequence of the seed N times, and compares what was written down
  --failures N   stops after so many failures; default 10
  --version      prints the version
  --help         prints this

Examples:
  npm run soak -- --sequences 200000 --seed 1
  npm run soak -- --minutes 10 --only session

Ends with 0 where all was well, 1 where something was wrong, and 2 for options that are none.`;

function options() {
  const text = { type: 'string' } as const;
  const given = {
    sequences: text,
    minutes: text,
    seed: text,
    only: text,
    path: text,
    same: text,
    failures: text,
  };
  const { values } = readCommandLine(help, given);
  const number = (name: 'sequences' | 'minutes' | 'seed' | 'same' | 'failures', least: number) => {
    const value = values[name] === undefined ? undefined : Number(values[name]);
    if (value !== undefined && !(value >= least && (name === 'minutes' || Number.isSafeInteger(value))))
      throw new Error(`--${name} takes a number, from ${least}; it was given ${values[name]}`);
    return value;
  };
  const worlds = all.filter(({ name }) => values.only === undefined || values.only === name);
  if (worlds.length === 0) throw new Error(`--only takes one of ${names}; it was given ${values.only}`);
  return {
    worlds,
    path: values.path,
    sequences: number('sequences', 1),
    minutes: number('minutes', 0),
    seed: number('seed', -(2 ** 31)) ?? Math.trunc(Math.random() * 2 ** 31),
    same: number('same', 2),
    failures: number('failures', 1) ?? 10,
  };
}

const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const isTerminal = process.stdout.isTTY === true && !process.env.CI;

function progress(goal: number, begun: number) {
  let last = begun;
  let told = 0;
  return ({ tallies, failures }: Soaked): void => {
    // At once: a long run that is ended early has said what it found.
    for (const failure of failures.slice(told)) tell(failure);
    told = failures.length;
    const now = performance.now();
    if (now - last < (isTerminal ? 500 : 15_000)) return;
    last = now;
    const played = tallies.reduce((sum, { sequences }) => sum + sequences, 0);
    const of = Number.isFinite(goal) ? ` of ${goal}` : '';
    const line = `${played}${of} sequences, ${Math.round((1000 * played) / (now - begun))}/s, ${failures.length} failures`;
    if (isTerminal) process.stdout.write(`\r\u001b[K${line}`);
    else console.log(line);
  };
}

function lineOf({ at, kind, ...rest }: TraceMoment): string {
  return `${String(at).padStart(9)} ${kind.padEnd(8)} ${JSON.stringify(rest)}`;
}

async function replay(world: World, seed: number, path: string): Promise<number> {
  const { played, script } = await playAgain(world, seed, path);
  for (const trace of played.traces) for (const moment of trace.moments) console.log(lineOf(moment));
  console.log(`\n${script}\n`);
  const wrong = wrongIn(played);
  for (const line of wrong) console.log(line);
  return wrong.length === 0 ? 0 : 1;
}

async function same(worlds: readonly World[], seed: number, times: number): Promise<number> {
  let isSame = true;
  for (const world of worlds) {
    const digests = new Set<string>();
    for (let time = 0; time < times; time += 1) digests.add(digestOf((await playAgain(world, seed)).played));
    isSame &&= digests.size === 1;
    console.log(
      `${world.name}: ${times} times, ${digests.size} digest${digests.size > 1 ? 's' : ''}: ${[...digests][0]}`,
    );
  }
  return isSame ? 0 : 1;
}

function tell({ world, seed, path, wrong, script }: Failure): void {
  if (isTerminal) process.stdout.write('\r\u001b[K');
  console.log(`\n${world}: ${wrong.slice(0, 5).join('\n  ')}`);
  console.log(`  ${script}`);
  console.log(`  again: npm run soak -- --only ${world} --seed ${seed} --path ${path}\n`);
}

function report({ tallies, failures, timers, listeners, unhandled, heap }: Soaked, seed: number): number {
  if (isTerminal) process.stdout.write('\r\u001b[K');
  console.log('| world | sequences | a second of a core | failures |\n| --- | --- | --- | --- |');
  for (const { world, sequences, ms, alike } of tallies) {
    const failed = failures.filter((each) => each.world === world).length + alike;
    console.log(`| ${world} | ${sequences} | ${Math.round((1000 * sequences) / ms)} | ${failed} |`);
  }
  const { warm, last, isFlat } = heapOf(heap);
  console.log(
    `seed ${seed}; heap ${mb(warm)} once warm, ${mb(last)} at last${isFlat ? '' : ': it grows'}; ` +
      `${timers} timers and ${listeners} listeners left; ${unhandled} unhandled rejections`,
  );
  return failures.length + timers + listeners + unhandled > 0 || !isFlat ? 1 : 0;
}

async function main(): Promise<number> {
  const { worlds, path, sequences, minutes, seed, same: times, failures } = options();
  const [world] = worlds;
  if (path !== undefined && world) {
    if (worlds.length > 1) throw new Error('--path wants --only: a path belongs to one world');
    return replay(world, seed, path);
  }
  if (times !== undefined) return same(worlds, seed, times);
  const goal = sequences ?? (minutes === undefined ? 2000 : Number.POSITIVE_INFINITY);
  const ms = minutes === undefined ? Number.POSITIVE_INFINITY : minutes * 60_000;
  const onProgress = progress(goal, performance.now());
  const soaked = await soak({ worlds, seed, sequences: goal, ms, mostFailures: failures, onProgress });
  return report(soaked, seed);
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  return 2;
});
