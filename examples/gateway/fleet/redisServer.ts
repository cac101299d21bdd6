import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A Redis of one's own, on the loopback, that keeps what it is told. */
export interface RedisServer {
  readonly url: string;
  /** How many commands it has answered since it was started, and the processor time that it took, ms. */
  spent(): Promise<{ readonly commands: number; readonly cpu: number }>;
  /** Ends it as an administrator would, or at once. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again, with what it had. */
  start(): Promise<void>;
  /** Ends it, and forgets what it had. */
  close(): Promise<void>;
}

/** Why there is no Redis here; undefined where there is one. */
export function whyNoRedis(): string | undefined {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'redis-server is not installed; Debian and Ubuntu have it: apt-get install redis-server';
  }
}

/**
 * What a shell does to start a Redis and to end it: when its standard input says a signal, or is closed, as it is when whoever
 * holds the other end has died, of whatever. Redis itself has no such thing. What the terminal sends to all is not for the shell.
 */
const supervised =
  'trap "" INT TERM HUP; redis-server "$@" & read -r signal || signal=KILL; kill -"$signal" $!; wait $!';

/** Starts a Redis whose every write is on the disk before it is answered. It does not outlive this process. */
export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    server = spawn(
      'sh',
      [
        ...['-c', supervised, 'redis-server', '--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
        ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--loglevel', 'warning'],
      ],
      { stdio: ['pipe', 'ignore', 'ignore'] },
    );
    server.stdin?.on('error', () => {});
    await answers(url);
  };
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    const stopped = server;
    server = undefined;
    if (stopped === undefined || stopped.exitCode !== null || stopped.signalCode !== null) return;
    const ended = once(stopped, 'exit');
    stopped.stdin?.end(`${signal.slice('SIG'.length)}\n`);
    await ended;
  };
  await start();
  return {
    url,
    stop,
    start,
    spent: async () => {
      const client = new Redis(url);
      const text = await client.info('everything');
      client.disconnect();
      const number = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1]);
      const cpu = (number('used_cpu_user') + number('used_cpu_sys')) * 1000;
      return { commands: number('total_commands_processed'), cpu };
    },
    close: async () => {
      await stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => {});
  await client.ping();
  client.disconnect();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
