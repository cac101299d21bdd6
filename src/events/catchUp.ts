import { ConversationError } from '../shared/errors.ts';
import type { ConversationFrame, MessageFrame, ReadFrame } from '../shared/frames.ts';

/** One page of a conversation's history, oldest message first. */
export interface HistoryPage {
  readonly messages: readonly MessageFrame[];
  /** How far everybody has read. */
  readonly reads: readonly ReadFrame[];
  /** Whether there are newer messages than the last of these. */
  readonly more: boolean;
}

/**
 * Gets a page: the messages after one, the first ones of them; without `after`, the newest there are. Rejects
 * with a `ConversationError`.
 */
export type GetHistory = (
  conversationId: string,
  after: string | undefined,
  signal: AbortSignal,
) => Promise<HistoryPage>;

/** Most pages that are asked for at a time (S11); more was said than anybody would read through. */
const mostPages = 20;

/**
 * Tells what was said after a message, page by page, oldest first; without one, the newest page there is. Rejects
 * with a `ConversationError` where it cannot be had, with what came until then told.
 */
export async function catchUp(
  get: GetHistory,
  conversationId: string,
  after: string | undefined,
  tell: (frame: ConversationFrame) => void,
  signal: AbortSignal,
): Promise<void> {
  let last = after;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const { messages, reads, more } = await get(conversationId, last, signal);
    for (const message of messages) {
      // Whoever began to listen as this was told hears it from the start.
      if (signal.aborted) return;
      tell({ ...message, caughtUp: true });
    }
    const next = messages.at(-1)?.messageId;
    if (more && last !== undefined && next !== undefined && next !== last) {
      last = next;
      continue;
    }
    reads.forEach(tell);
    return;
  }
  throw new ConversationError({
    code: 'not-found',
    message: 'More was said than is caught up with; load the history of the conversation.',
  });
}
