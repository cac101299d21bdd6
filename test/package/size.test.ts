import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const name = 'genesys-conversation-machine';

interface Bundle {
  /** Bytes after gzip -9. */
  readonly bytes: number;
  readonly code: string;
  /** The files with a byte in it. */
  readonly files: readonly string[];
}

/** What a bundler makes of a program that imports the package as it was built. */
async function bundle(lines: string, { isLegible = false, external = [] as string[] } = {}): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: lines, resolveDir: root },
    ...{ bundle: true, write: false, format: 'esm', target: 'es2022', logLevel: 'silent' },
    ...{ metafile: true, absWorkingDir: root, platform: 'browser', external },
    ...(isLegible ? { minifySyntax: true } : { minify: true }),
  });
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const { text = '', contents = '' } = outputFiles[0] ?? {};
  return { code: text, bytes: gzipSync(contents, { level: 9 }).length, files: used.map(([file]) => file) };
}

/** A program that uses these names: of the main entry, or of another with a slash before them. */
const using = (names: string): string =>
  names
    .split(' ')
    .map((each) => each.split('/'))
    .map(([value, entry]) => `export { ${value} } from '${[name, entry].filter(Boolean).join('/')}';`)
    .join('\n');

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
/** How far below the README a size may be, bytes. */
const slack = 3000;

/** The README's table: what is imported, kB with everything, and kB beside XState. */
const rows = [...readme.matchAll(/^\s*\| (`createConversation`.*?) \| ([\d.]+) kB \| ([\d.]+) kB \|$/gm)].map(
  ([, what = '', all, beside]) => ({
    names: [...what.matchAll(/`([^`]+)`/g)].map(([, each = '']) => each).join(' '),
    budget: Number(all) * 1000,
    besideXState: Number(beside) * 1000,
  }),
);

describe('what an application downloads, as the README says it', () => {
  it('is all in the table', () => {
    expect(rows.map(({ names }) => names)).toEqual([
      'createConversation guestRest',
      'createConversation guestRest eventStream persistLedger',
      'createConversation guestRest eventStream persistLedger shareAcrossTabs/tabs bindPage/browser bindTyping/browser observeRead/browser',
      'createConversation webMessaging',
      'createConversation webMessaging persistLedger',
    ]);
  });

  it.each(rows)('$names: at most $budget bytes, and not far below', async (row) => {
    const all = await bundle(using(row.names));
    const beside = await bundle(using(row.names), { external: ['xstate'] });
    expect(all.bytes).toBeLessThanOrEqual(row.budget);
    expect(beside.bytes).toBeLessThanOrEqual(row.besideXState);
    // Who makes it smaller says so, and the next one cannot make it larger again.
    expect(all.bytes).toBeGreaterThan(row.budget - slack);
    expect(beside.bytes).toBeGreaterThan(row.besideXState - slack);
  });

  it('grows by little for what a page binds, and for its tabs', async () => {
    const core = await bundle(using('createConversation guestRest'));
    const bound = 'createConversation guestRest bindPage/browser bindTyping/browser observeRead/browser';
    expect((await bundle(using(bound))).bytes - core.bytes).toBeLessThanOrEqual(4096);
    const shared = await bundle(using('createConversation guestRest shareAcrossTabs/tabs'));
    expect(shared.bytes - core.bytes).toBeLessThanOrEqual(3072);
  });
});

const chat = `import { createConversation, guestRest, webMessaging } from '${name}';
  globalThis.chat = { createConversation, guestRest, webMessaging };`;

/** Names stay as they are: the short ones differ by what was looked at on the way. */
const legible = { isLegible: true };

/** What an application asks for by an import, and where that is. */
const parts: Readonly<Record<string, RegExp>> = {
  'eventStream/': /dist\/(?:src\/events|machines\/stream)\/|src\/rest\/(?:eventStream|history)\.js/,
  'persistLedger/': /src\/reading\/(?:persistLedger|ledger\w*|keptPlaces)\.js/,
  'clientCredentials/': /src\/rest\/clientCredentials\.js/,
  'openGuestConversation/': /src\/rest\/openGuestConversation\.js/,
  'describeTyping/': /src\/conversation\/describeTyping\.js/,
  'consoleLogger/': /src\/conversation\/consoleLogger\.js/,
  'shareAcrossTabs/tabs': /src\/tabs\//,
  'observeRead/browser': /src\/browser\//,
  'createHub/hub': /src\/hub\//,
  'createInspector/inspect': /src\/inspect\//,
  'traceOf/trace': /src\/trace\//,
  'createSteppedClock/testing': /src\/testing\//,
};

describe('what an application does not import costs it not a byte', () => {
  const of = (files: readonly string[], room: RegExp) => files.filter((file) => room.test(file));

  it.each(Object.entries(parts))('%s', async (part, room) => {
    const [value = '', entry] = part.split('/');
    const from = [name, entry].filter(Boolean).join('/');
    const plain = await bundle(chat, legible);
    expect(plain.files.length).toBeGreaterThan(50);
    expect(of(plain.files, room)).toEqual([]);
    // Imported and not used, or used in development only, it is left out as well.
    for (const use of ['', `if (false) globalThis.part = ${value};`]) {
      const left = await bundle(`${chat} import { ${value} } from '${from}'; ${use}`, legible);
      expect(left.files).toEqual(plain.files);
      expect(left.code === plain.code).toBe(true);
    }
    const used = await bundle(`${chat} import { ${value} } from '${from}'; globalThis.part = ${value};`);
    expect(of(used.files, room)).not.toEqual([]);
  });

  test('one transport has nothing of the other', async () => {
    const rest = await bundle(using('createConversation guestRest'));
    expect(of(rest.files, /src\/webMessaging\/|machines\/session\//)).toEqual([]);
    const socket = await bundle(using('createConversation webMessaging'));
    expect(of(socket.files, /src\/rest\/(?:guestRest|token|messages|org)\.js|machines\/stream\//)).toEqual(
      [],
    );
  });

  test('nothing is in a bundle twice', async () => {
    const { files } = await bundle(chat);
    const packages = files.flatMap((file) => /node_modules\/([^/]+)\//.exec(file)?.[1] ?? []);
    expect([...new Set(packages)].sort()).toEqual(['destr', 'ofetch', 'ufo', 'uuid', 'xstate']);
    expect(new Set(files).size).toBe(files.length);
    expect(files.filter((file) => /node_modules\/.*\/node_modules\//.test(file))).toEqual([]);
  });
});
