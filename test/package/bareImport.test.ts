import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { exports: entries } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
  exports: Record<string, { default: string; '@genesys-conversation-machine/source': string }>;
};
// The sandbox is a server, for Node alone.
const everywhere = Object.entries(entries).filter(
  ([name]) => name !== './sandbox' && name !== './package.json',
);

test.each(everywhere)(
  'importing %s without a page, a server or an edge does nothing, and does not fail (C-2)',
  async (_, entry) => {
    const { outputFiles } = await build({
      entryPoints: [`${root}/${entry['@genesys-conversation-machine/source']}`],
      ...{
        bundle: true,
        write: false,
        format: 'iife',
        globalName: 'entry',
        platform: 'neutral',
        mainFields: ['module', 'main'],
      },
    });
    const done: string[] = [];
    const note = (what: string) => () => done.push(what);
    const world: Record<string, unknown> = {
      console: new Proxy({}, { get: (_target, name) => note(`console.${String(name)}`) }),
      addEventListener: note('addEventListener'),
      fetch: note('fetch'),
      crypto: { getRandomValues: note('random'), randomUUID: note('random') },
    };
    for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'])
      world[name] = note(name);
    // No document, no window, no process: nothing but the language and these.
    const context = createContext(world);
    runInContext('Math.random = () => { console.random(); return 0.5; }', context);
    runInContext(outputFiles?.[0]?.text ?? '', context);
    expect(runInContext('Object.keys(entry).length', context)).toBeGreaterThan(0);
    expect(done).toEqual([]);
  },
);
