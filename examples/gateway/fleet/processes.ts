import cluster, { type Worker } from 'node:cluster';
import type { Takeovers } from './takeovers.ts';
import type { WorkerNotice, WorkerOptions } from './worker.ts';

type Seen = Extract<WorkerNotice, { type: 'counts' }>;

/** Gateway processes behind one port. */
export interface Processes {
  readonly url: string;
  readonly webhookUrl: string;
  /** What each of those that live said last. */
  now(): readonly Seen[];
  /**
   * The longest that a message waited to be told, behind none of its own guest's, ms: where nothing was lost with a process, and
   * where its answer was. Of a process that has died all but its last second.
   */
  longestWaits(): readonly [number, number];
  /** The processor time that all have taken since each had started, ms. */
  cpu(): number;
  /** The longest that a process took from its start until it listened, ms. */
  readonly longestStart: number;
  /** How many processes have died. */
  readonly deaths: number;
  /** Ends one at random, at once, unless it is the last that serves; another one comes in its place. */
  kill(): void;
  /** Lets one at random sleep for `ms`. */
  sleep(ms: number): void;
  close(): void;
}

/** Starts `count` processes of the program `exec`, which share a port; who dies is replaced. Tells `takeovers` what becomes of them. */
export async function startProcesses(
  exec: string,
  count: number,
  options: WorkerOptions,
  takeovers: Takeovers,
  log: (line: string) => void,
): Promise<Processes> {
  // The processes take connections themselves. Handed out by this one they wait here without end before busy processes, are
  // taken long after their guests have given them up, and keep those from being taken who have come back meanwhile.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ exec });
  const seen = new Map<number, Seen>();
  const startCpu = new Map<number, number>();
  const gone = { longestWait: 0, longestUnsureWait: 0, cpu: 0 };
  const asleep = new Set<Worker>();
  let [deaths, longestStart, isClosed] = [0, 0, false];

  const fail = ({ process: { pid } }: Worker): void => takeovers.failed(String(pid), Date.now());
  const spawn = (): Promise<{ readonly url: string; readonly webhookUrl: string }> =>
    new Promise((resolve) => {
      const begun = Date.now();
      const worker = cluster.fork({ GATEWAY_PROCESS: JSON.stringify(options) });
      worker.on('error', () => {});
      worker.on('message', (notice: WorkerNotice) => {
        if (notice.type === 'listens') {
          longestStart = Math.max(longestStart, Date.now() - begun);
          resolve(notice);
        }
        if (notice.type === 'takeover') takeovers.taken(notice);
        else if (notice.type === 'counts') {
          startCpu.set(worker.id, startCpu.get(worker.id) ?? notice.cpu);
          seen.set(worker.id, { ...notice, cpu: notice.cpu - (startCpu.get(worker.id) ?? 0) });
        } else if (notice.type === 'log') log(`${worker.id}: ${notice.line}`);
      });
      worker.once('exit', () => {
        fail(worker);
        const { longestWait = 0, longestUnsureWait = 0, cpu = 0 } = seen.get(worker.id) ?? {};
        gone.cpu += cpu;
        gone.longestWait = Math.max(gone.longestWait, longestWait);
        gone.longestUnsureWait = Math.max(gone.longestUnsureWait, longestUnsureWait);
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
    longestWaits: () => {
      const all = [gone, ...seen.values()];
      return [
        Math.max(...all.map(({ longestWait }) => longestWait)),
        Math.max(...all.map(({ longestUnsureWait }) => longestUnsureWait)),
      ];
    },
    cpu: () => [...seen.values()].reduce((sum, { cpu }) => sum + cpu, gone.cpu),
    get longestStart() {
      return longestStart;
    },
    get deaths() {
      return deaths;
    },
    kill: () => {
      const worker = anyone();
      if (worker === undefined) return;
      fail(worker);
      worker.process.kill('SIGKILL');
    },
    sleep: (ms) => {
      const worker = anyone();
      if (worker === undefined) return;
      asleep.add(worker);
      fail(worker);
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
