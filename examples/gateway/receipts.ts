import { type Backing, Later } from './backing/backing.ts';
import type { OpenMessaging } from './openMessaging.ts';
import { isUnknownToPlatform, PlatformRefusal } from './platform.ts';
import { Refusal } from './refusal.ts';

/** What is told of a message of the agent's. */
interface Delivery {
  readonly guestId: string;
  readonly messageId: string;
}

/** Tells the platform that its messages have reached guests. */
export interface Receipts {
  /** A message has reached its guest: it is told once, when the budget allows it. */
  delivered(guestId: string, messageId: string): void;
}

/** How long it is known that a message's delivery was told, s: whichever page has it later tells nothing. */
const memory = 3600;

/** Tells by way of `openMessaging`. */
export function createReceipts(
  backing: Backing,
  openMessaging: OpenMessaging,
  log: (line: string) => void,
): Receipts {
  const told = backing.limiter('delivered', { points: 1, seconds: memory });
  const queue = backing.queue<Delivery>('receipts', async ({ guestId, messageId }) => {
    if ((await told.get(messageId)) !== null) return;
    try {
      await openMessaging.receipt(guestId, messageId, 'Delivered');
    } catch (error) {
      if (error instanceof Refusal && error.status === 429)
        throw new Later((error.retryAfter ?? 1) * 1000, { isForAll: true });
      const isOver = error instanceof PlatformRefusal && !error.isUnsure && error.status !== 503;
      if (!isOver && !isUnknownToPlatform(error)) throw error;
    }
    await told.set(messageId, 1, memory);
  });
  return {
    delivered: (guestId, messageId) => {
      queue.add(messageId, { guestId, messageId }).catch(() => log('receipt: could not be kept.'));
    },
  };
}
