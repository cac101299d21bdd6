import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Backing } from './backing/backing.ts';
import { tooMany } from './refusal.ts';

/** What a call to the platform is worth where the budget runs low: what is left for the others stays theirs, a share of it. */
export const reserves = { message: 0, other: 0.05, receipt: 0.1, typing: 0.3, check: 0.5 } as const;

/** What a call is about. */
export type CallKind = keyof typeof reserves;

/** The calls that the platform grants the client, all processes together. */
export interface Budget {
  /** Takes one call out of it. Rejects with a 429 `Refusal` that says when to come again. */
  spend(kind: CallKind): Promise<void>;
  /** The platform has asked everybody to wait. */
  silence(seconds: number): Promise<void>;
}

/** A minute is cut into slices of so many seconds, or of more, where a budget is too small to be cut so fine. */
const shortestSlice = 3;
const fewestCallsOfASlice = 10;

/**
 * The slices that a budget of so many calls in any minute is spent in. Nobody says where the platform's minute begins: whatever
 * minute one looks at touches so many of them and two more, for a call may arrive up to a slice after it was granted, and the
 * shares are such that all of those together hold no more than the budget. `points` are the calls of a slice.
 */
export function slicesOf(callsPerMinute: number): { readonly seconds: number; readonly points: number } {
  const seconds = Math.min(
    60,
    Math.max(shortestSlice, Math.ceil((60 * fewestCallsOfASlice) / callsPerMinute)),
  );
  return { seconds, points: Math.max(1, Math.floor(callsPerMinute / (Math.ceil(60 / seconds) + 2))) };
}

/** A budget of so many calls in any minute, spent in slices. */
export function createBudget(backing: Backing, callsPerMinute: number): Budget {
  const { seconds, points } = slicesOf(callsPerMinute);
  const limiter = backing.limiter('budget', { points, seconds });
  const key = 'client';
  const wait = (ms: number) => tooMany(Math.max(1, Math.ceil(ms / 1000)));
  return {
    spend: async (kind) => {
      const most = Math.max(1, Math.floor(points * (1 - reserves[kind])));
      if (most < points) {
        const spent = await limiter.get(key);
        if (spent !== null && spent.consumedPoints >= most) throw wait(spent.msBeforeNext);
      }
      await limiter.consume(key).catch((spent: unknown) => {
        throw spent instanceof RateLimiterRes ? wait(spent.msBeforeNext) : spent;
      });
    },
    silence: async (seconds) => {
      await limiter.block(key, seconds);
    },
  };
}
