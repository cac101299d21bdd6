// Bundles the sources with the worlds of test/soak, and plays them: `npm run soak -- --help`.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const place = join(process.cwd(), 'node_modules', '.soak');
const outfile = join(place, `run-${process.pid}.mjs`);
await mkdir(place, { recursive: true });
await build({
  entryPoints: ['test/soak/run.ts'],
  bundle: true,
  outfile,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@genesys-conversation-machine/source'],
  external: ['xstate', 'ofetch', 'uuid', 'fast-check'],
  sourcemap: 'inline',
  logLevel: 'error',
});
try {
  await import(pathToFileURL(outfile).href);
} finally {
  await rm(outfile, { force: true });
}
