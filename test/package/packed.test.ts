import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
let home: string;

/** What the lock file says of a package, as far as it is asked here. */
interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
}

const node = async (...code: string[]): Promise<string> => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code.join('\n')], {
    cwd: home,
  });
  return stdout.trim();
};

/** What the strict compiler says of a program that sees only the package; nothing where all holds. */
const compile = async (program: string): Promise<string> => {
  const compilerOptions = {
    noEmit: true,
    strict: true,
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'dom'],
    types: [],
  };
  await writeFile(join(home, 'program.ts'), program);
  await writeFile(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = await run(process.execPath, [tsc], { cwd: home }).catch((error) => error);
  return stdout;
};

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'consumer-')));
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', home], { cwd: root });
  const modules = join(home, 'node_modules');
  await mkdir(join(modules, 'genesys-conversation-machine'), { recursive: true });
  await run(
    'tar',
    [
      '-xzf',
      'genesys-conversation-machine-0.1.0.tgz',
      '--strip-components=1',
      '-C',
      join(modules, 'genesys-conversation-machine'),
    ],
    { cwd: home },
  );
  for (const dependency of ['xstate', 'ofetch', 'uuid']) {
    await symlink(join(root, 'node_modules', dependency), join(modules, dependency));
  }
  await writeFile(join(home, 'package.json'), '{"type":"module"}');
});

afterAll(() => rm(home, { recursive: true, force: true }));

describe('the packed package, with nothing but its run-time dependencies', () => {
  it('gives every entry point to plain Node', async () => {
    const names = await node(
      "const names = async (entry) => Object.keys(await import('genesys-conversation-machine' + entry)).sort();",
      "console.log(JSON.stringify(await Promise.all(['', '/machines', '/testing', '/sandbox', '/inspect'].map(names))));",
    );
    const [main, machines, testing, sandbox, inspect] = JSON.parse(names) as string[][];
    expect(main).toEqual(
      expect.arrayContaining([
        'ConversationError',
        'clientCredentials',
        'createConversation',
        'guestRest',
        'isConversationError',
        'openGuestConversation',
      ]),
    );
    expect(machines).toContain('conversationMachine');
    expect(testing).toEqual(expect.arrayContaining(['createScriptedTransport', 'createSteppedClock']));
    expect(sandbox).toContain('startSandbox');
    expect(inspect).toContain('createInspector');
  });

  it('carries a conversation from end to end against its own sandbox', async () => {
    const lines = await node(
      "import { createConversation, guestRest, openGuestConversation } from 'genesys-conversation-machine';",
      "import { startSandbox } from 'genesys-conversation-machine/sandbox';",
      'const sandbox = await startSandbox();',
      'const { conversationId, guestId, guestToken } = await openGuestConversation({ orgUrl: sandbox.url });',
      'const transport = guestRest({ orgUrl: sandbox.url, participantId: guestId, token: guestToken });',
      'const conversation = createConversation({ transport, conversationId }).start();',
      'conversation.keystroke();',
      "await sandbox.waitForCall({ lane: 'typing' });",
      'await conversation.markAsRead();',
      'conversation.stop();',
      "console.log(sandbox.calls().map(({ lane, status }) => lane + ' ' + status).join());",
      'await sandbox.close();',
    );
    expect(lines).toBe('start 200,typing 204,read 204');
  });

  it('does nothing when imported: no timer, listener, random number, call or console line (C-2)', async () => {
    const seen = await node(
      'const seen = [];',
      'const spy = (owner, name) => {',
      '  const real = owner[name];',
      '  owner[name] = function (...args) { seen.push(name); return Reflect.apply(real, this, args); };',
      '};',
      "for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch']) spy(globalThis, name);",
      "spy(Math, 'random'); spy(Date, 'now'); spy(process, 'on'); spy(process, 'once');",
      "spy(crypto.constructor.prototype, 'getRandomValues'); spy(EventTarget.prototype, 'addEventListener');",
      'const print = console.log;',
      "for (const name of ['log', 'info', 'warn', 'error', 'debug']) spy(console, name);",
      "for (const entry of ['', '/machines', '/testing', '/inspect', '/trace']) await import('genesys-conversation-machine' + entry);",
      'print(JSON.stringify(seen));',
    );
    expect(JSON.parse(seen)).toEqual([]);
  });

  it('is what a suite of a consumer is written in: ten behaviours of a chat of their own, within a second', async () => {
    const modules = join(home, 'node_modules');
    await symlink(join(root, 'node_modules', 'vitest'), join(modules, 'vitest')).catch(() => {});
    await cp(join(root, 'test/package/consumer'), join(home, 'chat'), { recursive: true });
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const report = join(home, 'report.json');
    await run(process.execPath, [vitest, 'run', '--reporter=json', `--outputFile=${report}`], {
      cwd: home,
      env: { ...process.env, VITEST: undefined, NODE_ENV: undefined },
    });
    const { numPassedTests, numTotalTests, testResults } = JSON.parse(await readFile(report, 'utf8'));
    expect([numPassedTests, numTotalTests]).toEqual([10, 10]);
    expect(testResults[0].endTime - testResults[0].startTime).toBeLessThan(1000);
  }, 60_000);

  it('has types that hold in a strict program: a wrong event is an error, and nothing is any', async () => {
    const program = await readFile(join(root, 'test/package/matrix/consumer/program.ts'), 'utf8');
    expect(await compile(program)).toBe('');
  }, 60_000);

  it('brings the contract for who builds a gateway: the page, and the file for machines', async () => {
    const folder = join(home, 'node_modules/genesys-conversation-machine/src/rest/contract');
    expect(JSON.parse(await readFile(join(folder, 'openapi.json'), 'utf8'))).toMatchObject({
      openapi: '3.1.1',
    });
    expect(await readFile(join(folder, 'CONTRACT.md'), 'utf8')).toContain('](openapi.json)');
  });

  it('brings ofetch, uuid and what they need, with xstate as a peer, and runs no script as it is installed', async () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(['ofetch', 'uuid']);
    expect(manifest.peerDependencies).toEqual({ vitest: '>=3', xstate: '^5.33.0' });
    expect(manifest.peerDependenciesMeta).toEqual({ vitest: { optional: true } });
    expect(manifest.scripts).not.toHaveProperty('install');
    expect(manifest.scripts).not.toHaveProperty('postinstall');
    const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
    const installed: Readonly<Record<string, LockedPackage>> = lock.packages;
    const brought = new Map<string, LockedPackage | undefined>();
    const bring = (name: string): void => {
      if (brought.has(name)) return;
      const locked = installed[`node_modules/${name}`];
      brought.set(name, locked);
      Object.keys(locked?.dependencies ?? {}).forEach(bring);
    };
    ['ofetch', 'uuid', 'xstate'].forEach(bring);
    const expected = ['destr', 'node-fetch-native', 'ofetch', 'ufo', 'uuid', 'xstate'];
    expect([...brought.keys()].sort()).toEqual(expected);
    expect([...brought].filter(([, locked]) => !locked || locked.hasInstallScript)).toEqual([]);
  });
});
