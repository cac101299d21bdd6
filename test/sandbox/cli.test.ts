import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { webMessaging } from 'genesys-conversation-machine';
import { describe, expect, it, onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { Guest } from '../support/guestSocket.ts';
import { BASE, Client, raw, start } from '../support/sandboxGuest.ts';

const DIST = fileURLToPath(new URL('../../dist/src/sandbox/', import.meta.url));
const CLI = join(DIST, 'cli.js');

function run(...args: string[]) {
  return runWith({}, ...args);
}

function runWith(org: { GENESYS_REGION?: string; GENESYS_DEPLOYMENT_ID?: string }, ...args: string[]) {
  const { GENESYS_REGION: _, GENESYS_DEPLOYMENT_ID: __, ...rest } = process.env;
  const child: ChildProcess = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...rest, ...org },
  });
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
      const meta =
        `<meta name="sandbox-secret" content="${sandbox.secret}">` +
        '<meta name="sandbox-transport" content="guest-rest">' +
        `<meta name="sandbox-deployment" content="${sandbox.deploymentId}">`;
      expect([status, text]).toEqual([
        200,
        `<html><head><title>$& Demo</title>${meta}</head><body></body></html>`,
      ]);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
      const policy = headers['content-security-policy'];
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${sandbox.port};`);
      expect(policy).toContain("frame-ancestors 'none'");
    }
    const script = await raw(sandbox, { path: '/assets/app.js' });
    expect([script.status, script.text]).toEqual([200, 'export {};']);
    expect(script.headers['content-type']).toContain('javascript');
  });

  it('are told of a gateway, and may connect to it; of one before a real org without the control secret', async () => {
    const sandbox = await start({ pages: await folderOfPages() });
    const url = 'http://127.0.0.1:4880';
    sandbox.setPageGateway({ url });
    const ours = await raw(sandbox, { path: '/' });
    expect(ours.text).toContain(`<meta name="gateway-url" content="${url}">`);
    expect(ours.text).toContain(sandbox.secret);
    expect(ours.headers['content-security-policy']).toContain(` ${url} ws://127.0.0.1:4880;`);
    sandbox.setPageGateway({ url, region: 'mypurecloud.ie' });
    const real = await raw(sandbox, { path: '/' });
    expect(real.text).toContain('<meta name="genesys-region" content="mypurecloud.ie">');
    expect(real.text).not.toContain(sandbox.secret);
    sandbox.setPageGateway(null);
    expect((await raw(sandbox, { path: '/' })).text).not.toContain('gateway-url');
    for (const wrong of [{ url: `${url}/path` }, { url: 'ftp://a' }, { url, region: '">' }, {}]) {
      expect(() => sandbox.setPageGateway(wrong as { url: string })).toThrow(
        /^gateway\.(url|region) must be/,
      );
    }
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

  it('of a real org may reach the hosts of its region, and not the sandbox’s control', async () => {
    const org = { region: 'ap-southeast-2', deploymentId: randomUUID() };
    const sandbox = await start({ pages: await folderOfPages(), org });
    const { headers, text } = await raw(sandbox, { path: '/' });
    const hosts =
      'wss://webmessaging.mypurecloud.com.au https://api.mypurecloud.com.au https://api-cdn.mypurecloud.com.au';
    expect(headers['content-security-policy']).toContain(
      `connect-src 'self' ws://127.0.0.1:${sandbox.port} ${hosts};`,
    );
    expect(text).toContain(
      `<meta name="genesys-region" content="${org.region}"><meta name="genesys-deployment" content="${org.deploymentId}">`,
    );
    expect(text).not.toContain('sandbox-');
  });

  it.each([
    [{ transport: 'telex' }, 'transport must be one of'],
    [{ org: 'eu-west-1' }, 'org must be an object'],
    [{ org: { region: 'eu-west-1' } }, 'org.deploymentId must be'],
    [{ org: { region: 'eu-west-9', deploymentId: randomUUID() } }, 'org.region must be one of us-east-1'],
    [{ org: { region: 'eu-west-1', deploymentId: randomUUID(), secret: 'x' } }, 'org has no option "secret"'],
  ])('are not served with a wrong setting: %j', async (options, message) => {
    await expect(startSandbox(options as unknown as SandboxOptions)).rejects.toThrow(message);
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
    const address = /Web messaging at (\S+)/.exec(output.out)?.[1] ?? '';
    const session = webMessaging({ deploymentId, endpoint: address, webSocket: WebSocket });
    await session.connect();
    expect(session.state).toBe('configured');
    session.stop();
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    await Promise.all([stream.closed, guest.closed]);
    expect(output.err).toBe('');
    expect(output.out).toBe(
      `Sandbox ready at ${url}/ (control secret: ${secret})\n` +
        `Pages: open ${url}/ in a browser\n` +
        `Agent's desk at ${url}/agent/#${secret}\n` +
        `Inspector at ${url}/inspector/\n` +
        `Web messaging at ws://127.0.0.1:${port}/v1?deploymentId=${deploymentId}\n\n` +
        'To paste:\n' +
        `  guestRest, openGuestConversation: orgUrl: '${url}'\n` +
        `  webMessaging: endpoint: 'ws://127.0.0.1:${port}/v1', deploymentId: '${deploymentId}'\n` +
        'A page of your own may call it once its origin is named, as in --allow-origin http://localhost:5173\n' +
        'Stop with Ctrl+C.\n',
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

  it('tells the pages which transport was asked for', async () => {
    const { ready, output } = run(
      ...['sandbox', '--port', '0', '--pages', await folderOfPages(), '--transport', 'web-messaging'],
    );
    const page = await (await fetch((await ready()).url)).text();
    expect(page).toContain('<meta name="sandbox-transport" content="web-messaging">');
    const deploymentId = /deploymentId=(\S+)/.exec(output.out)?.[1];
    expect(page).toContain(`<meta name="sandbox-deployment" content="${deploymentId}">`);
  });

  it('sends the guest of the pages to the org that the environment names', async () => {
    const org = { GENESYS_REGION: 'eu-central-1', GENESYS_DEPLOYMENT_ID: randomUUID() };
    const { ready, output } = runWith(org, 'sandbox', '--port', '0', '--pages', await folderOfPages());
    const reply = await fetch((await ready()).url);
    const page = await reply.text();
    expect(page).toContain('<meta name="genesys-region" content="eu-central-1">');
    expect(page).toContain(`<meta name="genesys-deployment" content="${org.GENESYS_DEPLOYMENT_ID}">`);
    expect(reply.headers.get('content-security-policy')).toContain(' wss://webmessaging.mypurecloud.de ');
    expect(output.out).toContain('talks to eu-central-1');
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
    expect([await exited, output.out]).toEqual([1, '']);
    expect(output.err).toBe(
      `Port ${port} is in use; end what listens there, or choose another (--port 0: any free one)\n`,
    );
  });

  it.each([['--help'], ['help'], ['trace', '--help']])(
    'explains itself, with examples and exit codes: %j',
    async (...args) => {
      const { exited, output } = run(...args);
      expect([await exited, output.err]).toEqual([0, '']);
      for (const part of ['--port <n>', 'Examples:', 'Exit codes:']) expect(output.out).toContain(part);
    },
  );

  it.each([['--version'], ['trace', '--version']])('says its version: %j', async (...args) => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    const { exited, output } = run(...args);
    expect([await exited, output.out, output.err]).toEqual([0, `${version}\n`, '']);
  });

  it('says once of each origin that it refused, and what admits it', async () => {
    const { ready, output } = run('sandbox', '--port', '0', '--allow-origin', 'https://shop.example');
    const { url } = await ready();
    const call = async (origin: string) =>
      (await fetch(`${url}/api/v2/conversations/messaging`, { method: 'POST', headers: { origin } })).status;
    const vite = 'http://localhost:5173';
    const hostile = ['http://x/path', 'http://user@x', '\u009b31m', `http://${'x'.repeat(300)}`];
    for (const origin of [vite, vite, 'null', ...hostile]) expect(await call(origin)).toBe(403);
    expect(await call('https://shop.example')).not.toBe(403);
    await expect
      .poll(() => output.err.split('\n'))
      .toEqual([
        `Refused ${vite}, which may not call this sandbox; to admit it, start with --allow-origin ${vite}`,
        expect.stringMatching(/^Refused a page without an origin, .*--allow-origin$/),
        '',
      ]);
  });

  it('says what it needs to an older Node', async () => {
    const older = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', older, CLI, 'sandbox']);
    expect([status, String(stdout)]).toEqual([1, '']);
    expect(String(stderr)).toMatch(/needs Node 20\.19 or newer, and this is 18\.20\.4: install one/);
  });

  it('says which file it could not read', async () => {
    const { exited, output } = run('trace', '/no/such/file', '--svg');
    expect([await exited, output.out]).toEqual([1, '']);
    expect(output.err).toMatch(/^\/no\/such\/file cannot be read \(ENOENT\); .*\n$/);
  });

  it.each([
    [['sandbox', '--host', '0.0.0.0'], "Unknown option '--host'"],
    [['sandbox', '--port', 'x'], '--port must be'],
    [['sandbox', '--port', '70000'], 'port must be'],
    [['sandbox', '--pages', '/no/such/folder'], 'pages must be'],
    [['sandbox', '--deployment', 'no spaces'], 'deployment id must'],
    [['sandbox', '--allow-origin', 'example.org'], 'allowedOrigins must'],
    [['sandbox', '--transport', 'carrier-pigeon'], '--transport must be one of guest-rest, web-messaging'],
    [['sandbox', 'twice'], 'Unexpected argument'],
    [['dance'], 'Unknown command'],
    [[], 'Which command?'],
  ])('refuses %j', async (args, message) => {
    const { exited, output } = run(...args);
    expect([await exited, output.err, output.out]).toEqual([2, expect.stringContaining(message), '']);
  });
});

describe('npm start', () => {
  const script = 'examples/demo/start.mjs';
  const start = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });

  it('explains itself and says its version, without building anything', async () => {
    const help = start('--help');
    expect([help.status, help.stderr]).toEqual([0, '']);
    for (const part of ['npm start -- ', 'Examples:', 'Exit codes:']) expect(help.stdout).toContain(part);
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(start('--version').stdout).toBe(`${version}\n`);
  });

  it('puts a gateway between the page and the server', async () => {
    const args = ['--no-build', '--port', '0', '--transport', 'gateway'];
    const child = spawn(process.execPath, [script, ...args], {
      env: { ...process.env, GATEWAY_PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let out = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    const found = (line: RegExp) => expect.poll(() => line.exec(out)?.[1], { timeout: 15_000 }).toBeDefined();
    await found(/Gateway at (\S+);/);
    const [, gateway] = /Gateway at (\S+);/.exec(out) ?? [];
    const [, pages] = /Pages: open (\S+) /.exec(out) ?? [];
    const page = await (await fetch(String(pages))).text();
    expect(page).toContain(`<meta name="gateway-url" content="${gateway}">`);
    expect(page).toContain('<meta name="sandbox-transport" content="gateway">');
    const opened = await fetch(`${gateway}/api/v2/conversations/messaging`, { method: 'POST' });
    expect(opened.status).toBe(200);
    child.kill('SIGTERM');
    await once(child, 'close');
    await expect(fetch(String(gateway))).rejects.toThrow();
  });

  it('says which part of a real integration is missing', () => {
    const env = { ...process.env, GENESYS_REGION: 'mypurecloud.ie', GENESYS_CLIENT_ID: 'id' };
    const args = [script, '--no-build', '--transport', 'gateway'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^Missing: GENESYS_CLIENT_SECRET, GENESYS_INTEGRATION_ID, GENESYS_WEBHOOK_SECRET\./,
    );
  });

  it('hands on what the server is told, and how it ends', () => {
    const { status, stderr } = start('--no-build', '--port', 'x');
    expect([status, stderr]).toEqual([2, expect.stringContaining('--port must be')]);
  });
});

describe('the environment', () => {
  const id = '22222222-2222-4222-8222-222222222222';

  it('may name any region by its name; an unknown one is refused with all 18', async () => {
    const { exited, output } = runWith({ GENESYS_REGION: 'eu-west-9', GENESYS_DEPLOYMENT_ID: id }, 'sandbox');
    expect([await exited, output.out]).toEqual([2, '']);
    expect(output.err).toContain('GENESYS_REGION must be one of');
    expect(output.err.match(/[a-z]+(?:-[a-z]+)+-\d(?= \()/g)?.sort()).toEqual(
      [
        ...['us-east-1', 'us-west-2', 'us-east-2', 'ca-central-1', 'mx-central-1', 'sa-east-1'],
        ...['eu-west-1', 'eu-west-2', 'eu-central-1', 'eu-central-2', 'eusc-de-east-1', 'me-central-1'],
        ...['ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
        'ap-south-1',
      ].sort(),
    );
  });

  it.each([
    [{ GENESYS_REGION: 'eu-west-1' }, [], 'belong together'],
    [{ GENESYS_DEPLOYMENT_ID: id }, [], 'belong together'],
    [{ GENESYS_REGION: 'eu-west-1', GENESYS_DEPLOYMENT_ID: '2222' }, [], 'GENESYS_DEPLOYMENT_ID must be'],
    [{ GENESYS_REGION: 'eu-west-1', GENESYS_DEPLOYMENT_ID: `${id}">` }, [], 'GENESYS_DEPLOYMENT_ID must be'],
    [
      { GENESYS_REGION: 'eu-west-1', GENESYS_DEPLOYMENT_ID: id },
      ['--transport', 'guest-rest'],
      'must be web-messaging for a real org',
    ],
  ])('is refused: %j', async (org, more, message) => {
    const { exited, output } = runWith(org, 'sandbox', '--port', '0', ...more);
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
