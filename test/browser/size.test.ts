import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a page that uses these names of the package downloads, bytes after gzip. */
async function downloaded(uses: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { createConversation, guestRest } from './src/index.ts'; ${uses}`,
      resolveDir: root,
    },
    ...{ bundle: true, write: false, minify: true, format: 'esm', target: 'es2022', logLevel: 'silent' },
  });
  return gzipSync(outputFiles?.[0]?.contents ?? '', { level: 9 }).length;
}

test('the bindings of a page cost 4 kB at most beside the core, and nothing where they are not used', async () => {
  const core = await downloaded('');
  const all = await downloaded(`export * from './src/browser/index.ts';`);
  expect(all - core).toBeLessThanOrEqual(4096);
  expect(await downloaded(`import './src/browser/index.ts';`)).toBe(core);
  // Tabs that share are an entry of their own.
  expect((await downloaded(`export * from './src/tabs/index.ts';`)) - core).toBeLessThanOrEqual(3072);
  expect(await downloaded(`import './src/tabs/index.ts';`)).toBe(core);
});
