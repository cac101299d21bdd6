import { execFileSync, fork, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { WebSocketConstructor } from 'genesys-conversation-machine';
import {
  createConversation,
  eventStream,
  guestRest,
  openGuestConversation,
} from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { buildFleet } from '../../examples/gateway/fleet/build.mjs';
import { optionsIn } from '../../examples/gateway/fleet/command.ts';
import { bareTime } from '../../examples/gateway/fleet/takeovers.ts';
import type { WorkerNotice, WorkerOptions } from '../../examples/gateway/fleet/worker.ts';
import { startGateway } from '../../examples/gateway/gateway.ts';
import type { Takeover } from '../../examples/gateway/voice.ts';
import { noRedis, openRedis } from '../support/redis.ts';

const program = fileURLToPath(new URL('../../examples/gateway/fleet/fleet.mjs', import.meta.url));
const webhookSecret = 'a secret of the org';
/** Work comes to its turn later on a busy machine. */
const patiently = { timeout: 15_000 };

/** A sandbox that plays Genesys, and two gateways over one Redis; its webhooks go to the second one. */
async function openFleet(redisUrl: string, callsPerMinute = 30_000) {
  const genesys = await startSandbox();
  const { openMessaging, clientId, clientSecret, url } = genesys;
  const signingKey = randomBytes(32);
  const lines: string[] = [];
  const start = () =>
    startGateway({
      ...{ port: 0, apiUrl: url, loginUrl: url, clientId, clientSecret, webhookSecret, signingKey },
      ...{ integrationId: openMessaging.integrationId, callsPerMinute },
      // Other tests keep this process busy as well.
      limits: { delay: 60_000 },
      redisUrl,
      log: (line) => lines.push(line),
    });
  const [one, other] = [await start(), await start()];
  openMessaging.configure({
    ...{ webhookUrl: other.webhookUrl, webhookSecret, callsPerMinute, webhookPause: 500, webhookRetries: 20 },
    ...{ typingInbound: true, typingOutbound: true },
  });
  onTestFinished(async () => {
    await Promise.all([one.close(), other.close()]);
    await genesys.close();
  });
  const messages = (guestId: string) =>
    genesys.conversation(genesys.openMessaging.live(guestId) ?? '').messages;
  return { genesys, one, other, lines, messages };
}

/** A guest of one of the gateways with the SDK, as a page is one. */
async function enter(orgUrl: string) {
  const opened = await openGuestConversation({ orgUrl });
  const { conversationId, guestId: participantId, guestToken: token } = opened;
  const manner = { stopTyping: false, spacing: 5000, timeToLive: 5001 };
  const events = eventStream({ webSocket: WebSocket as WebSocketConstructor });
  const transport = guestRest({ orgUrl, participantId, token, ...manner, events });
  const conversation = createConversation({ transport, conversationId }).start();
  onTestFinished(() => conversation.stop());
  const said: string[] = [];
  transport.on('conversation:message', ({ text = '' }) => said.push(text));
  await new Promise<void>((resolve) => transport.on('stream.opened', () => resolve()));
  return { ...opened, transport, conversation, said };
}

type Guest = Awaited<ReturnType<typeof enter>>;

/** A call of a guest's to a gateway, which may be another one than that of their stream. */
const call = (gateway: { readonly url: string }, guest: Guest, kind: string, body: object, key?: string) =>
  fetch(`${gateway.url}/api/v2/conversations/messaging/participants/${guest.guestId}/${kind}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${guest.guestToken}`,
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body: JSON.stringify({ conversationId: guest.conversationId, ...body }),
  });

describe.skipIf(noRedis !== undefined)('a fleet of gateways over Redis', () => {
  it('is one gateway to a guest, whichever process has their stream, their call or their webhook', async () => {
    const redis = await openRedis();
    const { genesys, one, other, messages } = await openFleet(redis.url);
    const guest = await enter(one.url);
    await Promise.all(
      ['a', 'b'].map((text, n) => call(n ? one : other, guest, 'messages', { text }).then((r) => r.json())),
    );
    await expect.poll(() => guest.said.length, patiently).toBe(2);
    await expect.poll(() => messages(guest.guestId).map(({ text }) => text), patiently).toEqual(guest.said);
    const platformId = genesys.openMessaging.live(guest.guestId) ?? '';
    for (const text of ['one', 'two', 'three']) genesys.agent.say(platformId, text);
    await expect.poll(() => guest.said.slice(2).sort(), patiently).toEqual(['one', 'three', 'two']);
    await expect
      .poll(() => messages(guest.guestId).map(({ delivery }) => delivery), patiently)
      .toEqual([...[undefined, undefined], ...['Delivered', 'Delivered', 'Delivered']]);
    const typing = await Promise.all(
      [one, other, one, other].map((gateway) => call(gateway, guest, 'typing', { isTyping: true })),
    );
    expect(typing.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    const typed = () => genesys.calls().filter(({ route }) => route.endsWith('/inbound/open/event'));
    await expect.poll(() => typed().length, patiently).toBe(1);

    const ended = new Promise((resolve) => guest.conversation.on('conversation.ended', resolve));
    await expect
      .poll(() => genesys.calls().filter(({ route }) => route.endsWith('/subscriptions')).length, patiently)
      .toBeGreaterThan(0);
    genesys.endConversation(platformId);
    await ended;
    const closed = new Promise((resolve) => guest.transport.on('stream.unauthorized', resolve));
    await fetch(`${other.url}/api/v2/conversations/messaging/logout`, {
      ...{ method: 'POST', body: '{}' },
      headers: { authorization: `Bearer ${guest.guestToken}`, 'content-type': 'application/json' },
    });
    await closed;
    expect(typed()).toHaveLength(1);
  });

  it('answers a webhook within 100 ms while Redis is slow, and takes it once all the same', async () => {
    const redis = await openRedis();
    const slow = await openDelay(redis.url);
    const { one } = await openFleet(slow.url);
    const guest = await enter(one.url);
    await call(one, guest, 'messages', { text: 'Hello' });
    const channel = { to: { id: guest.guestId }, time: new Date().toISOString() };
    const body = JSON.stringify({ id: 'm1', type: 'Text', text: 'through the mud', channel });
    const signature = createHmac('sha256', webhookSecret).update(body).digest('base64');
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
    const send = async () => {
      const begun = performance.now();
      const { status } = await fetch(one.webhookUrl, { method: 'POST', headers, body });
      return { status, ms: performance.now() - begun };
    };
    await expect.poll(async () => (await send()).status).toBe(200);
    await expect.poll(() => guest.said, patiently).toEqual(['Hello', 'through the mud']);
    slow.delay(300);
    const answers = [await send(), await send(), await send()];
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    // Long before Redis could have answered; the 100 ms are asked for where nothing else has the processor.
    expect(Math.min(...answers.map(({ ms }) => ms))).toBeLessThan(process.env.LONG ? 100 : 500);
    slow.delay(0);
    await expect.poll(async () => (await send()).status).toBe(200);
    await pause(100);
    expect(guest.said).toEqual(['Hello', 'through the mud']);
  });

  it('says that Redis is away, keeps no promise that it cannot, and goes on when it is back', async () => {
    const redis = await openRedis();
    const { genesys, one, other, lines, messages } = await openFleet(redis.url);
    const guest = await enter(one.url);
    await call(one, guest, 'messages', { text: 'before' });
    const platformId = genesys.openMessaging.live(guest.guestId) ?? '';
    await redis.stop('SIGKILL');
    const refused = await call(one, guest, 'messages', { text: 'meanwhile' }, 'a key for meanwhile');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await call(one, guest, 'typing', { isTyping: true })).status).toBe(204);
    expect((await fetch(`${other.url}/health`)).status).toBe(503);
    genesys.agent.say(platformId, 'anybody there?');
    await pause(300);
    await redis.start();
    await expect
      .poll(() =>
        call(one, guest, 'messages', { text: 'meanwhile' }, 'a key for meanwhile').then((r) => r.status),
      )
      .toBe(200);
    await call(other, guest, 'messages', { text: 'after' });
    await expect
      .poll(() => [...guest.said].sort(), patiently)
      .toEqual(['after', 'anybody there?', 'before', 'meanwhile']);
    const own = messages(guest.guestId).filter(({ participantId }) => participantId === guest.guestId);
    expect(own.map(({ text }) => text)).toEqual(['before', 'meanwhile', 'after']);
    expect((await fetch(`${other.url}/health`)).status).toBe(200);
    expect(lines).toEqual(
      expect.arrayContaining(['redis: away; messages wait, typing is dropped.', 'redis: back.']),
    );
  });
});

/** A gateway in a process of its own. */
async function spawnGateway(folder: string, options: WorkerOptions) {
  const child = fork(join(folder, 'worker.mjs'), {
    env: { ...process.env, GATEWAY_PROCESS: JSON.stringify(options) },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const takeovers: Takeover[] = [];
  child.on('message', (notice: WorkerNotice) => {
    if (notice.type === 'takeover') takeovers.push(notice);
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('The gateway process has ended.')));
    child.on('message', (notice: WorkerNotice) => {
      if (notice.type === 'listens') resolve(notice.url);
    });
  });
  return { child, url, takeovers };
}

/** Two gateways in processes of their own, over one Redis, and the sandbox behind them. */
async function spawnFleet(callsPerMinute = 30_000) {
  const redis = await openRedis();
  const genesys = await startSandbox();
  onTestFinished(() => genesys.close());
  const folder = await buildFleet('worker');
  const { clientId, clientSecret, url, openMessaging } = genesys;
  openMessaging.configure({ callsPerMinute });
  const options = {
    ...{ port: 0, apiUrl: url, loginUrl: url, clientId, clientSecret, webhookSecret, callsPerMinute },
    ...{ integrationId: openMessaging.integrationId, redisUrl: redis.url },
    signingKey: randomBytes(32).toString('base64'),
  };
  const [one, other] = [await spawnGateway(folder, options), await spawnGateway(folder, options)];
  const told = () => genesys.calls().filter(({ route }) => route.endsWith('/inbound/open/message'));
  return { genesys, one, other, told };
}

it.skipIf(noRedis !== undefined || !process.env.LONG)(
  'a process that sleeps until its lease is gone and wakes makes no call: another has made it',
  async () => {
    const { genesys, one: sleeper, other, told } = await spawnFleet();
    const guest = await enter(other.url);
    // The sleeper has the voice of the conversation, and waits for its token only.
    genesys.fault({ lane: 'token', delay: 2000 });
    const answered = call(sleeper, guest, 'messages', { text: 'once' }).catch(() => {});
    await genesys.waitForCall({ lane: 'token' }, { until: 'arrived' });
    sleeper.child.kill('SIGSTOP');
    await expect.poll(() => told().length, { timeout: 20_000 }).toBe(1);
    await pause(1000);
    sleeper.child.kill('SIGCONT');
    await answered;
    await pause(2000);
    expect(told()).toHaveLength(1);
    expect(guest.said).toEqual(['once']);
  },
);

it.skipIf(noRedis !== undefined || !process.env.LONG)(
  'what waits for the budget is in the hands of the fleet, whichever process kept it and tells it',
  async () => {
    // Ten calls in six seconds, for all.
    const { one, other, told } = await spawnFleet(120);
    const guests = await Promise.all(Array.from({ length: 30 }, (_, n) => enter((n % 2 ? one : other).url)));
    await Promise.all(guests.map((guest) => call(one, guest, 'messages', { text: 'Hello' })));
    await expect.poll(() => told().length, { timeout: 60_000 }).toBe(30);
    expect([...one.takeovers, ...other.takeovers]).toEqual([]);
  },
);

it.skipIf(noRedis !== undefined || !process.env.LONG)(
  'a message that dies with its process is in nobody’s hands until its lease is over, and not as long as it waits after that',
  async () => {
    const { genesys, one, other, told } = await spawnFleet(120);
    const guest = await enter(other.url);
    // It has the voice of the conversation, and waits for its token only.
    genesys.fault({ lane: 'token', delay: 2000 });
    call(one, guest, 'messages', { text: 'once' }).catch(() => {});
    await genesys.waitForCall({ lane: 'token' }, { until: 'arrived' });
    one.child.kill('SIGKILL');
    const died = Date.now();
    // The budget is spent when the lease is over, and for a while after that.
    const others = await Promise.all(Array.from({ length: 30 }, () => enter(other.url)));
    await Promise.all(others.map((each) => call(other, each, 'messages', { text: 'meanwhile' })));
    await expect.poll(() => told().length, { timeout: 60_000 }).toBe(31);
    expect(other.takeovers).toMatchObject([{ from: String(one.child.pid) }]);
    const { bare } = bareTime(other.takeovers[0] as Takeover, [died]);
    expect(bare).toBeGreaterThan(5000);
    expect(bare).toBeLessThan(9000);
  },
);

it.skipIf(noRedis !== undefined || !process.env.LONG)(
  'nothing of a run outlives it, however it ends',
  async () => {
    const run = spawn(process.execPath, [program, '--guests', '3'], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void run.kill());
    // Its first line: everything has been started.
    await once(run.stdout, 'data');
    const pids = descendants(run.pid ?? 0);
    expect(pids.length).toBeGreaterThanOrEqual(6);
    run.kill('SIGKILL');
    await expect.poll(() => pids.filter(isAlive), patiently).toEqual([]);
  },
);

/** The processes that a process has started, and those that they have. */
function descendants(pid: number): readonly number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const all = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/).map(Number));
  const childrenOf = (parent: number): readonly number[] =>
    all.flatMap(([child = 0, its]) => (its === parent ? [child, ...childrenOf(child)] : []));
  return childrenOf(pid);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it.skipIf(noRedis !== undefined || !process.env.LONG)(
  'a run with deaths, sleeps and a Redis that goes away is right',
  async () => {
    const told = [
      '--guests',
      '100',
      '--every',
      '10',
      '--kills',
      '12',
      '--kill-every',
      '5',
      '--sleep',
      '--stop-redis',
    ];
    const run = spawn(process.execPath, [program, ...told], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void run.kill());
    let words = '';
    run.stdout.on('data', (chunk: Buffer) => {
      words += chunk;
    });
    const [code] = await once(run, 'exit');
    expect(code, words).toBe(0);
  },
);

it('the arguments of a run are checked, and have their defaults', () => {
  expect(optionsIn([])).toMatchObject({ guests: 300, every: 30_000, duration: 60_000, killEvery: undefined });
  expect(optionsIn(['--guests', '3000', '--kill', '--minutes', '2'])).toMatchObject({
    ...{ guests: 3000, every: 300_000, killEvery: 10_000, duration: 120_000, budget: 3600 },
  });
  expect(optionsIn(['--help'])).toBeUndefined();
  expect(() => optionsIn(['--guests', 'many'])).toThrow(
    '--guests must be a number above 0, and many is none',
  );
  expect(() => optionsIn(['--gusts', '3'])).toThrow(TypeError);
});

/** A way to Redis on which every byte takes so long. */
async function openDelay(target: string) {
  let ms = 0;
  const { hostname, port } = new URL(target);
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => setTimeout(() => to.write(bytes), ms));
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return {
    url: `redis://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    delay: (delay: number) => {
      ms = delay;
    },
  };
}
