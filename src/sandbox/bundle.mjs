import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const outdir = join(root, 'dist/src/sandbox');

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { index: join(here, 'index.ts'), cli: join(here, 'cli.ts') },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  legalComments: 'none',
  external: ['uuid', 'bufferutil', 'utf-8-validate'],
  // The bundled packages are CommonJS: they ask for Node's modules through require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

/** Bundles a page that the sandbox serves: its script, and its other files as they are. */
async function bundlePage(folder, name, files) {
  const built = await build({
    absWorkingDir: root,
    entryPoints: { [name]: join(folder, 'main.ts') },
    outdir: join(outdir, name),
    bundle: true,
    // What lays out a chart that is not of this package is a file of its own, and loads for such a chart only.
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const file of files) await copyFile(join(folder, file), join(outdir, name, file));
  return Object.keys(built.metafile.inputs);
}

const pages = [
  ...(await bundlePage(join(root, 'src/viewer'), 'viewer', ['index.html', 'viewer.css'])),
  ...(await bundlePage(join(here, 'desk'), 'desk', ['index.html', 'desk.css'])),
];

const cli = join(outdir, 'cli.js');
await writeFile(cli, `#!/usr/bin/env node\n${await readFile(cli, 'utf8')}`);
await chmod(cli, 0o755);
await writeFile(
  join(outdir, 'THIRD-PARTY-NOTICES.txt'),
  await notices([...Object.keys(metafile.inputs), ...pages]),
);

async function notices(inputs) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  const sections = await Promise.all([...folders].sort().map(notice));
  const intro = 'The sandbox of genesys-conversation-machine contains code of the packages below.\n';
  return [intro, ...sections].join(`\n${'-'.repeat(80)}\n\n`);
}

function packageFolder(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

async function notice(folder) {
  const path = join(root, folder);
  const { name, version, license } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${name}@${version} names no licence`);
  const files = (await readdir(path))
    .filter((file) => /^(licen[cs]e|copying|notice)(\.|-|$)/i.test(file))
    .sort();
  const texts = await Promise.all(files.map((file) => readFile(join(path, file), 'utf8')));
  if (texts.length === 0) texts.push('(The package ships no licence text.)');
  return [`${name}@${version}`, `Licence: ${license}`, '', ...texts.map((text) => text.trim()), ''].join(
    '\n',
  );
}
