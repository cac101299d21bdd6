import { parseArgs } from 'node:util';
import type { Sandbox } from './control/handle.ts';
import { type Org, orgOf } from './pages/org.ts';
import { type PageTransport, pageTransports } from './pages/pageTransport.ts';
import { checkOneOf } from './shared/validate.ts';
import { startSandbox } from './start.ts';
import { traceCommand } from './traceCommand.ts';

const defaultPort = 4870;

const commands = ['sandbox', 'inspect'] as const;

const helpText = `Usage: genesys-conversation-machine <${commands.join('|')}> [options]
       genesys-conversation-machine trace <file> <--svg|--test>

sandbox  starts a local server that plays the back end of a web messaging guest; on
         its agent's desk you are the other side
inspect  the same server, for its page that shows the charts of your application
         while they run: give it your application's origin by --allow-origin
trace    prints what that page has saved of a conversation as a timeline, or as a
         test that needs no server

The server listens on the loopback only and stops with Ctrl+C.

Options:
  --port <n>     port to listen on (default: ${defaultPort}, or any free one when it is taken)
  --pages <dir>  folder of pages to serve at /
  --transport <${pageTransports.join('|')}>
                 what the guest of these pages speaks (default: guest-rest)
  --deployment <id>
                 id of a web messaging deployment, besides the sandbox's own; may be repeated
  --allow-origin <origin>
                 origin that may call the sandbox, besides its own; may be repeated
  --help         print this help

Environment:
  GENESYS_REGION, GENESYS_DEPLOYMENT_ID
                 a real Messenger deployment for the guest of the pages to talk to, and its region, such as eu-west-1
`;

class UsageError extends Error {}

interface Arguments {
  help: boolean;
  port: number | undefined;
  pages: string | undefined;
  transport: PageTransport | undefined;
  org: Org | undefined;
  deployments: string[];
  allowedOrigins: string[];
}

const nothing: Omit<Arguments, 'help'> = {
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
  if (values.help) return { help: true, ...nothing };
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
  if (org !== undefined && transport === 'guest-rest') {
    throw new UsageError('--transport must be web-messaging for a real org: GENESYS_REGION is set');
  }
  return {
    help: false,
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
      help: { type: 'boolean' },
    } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
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
    ...(pages !== undefined && { pages }),
    ...(transport !== undefined && { transport }),
    ...(org !== undefined && { org }),
  };
  try {
    return await startSandbox({ ...options, port: port ?? defaultPort });
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    if (!isTaken || port !== undefined) throw error;
    process.stderr.write(`Port ${defaultPort} is taken; using a free one.\n`);
    return startSandbox(options);
  }
}

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'trace' && !rest.includes('--help')) {
    process.stdout.write(await traceCommand(rest));
    return;
  }
  const given = readArguments(process.argv.slice(2));
  if (given.help) {
    process.stdout.write(helpText);
    return;
  }
  const sandbox = await start(given);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());
  const { deploymentId, endpoint } = sandbox.webMessaging;
  process.stdout.write(
    `Sandbox ready at ${sandbox.url}/ (control secret: ${sandbox.secret})\n` +
      `Agent's desk at ${sandbox.url}/agent/#${sandbox.secret}\n` +
      `Inspector at ${sandbox.url}/inspector/\n` +
      `Web messaging at ${endpoint}?deploymentId=${deploymentId}\n`,
  );
  if (given.org !== undefined && given.pages !== undefined) {
    process.stdout.write(`The guest of the pages talks to ${given.org.region}, and not to this sandbox.\n`);
  }
}

main().catch((error: unknown) => {
  const isUsage = error instanceof UsageError || error instanceof TypeError;
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  process.stderr.write(`${line}${isUsage ? ' (try: genesys-conversation-machine --help)' : ''}\n`);
  process.exitCode = isUsage ? 2 : 1;
});
