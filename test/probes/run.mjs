// `npm run probes`: this package and what people use today, put through the same scenes on a fake clock.
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readCommandLine } from '../support/commandLine.mjs';
import { probes } from './probes.mjs';

const help = `npm run probes -- [options]

  --json       print one JSON document instead of the tables
  --only NAME  one subject (ours, ably) or one probe (A, lone read); may be repeated
  --write      put the tables into README.md as well
  --no-peers   this package only, on its own stepped clock; installs nothing
  --version    print the version
  --help       print this

Examples:
  npm run probes -- --no-peers
  npm run probes -- --only ours --only ably --only A

Every cell is measured in this run: the subject's own published package, its send primitive replaced, its clock faked
(@sinonjs/fake-timers), one process for each cell. The result is the same in every run.
Exit code 0: this package passes every probe; 1: it does not; 2: wrong arguments.`;

const say = (line) => process.stderr.write(`${line}\n`);
const { values: options } = readCommandLine(help, {
  json: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] },
  write: { type: 'boolean', default: false },
  'no-peers': { type: 'boolean', default: false },
});
const here = new URL('./', import.meta.url);

function measure(subject, probe) {
  return new Promise((resolve, reject) => {
    let answer = { failure: 'the process ended before it measured this' };
    const child = fork(
      fileURLToPath(new URL('child.mjs', here)),
      [JSON.stringify({ subject, probe, withPeers: !options['no-peers'] })],
      {
        // What a package prints is no part of the result.
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      },
    );
    child.on('message', (message) => {
      answer = message;
    });
    child.on('error', reject);
    child.on('exit', () => resolve(answer));
  });
}

const mark = (passed) => (passed === null ? '–' : passed ? '✓' : '✗');
const inCell = ({ text, passed, failure }) =>
  failure
    ? `could not be driven: ${failure.split('\n')[0]}`
    : passed === null
      ? `– ${text}`
      : `${mark(passed)} ${text}`;
const lineOf = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;

/** Two tables, since one would be too wide: how they type, and all else. */
function tablesOf(subjects, chosen) {
  const lanes = [
    ['Typing', ({ lane }) => lane === 'typing'],
    ['Clocks, chats and reads', ({ lane }) => lane !== 'typing'],
  ];
  return lanes
    .map(([heading, isOf]) => [heading, chosen.filter(isOf)])
    .filter(([, own]) => own.length > 0)
    .map(([heading, own]) =>
      [
        lineOf([heading, ...own.map(({ name }) => name)]),
        lineOf(['---', ...own.map(() => '---')]),
        ...subjects.map(({ name, version, cells }) =>
          lineOf([
            [name, version].filter(Boolean).join(' '),
            ...own.map((probe) => inCell(cells.get(probe))),
          ]),
        ),
      ].join('\n'),
    )
    .join('\n\n');
}

function print(subjects, chosen) {
  console.log(tablesOf(subjects, chosen));
  console.log('\nTimes in seconds; ON, OFF, READ are calls that left; ✓ and ✗ say whether it is right:\n');
  for (const { name, title, right } of chosen) console.log(`- **${name}**: ${title}. Right: ${right}.`);
  console.log('\nHow each was driven:\n');
  for (const { name, how } of subjects) console.log(`- ${name}: ${how}.`);
}

/** What `--only` leaves of a list; all where it names nothing of it. */
function chosenOf(list, nameOf) {
  const named = list.filter((entry) => options.only.includes(nameOf(entry)));
  return named.length > 0 ? named : list;
}

async function main() {
  if (!existsSync(new URL('../../dist/src/index.js', here))) {
    say('There is no build to measure: run npm run build:sdk first.');
    process.exitCode = 2;
    return;
  }
  if (!options['no-peers']) {
    const { install } = await import('../peers/install.mjs');
    await install(say);
  }
  const all = options['no-peers'] ? ['ours'] : ['ours', ...(await import('../peers/index.mjs')).names];
  const unknown = options.only.filter(
    (name) => !all.includes(name) && !probes.some((probe) => probe.name === name),
  );
  if (unknown.length > 0) {
    say(
      `No subject and no probe is called ${unknown.join(' or ')}: ${[...all, ...probes.map(({ name }) => name)].join(', ')}.`,
    );
    process.exitCode = 2;
    return;
  }
  const names = chosenOf(all, (name) => name);
  const chosen = chosenOf(probes, ({ name }) => name);
  const subjects = names.map((name) => ({ name, cells: new Map() }));
  const waiting = subjects.flatMap(({ name, cells }) => chosen.map((probe) => ({ name, cells, probe })));
  const total = waiting.length;
  let done = 0;
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      next.cells.set(next.probe, await measure(next.name, next.probe.name));
      done += 1;
      if (done % 12 === 0 || done === total) say(`${done} of ${total} cells, ${next.name}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  for (const subject of subjects) {
    const driven = [...subject.cells.values()].find(({ failure }) => !failure);
    Object.assign(subject, { version: driven?.version ?? null, how: driven?.how ?? 'it could not be' });
  }

  if (options.json) {
    const described = chosen.map(({ name, title, right }) => ({ name, title, right }));
    const measured = subjects.map(({ name, version, how, cells }) => ({
      ...{ name, version, how },
      cells: Object.fromEntries(
        chosen.map((probe) => {
          const { text, passed, failure } = cells.get(probe);
          return [probe.name, failure ? { failure } : { text, passed }];
        }),
      ),
    }));
    console.log(JSON.stringify({ probes: described, subjects: measured }, null, 2));
  } else {
    print(subjects, chosen);
  }
  if (options.write) {
    const { rewrite } = await import('../bench/readme.mjs');
    await rewrite('probes', () => tablesOf(subjects, chosen));
  }
  const ours = subjects.find(({ name }) => name === 'ours');
  if (!ours) return;
  const missed = [...ours.cells.values()].filter(({ passed, failure }) => failure || passed === false);
  say(`ours: ${chosen.length - missed.length} of ${chosen.length} probes passed or do not apply.`);
  if (missed.length > 0) process.exitCode = 1;
}

await main();
