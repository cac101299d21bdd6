import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));

/**
 * Runs a program in TypeScript, which Node 20 cannot read: bundled into a folder beside the packages that it imports, and
 * taken away again. `name` is the folder's; `options` are esbuild's, in place of leaving all packages out of the bundle.
 */
export async function importBundled(entry, name, options = { packages: 'external' }) {
  const place = join(modules, `.${name}`);
  const outfile = join(place, `${name}-${process.pid}-${Date.now()}.mjs`);
  await mkdir(place, { recursive: true });
  await build({
    entryPoints: [fileURLToPath(entry)],
    ...{ bundle: true, outfile, format: 'esm', platform: 'node', target: 'node20', logLevel: 'error' },
    ...options,
  });
  const takeAway = () => rmSync(outfile, { force: true });
  process.once('exit', takeAway);
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    takeAway();
    process.off('exit', takeAway);
  }
}
