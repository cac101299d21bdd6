import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
let home: string;

const node = async (...code: string[]): Promise<string> => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code.join('\n')], {
    cwd: home,
  });
  return stdout.trim();
};

/** What the strict compiler says of programs that see only the package, by file; nothing where all hold. */
const compile = async (programs: Readonly<Record<string, string>>): Promise<string> => {
  const compilerOptions = {
    noEmit: true,
    strict: true,
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'dom'],
    types: [],
  };
  const files = Object.keys(programs);
  for (const [file, text] of Object.entries(programs)) await writeFile(join(home, file), text);
  await writeFile(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = await run(process.execPath, [tsc], { cwd: home }).catch((error) => error);
  return stdout;
};

/** The programs of the README, one after another. */
async function readmeProgram(): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  const imports = [
    "import { createConversation, eventStream, guestRest, openGuestConversation, persistLedger, webMessaging } from 'genesys-conversation-machine';",
    "import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';",
    "import { bindPage, bindTyping, observeRead } from 'genesys-conversation-machine/browser';",
    "import { shareAcrossTabs } from 'genesys-conversation-machine/tabs';",
    "import { createHub } from 'genesys-conversation-machine/hub';",
    "import { connectViewer, createInspector } from 'genesys-conversation-machine/inspect';",
    'declare const send: HTMLButtonElement, render: (value: unknown) => void;',
    'declare const messageId: string, participantId: string, expect: (value: unknown) => any;',
    'declare const show: (id: string, text: string) => void, post: (body: object) => void;',
    'declare const model: { answer(text: string): Promise<string>; stream(text: string): AsyncIterable<string> };',
    'declare const question: string, signal: AbortSignal, print: (text: string) => void;',
    'declare const showTyping: (on: boolean) => void, showNotSent: (error: unknown) => void;',
    'declare const id: string, transportOf: (id: string) => ReturnType<typeof createScriptedTransport>;',
    'declare const showUnread: (count: number) => void, showRead: (id?: string) => void, showEnded: () => void;',
  ];
  const program = blocks
    .map((code = '') => code.replace(/^import .*$/gm, ''))
    .map((code, index) => (index === 0 ? code : `await (async () => {${code}})();`));
  return [...imports, ...program, 'export {};'].join('\n');
}

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

  it('has types that hold in a strict program which sees only the package, and in those of the README', async () => {
    const program = [
      "import { createConversation, guestRest, isConversationError, type Conversation } from 'genesys-conversation-machine';",
      "import { conversationMachine } from 'genesys-conversation-machine/machines';",
      "import { createSteppedClock, createScriptedTransport } from 'genesys-conversation-machine/testing';",
      "import { startSandbox, type Sandbox } from 'genesys-conversation-machine/sandbox';",
      'const clock = createSteppedClock();',
      'const conversation: Conversation = createConversation({ transport: createScriptedTransport({ clock }), clock });',
      "conversation.on('typing.held', ({ reason, msLeft }) => [reason satisfies string, msLeft satisfies number]);",
      '// @ts-expect-error there is no such decision',
      "conversation.on('typing.helt', () => {});",
      '// @ts-expect-error there is no such event',
      "conversation.actor.send({ type: 'keystrok' });",
      "const value: boolean = conversation.actor.getSnapshot().matches({ link: 'ready' });",
      '// @ts-expect-error there is no such state',
      "conversation.actor.getSnapshot().matches({ link: 'redy' });",
      'const sandbox: Promise<Sandbox> = startSandbox({ port: 0 });',
      "guestRest({ orgUrl: 'https://api.mypurecloud.ie', participantId: 'g', token: () => 't' });",
      'export { conversationMachine, isConversationError, sandbox, value };',
    ].join('\n');
    expect(await compile({ 'program.ts': program, 'readme.ts': await readmeProgram() })).toBe('');
  }, 60_000);

  it('brings the contract for who builds a gateway: the page, and the file for machines', async () => {
    const folder = join(home, 'node_modules/genesys-conversation-machine/src/rest/contract');
    expect(JSON.parse(await readFile(join(folder, 'openapi.json'), 'utf8'))).toMatchObject({
      openapi: '3.1.1',
    });
    expect(await readFile(join(folder, 'CONTRACT.md'), 'utf8')).toContain('](openapi.json)');
  });

  it('needs nothing at run time but ofetch and uuid, and xstate as a peer', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    expect(Object.keys(manifest.dependencies).sort()).toEqual(['ofetch', 'uuid']);
    expect(manifest.peerDependencies).toEqual({ vitest: '>=3', xstate: '^5.33.0' });
    expect(manifest.peerDependenciesMeta).toEqual({ vitest: { optional: true } });
  });
});
