// What a page downloads that imports this and no more: minified, after gzip -9, every dependency in it.
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

async function bytes(names, root, external = [], entry = '') {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { ${names.join(', ')} } from 'genesys-conversation-machine${entry}';`,
      resolveDir: fileURLToPath(root),
    },
    ...{
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      target: 'es2022',
      platform: 'browser',
      external,
    },
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

async function measure({ root }, names, machines) {
  const all = await bytes(names, root);
  const beside = await bytes(names, root, ['xstate']);
  const bare = await bytes(names, root, ['xstate', 'ofetch', 'uuid']);
  const charts = await bytes(machines, root, [], '/machines');
  const kB = (count) => `${(count / 1000).toFixed(1)} kB`;
  return {
    figure: all / 1000,
    note: `XState is ${kB(all - beside)} of it, ofetch and uuid ${kB(beside - bare)}, ours ${kB(bare)}`,
    // The charts with XState, which is what is left when there are no verbs, no calls, and no order of messages.
    others: { [machines.join(' + ')]: charts / 1000 },
  };
}

const row = { unit: 'kB' };

export const rows = [
  {
    ...row,
    name: 'size.rest',
    title: 'gzip: createConversation + guestRest, everything in',
    must: 34,
    aim: 30,
    measure: (context) => measure(context, ['createConversation', 'guestRest'], ['conversationMachine']),
  },
  {
    ...row,
    name: 'size.webMessaging',
    title: 'gzip: createConversation + webMessaging, everything in',
    must: 46,
    aim: 42,
    measure: (context) =>
      measure(context, ['createConversation', 'webMessaging'], ['conversationMachine', 'sessionMachine']),
  },
];
