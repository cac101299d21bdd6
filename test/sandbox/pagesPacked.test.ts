import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { raw, start } from '../support/sandboxGuest.ts';

const script = 'export const words = "said once";';

async function startWithPages() {
  const base = await mkdtemp(join(tmpdir(), 'sandbox-packed-'));
  onTestFinished(() => rm(base, { recursive: true }));
  const pages = join(base, 'pages');
  await mkdir(join(pages, 'assets'), { recursive: true });
  await writeFile(join(pages, 'index.html'), '<html><head></head></html>');
  await writeFile(join(base, 'secret.txt'), 'secret');
  for (const name of ['assets/app-Bd3LUYwK.js', 'plain.js']) {
    await writeFile(join(pages, name), script);
    await writeFile(join(pages, `${name}.br`), brotliCompressSync(script));
    await writeFile(join(pages, `${name}.gz`), gzipSync(script));
  }
  await writeFile(join(pages, 'linked.js'), script);
  await symlink(join(base, 'secret.txt'), join(pages, 'linked.js.gz'));
  const sandbox = await start({ pages });
  return (path: string, accepted?: string) =>
    raw(sandbox, { path, headers: accepted === undefined ? {} : { 'accept-encoding': accepted } });
}

it.each([
  ['/assets/app-Bd3LUYwK.js', 'gzip, deflate, br', 'br'],
  ['/assets/app-Bd3LUYwK.js', 'gzip', 'gzip'],
  ['/assets/app-Bd3LUYwK.js', undefined, undefined],
  ['/', 'gzip, deflate, br', 'gzip'],
  ['/', 'gzip;q=0.5', 'gzip'],
  ['/', 'gzip;q=0', undefined],
  ['/', undefined, undefined],
  ['/inspector/', 'gzip', 'gzip'],
  ['/agent/', 'gzip', 'gzip'],
])('%s goes to a browser that takes %s packed as %s', async (path, accepted, coding) => {
  const ask = await startWithPages();
  const { status, headers } = await ask(path, accepted);
  expect([status, headers['content-encoding'], headers.vary]).toEqual([200, coding, 'accept-encoding']);
});

it('what is named by its content is kept for ever, everything else is asked for again, and so is what is not there', async () => {
  const ask = await startWithPages();
  const kept = async (path: string) => (await ask(path, 'br')).headers['cache-control'];
  expect(await kept('/assets/app-Bd3LUYwK.js')).toBe('public, max-age=31536000, immutable');
  expect(await kept('/assets/gone-Bd3LUYwK.js')).toBe('no-store');
  expect([await kept('/'), await kept('/plain.js')]).toEqual(['no-store', 'no-store']);
});

it('a packed copy that is a link leads nowhere', async () => {
  const ask = await startWithPages();
  const { status, text } = await ask('/linked.js', 'gzip');
  expect([status, text.includes('secret')]).toEqual([404, false]);
});
