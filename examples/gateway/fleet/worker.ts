import { type GatewayCounts, startGateway } from '../gateway.ts';
import type { GatewayOptions } from '../options.ts';
import type { Takeover } from '../voice.ts';

/** What a gateway process is given by way of its environment, as JSON in `GATEWAY_PROCESS`. */
export interface WorkerOptions
  extends Omit<GatewayOptions, 'storage' | 'log' | 'signingKey' | 'name' | 'onTakeover'> {
  /** 32 random bytes in base64, the same for all. */
  readonly signingKey: string;
}

/**
 * What a gateway process says of itself: its address once it listens, then its counts, what it logs, and each message that it takes
 * out of the hands of another one. It calls itself by the number that the system gave it.
 */
export type WorkerNotice =
  | { readonly type: 'listens'; readonly url: string; readonly webhookUrl: string }
  | ({ readonly type: 'takeover' } & Takeover)
  | ({
      readonly type: 'counts';
      /** Resident memory, bytes, and processor time, ms. */
      readonly memory: number;
      readonly cpu: number;
      /** How late the process' timers were at most, ms. */
      readonly lag: number;
    } & GatewayCounts)
  | { readonly type: 'log'; readonly line: string };

const pause = 1000;
const tell = (notice: WorkerNotice): void => {
  process.send?.(notice, undefined, undefined, () => {});
};
const log = (line: string): void => tell({ type: 'log', line });
const { signingKey, ...options } = JSON.parse(process.env.GATEWAY_PROCESS ?? '{}') as WorkerOptions;

process.on('disconnect', () => process.exit());
const { url, webhookUrl, counts } = await startGateway({
  ...options,
  ...{ log, signingKey: Buffer.from(signingKey, 'base64'), name: String(process.pid) },
  onTakeover: (takeover) => tell({ type: 'takeover', ...takeover }),
});
tell({ type: 'listens', url, webhookUrl });

let [last, lag] = [performance.now(), 0];
setInterval(() => {
  lag = Math.max(lag, performance.now() - last - 20);
  last = performance.now();
}, 20);
setInterval(() => {
  const { user, system } = process.cpuUsage();
  const memory = process.memoryUsage.rss();
  tell({
    type: 'counts',
    ...counts(),
    memory,
    cpu: (user + system) / 1000,
    lag: Math.max(0, Math.round(lag)),
  });
  lag = 0;
}, pause);
