import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const command = fileURLToPath(new URL('run.mjs', import.meta.url));
/** Each starts a process or two, which takes its time where others work as well. */
const patience = 60_000;
const bench = (...words: string[]) => run(process.execPath, [command, '--quick', '--no-peers', ...words]);

it(
  'measures a row in a process of its own, and says so as JSON',
  async () => {
    const { stdout } = await bench('--json', '--only', 'inspect.key');
    expect(JSON.parse(stdout)).toMatchObject({
      quick: true,
      machine: { node: process.version },
      rows: [
        {
          name: 'inspect.key',
          baseline: 'no inspector',
          result: { figure: expect.any(Number), spread: [expect.any(Number), expect.any(Number)] },
        },
      ],
    });
  },
  patience,
);

it(
  'names the rows, each once',
  async () => {
    const { stdout } = await bench('--list');
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(names).toContain('inspect.key');
    expect(new Set(names).size).toBe(names.length);
  },
  patience,
);

it(
  'ends with a code of its own where it is asked for what is not there',
  async () => {
    await expect(bench('--only', 'nothing')).rejects.toMatchObject({ code: 2 });
    await expect(bench('--fast')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--help'),
    });
  },
  patience,
);
