import cluster, { type Worker } from 'node:cluster';
import type { TakenOver } from '../outbox.ts';
import type { WorkerNotice, WorkerOptions } from './worker.ts';

type Seen = Extract<WorkerNotice, { type: 'counts' }>;

/** Gateway processes behind one port. */
export interface Processes {
  readonly url: string;
  readonly webhookUrl: string;
  /** What each of those that live said last. */
  now(): readonly Seen[];
  /** Messages that one process told in the place of another, those of processes that are gone included. */
  takenOver(): TakenOver;
  /** The processor time that all have taken since each had started, ms. */
  cpu(): number;
  /** How many processes have died. */
  readonly deaths: number;
  /** Ends one at random, at once, unless it is the last that serves; another one comes in its place. */
  kill(): void;
  /** Lets one at random sleep for `ms`. */
  sleep(ms: number): void;
  close(): void;
}

/** Starts `count` processes of the program `exec`, which share a port; who dies is replaced. */
export async function startProcesses(
  exec: string,
  count: number,
  options: WorkerOptions,
  log: (line: string) => void,
): Promise<Processes> {
  // The processes take connections themselves. Handed out by this one they wait here without end before busy processes, are
  // taken long after their guests have given them up, and keep those from being taken who have come back meanwhile.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ exec });
  const seen = new Map<number, Seen>();
  const startCpu = new Map<number, number>();
  const gone = { count: 0, longest: 0, longestUnsure: 0, cpu: 0 };
  const asleep = new Set<Worker>();
  let [deaths, isClosed] = [0, false];

  const spawn = (): Promise<{ readonly url: string; readonly webhookUrl: string }> =>
    new Promise((resolve) => {
      const worker = cluster.fork({ GATEWAY_PROCESS: JSON.stringify(options) });
      worker.on('error', () => {});
      worker.on('message', (notice: WorkerNotice) => {
        if (notice.type === 'listens') resolve(notice);
        else if (notice.type === 'counts') {
          startCpu.set(worker.id, startCpu.get(worker.id) ?? notice.cpu);
          seen.set(worker.id, { ...notice, cpu: notice.cpu - (startCpu.get(worker.id) ?? 0) });
        } else log(`${worker.id}: ${notice.line}`);
      });
      worker.once('exit', () => {
        const { takenOver, cpu = 0 } = seen.get(worker.id) ?? {};
        gone.cpu += cpu;
        gone.count += takenOver?.count ?? 0;
        gone.longest = Math.max(gone.longest, takenOver?.longest ?? 0);
        gone.longestUnsure = Math.max(gone.longestUnsure, takenOver?.longestUnsure ?? 0);
        seen.delete(worker.id);
        asleep.delete(worker);
        if (isClosed) return;
        deaths += 1;
        void spawn().then(resolve);
      });
    });
  /** One at random of those that serve, as long as another one is left to. */
  const anyone = (): Worker | undefined => {
    const awake = Object.values(cluster.workers ?? {}).filter(
      (worker) => worker !== undefined && seen.has(worker.id) && !asleep.has(worker),
    );
    return awake.length < 2 ? undefined : awake[Math.floor(Math.random() * awake.length)];
  };
  const [first] = await Promise.all(Array.from({ length: count }, spawn));
  if (first === undefined) throw new Error('A fleet has one process at least.');

  return {
    ...{ url: first.url, webhookUrl: first.webhookUrl },
    now: () => [...seen.values()],
    takenOver: () => {
      const all = [...seen.values()].map(({ takenOver }) => takenOver);
      return {
        count: all.reduce((sum, { count }) => sum + count, gone.count),
        longest: Math.max(gone.longest, ...all.map(({ longest }) => longest)),
        longestUnsure: Math.max(gone.longestUnsure, ...all.map(({ longestUnsure }) => longestUnsure)),
      };
    },
    cpu: () => [...seen.values()].reduce((sum, { cpu }) => sum + cpu, gone.cpu),
    get deaths() {
      return deaths;
    },
    kill: () => void anyone()?.process.kill('SIGKILL'),
    sleep: (ms) => {
      const worker = anyone();
      if (worker === undefined) return;
      asleep.add(worker);
      worker.process.kill('SIGSTOP');
      setTimeout(() => {
        asleep.delete(worker);
        worker.process.kill('SIGCONT');
      }, ms);
    },
    close: () => {
      isClosed = true;
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
    },
  };
}
