import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Sandbox } from './control/handle.ts';
import { defaultPort, helpText } from './help.ts';
import { type Org, orgOf } from './pages/org.ts';
import { type PageTransport, pageTransports } from './pages/pageTransport.ts';
import { checkOneOf } from './shared/validate.ts';
import { startSandbox } from './start.ts';
import { traceCommand } from './traceCommand.ts';

const commands = ['sandbox', 'inspect'] as const;

class UsageError extends Error {}

interface Arguments {
  print: 'help' | 'version' | undefined;
  port: number | undefined;
  pages: string | undefined;
  transport: PageTransport | undefined;
  org: Org | undefined;
  deployments: string[];
  allowedOrigins: string[];
}

const nothing: Omit<Arguments, 'print'> = {
  port: undefined,
  pages: undefined,
  transport: undefined,
  org: undefined,
  deployments: [],
  allowedOrigins: [],
};

function readArguments(args: string[]): Arguments {
  const { values, positionals } = parse(args);
  const [command, ...extra] = positionals;
  if (values.help || command === 'help') return { print: 'help', ...nothing };
  if (values.version) return { print: 'version', ...nothing };
  if (command === undefined)
    throw new UsageError(`Which command? There are ${[...commands, 'trace'].join(', ')}`);
  if (!commands.some((each) => each === command))
    throw new UsageError(`Unknown command ${JSON.stringify(command)}`);
  if (extra.length > 0) throw new UsageError(`Unexpected argument ${JSON.stringify(extra[0])}`);
  if (values.port !== undefined && !/^\d{1,5}$/.test(values.port)) {
    throw new UsageError('--port must be a number from 0 to 65535');
  }
  const transport =
    values.transport === undefined ? undefined : checkOneOf('--transport', values.transport, pageTransports);
  const org = orgOf(process.env);
  if (org !== undefined && transport !== undefined && transport !== 'web-messaging') {
    throw new UsageError('--transport must be web-messaging for a real org: GENESYS_REGION is set');
  }
  return {
    print: undefined,
    transport,
    org,
    port: values.port === undefined ? undefined : Number(values.port),
    pages: values.pages,
    deployments: values.deployment ?? [],
    allowedOrigins: values['allow-origin'] ?? [],
  };
}

function parse(args: string[]) {
  try {
    const options = {
      port: { type: 'string' },
      pages: { type: 'string' },
      transport: { type: 'string' },
      deployment: { type: 'string', multiple: true },
      'allow-origin': { type: 'string', multiple: true },
      version: { type: 'boolean' },
      help: { type: 'boolean' },
    } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Node goes on with advice about arguments that begin with a dash.
    throw new UsageError((error as Error).message.replace(/\. To specify a positional .*/s, ''));
  }
}

async function start({
  port,
  pages,
  transport,
  org,
  deployments,
  allowedOrigins,
}: Arguments): Promise<Sandbox> {
  const options = {
    deployments,
    allowedOrigins,
    originRefused: tellRefused,
    ...(pages !== undefined && { pages }),
    ...(transport !== undefined && { transport }),
    ...(org !== undefined && { org }),
  };
  try {
    return await startSandbox({ ...options, port: port ?? defaultPort });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES')
      throw new Error(`Port ${port} needs rights that this program has not; take one from 1024 on`);
    if (code !== 'EADDRINUSE') throw error;
    if (port !== undefined)
      throw new Error(
        `Port ${port} is in use; end what listens there, or choose another (--port 0: any free one)`,
      );
    process.stderr.write(`Port ${defaultPort} is taken; using a free one.\n`);
    return startSandbox(options);
  }
}

/** Says which origin was refused, and what admits it. */
function tellRefused(origin: string): void {
  process.stderr.write(
    origin === 'null'
      ? 'Refused a page without an origin, such as one opened from the disk: serve it over http, then name that origin by --allow-origin\n'
      : `Refused ${origin}, which may not call this sandbox; to admit it, start with --allow-origin ${origin}\n`,
  );
}

async function version(): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));
  return String(manifest.version);
}

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'trace' && !rest.includes('--help') && !rest.includes('--version')) {
    process.stdout.write(await traceCommand(rest));
    return;
  }
  const given = readArguments(process.argv.slice(2));
  if (given.print !== undefined) {
    process.stdout.write(given.print === 'help' ? helpText : `${await version()}\n`);
    return;
  }
  const sandbox = await start(given);
  // A terminal tells a whole group of processes, and one of them may tell another.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void sandbox.close());
  const { deploymentId, endpoint } = sandbox.webMessaging;
  process.stdout.write(
    `Sandbox ready at ${sandbox.url}/ (control secret: ${sandbox.secret})\n` +
      (given.pages === undefined ? '' : `Pages: open ${sandbox.url}/ in a browser\n`) +
      `Agent's desk at ${sandbox.url}/agent/#${sandbox.secret}\n` +
      `Inspector at ${sandbox.url}/inspector/\n` +
      `Web messaging at ${endpoint}?deploymentId=${deploymentId}\n` +
      '\n' +
      'To paste:\n' +
      `  guestRest, openGuestConversation: orgUrl: '${sandbox.url}'\n` +
      `  webMessaging: endpoint: '${endpoint}', deploymentId: '${deploymentId}'\n` +
      `${admitted(given.allowedOrigins)}Stop with Ctrl+C.\n`,
  );
  // Whoever started this as a child with a channel need not read the text.
  process.send?.({ url: sandbox.url, secret: sandbox.secret });
  if (given.org !== undefined && given.pages !== undefined) {
    process.stdout.write(`The guest of the pages talks to ${given.org.region}, and not to this sandbox.\n`);
  }
}

/** Who may call, besides the sandbox's own pages and whatever is no page. */
const admitted = (origins: readonly string[]): string =>
  origins.length > 0
    ? `Pages of ${origins.join(', ')} may call it.\n`
    : 'A page of your own may call it once its origin is named, as in --allow-origin http://localhost:5173\n';

main().catch((error: unknown) => {
  const isUsage = error instanceof UsageError || error instanceof TypeError;
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  process.stderr.write(`${line}${isUsage ? ' (try: genesys-conversation-machine --help)' : ''}\n`);
  process.exitCode = isUsage ? 2 : 1;
});
