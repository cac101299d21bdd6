import { once } from 'node:events';
import { Redis, type RedisOptions } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { createStorage, type Driver } from 'unstorage';
import redisDriver from 'unstorage/drivers/redis';
import { type Backing, countdown, Unavailable, type Versioned } from './backing.ts';
import { createRedisQueue, type RedisQueue } from './redisQueue.ts';
import { defineScripts } from './redisScripts.ts';
import { createRedisTopics } from './redisTopics.ts';

/** How a fleet shares Redis. */
export interface RedisBackingOptions {
  /** Such as `redis://127.0.0.1:6379`. Its persistence is what nothing is lost by: `appendonly yes`. */
  readonly url: string;
  /** What its keys begin with. Default: `gateway`. */
  readonly prefix?: string;
  /** How long a conversation is kept after its last change, s. Default: 30 days. */
  readonly retention?: number;
  /** Gets one line for what went wrong. Default: nobody. */
  readonly log?: (line: string) => void;
}

/** How long an answer of Redis is waited for, ms. */
const answerTime = 2000;
const month = 30 * 24 * 3600;

/**
 * Many processes over one Redis. It is waited for; afterwards commands fail at once while it is away, and the connection comes
 * back by itself.
 */
export async function onRedis({
  url,
  prefix = 'gateway',
  retention = month,
  log = () => {},
}: RedisBackingOptions): Promise<Backing> {
  const reconnecting: RedisOptions = { retryStrategy: (tries) => Math.min(50 * tries, 1000) };
  const failing: RedisOptions = {
    commandTimeout: answerTime,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  };
  // What listens may not ask whether Redis is ready; it may subscribe before it is.
  const subscribing: RedisOptions = { maxRetriesPerRequest: null, enableReadyCheck: false };
  const driver = redisDriver({ url, base: prefix, ttl: retention, ...reconnecting, ...failing });
  const client = driver.getInstance?.() as Redis;
  const patient = new Redis(url, { ...reconnecting, maxRetriesPerRequest: null });
  const topics = createRedisTopics(new Redis(url, { ...reconnecting, ...subscribing }), {
    ...{ prefix, answerTime },
    publish: (channel, text) => client.publish(channel, text),
  });
  const queues: RedisQueue[] = [];
  let isTold = false;
  const trouble = (): void => {
    if (!isTold) log('redis: away; messages wait, typing is dropped.');
    isTold = true;
  };
  for (const connection of [client, patient]) connection.on('error', trouble);
  topics.onTrouble(trouble);
  topics.onReturn(() => {
    if (isTold) log('redis: back.');
    isTold = false;
  });
  const scripts = defineScripts(client);
  const storage = createStorage({ driver: guarded(driver) });

  if (client.status !== 'ready') await once(client, 'ready');
  return {
    storage,
    replace: (key, value: Versioned) => {
      // The version stands first, where the script finds it.
      const { version, ...rest } = value;
      const text = JSON.stringify({ version, ...rest });
      return reached(scripts.replace(`${prefix}:${key}`, version - 1, text, retention)).then((n) => n === 1);
    },
    lease: async (name, duration) => {
      const key = `${prefix}:lease:${name}`;
      let left = countdown(duration);
      const fence = await reached(scripts.lease(key, `${prefix}:fence`, duration));
      if (fence === null) return undefined;
      return {
        fence,
        left: () => left(),
        extend: async () => {
          const begun = countdown(duration);
          const isOurs = (await reached(scripts.extendLease(key, fence, duration))) === 1;
          left = isOurs ? begun : () => 0;
          return isOurs;
        },
        release: async () => {
          left = () => 0;
          await reached(scripts.releaseLease(key, fence));
        },
      };
    },
    limiter: (name, { points, seconds: duration }) => {
      const limiter = new RateLimiterRedis({
        ...{ storeClient: client, keyPrefix: `${prefix}:${name}`, points, duration },
      });
      return {
        consume: (key) => reached(limiter.consume(key)),
        get: (key) => reached(limiter.get(key)),
        set: (key, spent, seconds) => reached(limiter.set(key, spent, seconds)),
        block: (key, seconds) => reached(limiter.block(key, seconds)),
      };
    },
    queue: (name, act) => {
      const queue = createRedisQueue({ connection: patient, prefix, name, act, answerTime, log });
      queues.push(queue);
      return queue;
    },
    publish: (topic, notice) => reached(topics.publish(topic, notice)),
    listen: topics.listen,
    onReturn: topics.onReturn,
    isReady: () => client.status === 'ready',
    close: async () => {
      await Promise.all(queues.map((queue) => queue.close()));
      topics.close();
      for (const connection of [client, patient]) connection.disconnect();
    },
  };
}

/** What Redis answers, or that it does not. */
function reached<Answer>(asked: Promise<Answer>): Promise<Answer> {
  return asked.catch((error: unknown) => {
    throw error instanceof RateLimiterRes || error instanceof Unavailable ? error : new Unavailable(error);
  });
}

/** A driver that says {@link Unavailable} where Redis does not answer. */
function guarded(driver: Driver): Driver {
  const guard = ([name, part]: [string, unknown]) => [
    name,
    typeof part === 'function' && name !== 'dispose' && name !== 'getInstance'
      ? (...given: unknown[]) => reached(Promise.resolve(part(...given)))
      : part,
  ];
  return Object.fromEntries(Object.entries(driver).map((entry) => guard(entry))) as unknown as Driver;
}
