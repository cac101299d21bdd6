import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { sample } from '../support/sample.ts';

const kills = sample(12, 200);
/** How many of the last messages a new process shows again; the places of older ones it knows from its storage. */
const shownAgain = 20;
const script = fileURLToPath(new URL('../support/guestProcess.mjs', import.meta.url));
const built = fileURLToPath(new URL('../../dist/src/index.js', import.meta.url));

type Message =
  | { type: 'ready' }
  | { type: 'told'; n: number }
  | { type: 'call'; n: number; messageId: string }
  | { type: 'writing' }
  | { type: 'stored'; seen: string; acknowledged: string | null }
  | { type: 'trouble'; reason: string; degraded: boolean };

/** What a process is killed after, in turn, and some messages more: whatever the machine's load, all come up. */
const points = ['told', 'writing', 'call', 'stored'] as const satisfies readonly Message['type'][];

const numberOf = (messageId: string | null): number => Number(messageId?.slice(1) ?? 0);

/** The greatest mark that a process which starts now could find; what was cut short in the middle says nothing. */
async function keptIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.aside'));
  const marks = files.map(async ({ parentPath, name }) => {
    try {
      return numberOf(JSON.parse(await readFile(join(parentPath, name), 'utf8')).ledgers[0].seen.messageId);
    } catch {
      return 0;
    }
  });
  return Math.max(0, ...(await Promise.all(marks)));
}

/** The back end and the watcher of every process: what outlives them. */
function createWitness() {
  const witness = {
    told: 0,
    promised: 0,
    acknowledged: 0,
    calls: 0,
    backwards: 0,
    repeats: 0,
    degraded: 0,
    aside: 0,
  };
  let isDown = false;
  let newestCall = 0;
  let newestStored = 0;
  return {
    witness,
    /** Whether every call fails from now on. */
    fail: (fails: boolean): void => {
      isDown = fails;
    },
    take: (message: Message, child: ChildProcess): void => {
      if (message.type === 'told') witness.told = Math.max(witness.told, message.n);
      if (message.type === 'stored') {
        witness.promised = Math.max(witness.promised, numberOf(message.seen));
        newestStored = Math.max(newestStored, numberOf(message.acknowledged));
      }
      if (message.type === 'trouble') witness[message.degraded ? 'degraded' : 'aside'] += 1;
      if (message.type !== 'call') return;
      const position = numberOf(message.messageId);
      witness.calls += 1;
      if (position < newestCall) witness.backwards += 1;
      if (position <= newestStored) witness.repeats += 1;
      newestCall = Math.max(newestCall, position);
      const isAccepted = !isDown && witness.calls % 4 !== 0;
      if (isAccepted) witness.acknowledged = Math.max(witness.acknowledged, position);
      if (child.connected) child.send({ type: 'answer', n: message.n, isAccepted }, () => {});
    },
  };
}

it(`a process killed with SIGKILL ${kills} times loses no stored mark, and no call goes backwards (R-3a)`, async () => {
  if (!existsSync(built))
    throw new Error('dist is missing; npm run build makes it, and npm test runs that first.');
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  const { witness, take, fail } = createWitness();
  const spawn = () => {
    const child = fork(script, [folder], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const ready = new Promise<void>((resolve) => {
      child.on('message', (message: Message) => {
        if (message.type === 'ready') resolve();
        else take(message, child);
      });
    });
    /** Resolves when the process has told of `type`, and of `more` things after it. */
    const next = (type: Message['type'], more: number) =>
      new Promise<void>((resolve) => {
        let left: number | null = null;
        child.on('message', (message: Message) => {
          if (left !== null) left -= 1;
          else if (message.type === type) left = more;
          if (left === 0) resolve();
        });
      });
    return { child, ready, next, ended };
  };
  const spare = Array.from({ length: 3 }, spawn);
  onTestFinished(async () => {
    for (const { child } of spare) child.kill('SIGKILL');
    await Promise.all(spare.map(({ ended }) => ended));
    await rm(folder, { recursive: true, force: true });
  });
  const go = (child: ChildProcess, isLast: boolean) =>
    child.send({ type: 'go', from: Math.max(1, witness.told - shownAgain), to: witness.told, isLast });

  for (let n = 0; n < kills; n += 1) {
    spare.push(spawn());
    const { child, ready, next, ended } = spare.shift() as ReturnType<typeof spawn>;
    await ready;
    const point = next(points[n % points.length] as Message['type'], (n * 7) % 40);
    fail(n === kills - 1);
    go(child, false);
    await point;
    child.kill('SIGKILL');
    await ended;
    expect(await keptIn(folder)).toBeGreaterThanOrEqual(witness.promised);
  }
  expect(witness.acknowledged).toBeLessThan(witness.promised);
  fail(false);
  const last = spare[0] as ReturnType<typeof spawn>;
  await last.ready;
  go(last.child, true);
  await expect.poll(() => witness.acknowledged, { timeout: 10_000 }).toBeGreaterThanOrEqual(witness.promised);

  expect(witness).toMatchObject({ backwards: 0, repeats: 0, degraded: 0 });
  expect(witness.promised).toBeGreaterThanOrEqual(kills / 4);
  expect(witness.calls).toBeGreaterThanOrEqual(kills / 8);
}, 300_000);
