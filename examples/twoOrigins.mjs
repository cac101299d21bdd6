import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles a page and serves it at an origin of its own; returns the origin, and what ends it. */
async function servePage(folder) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('main.ts', folder))],
    conditions: ['@genesys-conversation-machine/source'],
    define: { 'process.env.NODE_ENV': '"production"' },
    ...{ bundle: true, write: false, format: 'esm', target: 'es2022', logLevel: 'warning' },
  });
  const files = {
    '/': ['text/html', await readFile(new URL('index.html', folder))],
    '/main.js': ['text/javascript', outputFiles[0].contents],
  };
  const server = createServer(({ url = '/' }, response) => {
    const [type, content] = files[url.replace(/\?.*/, '')] ?? [];
    if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(content);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, close: () => server.close() };
}

/**
 * Serves `page/` of an example, which holds a conversation against a sandbox, and at another origin its `receiver/`,
 * which looks at it.
 */
export async function serveBoth(example, startSandbox) {
  const [page, receiver] = [
    await servePage(new URL('page/', example)),
    await servePage(new URL('receiver/', example)),
  ];
  const sandbox = await startSandbox({ allowedOrigins: [page.origin] });
  const address = new URL(page.origin);
  address.searchParams.set('org', sandbox.url);
  address.searchParams.set('inspector', `${receiver.origin}/`);
  return {
    sandbox,
    page: address.href,
    close: async () => {
      page.close();
      receiver.close();
      await sandbox.close();
    },
  };
}
