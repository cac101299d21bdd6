import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Commands of this repository, by the program that each starts. Those of the long run bundle themselves first. */
const commands = {
  bench: 'test/bench/run.mjs',
  probes: 'test/probes/run.mjs',
  ...(process.env.LONG && {
    soak: 'test/soak/run.mjs',
    mutants: 'test/mutants/run.mjs',
    faults: 'test/faults/run.mjs',
    'test:package': 'test/package/matrix/run.mjs',
  }),
};

async function run(program: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], { cwd: root });
  const [out, err, [code]] = await Promise.all([
    ...[text(child.stdout), text(child.stderr)],
    once(child, 'close'),
  ] as const);
  return { out, err, code };
}

it.concurrent.each(Object.entries(commands))(
  '%s says what it does, with examples, and refuses in one line what it does not know',
  async (name, program) => {
    const help = await run(program, '--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('Examples:\n');
    expect(help.out).toContain(`npm run ${name}`);
    expect(help.out).toMatch(/--version[\s\S]*Exit code|--version[\s\S]*Ends with|It fails where/);
    expect(await run(program, '--version')).toEqual({ code: 0, err: '', out: `${manifest.version}\n` });
    expect(await run(program, '--nonsense')).toEqual({
      code: 2,
      out: '',
      err: "Unknown option '--nonsense' (try: --help)\n",
    });
  },
  60_000,
);
