import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const machines = resolve(here, '../../machines');
const outfile = resolve(here, '../../dist/charts.mjs');

await build({
  entryPoints: [join(here, 'charts.ts')],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  logLevel: 'warning',
});
const { drawCharts } = await import(pathToFileURL(outfile).href);
await mkdir(join(machines, 'charts'), { recursive: true });
for (const [path, text] of await drawCharts()) await writeFile(join(machines, path), text);
await rm(outfile);
