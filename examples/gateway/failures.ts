import { type Conversations, type Kept, placed, say } from './conversations.ts';
import type { Streams } from './streams.ts';

/** Who tells a guest what became of their own messages. */
const gatewayId = 'gateway';

/** What a notice is called, so that a page which knows it can show it at the message itself. */
const noticePrefix = 'not-delivered:';

/** Tells guests that a message of theirs was accepted, and did not arrive all the same. */
export interface Failures {
  /** Tells it once, and keeps it for who is not there. */
  tell(conversationId: string, messageId: string, reason: string): Promise<void>;
}

/**
 * The guest contract has no word for a message that failed later. It is told as a message of the gateway's own, with the
 * reason; its id, `not-delivered:` and that of the message, says which one is meant.
 */
export function createFailures(conversations: Conversations, streams: () => Streams): Failures {
  return {
    tell: async (conversationId, messageId, reason) => {
      const kept = await conversations.change(conversationId, (conversation): Kept | undefined => {
        const failed = placed(conversation, messageId)?.message;
        const noticeId = noticePrefix + messageId;
        if (failed === undefined || placed(conversation, noticeId) !== undefined) return undefined;
        delete failed.isRefused;
        const text = `Not delivered: “${short(failed.text)}” (${reason})`;
        const sentAt = new Date().toISOString();
        return say(conversation, { messageId: noticeId, participantId: gatewayId, text, sentAt });
      });
      if (kept !== undefined) await streams().tellMessage(conversationId, kept.message, kept.place);
    },
  };
}

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

/** Why a message failed, in the platform's words. */
export function reasonOf(reasons: unknown): string {
  const [first] = Array.isArray(reasons) ? (reasons as unknown[]) : [];
  const { code, message } = (first ?? {}) as { code?: unknown; message?: unknown };
  const words = [code, message].filter((each) => typeof each === 'string' && each !== '');
  return words.length > 0 ? words.join(': ') : 'Genesys Cloud gave no reason';
}
