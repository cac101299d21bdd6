import type { Conversations } from '../conversations/conversations.ts';
import type { SandboxClock } from '../shared/clock.ts';
import type { OpenMessagingSettings } from './settings.ts';

interface Guest {
  readonly guestId: string;
  conversationId: string;
  /** When the conversation ended, ms; null while it is live. */
  endedAt: number | null;
}

/**
 * Whose conversation is which: a guest is known by the id that the gateway gave them, and Genesys alone decides in which
 * conversation their next message stands.
 */
export class Guests {
  readonly #clock: SandboxClock;
  readonly #conversations: Conversations;
  readonly #settings: () => OpenMessagingSettings;
  readonly #byId = new Map<string, Guest>();
  readonly #byConversation = new Map<string, Guest>();

  constructor(clock: SandboxClock, conversations: Conversations, settings: () => OpenMessagingSettings) {
    this.#clock = clock;
    this.#conversations = conversations;
    this.#settings = settings;
  }

  /** The guest's live conversation, if there is one. */
  live(guestId: string): string | undefined {
    const guest = this.#byId.get(guestId);
    return guest === undefined || guest.endedAt !== null ? undefined : guest.conversationId;
  }

  /** The guest's conversation: the live one, the last one again within the threading window, or a new one. */
  join(guestId: string): string {
    const guest = this.#byId.get(guestId);
    if (guest?.endedAt === null) return guest.conversationId;
    if (guest && this.#clock.now() - guest.endedAt < this.#settings().threadingWindow) {
      guest.endedAt = null;
      this.#conversations.reopen(guest.conversationId);
      return guest.conversationId;
    }
    const { conversationId } = this.#conversations.start('open-messaging', guestId);
    const joined: Guest = { guestId, conversationId, endedAt: null };
    this.#byId.set(guestId, joined);
    this.#byConversation.set(conversationId, joined);
    return conversationId;
  }

  /** The guest of a conversation, if it is one of Open Messaging. */
  of(conversationId: string): string | undefined {
    return this.#byConversation.get(conversationId)?.guestId;
  }

  /** Notes that a conversation has ended. */
  ended(conversationId: string): void {
    const guest = this.#byConversation.get(conversationId);
    if (guest?.conversationId === conversationId) guest.endedAt = this.#clock.now();
  }
}
