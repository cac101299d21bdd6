// `npm start`: builds the demo and serves it; `npm start -- --help` says more.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = `${root}dist/src/sandbox/cli.js`;
const pages = `${root}dist/demo`;

const helpText = `Usage: npm start -- [options]

Builds the package, the local server and the demo's pages (half a minute the first time), and serves
them: open the address that it prints. Nothing leaves your machine; Ctrl+C ends it.

Options:
  --no-build     serve what was built before
  --version      print the version
  --help         print this help
  and those of the server, among them
  --port <n>     port to listen on (default: 4870, or any free one when it is taken)
  --transport <guest-rest|web-messaging>
                 what the guest of the demo speaks at first (default: guest-rest)
  --allow-origin <origin>
                 origin of an application of yours that may call the server, too

Examples:
  npm start
  npm start -- --transport web-messaging
  npm start -- --no-build --port 0

Exit codes: 0 stopped or printed, 1 could not be built or served, 2 wrong arguments.
`;

const steps = [
  ['the package', 'build:sdk'],
  ['the local server', 'build:sandbox'],
  ['the pages', 'build:demo'],
];

/** Runs one script of package.json, and says how it goes: one line that counts on a terminal, two plain ones elsewhere. */
async function runStep(what, script, place) {
  const { stdout } = process;
  const began = Date.now();
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  const child = spawn('npm', ['run', '--silent', script], { cwd: root, shell: process.platform === 'win32' });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      said += data;
    });
  }
  const line = `[${place}/${steps.length}] Building ${what}`;
  if (!stdout.isTTY) stdout.write(`${line}\n`);
  const timer = setInterval(() => stdout.isTTY && stdout.write(`\r${line} … ${seconds()}`), 100);
  const [code] = await once(child, 'close');
  clearInterval(timer);
  if (stdout.isTTY) stdout.write(`\r${line}: ${code === 0 ? seconds() : 'failed'}\u001b[K\n`);
  if (code === 0) return;
  process.stderr.write(said);
  throw new Error(`Building ${what} failed (npm run ${script}, exit code ${code}): the lines above say why`);
}

async function main() {
  const given = process.argv.slice(2);
  const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  if (given.includes('--help')) return process.stdout.write(helpText);
  if (given.includes('--version')) return process.stdout.write(`${manifest.version}\n`);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`The demo needs Node 20.19 or newer, and this is ${process.versions.node}`);
  }
  if (!existsSync(`${root}node_modules/vite`)) throw new Error('Nothing is installed yet: run npm ci first');
  if (given.includes('--no-build')) {
    if (!existsSync(cli) || !existsSync(pages))
      throw new Error('Nothing is built yet: run npm start without --no-build');
  } else {
    for (const [index, [what, script]] of steps.entries()) await runStep(what, script, index + 1);
  }
  const rest = given.filter((each) => each !== '--no-build');
  const child = spawn(process.execPath, [cli, 'sandbox', '--pages', pages, ...rest], { stdio: 'inherit' });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  // A terminal has told the server as well.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  const [code, signal] = await once(child, 'close');
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
}

main().catch(({ message }) => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
