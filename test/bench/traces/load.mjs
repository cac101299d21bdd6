// The modules of this folder for a program that is no test: bundled, since Node 20 reads no TypeScript; the package
// itself stays outside, as the last build made it.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Everything that `index.ts` exports. */
export async function loadTraces() {
  const place = join(root, 'node_modules', '.traces');
  const outfile = join(place, `traces-${process.pid}-${Date.now()}.mjs`);
  await mkdir(place, { recursive: true });
  await build({
    entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
    bundle: true,
    outfile,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(outfile, { force: true });
  }
}
