// Makes the reference in dist/reference, by TypeDoc. --help says more.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const page = resolve(here, '../../dist/reference/index.html');

const manifest = JSON.parse(readFileSync(resolve(here, '../../package.json'), 'utf8'));

if (process.argv.includes('--version')) console.log(manifest.version);
else if (process.argv.includes('--help')) {
  console.log(`npm run reference

Makes the reference of every entry of the package in dist/reference, as pages to read and to search, from the
docstrings. Installs TypeDoc beside src/reference at first. Exit code 1 where a docstring links to what is not there.`);
} else {
  if (!existsSync(join(here, 'node_modules/typedoc'))) {
    console.log('Installing TypeDoc into src/reference/node_modules (about 50 MB) …');
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'], {
      cwd: here,
      stdio: 'inherit',
    });
  }
  // A TypeScript of its own: that of the project is newer than TypeDoc can read.
  const typedoc = join(here, 'node_modules/typedoc/bin/typedoc');
  const { status } = spawnSync(process.execPath, [typedoc, '--options', 'typedoc.config.mjs'], {
    cwd: here,
    stdio: 'inherit',
  });
  if (status === 0) console.log(`The reference is at ${pathToFileURL(page).href}`);
  process.exitCode = status ?? 1;
}
