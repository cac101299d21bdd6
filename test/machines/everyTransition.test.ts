import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { conversation } from './paths/conversation.ts';
import { type Path, search, thinned } from './paths/search.ts';
import { sessionExplored } from './paths/session.ts';
import { streamExplored } from './paths/stream.ts';
import { type Explored, play, transitionsOf } from './paths/world.ts';

const file = new URL('paths/paths.json', import.meta.url);
const budget = Number(process.env.PATHS ?? 0) * 1000;

/** Each machine by name, in each back end that makes a difference to it. */
const machines: Readonly<Record<string, Readonly<Record<string, Explored>>>> = {
  conversation: {
    whole: conversation(),
    'without a stop': conversation({ stopTyping: false }, true, { renewalWorth: 2000, tries: 1, park: 500 }),
    'whose indicator may fade': conversation({}, true, { stopWorth: 2000, renewalWorth: 500 }),
    'whose messages end nothing': conversation({ messageEndsTyping: false }, true, { stopWorth: 2000 }),
    'whose token cannot be refreshed': conversation({}, false),
    'that rests briefly': conversation({}, true, { tries: 1, park: 500 }),
  },
  session: { whole: sessionExplored },
  stream: { whole: streamExplored },
};

/** Paths as they are kept: steps with an arrow between. */
type Saved = Record<string, Record<string, readonly string[]>>;
const saved: Saved = JSON.parse(readFileSync(file, 'utf8'));
const pathsOf = (name: string, variant: string): readonly Path[] =>
  (saved[name]?.[variant] ?? []).map((path) => path.split(' > '));

/** Every transition that paths take, and the ends of all that come to no rest. */
function replay(explored: Explored, paths: readonly Path[]) {
  const names = transitionsOf(explored.machine);
  const taken = new Set<string>();
  const traps: string[] = [];
  for (const path of paths) {
    const world = play(explored, names, path);
    for (const name of world.taken) taken.add(name);
    const before = JSON.stringify((world.actor.getSnapshot() as { value: unknown }).value);
    explored.release(world);
    const snapshot = world.actor.getSnapshot() as {
      status: string;
      value: unknown;
      matches(value: unknown): boolean;
    };
    if (snapshot.status !== 'active' || !snapshot.matches(explored.rest)) {
      traps.push(`${before} ends in ${JSON.stringify(snapshot.value)} (${path.join(' > ')})`);
    }
    world.stop();
  }
  return { taken, traps };
}

if (budget > 0) {
  it.each(Object.entries(machines))(
    'searches paths through %s',
    (name, variants) => {
      const covered = new Set<string>();
      const found: Record<string, readonly string[]> = {};
      for (const [variant, explored] of Object.entries(variants)) {
        const known = pathsOf(name, variant);
        const paths = thinned(explored, [...known, ...search(explored, covered, known, budget)]);
        for (const each of replay(explored, paths).taken) covered.add(each);
        found[variant] = paths.map((path) => path.join(' > '));
      }
      saved[name] = found;
      writeFileSync(file, `${JSON.stringify(saved, null, 1)}\n`);
    },
    3_600_000,
  );
}

it('paths from the machines take every transition of theirs on live actors, and none ends in a trap', () => {
  const table: string[] = [];
  const missing: string[] = [];
  const traps: string[] = [];
  for (const [name, variants] of Object.entries(machines)) {
    const all = new Set<string>();
    const taken = new Set<string>();
    let count = 0;
    for (const [variant, explored] of Object.entries(variants)) {
      for (const each of transitionsOf(explored.machine).values()) all.add(each);
      const paths = pathsOf(name, variant);
      const replayed = replay(explored, paths);
      for (const each of replayed.taken) taken.add(each);
      traps.push(...replayed.traps.map((trap) => `${name}: ${trap}`));
      count += paths.length;
    }
    missing.push(...[...all].filter((each) => !taken.has(each)).map((each) => `${name}: ${each}`));
    const share = ((100 * taken.size) / all.size).toFixed(1);
    table.push(`| ${name} | ${all.size} | ${taken.size} | ${share} % | ${count} |`);
  }
  console.log(
    ['| machine | transitions | taken | share | paths |', '| --- | --- | --- | --- | --- |', ...table].join(
      '\n',
    ),
  );
  expect(missing).toEqual([]);
  expect(traps).toEqual([]);
});
