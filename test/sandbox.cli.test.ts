import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Guest } from './sandbox/guestSocket.ts';
import { BASE, Client, raw, start } from './sandbox/support.ts';

const DIST = fileURLToPath(new URL('../dist/sandbox/', import.meta.url));
const CLI = join(DIST, 'cli.js');

function run(...args: string[]) {
  const child: ChildProcess = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { out: '', err: '' };
  let wake = () => {};
  child.stdout?.on('data', (data) => {
    output.out += data;
    wake();
  });
  child.stderr?.on('data', (data) => {
    output.err += data;
  });
  const exited = once(child, 'close').then(([code]) => {
    wake();
    return code as number | null;
  });
  const ready = async () => {
    for (;;) {
      const line = /Sandbox ready at (http:\/\/127\.0\.0\.1:(\d+))\/ \(control secret: (\S+)\)/.exec(
        output.out,
      );
      if (line !== null) return { url: line[1] ?? '', port: Number(line[2]), secret: line[3] ?? '' };
      if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}: ${output.err}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { child, output, exited, ready };
}

async function folderOfPages(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-pages-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'assets'));
  await writeFile(
    join(folder, 'index.html'),
    '<html><head><title>$& Demo</title></head><body></body></html>',
  );
  await writeFile(join(folder, 'assets/app.js'), 'export {};');
  await writeFile(join(folder, '.env'), 'SECRET=1');
  return folder;
}

describe('the pages', () => {
  it('are served with the secret in the index', async () => {
    const sandbox = await start({ pages: await folderOfPages() });
    for (const path of ['/', '/index.html']) {
      const { status, headers, text } = await raw(sandbox, { path });
      const meta = `<meta name="sandbox-secret" content="${sandbox.secret}">`;
      expect([status, text]).toEqual([
        200,
        `<html><head><title>$& Demo</title>${meta}</head><body></body></html>`,
      ]);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
      const policy = headers['content-security-policy'];
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${sandbox.port}`);
      expect(policy).toContain("frame-ancestors 'none'");
    }
    const script = await raw(sandbox, { path: '/assets/app.js' });
    expect([script.status, script.text]).toEqual([200, 'export {};']);
    expect(script.headers['content-type']).toContain('javascript');
  });

  it.each([
    '/.env',
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/assets',
    '/nothing.js',
  ])('give nothing else away: %s', async (path) => {
    const sandbox = await start({ pages: await folderOfPages() });
    const { status, text } = await raw(sandbox, { path });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toMatch(/SECRET|"name"/);
  });

  it('leave unknown calls to the contract', async () => {
    const sandbox = await start({ pages: await folderOfPages() });
    expect((await fetch(`${sandbox.url}${BASE}/x`)).status).toBe(404);
    expect(sandbox.calls()).toMatchObject([{ lane: 'other', status: 404, route: `${BASE}/x` }]);
  });

  it('are a short text about the endpoints without a folder', async () => {
    const sandbox = await start();
    const { headers, text } = await raw(sandbox, { path: '/' });
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain(`POST ${BASE}/participants/{participantId}/typing`);
    expect(text).not.toContain(sandbox.secret);
  });
});

describe('the command', () => {
  it('serves the contract, the pages and the event stream from the bundle', async () => {
    const { ready, child, exited, output } = run('sandbox', '--port', '0', '--pages', await folderOfPages());
    const { url, port, secret } = await ready();
    expect(await (await fetch(url)).text()).toContain(`content="${secret}"`);
    expect(await (await fetch(`${url}/assets/app.js`)).text()).toBe('export {};');
    const started = await fetch(url + BASE, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const { guestToken, guestId, conversationId } = (await started.json()) as Record<string, string>;
    const stream = new Client(`ws://127.0.0.1:${port}${BASE}/events`);
    await stream.say({ type: 'authenticate', token: guestToken });
    expect(await stream.next()).toEqual({ type: 'authenticated', conversationId, participantId: guestId });
    const deploymentId = /deploymentId=(\S+)/.exec(output.out)?.[1] ?? '';
    const guest = new Guest(`ws://127.0.0.1:${port}/v1`, deploymentId, randomUUID());
    expect((await guest.configure()).body).toMatchObject({ connected: true, newSession: true });
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    await Promise.all([stream.closed, guest.closed]);
    expect(output.err).toBe('');
    expect(output.out).toBe(
      `Sandbox ready at ${url}/ (control secret: ${secret})\n` +
        `Web messaging at ws://127.0.0.1:${port}/v1?deploymentId=${deploymentId}\n`,
    );
  });

  it('takes deployments and origins', async () => {
    const more = ['--deployment', 'one', '--deployment', 'two', '--allow-origin', 'https://shop.example'];
    const { ready } = run('sandbox', '--port', '0', ...more);
    const { port } = await ready();
    for (const id of ['one', 'two']) {
      const headers = { origin: 'https://shop.example' };
      const guest = new Guest(`ws://127.0.0.1:${port}/v1`, id, randomUUID(), { headers });
      expect((await guest.configure()).code).toBe(200);
    }
  });

  it('stops on Ctrl+C', async () => {
    const { ready, child, exited } = run('sandbox', '--port', '0');
    await ready();
    child.kill('SIGINT');
    expect(await exited).toBe(0);
  });

  it('takes a free port when its own is taken, and says so', async () => {
    const holder = createServer();
    const held = once(holder, 'listening').catch(() => {});
    holder.on('error', () => {});
    holder.listen(4870, '127.0.0.1');
    onTestFinished(() => {
      holder.close();
    });
    await Promise.race([held, once(holder, 'error')]);
    const { ready, output } = run('sandbox');
    expect((await ready()).port).not.toBe(4870);
    expect(output.err).toContain('Port 4870 is taken');
  });

  it('fails when the port asked for is taken', async () => {
    const { port } = await start();
    const { exited, output } = run('sandbox', '--port', String(port));
    expect([await exited, output.err]).toEqual([1, expect.stringContaining('EADDRINUSE')]);
  });

  it('explains itself', async () => {
    const { exited, output } = run('--help');
    expect([await exited, output.out]).toEqual([0, expect.stringContaining('--port <n>')]);
  });

  it.each([
    [['sandbox', '--host', '0.0.0.0'], "Unknown option '--host'"],
    [['sandbox', '--port', 'x'], '--port must be'],
    [['sandbox', '--port', '70000'], 'port must be'],
    [['sandbox', '--pages', '/no/such/folder'], 'pages must be'],
    [['sandbox', '--deployment', 'no spaces'], 'deployment id must'],
    [['sandbox', '--allow-origin', 'example.org'], 'allowedOrigins must'],
    [['sandbox', 'twice'], 'Unexpected argument'],
    [['dance'], 'Unknown command'],
    [[], 'Which command?'],
  ])('refuses %j', async (args, message) => {
    const { exited, output } = run(...args);
    expect([await exited, output.err, output.out]).toEqual([2, expect.stringContaining(message), '']);
  });
});

describe('the bundle', () => {
  it('is executable and names the licences of what it contains', async () => {
    expect((await stat(CLI)).mode & 0o111).toBe(0o111);
    expect(await readFile(CLI, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    const notices = await readFile(join(DIST, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['fastify', '@fastify/websocket', '@fastify/static', 'ws']) {
      expect(notices).toMatch(new RegExp(`^${name}@\\d+\\.\\d+\\.\\d+\nLicence: MIT$`, 'm'));
    }
  });
});
