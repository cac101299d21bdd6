// Plants every fault of faults.ts, one at a time, and prints which clause finds it. Names clauses to plant fewer.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const place = join(process.cwd(), 'node_modules', '.faults');
const outfile = join(place, `run-${process.pid}.mjs`);
await mkdir(place, { recursive: true });
await build({
  entryPoints: ['test/faults/run.ts'],
  bundle: true,
  outfile,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
try {
  await import(pathToFileURL(outfile).href);
} finally {
  await rm(outfile, { force: true });
}
