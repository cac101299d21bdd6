// `npm start`: builds the demo and serves it; `npm start -- --help` says more.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = `${root}dist/src/sandbox/cli.js`;
const pages = `${root}dist/demo`;

const helpText = `Usage: npm start -- [options]

Builds the package, the local server and the demo's pages (half a minute the first time), and serves
them: open the address that it prints. Nothing leaves your machine; Ctrl+C ends it.

Options:
  --no-build     serve what was built before
  --version      print the version
  --help         print this help
  and those of the server, among them
  --port <n>     port to listen on (default: 4870, or any free one when it is taken)
  --transport <guest-rest|web-messaging|gateway>
                 what the guest of the demo speaks at first (default: guest-rest)
  --allow-origin <origin>
                 origin of an application of yours that may call the server, too

Examples:
  npm start
  npm start -- --transport web-messaging
  npm start -- --transport gateway
  npm start -- --no-build --port 0

Environment:
  GENESYS_REGION, GENESYS_DEPLOYMENT_ID
                 a real Messenger deployment for the guest to talk to
  GENESYS_REGION, GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET, GENESYS_INTEGRATION_ID, GENESYS_WEBHOOK_SECRET
                 with --transport gateway: a real Open Messaging integration for the gateway to talk to; what an
                 administrator switches on for it stands in examples/gateway/README.md
  GATEWAY_PORT   port of the gateway (default: 4880, or any free one when it is taken)

Exit codes: 0 stopped or printed, 1 could not be built or served, 2 wrong arguments.
`;

const steps = [
  ['the package', 'build:sdk'],
  ['the local server', 'build:sandbox'],
  ['the pages', 'build:demo'],
];

/** Runs one script of package.json, and says how it goes: one line that counts on a terminal, two plain ones elsewhere. */
async function runStep(what, script, place) {
  const { stdout } = process;
  const began = Date.now();
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  const child = spawn('npm', ['run', '--silent', script], { cwd: root, shell: process.platform === 'win32' });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      said += data;
    });
  }
  const line = `[${place}/${steps.length}] Building ${what}`;
  if (!stdout.isTTY) stdout.write(`${line}\n`);
  const timer = setInterval(() => stdout.isTTY && stdout.write(`\r${line} … ${seconds()}`), 100);
  const [code] = await once(child, 'close');
  clearInterval(timer);
  if (stdout.isTTY) stdout.write(`\r${line}: ${code === 0 ? seconds() : 'failed'}\u001b[K\n`);
  if (code === 0) return;
  process.stderr.write(said);
  throw new Error(`Building ${what} failed (npm run ${script}, exit code ${code}): the lines above say why`);
}

async function main() {
  const given = process.argv.slice(2);
  const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  if (given.includes('--help')) return process.stdout.write(helpText);
  if (given.includes('--version')) return process.stdout.write(`${manifest.version}\n`);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`The demo needs Node 20.19 or newer, and this is ${process.versions.node}`);
  }
  if (!existsSync(`${root}node_modules/vite`)) throw new Error('Nothing is installed yet: run npm ci first');
  if (given.includes('--no-build')) {
    if (!existsSync(cli) || !existsSync(pages))
      throw new Error('Nothing is built yet: run npm start without --no-build');
  } else {
    for (const [index, [what, script]] of steps.entries()) await runStep(what, script, index + 1);
  }
  const rest = given.filter((each) => each !== '--no-build');
  // Needs what is installed, which was asked for above.
  const { orgIn } = await import('../gateway/launch.mjs');
  const { transport } = parseArgs({
    args: rest,
    strict: false,
    options: { transport: { type: 'string' } },
  }).values;
  const isGateway = transport === 'gateway';
  const org = isGateway ? orgIn(process.env) : undefined;
  // A region means the sandbox's own guest to the server; with a gateway it is the gateway's.
  const { GENESYS_REGION: _, ...withoutRegion } = process.env;
  const child = spawn(process.execPath, [cli, 'sandbox', '--pages', pages, ...rest], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: isGateway ? withoutRegion : process.env,
  });
  const ended = once(child, 'close');
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  // A terminal has told the server as well.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  const [ready] = await Promise.race([once(child, 'message'), ended]);
  const isReady = typeof ready === 'object' && ready !== null;
  const gateway = isReady ? await startGatewayFor(ready, org).catch(tell) : undefined;
  if (isReady && isGateway && !gateway) child.kill('SIGTERM');
  const [code, signal] = await ended;
  await gateway?.close();
  process.exitCode = gateway || !isGateway || !isReady ? (code ?? 128 + (constants.signals[signal] ?? 0)) : 1;
}

/** Starts a gateway for the guest of the pages: in front of the real `org`, or else of the sandbox that is `ready`. */
async function startGatewayFor({ url, secret }, org) {
  const { launchGateway, sandboxWebhookSecret } = await import('../gateway/launch.mjs');
  const control = async (method, path, body) => {
    const reply = await fetch(`${url}/sandbox/${path}`, {
      method,
      headers: { 'x-sandbox-secret': secret, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`The sandbox answered ${path} with ${reply.status}`);
    return reply.status === 204 ? undefined : reply.json();
  };
  const platform = org ?? {
    ...{ apiUrl: url, loginUrl: url, webhookSecret: sandboxWebhookSecret },
    ...(await control('GET', 'credentials')),
    integrationId: (await control('GET', 'open-messaging')).integrationId,
  };
  const { port } = new URL(url);
  const allowedOrigins = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:${port}`);
  const launch = (at) => launchGateway({ ...platform, allowedOrigins, port: at }, process.env);
  const { GATEWAY_PORT } = process.env;
  const gateway = await launch(Number(GATEWAY_PORT ?? 4880)).catch((error) => {
    if (error.code === 'EADDRINUSE' && GATEWAY_PORT === undefined) return launch(0);
    throw error;
  });
  if (org === undefined) {
    await control('POST', 'open-messaging/settings', {
      ...{ webhookUrl: gateway.webhookUrl, webhookSecret: sandboxWebhookSecret },
      ...{ typingInbound: true, typingOutbound: true },
    });
  }
  const { GENESYS_REGION: region } = process.env;
  await control('POST', 'pages', { gateway: { url: gateway.url, ...(org && { region }) } });
  process.stdout.write(
    `Gateway at ${gateway.url}; the integration's webhooks go to ${gateway.webhookUrl}\n` +
      (org ? `The guest of the pages talks to ${region} by the gateway, and not to the sandbox.\n` : ''),
  );
  return gateway;
}

const tell = ({ message }) =>
  process.stderr.write(`The gateway could not be started: ${message}\n`) && undefined;

main().catch(({ message }) => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
