import type { Storage } from 'unstorage';
import { notFound } from './refusal.ts';

/** A message as the guest contract shows it. No `position`: webhooks come in any order, and `sentAt` decides. */
export interface Message {
  readonly messageId: string;
  readonly participantId: string;
  readonly text: string;
  /** ISO 8601. */
  readonly sentAt: string;
}

/** One conversation of a guest's: theirs for good, whatever the platform calls it meanwhile. */
export interface Conversation {
  readonly conversationId: string;
  readonly guestId: string;
  /** What the platform calls it now; null before the first message. */
  platformId: string | null;
  /** Whether somebody is there to be typed to: from the first message until its end. */
  isLive: boolean;
  /** Oldest first, as they came. */
  readonly messages: Message[];
  /** The newest message that each participant has read. */
  readonly reads: Record<string, string>;
  /** Webhooks that were taken, `id type time`, the last ones. */
  readonly taken: string[];
}

/** Everybody who writes to a guest is this one participant: a webhook names the integration only. */
export const agentId = 'agent';

const mostMessages = 1000;
const mostTaken = 500;

/** Keeps conversations, and changes one at a time. */
export class Conversations {
  readonly #storage: Storage;
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Begins a conversation for a guest. */
  async begin(conversationId: string, guestId: string): Promise<void> {
    const state = { platformId: null, isLive: false, messages: [], reads: {}, taken: [] };
    await this.#storage.setItem(keyOf(conversationId), { conversationId, guestId, ...state });
    await this.#storage.setItem(`guest:${guestId}`, conversationId);
  }

  /** The conversation. Throws a 404 `Refusal`. */
  async get(conversationId: string): Promise<Conversation> {
    const found = await this.#storage.getItem<Conversation>(keyOf(conversationId));
    if (found === null) throw notFound();
    return found;
  }

  /** The conversation of a guest, by the name that the platform knows them by; undefined where there is none. */
  async of(guestId: string): Promise<string | undefined> {
    return (await this.#storage.getItem<string>(`guest:${guestId}`)) ?? undefined;
  }

  /** Changes a conversation when those who came before are done, and keeps what became of it. */
  change<Result>(
    conversationId: string,
    act: (conversation: Conversation) => Result | Promise<Result>,
  ): Promise<Result> {
    const before = this.#queues.get(conversationId) ?? Promise.resolve();
    const done = before.then(async () => {
      const conversation = await this.get(conversationId);
      const result = await act(conversation);
      conversation.messages.splice(0, Math.max(0, conversation.messages.length - mostMessages));
      conversation.taken.splice(0, Math.max(0, conversation.taken.length - mostTaken));
      await this.#storage.setItem(keyOf(conversationId), conversation);
      return result;
    });
    const settled = done.catch(() => {});
    this.#queues.set(conversationId, settled);
    void settled.then(() => {
      if (this.#queues.get(conversationId) === settled) this.#queues.delete(conversationId);
    });
    return done;
  }

  /** Notes that a session was logged out of. */
  async endSession(sessionId: string): Promise<void> {
    await this.#storage.setItem(`over:${sessionId}`, true);
  }

  /** Whether a session was logged out of. */
  async isOver(sessionId: string): Promise<boolean> {
    return (await this.#storage.getItem(`over:${sessionId}`)) !== null;
  }
}

const keyOf = (conversationId: string): string => `conversation:${conversationId}`;
