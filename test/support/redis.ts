import { onTestFinished } from 'vitest';
import { type RedisServer, startRedis, whyNoRedis } from '../../examples/gateway/fleet/redisServer.ts';
import { installWithApt } from './browser.ts';

if (process.env.LONG && whyNoRedis() !== undefined) await installWithApt('redis-server').catch(() => {});

/** Why tests over Redis are skipped; undefined where they are not. */
export const noRedis = whyNoRedis();

/** A Redis of the test's own. */
export async function openRedis(): Promise<RedisServer> {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  return redis;
}
