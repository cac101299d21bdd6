// Writes dist/llms.txt, from the docstrings. A part of the build.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(here, '../../dist');
// As deep below the root as its source, since it looks for the other sources from there.
const folder = join(dist, 'llms');
const outfile = join(folder, 'llms.mjs');

await build({
  entryPoints: [join(here, 'llms.ts')],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  logLevel: 'warning',
});
const { llmsText } = await import(pathToFileURL(outfile).href);
await mkdir(dist, { recursive: true });
await writeFile(join(dist, 'llms.txt'), llmsText());
await rm(folder, { recursive: true });
