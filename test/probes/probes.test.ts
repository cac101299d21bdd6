import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const command = fileURLToPath(new URL('run.mjs', import.meta.url));

/** Each cell starts a process, which takes its time where others work as well. */
const patience = process.env.LONG ? 600_000 : 60_000;

interface Report {
  readonly subjects: readonly {
    readonly name: string;
    readonly cells: Readonly<Record<string, { readonly text: string; readonly passed: boolean | null }>>;
  }[];
}

/** Every probe takes a process, so that the short run takes two. */
const chosen = process.env.LONG ? [] : ['--only', 'D', '--only', 'read back'];

it(
  'this package passes the probes that its peers are put through',
  async () => {
    const { stdout } = await run(process.execPath, [command, '--no-peers', '--json', ...chosen]);
    const { subjects } = JSON.parse(stdout) as Report;
    expect(subjects).toHaveLength(1);
    expect(subjects[0]?.cells).toMatchObject({
      D: { passed: true, text: 'ON 0, OFF 3.3; dark at 3.3' },
      'read back': { passed: true, text: 'READ m3 0' },
    });
    // What the README shows is what is measured; --write puts it there.
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    for (const { text, passed } of Object.values(subjects[0]?.cells ?? {})) {
      expect(readme).toContain(passed === null ? `| – ${text} |` : `| ✓ ${text} |`);
    }
  },
  patience,
);

it(
  'says which names there are where one is wrong',
  async () => {
    await expect(run(process.execPath, [command, '--no-peers', '--only', 'Z'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('lone read'),
    });
  },
  patience,
);
