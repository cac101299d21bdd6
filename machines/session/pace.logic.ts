import { draw } from '../random.ts';
import { now, timeLeft, toDelay } from '../waits.ts';
import { type Args, base } from './base.ts';
import type { SessionContext, SessionTiming } from './types.ts';

/** The server asked for nothing yet. */
export const initialPace: Pick<SessionContext, 'blockedUntil'> = { blockedUntil: 0 };

/** How long a rate limit lasts, ms: what the server asked for, capped, or the fallback where it did not say (L-1). */
export function silenceAsked({ limitFallback, retryAfterCap }: SessionTiming, retryAfterMs?: number): number {
  return Math.min(retryAfterMs ?? limitFallback, retryAfterCap);
}

/** That time, or the end of the rate limit where that is later (L-1). */
export const onceAllowed = ({ blockedUntil }: SessionContext, at: number): number =>
  Math.max(at, blockedUntil);

/** Whether a rate limit lasts, and whether it no longer does. */
export const paceGuards = {
  blocked: ({ context }: Args) => now(context) < context.blockedUntil,
  limitOver: ({ context }: Args) => now(context) >= context.blockedUntil,
};

/** How long a rate limit still lasts. */
export const paceDelays = {
  limitOver: ({ context }: Args) => timeLeft(now(context), context.blockedUntil),
};

/** What a rate limit changes, and how it is told. */
export const paceActions = {
  /** A later limit never shortens an earlier one; the random part keeps its clients from coming back together. */
  beSilent: base.assign(({ context, event }) => {
    if (event.type !== 'frame.limited') return {};
    const [random, seed] = draw(context.seed);
    const asked = silenceAsked(context.timing, event.retryAfterMs);
    const until = now(context) + toDelay(asked + context.timing.limitJitter * random);
    return { seed, blockedUntil: Math.max(context.blockedUntil, until) };
  }),
  emitLimited: base.emit(({ context }) => ({
    type: 'session.limited',
    msLeft: toDelay(context.blockedUntil - now(context)),
  })),
};
