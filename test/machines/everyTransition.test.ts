import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { explorePaths } from 'genesys-conversation-machine/testing';
import { expect, it } from 'vitest';
import { conversationExplored } from '../../src/testing/paths/conversation.ts';
import { knownPaths } from '../../src/testing/paths/knownPaths.ts';
import type { Explored } from '../../src/testing/paths/live.ts';
import { pathsThrough } from '../../src/testing/paths/pathsThrough.ts';
import { sessionExplored } from '../../src/testing/paths/session.ts';
import { type Path, search, thinned } from './paths/search.ts';
import { streamExplored } from './paths/stream.ts';

const file = fileURLToPath(new URL('../../src/testing/paths/knownPaths.ts', import.meta.url));
const budget = Number(process.env.PATHS ?? 0) * 1000;

/** Each machine by name, in each back end that makes a difference to it. */
const machines: Readonly<Record<string, Readonly<Record<string, Explored>>>> = {
  conversation: conversationExplored(),
  session: { whole: sessionExplored() },
  stream: { whole: streamExplored },
};

const found: Record<string, Readonly<Record<string, readonly string[]>>> = { ...knownPaths };
const pathsOf = (name: string, variant: string): readonly Path[] =>
  (found[name]?.[variant] ?? []).map((path) => path.split(' > '));

/** Writes them in place of those that were known. */
function keep(): void {
  const [head] = readFileSync(file, 'utf8').split(' = {');
  writeFileSync(file, `${head} = ${JSON.stringify(found, null, 2)};\n`);
  execFileSync('npx', ['biome', 'format', '--write', file]);
}

if (budget > 0) {
  it.each(Object.entries(machines))(
    'searches paths through %s',
    (name, variants) => {
      const covered = new Set<string>();
      const news: Record<string, readonly string[]> = {};
      for (const [variant, explored] of Object.entries(variants)) {
        const known = pathsOf(name, variant);
        const paths = thinned(explored, [...known, ...search(explored, covered, known, budget)]);
        news[variant] = paths.map((path) => path.join(' > '));
        const { paths: played } = pathsThrough({ [variant]: explored }, news);
        for (const { replay } of played) for (const each of replay().taken) covered.add(each);
      }
      found[name] = news;
      keep();
    },
    3_600_000,
  );
}

it('paths from the machines take every transition of theirs on live actors, and none ends in a trap', () => {
  const table: string[] = [];
  const missing: string[] = [];
  const traps: string[] = [];
  const explored = {
    conversation: explorePaths({ machine: 'conversation' }),
    session: explorePaths({ machine: 'session' }),
    stream: pathsThrough({ whole: streamExplored }, knownPaths.stream ?? {}),
  };
  for (const [name, { paths, transitions }] of Object.entries(explored)) {
    const taken = new Set<string>();
    for (const { title, replay } of paths) {
      const end = replay();
      for (const each of end.taken) taken.add(each);
      if (!end.isAtRest)
        traps.push(
          `${name}: ${JSON.stringify(end.value)} ends in ${JSON.stringify(end.restedIn)} (${title})`,
        );
    }
    missing.push(...transitions.filter((each) => !taken.has(each)).map((each) => `${name}: ${each}`));
    const share = ((100 * taken.size) / transitions.length).toFixed(1);
    table.push(`| ${name} | ${transitions.length} | ${taken.size} | ${share} % | ${paths.length} |`);
  }
  console.log(
    ['| machine | transitions | taken | share | paths |', '| --- | --- | --- | --- | --- |', ...table].join(
      '\n',
    ),
  );
  expect(missing).toEqual([]);
  expect(traps).toEqual([]);
});
