import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { OpenMessaging } from './openMessaging.ts';

/** How far apart the platform wants two typing signals of a guest, s. */
const spacing = 5;

/** Tells the platform that guests type: the first thing that is dropped when the budget runs low. */
export function createTyping(openMessaging: OpenMessaging, log: (line: string) => void) {
  const window = new RateLimiterMemory({ points: 1, duration: spacing });
  return {
    /** Tells that a guest types, at most once in 5 s; what comes too early, or may not leave now, is dropped. */
    announce: async (guestId: string): Promise<void> => {
      const isDue = await window.consume(guestId).then(
        () => true,
        () => false,
      );
      if (isDue) await openMessaging.typing(guestId).catch(() => log('typing: dropped.'));
    },
    /** A message ends the typing by itself; what is typed after it may be told at once. */
    forget: (guestId: string): Promise<unknown> => window.delete(guestId),
  };
}
