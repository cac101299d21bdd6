import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { start } from '../support/sandboxGuest.ts';

it('a link below the folder of pages is not followed, wherever it leads; the folder may be one itself', async () => {
  const base = await mkdtemp(join(tmpdir(), 'sandbox-links-'));
  onTestFinished(() => rm(base, { recursive: true }));
  const pages = join(base, 'pages');
  await mkdir(join(pages, 'assets'), { recursive: true });
  await writeFile(join(base, 'secret.txt'), 'secret');
  await writeFile(join(pages, 'assets', 'app.js'), 'real');
  await symlink(join(base, 'secret.txt'), join(pages, 'index.html'));
  await symlink(join(base, 'secret.txt'), join(pages, 'notes.txt'));
  await symlink(base, join(pages, 'up'));
  await symlink(join(pages, 'assets', 'app.js'), join(pages, 'inside.js'));
  await symlink(pages, join(base, 'linked'));
  for (const folder of [pages, join(base, 'linked')]) {
    const sandbox = await start({ pages: folder });
    const got = async (path: string) => (await fetch(`${sandbox.url}${path}`)).text();
    expect(await got('/assets/app.js')).toBe('real');
    for (const path of [
      '/',
      '/index.html',
      '/notes.txt',
      '/up/secret.txt',
      '/inside.js',
      '/assets/../notes.txt',
    ]) {
      const response = await fetch(`${sandbox.url}${path}`);
      expect(response.status, path).toBe(404);
      expect(await response.text()).not.toContain('secret');
    }
  }
});
