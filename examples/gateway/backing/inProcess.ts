import { EventEmitter } from 'node:events';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { createStorage, type Storage } from 'unstorage';
import { type Backing, countdown, Later, pauseAfter, type Versioned, type WorkQueue } from './backing.ts';

/** Most work of one queue that is under way at a time. */
const mostAtOnce = 50;

/**
 * One process by itself: no server, everything in `storage`, which is memory unless another one is given. With one that lasts,
 * such as a folder, work that was not done is taken up again by the next start.
 */
export function inProcess(storage: Storage = createStorage()): Backing {
  const topics = new EventEmitter().setMaxListeners(0);
  const held = new Map<string, number>();
  const turns = createTurns();
  const queues: { close(): void }[] = [];
  let fence = Date.now();

  return {
    storage,
    replace: (key, value) =>
      turns(key, async () => {
        const found = await storage.getItem<Versioned>(key);
        if ((found?.version ?? 0) !== value.version - 1) return false;
        await storage.setItem(key, value);
        return true;
      }),
    lease: async (name, duration) => {
      if (held.has(name)) return undefined;
      fence += 1;
      const own = fence;
      let left = countdown(duration);
      held.set(name, own);
      const isOurs = (): boolean => held.get(name) === own;
      return {
        fence: own,
        left: () => (isOurs() ? left() : 0),
        extend: async () => {
          if (isOurs()) left = countdown(duration);
          return isOurs();
        },
        release: async () => {
          if (isOurs()) held.delete(name);
        },
      };
    },
    limiter: (keyPrefix, { points, seconds }) =>
      new RateLimiterMemory({ keyPrefix, points, duration: seconds }),
    queue: (name, act) => {
      const queue = createQueue(storage, name, act);
      queues.push(queue);
      return queue;
    },
    publish: async (topic, notice) => {
      topics.emit(topic, notice);
    },
    listen: async (topic, hear) => {
      topics.on(topic, hear);
      return () => topics.off(topic, hear);
    },
    onReturn: () => {},
    isReady: () => true,
    close: async () => {
      for (const queue of queues) queue.close();
    },
  };
}

/** Makes what lets one act at a time have a turn with a key. */
function createTurns() {
  const last = new Map<string, Promise<unknown>>();
  return <Result>(key: string, act: () => Promise<Result>): Promise<Result> => {
    const turn = (last.get(key) ?? Promise.resolve()).then(act);
    const settled = turn.catch(() => {});
    last.set(key, settled);
    void settled.then(() => {
      if (last.get(key) === settled) last.delete(key);
    });
    return turn;
  };
}

function createQueue<Work extends object>(
  storage: Storage,
  name: string,
  act: (work: Work) => Promise<void>,
): WorkQueue<Work> & { close(): void } {
  const base = `work:${name}`;
  const due: { readonly id: string; readonly failures: number }[] = [];
  const known = new Map<string, ReturnType<typeof setTimeout> | undefined>();
  let [underWay, pausedUntil, isClosed] = [0, 0, false];

  const schedule = (id: string, delay: number, failures = 0): void => {
    if (isClosed) return;
    const come = (): void => {
      due.push({ id, failures });
      next();
    };
    known.set(id, setTimeout(come, delay));
  };
  const next = (): void => {
    while (!isClosed && underWay < mostAtOnce) {
      const work = due.shift();
      if (work === undefined) return;
      const pause = pausedUntil - Date.now();
      if (pause > 0) schedule(work.id, pause, work.failures);
      else void run(work.id, work.failures);
    }
  };
  const run = async (id: string, failures: number): Promise<void> => {
    underWay += 1;
    try {
      const work = await storage.getItem<Work>(`${base}:${id}`);
      if (work !== null) await act(work);
      await storage.removeItem(`${base}:${id}`);
      known.delete(id);
    } catch (error) {
      const isLater = error instanceof Later;
      const pause = isLater ? error.after : pauseAfter(failures + 1);
      if (isLater && error.isForAll) pausedUntil = Date.now() + pause;
      if (known.has(id)) schedule(id, pause, isLater ? failures : failures + 1);
    } finally {
      underWay -= 1;
      next();
    }
  };

  // What a process before this one has left.
  void storage.getKeys(base).then((keys) => {
    for (const key of keys) {
      const id = key.slice(base.length + 1);
      if (!known.has(id)) schedule(id, 0);
    }
  });
  return {
    add: async (id, work, delay = 0) => {
      if (known.has(id)) return;
      known.set(id, undefined);
      await storage.setItem(`${base}:${id}`, work);
      schedule(id, delay);
    },
    remove: async (id) => {
      clearTimeout(known.get(id));
      known.delete(id);
      await storage.removeItem(`${base}:${id}`);
    },
    waiting: async () => known.size,
    close: () => {
      isClosed = true;
      for (const timer of known.values()) clearTimeout(timer);
    },
  };
}
