import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Sandbox, startSandbox } from 'genesys-conversation-machine/sandbox';
import { help, optionsIn, type RunOptions } from './command.ts';
import type { Counts } from './guest.ts';
import type { LoadNotice, LoadOptions, LoadOrder } from './guests.ts';
import type { Sample } from './line.ts';
import { createPlatformLog, type PlatformLog } from './platformLog.ts';
import { type Processes, startProcesses } from './processes.ts';
import { startRedis, whyNoRedis } from './redisServer.ts';
import measured from './simulation/measured.json' with { type: 'json' };
import { settingsIn, simulationHelp, tableOf } from './simulation/table.ts';
import { createTakeovers } from './takeovers.ts';
import { judge, type Seen } from './verdict.ts';

const webhookSecret = 'a secret of the sandbox';
/** Longer than any lease lasts, ms. */
const sleepTime = 12_000;
/** How long Redis is away, ms. */
const redisPause = 5000;
/** How long what was begun may take to end when nothing new begins, ms. */
const settleTime = 120_000;

/** Runs a fleet as the arguments say, or simulates some, with the programs of `folder`; resolves to the exit code. */
export async function runFleet(args: readonly string[], folder: string): Promise<number> {
  if (args.includes('--simulate')) {
    const settings = settingsIn(args);
    console.log(settings === undefined ? simulationHelp : tableOf(settings, measured.costs));
    return 0;
  }
  const options = optionsIn(args);
  const reason = whyNoRedis();
  if (options === undefined) console.log(help);
  else if (reason !== undefined) console.error(`A fleet needs Redis: ${reason}.`);
  if (options === undefined || reason !== undefined) return options === undefined ? 0 : 2;

  const redis = await startRedis();
  const genesys = await startSandbox();
  const { clientId, clientSecret, url, openMessaging } = genesys;
  const lines: string[] = [];
  const takeovers = createTakeovers();
  const processes = await startProcesses(
    join(folder, 'worker.mjs'),
    options.processes,
    {
      ...{ port: 0, apiUrl: url, loginUrl: url, clientId, clientSecret, webhookSecret },
      ...{ integrationId: openMessaging.integrationId, callsPerMinute: options.budget },
      ...{ redisUrl: redis.url, signingKey: randomBytes(32).toString('base64') },
    },
    takeovers,
    (line) => lines.push(line),
  );
  openMessaging.configure({
    ...{ webhookUrl: processes.webhookUrl, webhookSecret, callsPerMinute: options.budget },
    ...{ typingInbound: true, typingOutbound: true },
  });
  const platform = createPlatformLog(genesys, (guestId, text) => answer(genesys, guestId, text));
  const reading = setInterval(() => platform.read(), 100);
  const load = startLoad(join(folder, 'guests.mjs'), {
    ...{
      url: processes.url,
      guests: options.guests,
      every: options.every,
      run: randomBytes(8).toString('hex'),
    },
  });
  const seen = (): Seen => ({ options, processes, takeovers, platform, counts: load.counts() });
  const showing = startTable(seen);
  const killing = killAtRandom(options, processes);
  const end = (): void => {
    load.close();
    processes.close();
    void redis.close().then(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  try {
    await setTimeout(options.duration / 2);
    if (options.stopsRedis) {
      takeovers.redis('away', Date.now());
      await redis.stop('SIGKILL');
      await setTimeout(redisPause);
      await redis.start();
      takeovers.redis('back', Date.now());
    }
    await setTimeout(options.duration / 2);
    while (processes.deaths < options.kills) await setTimeout(1000);
    clearInterval(killing);
    const isSettled = await load.stop();
    await setTimeout(1000);
    platform.read();
    const judged = await load.judge();
    showing.stop();
    const { isRight, text, figures } = judge(seen(), {
      ...{ ...judged, isSettled, genesys, samples: load.samples },
      redis: await redis.spent(),
    });
    console.log(text);
    if (options.hasFigures) console.log(JSON.stringify(figures));
    if (!isRight) console.log(['The last words of the gateways:', ...lines.slice(-20)].join('\n  '));
    return isRight ? 0 : 1;
  } finally {
    showing.stop();
    clearInterval(reading);
    clearInterval(killing);
    load.close();
    processes.close();
    await genesys.close();
    await redis.close();
  }
}

/** The agent answers every message, and is seen typing now and then. */
function answer(genesys: Sandbox, guestId: string, text: string): void {
  const conversationId = genesys.openMessaging.live(guestId);
  if (conversationId === undefined) return;
  if (Math.random() < 0.2) genesys.agent.typing(conversationId, true);
  genesys.agent.say(conversationId, `re ${text}`);
}

function killAtRandom(options: RunOptions, processes: Processes) {
  let turns = 0;
  return options.killEvery === undefined
    ? undefined
    : setInterval(() => {
        turns += 1;
        if (options.hasSleep && turns % 2 === 0) processes.sleep(sleepTime);
        else processes.kill();
      }, options.killEvery);
}

function startLoad(program: string, options: LoadOptions) {
  const child = fork(program, { env: { ...process.env, GATEWAY_LOAD: JSON.stringify(options) } });
  const samples: Sample[] = [];
  let counts: Counts = {
    ...{ connected: 0, accepted: 0, answered: 0, marks: 0, retries: 0, longestAccept: 0 },
  };
  const heard = <Type extends LoadNotice['type']>(type: Type) =>
    new Promise<Extract<LoadNotice, { type: Type }>>((resolve) => {
      child.on('message', (notice: LoadNotice) => {
        if (notice.type === type) resolve(notice as Extract<LoadNotice, { type: Type }>);
      });
    });
  child.on('message', (notice: LoadNotice) => {
    if (notice.type !== 'counts') return;
    counts = notice;
    samples.push({ time: Date.now(), accepted: notice.accepted });
  });
  const order = (word: LoadOrder): void => void child.send(word);
  return {
    counts: () => counts,
    samples: samples as readonly Sample[],
    stop: async (): Promise<boolean> => {
      const settled = heard('settled').then(() => true);
      order('stop');
      const end = new AbortController();
      const late = setTimeout(settleTime, false, { signal: end.signal }).catch(() => false);
      return Promise.race([settled, late]).finally(() => end.abort());
    },
    judge: () => {
      const judged = heard('judged');
      order('judge');
      return judged;
    },
    close: () => {
      child.kill('SIGKILL');
      void once(child, 'exit').catch(() => {});
    },
  };
}

/** Shows what happens: a line that is written over, or lines where nobody watches. */
function startTable(seen: () => Seen) {
  const isWatched = process.stdout.isTTY;
  const begun = Date.now();
  const show = (): void => {
    const { options, processes, takeovers, platform, counts } = seen();
    const now = processes.now();
    const sum = (of: (each: (typeof now)[number]) => number) => now.reduce((all, each) => all + of(each), 0);
    const cells = [
      `${Math.round((Date.now() - begun) / 1000)} s`,
      `${counts.connected} of ${options.guests} guests`,
      `${counts.accepted} messages, ${counts.answered} answered, ${counts.marks} marks`,
      `${budgetCell(platform, options)}, ${platform.totals.typing} typing`,
      `${now.length} processes, ${processes.deaths} died`,
      `${takeovers.count} taken over (${seconds(takeovers.longest)} in nobody's hands at most)`,
      `lag ${Math.max(0, ...now.map(({ lag }) => lag))} ms`,
      `${Math.round(sum(({ memory }) => memory) / 2 ** 20)} MB`,
    ];
    if (isWatched) process.stdout.write(`\u001b[2J\u001b[H${cells.join('\n')}\n`);
    else console.log(cells.join(' | '));
  };
  const timer = setInterval(show, isWatched ? 1000 : 5000);
  return { stop: () => clearInterval(timer) };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const budgetCell = (platform: PlatformLog, { budget }: RunOptions): string =>
  `${platform.ofLastMinute()} of ${budget} calls a minute`;
