import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import manifest from '../../../package.json' with { type: 'json' };
import { launchBrowser, openWindow } from '../../support/browser.ts';
import { readCommandLine, refuse } from '../../support/commandLine.mjs';

const help = `npm run test:package

Packs the package, installs it as a stranger does, and holds it against what it says it works with: TypeScript 5.6, 5.9,
6 and 7, each with the module resolutions bundler, node16 and nodenext, skipLibCheck on and off, beside XState 5.33.0 and
the newest; Node 20, 22 and 24, by import and by require; a page and a worker in Chromium; what an install brings; and
that a fresh clone packs the same. The compilers and the Nodes are installed beside test/package/matrix at first.

  --only <text>   only rows whose name holds the text
  --jobs <n>      how many at once; default 2
  --version       print the version
  --help          print this

Examples:
  npm run test:package
  npm run test:package -- --only "TypeScript 6"
  npm run test:package -- --only Node --jobs 1

Exit code 0: every row holds; 1: one does not, or there is none of that name; 2: wrong arguments.`;

const { values } = readCommandLine(help, {
  only: { type: 'string' },
  jobs: { type: 'string', default: '2' },
});
const jobs = Number(values.jobs);
if (!(Number.isInteger(jobs) && jobs > 0))
  refuse(`--jobs takes a number from 1; it was given ${values.jobs}`);

const root = process.cwd();
const here = join(root, 'test/package/matrix');
const exec = promisify(execFile);
/** Runs a program; rejects with all that it said where it fails. */
const run = async (file: string, args: readonly string[], cwd: string): Promise<string> => {
  const { stdout } = await exec(file, args, { cwd, maxBuffer: 2 ** 26 }).catch((error) => {
    throw new Error(`${error.stdout}${error.stderr}`.trim() || error.message);
  });
  return stdout;
};
const quiet = ['--no-audit', '--no-fund', '--silent'];

/** One thing that has to hold: resolves where it does, and rejects with why it does not. */
interface Row {
  readonly name: string;
  readonly hold: () => Promise<unknown>;
}

const xstates = ['5.33.0', 'latest'] as const;
const compilers = ['5.6', '5.9', '6', '7'] as const;
const resolutions = { bundler: 'esnext', node16: 'node16', nodenext: 'nodenext' } as const;
const nodes = ['20', '22', '24'] as const;

/** A project that has the packed package and one XState installed, and nothing else. */
type Projects = Readonly<Record<(typeof xstates)[number], string>>;

function typeRows(projects: Projects): Row[] {
  return xstates.flatMap((xstate) =>
    compilers.flatMap((compiler) =>
      Object.entries(resolutions).flatMap(([moduleResolution, module]) =>
        [true, false].map((skipLibCheck) => ({
          name: `TypeScript ${compiler}, ${moduleResolution}, skipLibCheck ${skipLibCheck}, XState ${xstate}`,
          hold: async () => {
            const strict = { strict: true, noUncheckedIndexedAccess: true, noEmit: true, types: [] };
            const about = { target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'] };
            const compilerOptions = { ...strict, ...about, module, moduleResolution, skipLibCheck };
            const project = `tsconfig.${compiler}.${moduleResolution}.${skipLibCheck}.json`;
            const config = { compilerOptions, files: ['program.ts'] };
            await writeFile(join(projects[xstate], project), JSON.stringify(config));
            const tsc = join(here, `node_modules/typescript-${compiler}/bin/tsc`);
            await run(process.execPath, [tsc, '-p', project], projects[xstate]);
          },
        })),
      ),
    ),
  );
}

function nodeRows(projects: Projects): Row[] {
  return nodes.flatMap((version) => {
    const node = join(here, `node_modules/node-${version}/bin/node`);
    return [
      {
        name: `Node ${version}, import: a conversation from end to end`,
        hold: async () => {
          const told = await run(node, ['chat.mjs'], projects.latest);
          if (told.trim() !== 'start 200,typing 204,read 204') throw new Error(told);
        },
      },
      { name: `Node ${version}, require(esm)`, hold: () => run(node, ['required.cjs'], projects.latest) },
    ];
  });
}

function browserRows(projects: Projects): Row[] {
  return [
    {
      name: 'Chromium: a page, and a worker',
      hold: async () => {
        const home = projects.latest;
        const pages = join(home, 'pages');
        const bundled = { absWorkingDir: home, outdir: pages, bundle: true, format: 'esm' as const };
        await build({ ...bundled, entryPoints: ['play.ts', 'worker.ts'], target: 'es2022' });
        await writeFile(join(pages, 'index.html'), '<!doctype html><link rel="icon" href="data:,">');
        const { startSandbox } = await import(
          join(home, 'node_modules', manifest.name, 'dist/src/sandbox/index.js')
        );
        const sandbox = await startSandbox({ pages });
        const browser = await launchBrowser();
        try {
          const { page, complaints } = await openWindow(browser);
          await page.goto(sandbox.url);
          const inPage = `import('/play.js').then(({ play }) => play('${sandbox.url}'))`;
          const inWorker = `new Promise((resolve) => {
            const worker = new Worker('/worker.js', { type: 'module' });
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = ({ message }) => resolve(message);
            worker.postMessage('${sandbox.url}');
          })`;
          for (const play of [inPage, inWorker]) {
            const told = await page.evaluate(play);
            if (told !== 'announced, read, left') throw new Error(String(told));
          }
          if (complaints.length > 0) throw new Error(complaints.join('\n'));
        } finally {
          await browser.close();
          await sandbox.close();
        }
      },
    },
  ];
}

/** Ours, the two dependencies with what they need, and the peer. */
const expected = ['destr', manifest.name, 'node-fetch-native', 'ofetch', 'ufo', 'uuid', 'xstate'];

function installRows(projects: Projects, packed: ReadonlySet<string>): Row[] {
  return [
    {
      name: 'An install brings ofetch, uuid and what they need, and runs no script',
      hold: async () => {
        const listed = await run('npm', ['ls', '--omit=dev', '--all', '--parseable'], projects.latest);
        const names = listed.split('\n').flatMap((path) => path.split('/node_modules/')[1] ?? []);
        if (`${names.sort()}` !== `${expected.sort()}`) throw new Error(`It brings ${names}.`);
        const lock = JSON.parse(await readFile(join(projects.latest, 'package-lock.json'), 'utf8'));
        const scripted = Object.entries<{ hasInstallScript?: boolean }>(lock.packages).filter(
          ([, { hasInstallScript }]) => hasInstallScript,
        );
        if (scripted.length > 0) throw new Error(`These run a script: ${scripted.map(([path]) => path)}.`);
      },
    },
    {
      name: 'A fresh clone packs the whole',
      hold: async () => {
        const clone = await mkdtemp(join(tmpdir(), 'clone-'));
        try {
          await run('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, '.'], clone);
          await run('npm', ['ci', '--ignore-scripts', ...quiet], clone);
          await run('npm', ['pack', '--silent'], clone);
          const fresh = await filesIn(join(clone, `${manifest.name}-${manifest.version}.tgz`));
          const missing = [...packed].filter((file) => !fresh.has(file));
          if (missing.length > 0) throw new Error(`It packs nothing of: ${missing.join(', ')}`);
        } finally {
          await rm(clone, { recursive: true, force: true });
        }
      },
    },
  ];
}

async function filesIn(tarball: string): Promise<ReadonlySet<string>> {
  const listed = await run('tar', ['-tzf', tarball], root);
  // Parts of a bundle are named by what is in them, which paths are.
  return new Set(listed.split('\n').filter((file) => !/-[A-Z0-9]{8}\.(?:js|css)$/.test(file)));
}

/** Packs, and installs what was packed beside each XState. */
async function prepare(home: string): Promise<{ projects: Projects; packed: ReadonlySet<string> }> {
  const installed = join(here, 'node_modules/.package-lock.json');
  const isThere = await readFile(installed, 'utf8').catch(() => '');
  if (!compilers.every((version) => isThere.includes(`typescript-${version}`))) {
    console.log(
      'Installing the compilers and the Nodes into test/package/matrix/node_modules (about 600 MB) …',
    );
    await run('npm', ['ci', '--ignore-scripts', ...quiet], here);
  }
  console.log('Packing …');
  await run('npm', ['pack', '--silent', '--pack-destination', home], root);
  const tarball = join(home, `${manifest.name}-${manifest.version}.tgz`);
  console.log('Installing what was packed …');
  const projects = { '5.33.0': join(home, 'floor'), latest: join(home, 'latest') };
  for (const [xstate, project] of Object.entries(projects)) {
    await mkdir(project);
    await cp(join(here, 'consumer'), project, { recursive: true });
    await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }');
    await run('npm', ['install', ...quiet, tarball, `xstate@${xstate}`], project);
  }
  return { projects, packed: await filesIn(tarball) };
}

async function holdAll(rows: readonly Row[]): Promise<number> {
  const left = [...rows];
  let failed = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let row = left.shift(); row; row = left.shift()) {
      const begun = performance.now();
      const failure = await row.hold().then(
        () => undefined,
        (error: Error) => error,
      );
      done += 1;
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      console.log(`${failure ? '✗' : '✓'} [${done}/${rows.length}] ${row.name} (${seconds} s)`);
      if (!failure) continue;
      failed += 1;
      console.log(failure.message.replaceAll(/^/gm, '    '));
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return failed;
}

const home = await mkdtemp(join(tmpdir(), 'matrix-'));
try {
  const begun = performance.now();
  const { projects, packed } = await prepare(home);
  const rows = [
    ...installRows(projects, packed),
    ...nodeRows(projects),
    ...browserRows(projects),
    ...typeRows(projects),
  ].filter(({ name }) => name.includes(values.only ?? ''));
  const failed = await holdAll(rows);
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  console.log(`${rows.length - failed} of ${rows.length} rows hold, in ${minutes} minutes.`);
  if (failed > 0 || rows.length === 0) process.exitCode = 1;
} finally {
  await rm(home, { recursive: true, force: true });
}
