// `npm run bench`: what the package costs and how true it is, beside what people use today. README.md of this folder says
// how a row is written.
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readCommandLine } from '../support/commandLine.mjs';
import { merged, notesOf, othersOf, tableOf, verdictOf } from './report.mjs';

const help = `npm run bench -- [options]

  --json         print one JSON document instead of the tables
  --only NAME    rows whose name begins so (key, truth.rest); may be repeated
  --quick        a sample of the rounds: shows that it runs, proves nothing
  --no-peers     ours and the baselines only; installs nothing
  --plots DIR    also draw calls.svg and keys.svg there, of the rows peers and truth
  --write        put the rows and the plots into README.md and test/bench/plots
  --list         the names of all rows
  --version      print the version
  --help         print this

Examples:
  npm run bench -- --list
  npm run bench -- --only truth --no-peers
  npm run bench -- --only key --json > key.json

The package is measured as the last build made it. Peers are installed into test/peers by the first run that needs them.
Exit code 0: every "must" holds; 1: one does not, or a row failed; 2: wrong arguments.`;

const say = (line) => process.stderr.write(`${line}\n`);
const { values: options } = readCommandLine(help, {
  json: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] },
  quick: { type: 'boolean', default: false },
  'no-peers': { type: 'boolean', default: false },
  plots: { type: 'string' },
  write: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
});
const here = new URL('./', import.meta.url);

/** Every row with the file it is in, in the order of the files' names. */
async function findRows() {
  const files = (await readdir(new URL('rows/', here))).filter((file) => file.endsWith('.mjs')).sort();
  const found = [];
  for (const file of files) {
    const { rows } = await import(new URL(`rows/${file}`, here).href);
    for (const row of rows) found.push({ file, row });
  }
  const { only } = options;
  const isWanted = ({ name, needsPeers }) =>
    !(needsPeers && options['no-peers']) &&
    (only.length === 0 || only.some((wanted) => name === wanted || name.startsWith(`${wanted}.`)));
  return found.filter(({ row }) => isWanted(row));
}

/** Rows of a file share a process, unless one asks for its own. */
function inGroups(found) {
  const groups = [];
  for (const { file, row } of found) {
    const isAlone = (row.processes ?? 1) > 1 || row.node !== undefined || row.apart === true;
    const shared = groups.find((group) => group.file === file && !group.isAlone);
    if (shared && !isAlone) shared.rows.push(row);
    else groups.push({ file, isAlone, rows: [row] });
  }
  return groups;
}

function measureIn({ file, rows }) {
  const names = rows.map(({ name }) => name);
  const order = JSON.stringify({ file, names, quick: options.quick, withPeers: !options['no-peers'] });
  return new Promise((resolve, reject) => {
    const told = new Map();
    const child = fork(fileURLToPath(new URL('child.mjs', here)), [order], {
      execArgv: ['--expose-gc', ...(rows[0].node ?? [])],
      // What a peer prints is no part of the result.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', ({ name, ...outcome }) => told.set(name, outcome));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      const lost = { failure: `the process ended with ${signal ?? code} before it measured this` };
      resolve(new Map(names.map((name) => [name, told.get(name) ?? lost])));
    });
  });
}

async function measureGroup(group) {
  const processes = options.quick ? 1 : (group.rows[0].processes ?? 1);
  const outcomes = [];
  for (let count = 0; count < processes; count += 1) {
    const again = processes > 1 ? `, process ${count + 1} of ${processes}` : '';
    say(`${new Date().toISOString().slice(11, 19)} ${group.rows.map(({ name }) => name).join(', ')}${again}`);
    outcomes.push(await measureIn(group));
  }
  return group.rows.map((row) => {
    const own = outcomes.map((outcome) => outcome.get(row.name));
    const failed = own.find(({ failure }) => failure);
    return failed
      ? { row, failure: failed.failure }
      : { row, result: merged(own.map(({ result }) => result)) };
  });
}

const machine = () => ({
  node: process.version,
  v8: process.versions.v8,
  platform: `${process.platform} ${process.arch}`,
  processor: cpus()[0]?.model ?? 'unknown',
  processors: availableParallelism(),
  load: loadavg().map((load) => Number(load.toFixed(1))),
});

async function main() {
  const found = await findRows();
  if (options.list) return console.log(found.map(({ row }) => `${row.name}  ${row.title}`).join('\n'));
  if (found.length === 0) {
    say(`No row is called ${options.only.join(' or ')}; --list names them all.`);
    process.exitCode = 2;
    return;
  }
  if (!existsSync(new URL('../../dist/src/index.js', here))) {
    say('There is no build to measure: run npm run build:sdk first.');
    process.exitCode = 2;
    return;
  }
  let versions = {};
  if (!options['no-peers']) {
    const { install } = await import('../peers/install.mjs');
    versions = await install(say);
  }
  const began = machine();
  const measured = [];
  for (const group of inGroups(found)) measured.push(...(await measureGroup(group)));

  const isKept = ({ row, result }) => result && verdictOf(row, result) !== 'MISS';
  const date = new Date().toISOString();
  const { quick } = options;
  const plots = options.plots ?? (options.write ? fileURLToPath(new URL('plots/', here)) : undefined);
  if (plots && options['no-peers'])
    say('No plots: they are of the peers, and drawn by what comes with them.');
  else if (plots) {
    const { drawPlots } = await import('./plots.mjs');
    const { node, processors, processor } = began;
    const taken = `${date.slice(0, 10)}, Node ${node.slice(1)}, ${processors} × ${processor}${quick ? ', a quick sample' : ''}`;
    for (const path of await drawPlots(measured, plots, taken)) say(`drew ${path}`);
  }
  if (options.write) {
    const { writeRows } = await import('./readme.mjs');
    await writeRows(measured, date.slice(0, 10));
  }
  if (options.json) {
    const rows = measured.map(({ row: { measure, ...row }, result, failure }) => ({
      ...row,
      ...(result ? { verdict: verdictOf(row, result), result } : { failure }),
    }));
    console.log(JSON.stringify({ date, quick, machine: began, versions, rows }, null, 2));
  } else {
    const { node, platform, processor, processors, load } = began;
    const parts = [tableOf(measured), notesOf(measured), othersOf(measured)].filter(Boolean);
    console.log(parts.join('\n\n'));
    console.log(
      `\n${date}, Node ${node}, ${platform}, ${processors} × ${processor}, load ${load.join(' ')}${quick ? ', a quick sample' : ''}`,
    );
  }
  for (const { row, failure } of measured) if (failure) say(`\n${row.name} failed:\n${failure}`);
  if (!measured.every(isKept)) process.exitCode = 1;
}

await main();
