import { RateLimiterRes } from 'rate-limiter-flexible';
import { type Backing, countdown, type Limiter } from './backing/backing.ts';
import type { OpenMessaging } from './openMessaging.ts';

/** How far apart the platform wants two typing signals of a guest, s. */
const spacing = 5;
/** How long after its turn has come a signal may leave and be answered, s. */
const signalTime = 4;
/** How much too early a signal may come and wait for its turn, ms: clients count the 5 s from when they began. */
const shortWait = 1000;

/** Tells the platform that guests type: the first thing that is dropped when the budget runs low. */
export interface Typing {
  /** Tells that a guest types, at most once in 5 s over all processes; what may not leave now is dropped. */
  announce(guestId: string): Promise<void>;
}

/** Tells by way of `openMessaging`. */
export function createTyping(
  backing: Backing,
  openMessaging: OpenMessaging,
  log: (line: string) => void,
): Typing {
  // A turn lasts until its call has surely ended, whatever becomes of this process, and the spacing after it.
  const turns = backing.limiter('typing', { points: 1, seconds: spacing + signalTime });
  const announce = async (guestId: string): Promise<void> => {
    if (!(await takeTurn(turns, guestId))) return;
    const left = countdown(signalTime * 1000);
    try {
      await openMessaging.typing(guestId, { mayLeave: (attemptTime) => left() > attemptTime });
    } finally {
      await turns.set(guestId, 1, spacing);
    }
  };
  return { announce: (guestId) => announce(guestId).catch(() => log('typing: dropped.')) };
}

async function takeTurn(turns: Limiter, guestId: string): Promise<boolean> {
  const wait = await waitFor(turns, guestId);
  if (wait === 0 || wait > shortWait) return wait === 0;
  await new Promise((resolve) => setTimeout(resolve, wait));
  return (await waitFor(turns, guestId)) === 0;
}

/** Takes a guest's turn and returns 0, or returns how long there is none yet, ms. */
function waitFor(turns: Limiter, guestId: string): Promise<number> {
  return turns.consume(guestId).then(
    () => 0,
    (spent: unknown) => {
      if (spent instanceof RateLimiterRes) return Math.max(1, spent.msBeforeNext);
      throw spent;
    },
  );
}
