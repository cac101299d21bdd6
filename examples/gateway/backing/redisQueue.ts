import { DelayedError, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { Later, pauseAfter, Unavailable, type WorkQueue } from './backing.ts';

/** Work in Redis, and the part of it that this process does. */
export interface RedisQueue {
  close(): Promise<void>;
}

interface Parts<Work> {
  /** A connection that waits for Redis as long as it takes. */
  readonly connection: Redis;
  readonly prefix: string;
  readonly name: string;
  readonly act: (work: Work) => Promise<void>;
  /** How long it is waited for that work is kept, ms. It may be kept later all the same. */
  readonly answerTime: number;
  readonly log: (line: string) => void;
}

/** Most work of one queue that this process does at a time. */
const mostAtOnce = 50;
/** Most work that waits in this process for Redis to be there again. */
const mostPending = 10_000;
/** How long a process may be silent before others do its work, ms, and how often that is looked at. */
const [lockDuration, stalledInterval] = [8000, 3000];

/** A queue of BullMQ. Work is tried again until it is done, and again where its process has died or fallen silent. */
export function createRedisQueue<Work extends object>(parts: Parts<Work>): WorkQueue<Work> & RedisQueue {
  const { connection, prefix, name, act, answerTime, log } = parts;
  const queue = new Queue<Work, void, string>(name, { connection, prefix });
  const worker = new Worker<Work, void, string>(
    name,
    async (job, token) => {
      try {
        await act(job.data);
      } catch (error) {
        if (!(error instanceof Later)) throw error;
        if (error.isForAll) {
          await queue.rateLimit(error.after);
          throw Worker.RateLimitError();
        }
        await job.moveToDelayed(Date.now() + error.after, token);
        throw new DelayedError();
      }
    },
    {
      ...{ connection, prefix, concurrency: mostAtOnce, lockDuration, stalledInterval },
      ...{ maxStalledCount: Number.MAX_SAFE_INTEGER },
      limiter: { max: 1_000_000, duration: 1000 },
      settings: { backoffStrategy: (attempts) => pauseAfter(attempts) },
    },
  );
  // The connection says that it is away; what else goes wrong with one piece of work is tried again.
  queue.on('error', () => {});
  worker.on('error', () => {});
  worker.on('failed', (_job, error) => log(`${name}: ${error.name}; tried again.`));

  let pending = 0;
  const keep = async (id: string, work: Work, delay: number): Promise<void> => {
    pending += 1;
    try {
      await (queue as Queue<object>).add(name, work, {
        ...{ jobId: id, delay, attempts: Number.MAX_SAFE_INTEGER, backoff: { type: 'custom' } },
        ...{ removeOnComplete: true, removeOnFail: true },
      });
    } finally {
      pending -= 1;
    }
  };
  return {
    add: async (id, work, delay = 0) => {
      if (pending >= mostPending) throw new Unavailable(new Error('Too much waits for Redis.'));
      const kept = keep(id, work, delay);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const tooLong = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Unavailable()), answerTime);
      });
      await Promise.race([kept, tooLong])
        .catch((error: unknown) => {
          throw error instanceof Unavailable ? error : new Unavailable(error);
        })
        .finally(() => clearTimeout(timer));
    },
    remove: async (id) => {
      await queue.remove(id);
    },
    waiting: async () => {
      const counts = await queue.getJobCounts('waiting', 'delayed', 'active');
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    close: async () => {
      await worker.close(true);
      await queue.close();
    },
  };
}
