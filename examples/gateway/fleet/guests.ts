import { Agent } from 'node:http';
import { type Counts, createGuest } from './guest.ts';
import { within } from './within.ts';

/** What the load is given by way of its environment, as JSON in `GATEWAY_LOAD`. */
export interface LoadOptions {
  readonly url: string;
  readonly run: string;
  readonly guests: number;
  readonly every: number;
}

/** What the load says of itself: its counts every second, and at last what its guests found wrong. */
export type LoadNotice =
  | ({ readonly type: 'counts' } & Counts)
  | { readonly type: 'settled' }
  | {
      readonly type: 'judged';
      readonly wrong: readonly string[];
      /** How long half, all but one in a hundred, and all of the messages took at most until their answers were shown, ms. */
      readonly answered: AnswerTimes;
    };

/** How long messages took until their answers were shown, ms. */
export interface AnswerTimes {
  readonly half: number;
  readonly mostOfAHundred: number;
  readonly all: number;
}

/** What the load is told: to begin nothing new, or to judge. */
export type LoadOrder = 'stop' | 'judge';

const guestsOfAnAddress = 25;
const { url, run, guests: many, every } = JSON.parse(process.env.GATEWAY_LOAD ?? '{}') as LoadOptions;
const counts: Counts = {
  ...{ connected: 0, accepted: 0, answered: 0, marks: 0, retries: 0, longestAccept: 0 },
};
const answerTimes: number[] = [];
const world = { url, run, every, counts, answerTimes };
const addresses = Array.from({ length: Math.ceil(many / guestsOfAnAddress) }, (_, n) => {
  const localAddress = `127.1.${Math.floor(n / 250)}.${(n % 250) + 1}`;
  return { localAddress, agent: new Agent({ keepAlive: true, maxSockets: 10 }) };
});
const guests = Array.from({ length: many }, (_, n) => {
  const { agent, localAddress } = addresses[n % addresses.length] as (typeof addresses)[number];
  return createGuest(world, n, agent, localAddress);
});
const tell = (notice: LoadNotice): void => {
  process.send?.(notice);
};

process.on('disconnect', () => process.exit());
process.on('message', (order: LoadOrder) => {
  if (order === 'stop') {
    for (const guest of guests) guest.stop();
    setInterval(() => {
      if (guests.every((guest) => guest.isSettled())) tell({ type: 'settled' });
    }, 500);
  } else void judge();
});
setInterval(() => tell({ type: 'counts', ...counts }), 1000);
for (const guest of guests) guest.live().catch(() => {});

async function judge(): Promise<void> {
  const wrong: string[] = [];
  for (let at = 0; at < guests.length; at += 50) {
    const some = await Promise.all(guests.slice(at, at + 50).map((guest) => guest.judge()));
    wrong.push(...some.flatMap((objections, n) => objections.map((text) => `guest ${at + n}: ${text}`)));
  }
  const upTo = (share: number): number => within(answerTimes, share);
  tell({
    ...{ type: 'judged', wrong },
    answered: { half: upTo(0.5), mostOfAHundred: upTo(0.99), all: upTo(1) },
  });
}
