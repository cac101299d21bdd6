import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { llmsText } from '../../src/reference/llms.ts';
import { publicNames } from '../../src/reference/publicNames.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
let home: string;
let tarball: Buffer;
let files: ReadonlySet<string>;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tarball-'));
  // What the test command has built is packed as it is; a pack by hand builds first.
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', home], { cwd: root });
  const path = join(home, `${manifest.name}-${manifest.version}.tgz`);
  tarball = await readFile(path);
  const { stdout } = await run('tar', ['-tzf', path]);
  files = new Set(
    stdout
      .trim()
      .split('\n')
      .map((file) => file.replace(/^package\//, '')),
  );
});

afterAll(() => rm(home, { recursive: true, force: true }));

const bytes = (): ArrayBuffer => new Uint8Array(tarball).buffer;
const text = (file: string): Promise<string> => readFile(join(root, file), 'utf8');

describe('what npm gets', () => {
  it('is clean for publint', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: bytes() }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that resolve the way its code does, for bundlers and for Node', async () => {
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
    const problems = 'problems' in result ? result.problems : [];
    // ESM only, and no fallback for the resolution of before 2020 (node10): both are said in package.json's engines.
    const expected = ['CJSResolvesToESM', 'NoResolution'];
    const wrong = problems.filter(
      (problem) =>
        !expected.includes(problem.kind) ||
        (problem.kind === 'NoResolution' && problem.resolutionKind !== 'node10'),
    );
    expect(result.types).toMatchObject({ kind: 'included' });
    expect(wrong).toEqual([]);
  }, 60_000);

  it('is built before it is packed, so that a fresh clone packs the whole', () => {
    expect(manifest.scripts.prepack).toBe('npm run --silent build');
  });

  it('says where it lives and who keeps it', () => {
    for (const field of ['repository', 'homepage', 'bugs', 'author', 'license'] as const) {
      expect(manifest[field], field).toBeTruthy();
    }
  });

  it('carries the pages that its pages link to', async () => {
    const missing: string[] = [];
    for (const page of [...files].filter((file) => file.endsWith('.md'))) {
      for (const [, link = ''] of (await text(page)).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
        if (/^[a-z]+:/.test(link) || /\.png$/.test(link)) continue;
        const target = posix.join(posix.dirname(page), link);
        const isThere =
          files.has(target) || [...files].some((file) => file.startsWith(`${target.replace(/\/$/, '')}/`));
        if (!isThere) missing.push(`${page} → ${link}`);
      }
    }
    expect(missing).toEqual([]);
  });

  it('tells a language model of every entry, from the docstrings of today, by links that lead somewhere', async () => {
    const told = await text('dist/llms.txt');
    expect(told).toBe(llmsText());
    const untold = publicNames().filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(told));
    expect(untold.map(({ name }) => name)).toEqual([]);
    const links = [...told.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => posix.join('dist', link));
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((link) => !files.has(link))).toEqual([]);
  });

  it('carries the sources that its maps name', async () => {
    const maps = [...files].filter((file) => file.endsWith('.map'));
    const missing: string[] = [];
    for (const map of maps) {
      const { sources } = JSON.parse(await text(map)) as { sources: string[] };
      for (const source of sources) {
        const target = posix.join(dirname(map), source);
        if (!files.has(target)) missing.push(`${map} → ${target}`);
      }
    }
    expect(maps.length).toBeGreaterThan(300);
    expect(missing).toEqual([]);
  });
});
