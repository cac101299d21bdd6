// Installs the peers beside this file, and nowhere else: the package itself and `npm ci` of the repository know none of them.
import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = new URL('./', import.meta.url);
const lock = new URL('package-lock.json', here);
const installed = new URL('node_modules/.installed-lock.json', here);
const read = (url) => readFile(url, 'utf8').catch(() => undefined);

/** Installs what the lock file says, where that is not there already. Returns the version of each peer. */
export async function install(say) {
  if ((await read(lock)) !== (await read(installed))) {
    say('Installing the peers into test/peers/node_modules (about 350 MB, half a minute) …');
    const npm = (...words) =>
      run('npm', [...words, '--silent'], { cwd: fileURLToPath(here), maxBuffer: 2 ** 26 });
    try {
      await npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
      // Of their install scripts one is needed: this package of Bot Framework's compiles itself.
      await npm('rebuild', 'p-defer-es5');
    } catch ({ stderr }) {
      throw new Error(`The peers could not be installed; --no-peers does without them.\n${stderr}`);
    }
    await copyFile(lock, installed);
    say('The peers are installed.');
  }
  return JSON.parse(await readFile(new URL('package.json', here), 'utf8')).dependencies;
}
