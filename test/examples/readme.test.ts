import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchBrowser, launchTime, openWindow } from '../support/browser.ts';
import { docExamples, moduleOf as moduleOfExamples } from './docExamples.ts';
import { readmeBlocks } from './readme.ts';
import { given, imported, plays } from './readmePlays.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Below the root, so that the package is found by its own name, as in an application. */
const folder = join(root, 'dist/readme');

let browser: Awaited<ReturnType<typeof launchBrowser>>;
beforeAll(async () => {
  browser = await launchBrowser();
}, launchTime);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What of the README's blocks is of one's own: each address, and the one that the sandbox has for it. */
const here: readonly (readonly [RegExp, string])[] = [
  [/'http:\/\/127\.0\.0\.1:4870'/, 'world.orgUrl'],
  [/region: '[\w-]+'/, 'endpoint: world.endpoint'],
  [/deploymentId: '[\w-]+'/, 'deploymentId: world.deploymentId'],
];

/** The block as a module: its imports and what it exports at the top, the rest as a function that a page calls. */
function moduleOf(code: string, of: string): string {
  const play = plays.find((each) => each.of === of);
  const imports = code.match(/^import .*;.*$/gm)?.join('\n') ?? '';
  const rest = here.reduce(
    (text, [theirs, ours]) => text.replace(theirs, ours),
    code.replaceAll(/^import .*;.*$/gm, ''),
  );
  const isModule = rest.includes('export ');
  const others = Object.entries(imported)
    .filter(([name]) => !new RegExp(`\\b${name}\\b`).test(imports))
    .map(([name, entry]) => `import { ${name} } from 'genesys-conversation-machine${entry}';`);
  return `${[imports, play?.imports, ...others].join('\n')}\n${given}${isModule ? rest : ''}
export async function play(world: World): Promise<void> {
  void world;
${play?.before ?? ''}
${isModule ? '' : rest}
${play?.after ?? ''}
}
`;
}

test('the README and the examples of docstrings compile strictly, and each block of the README does what it says in a page', async () => {
  const [quickStart, ...blocks] = (await readmeBlocks()).filter(({ language }) => /^tsx?$/.test(language));
  await mkdir(folder, { recursive: true });
  const modules: { readonly name: string; readonly of: string; readonly language: string }[] = [];
  for (const { code, language } of blocks) {
    const found = plays.filter(({ of }) => code.includes(of));
    expect(found, `plays of the block\n${code}`).toHaveLength(1);
    const of = found[0]?.of ?? '';
    const name = `block${modules.length}`;
    await writeFile(join(folder, `${name}.${language}`), moduleOf(code, of));
    modules.push({ name, of, language });
  }
  expect(modules.map(({ of }) => of).sort()).toEqual(plays.map(({ of }) => of).sort());
  await writeFile(join(folder, 'quickStart.ts'), quickStart?.code ?? '');
  await writeFile(join(folder, 'docstrings.ts'), moduleOfExamples(docExamples()));
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><link rel="icon" href="data:,"><title>README</title>',
  );
  const config = { extends: '../../tsconfig.json', include: ['*.ts', '*.tsx'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const compiled = promisify(execFile)('npx', ['tsc', '-p', folder], { cwd: root }).catch(({ stdout }) => ({
    stdout,
  }));
  await build({
    entryPoints: modules.map(({ name, language }) => join(folder, `${name}.${language}`)),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@genesys-conversation-machine/source'],
  });
  expect((await compiled).stdout).toBe('');

  const sandbox = await startSandbox({ pages: folder });
  onTestFinished(() => sandbox.close());
  const { page, complaints, close } = await openWindow(browser);
  onTestFinished(close);
  for (const { name, of } of modules) {
    await page.goto(sandbox.url);
    const { deploymentId, url: orgUrl } = sandbox;
    const { endpoint } = sandbox.webMessaging;
    const world = { ...sandbox.startConversation(), orgUrl, deploymentId, endpoint };
    // As text: an import that is written here would be the test runner's.
    const played = page.evaluate(`import('/${name}.js').then(({ play }) => play(${JSON.stringify(world)}))`);
    await expect(played, of).resolves.toBeUndefined();
    expect(complaints, of).toEqual([]);
  }
}, 120_000);

test('every command of the README exists', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const commands = (await readmeBlocks()).filter(({ language }) => language === 'sh');
  const named = commands.flatMap(({ code }) => [
    ...code.matchAll(/npm (?:run )?(start|test(?::\w+)?|[a-z:]+)/g),
  ]);
  const own = new Set(['ci', 'install', 'pack', 'create', 'dev', ...Object.keys(scripts)]);
  expect(named.map(([, name]) => name).filter((name = '') => !own.has(name))).toEqual([]);
  expect(commands.length).toBeGreaterThan(0);
});
