import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const rooms = /[\\/]src[\\/](?:inspect|viewer|drawing|trace)[\\/]/;

/** A package in which these rooms are empty. */
const withoutTheRooms: Plugin = {
  name: 'without-the-rooms',
  setup: ({ onLoad }) => {
    onLoad({ filter: rooms }, () => ({ contents: 'export {};' }));
  },
};

/** What an application with these lines bundles: its code, and the files it comes from. */
async function bundle(lines: string, plugins: Plugin[] = []) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: lines, resolveDir: root },
    ...{ bundle: true, write: false, minify: true, format: 'esm', target: 'es2022', logLevel: 'silent' },
    ...{ metafile: true, absWorkingDir: root, plugins },
  });
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { code: outputFiles[0]?.text ?? '', files: used.map(([file]) => `/${file}`) };
}

const chat = `import { createConversation, guestRest, webMessaging } from './src/index.ts';
  globalThis.chat = { createConversation, guestRest, webMessaging };`;

test('an application that does not import ./inspect has not a byte of it', async () => {
  const { code, files } = await bundle(chat);
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => rooms.test(file))).toEqual([]);
  expect((await bundle(chat, [withoutTheRooms])).code).toBe(code);
});

test('one that imports it in development only, as the README says, has not a byte of it in production', async () => {
  const inspected = `import { createInspector } from './src/inspect/index.ts';`;
  const { files } = await bundle(`${inspected} if (false) globalThis.inspector = createInspector(); ${chat}`);
  expect(files.filter((file) => rooms.test(file))).toEqual([]);
  const used = await bundle(`${inspected} globalThis.inspector = createInspector(); ${chat}`);
  expect(used.files.some((file) => rooms.test(file))).toBe(true);
});
