// Mutates the sources, one change at a time, and prints how many of the changes a test notices. --help says more.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const home = join(process.cwd(), 'test', 'mutants');
const place = join(home, 'node_modules', '.cache', `run-${process.pid}`);
const isAsked = process.argv.includes('--help') || process.argv.includes('--version');
if (!isAsked && !existsSync(join(home, 'node_modules', '@stryker-mutator')))
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: home, stdio: 'inherit' });
await mkdir(place, { recursive: true });
await build({
  entryPoints: ['run', 'worker'].map((name) => join(home, `${name}.ts`)),
  bundle: true,
  outdir: place,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
process.once('exit', () => rmSync(place, { recursive: true, force: true }));
await import(pathToFileURL(join(place, 'run.mjs')).href);
