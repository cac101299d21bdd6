import type { Redis } from 'ioredis';

/** What Redis does as one step. */
export interface Scripts {
  /** Puts `text` in the place of the `version` that is there, for `seconds`; 0 where another version is. */
  replace(key: string, version: number, text: string, seconds: number): Promise<0 | 1>;
  /** Takes a lease for `duration` ms; its fence, or null while somebody has it. */
  lease(key: string, fences: string, duration: number): Promise<number | null>;
  /** Begins the duration of a lease anew; 0 where it has another fence. */
  extendLease(key: string, fence: number, duration: number): Promise<0 | 1>;
  /** Gives a lease back; 0 where it has another fence. */
  releaseLease(key: string, fence: number): Promise<0 | 1>;
}

const lua: Readonly<Record<keyof Scripts, { readonly numberOfKeys: number; readonly lua: string }>> = {
  replace: {
    numberOfKeys: 1,
    lua: `
      local now = redis.call('GET', KEYS[1])
      local version = now and string.match(now, '^{"version":(%d+)') or '0'
      if version ~= ARGV[1] then return 0 end
      redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
      return 1`,
  },
  // A fence is at least the time, so that it grows also where Redis has lost what it wrote last.
  lease: {
    numberOfKeys: 2,
    lua: `
      if redis.call('EXISTS', KEYS[1]) == 1 then return false end
      local time = redis.call('TIME')
      local last = tonumber(redis.call('GET', KEYS[2]) or '0')
      local fence = math.max(last + 1, time[1] * 1000 + math.floor(time[2] / 1000))
      local text = string.format('%.0f', fence)
      redis.call('SET', KEYS[2], text)
      redis.call('SET', KEYS[1], text, 'PX', ARGV[1])
      return fence`,
  },
  extendLease: {
    numberOfKeys: 1,
    lua: `
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
  },
  releaseLease: {
    numberOfKeys: 1,
    lua: `
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      return redis.call('DEL', KEYS[1])`,
  },
};

/** Makes the scripts commands of a connection. */
export function defineScripts(client: Redis): Scripts {
  for (const [name, script] of Object.entries(lua)) client.defineCommand(name, script);
  return client as unknown as Scripts;
}
