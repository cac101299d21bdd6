import { type Backing, Unavailable } from './backing/backing.ts';
import { notFound } from './refusal.ts';

/** A message as the guest contract shows it. No `position`: webhooks come in any order, and `sentAt` decides. */
export interface Message {
  readonly messageId: string;
  readonly participantId: string;
  readonly text: string;
  /** ISO 8601. */
  readonly sentAt: string;
  /** What the platform calls it, where it is the guest's. */
  platformMessageId?: string;
  /** The platform has refused it for good: nobody is shown it. */
  isRefused?: boolean;
}

/** A message of the guest's that the platform does not have yet, as far as anybody knows. */
export interface Waiting {
  readonly messageId: string;
  readonly text: string;
  /** When it was kept, ms. */
  readonly keptAt: number;
  /** Since when nothing waits before it, ms; null as long as something does. */
  firstAt: number | null;
  /** When it left last, ms, where nobody knows what became of it; null where it surely did not arrive. */
  leftAt: number | null;
  /** Whether it may still be on its way: it has left, and no answer came. */
  isUnderWay: boolean;
}

/** Who has the first message that waits in a conversation in hand. It stands in the store, so that a death does not lose it. */
interface Voice {
  /** The process; null where nobody has it in hand: it stands in the fleet's line. */
  readonly by: string | null;
  /** Since when, ms. */
  readonly at: number;
  /** When the lease of that process ends unless it is extended, ms. Until then nobody else may speak. */
  readonly until: number;
  /** Since when, or from when on, work for the message stands in the fleet's line, ms; null where `by` has that in hand as well. */
  readonly line: number | null;
}

/** One conversation of a guest's: theirs for good, whatever the platform calls it meanwhile. */
export interface Conversation {
  /** How often it was changed. */
  version: number;
  readonly conversationId: string;
  readonly guestId: string;
  /** What the platform calls it now; null before the first message. */
  platformId: string | null;
  /** Whether somebody is there to be typed to: from the first message until its end. */
  isLive: boolean;
  /** Oldest first, as they came. */
  readonly messages: Message[];
  /** How many messages there ever were: the last one's place. */
  said: number;
  /** The newest message that each participant has read. */
  readonly reads: Record<string, string>;
  /** Webhooks that were taken, `id type time`, the last ones. */
  readonly taken: string[];
  /** What is still to be told to the platform, in order. */
  readonly outbox: Waiting[];
  /** Who has the first of those in hand; null where none waits. */
  voice: Voice | null;
  /** The highest fence of those who have spoken for it to the platform. */
  fence: number;
}

/** A conversation in which somebody is there, by both its names. */
export interface Live {
  readonly platformId: string;
  readonly conversationId: string;
}

/** Everybody who writes to a guest is this one participant: a webhook names the integration only. */
export const agentId = 'agent';

const mostMessages = 1000;
/** How many webhooks a conversation remembers. */
export const mostTaken = 500;
/** How often a change is made anew because somebody else was faster. */
const mostTries = 50;

/** Keeps conversations, and changes one at a time. */
export class Conversations {
  readonly #backing: Backing;
  readonly #sessionTime: number;
  readonly #onLive: (live: Live) => void;

  /**
   * `sessionTime`: how long a token is good at most, ms, and so how long a logout has to be known. `onLive` is told of every
   * conversation that has begun, or gone on, in one of the platform's.
   */
  constructor(backing: Backing, sessionTime: number, onLive: (live: Live) => void) {
    this.#backing = backing;
    this.#sessionTime = sessionTime;
    this.#onLive = onLive;
  }

  /** Begins a conversation for a guest. */
  async begin(conversationId: string, guestId: string): Promise<void> {
    const lists = { messages: [], reads: {}, taken: [], outbox: [] };
    const state = { platformId: null, isLive: false, said: 0, fence: 0, voice: null, ...lists };
    await this.#backing.storage.setItem(`guest:${guestId}`, conversationId);
    await this.#put({ version: 1, conversationId, guestId, ...state });
  }

  /** The conversation. Throws a 404 `Refusal`. */
  async get(conversationId: string): Promise<Conversation> {
    const found = await this.#backing.storage.getItem<Conversation>(keyOf(conversationId));
    if (found === null) throw notFound();
    return found;
  }

  /** The conversation of a guest, by the name that the platform knows them by; undefined where there is none. */
  async of(guestId: string): Promise<string | undefined> {
    return (await this.#backing.storage.getItem<string>(`guest:${guestId}`)) ?? undefined;
  }

  /**
   * Changes a conversation and keeps what became of it. `act` is called again, on the conversation as it is then, where
   * another process was faster; what it throws is thrown, and nothing is kept.
   */
  async change<Result>(conversationId: string, act: (conversation: Conversation) => Result): Promise<Result> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const conversation = await this.get(conversationId);
      const before = JSON.stringify(conversation);
      const wasLive = liveOf(conversation)?.platformId;
      const result = act(conversation);
      if (JSON.stringify(conversation) === before) return result;
      conversation.version += 1;
      conversation.messages.splice(0, Math.max(0, conversation.messages.length - mostMessages));
      conversation.taken.splice(0, Math.max(0, conversation.taken.length - mostTaken));
      if (await this.#put(conversation)) {
        const live = liveOf(conversation);
        if (live !== undefined && live.platformId !== wasLive) this.#onLive(live);
        return result;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(tries, 10)));
    }
    throw new Unavailable(new Error(`Changed by others ${mostTries} times meanwhile.`));
  }

  /** Notes that a session was logged out of. */
  async endSession(sessionId: string): Promise<void> {
    const ttl = Math.ceil(this.#sessionTime / 1000);
    await this.#backing.storage.setItem(`over:${sessionId}`, true, { ttl });
  }

  /** Whether a session was logged out of. */
  async isOver(sessionId: string): Promise<boolean> {
    return (await this.#backing.storage.getItem(`over:${sessionId}`)) !== null;
  }

  #put(conversation: Conversation): Promise<boolean> {
    return this.#backing.replace(keyOf(conversation.conversationId), conversation);
  }
}

/** A message and its place in its conversation: 1 for the first that there ever was. */
export interface Kept {
  readonly message: Message;
  readonly place: number;
}

/** Adds a message to the end of a conversation. */
export function say(conversation: Conversation, message: Message): Kept {
  conversation.messages.push(message);
  conversation.said += 1;
  return { message, place: conversation.said };
}

/** A message that a conversation holds. */
export function placed({ messages, said }: Conversation, messageId: string): Kept | undefined {
  const at = messages.findIndex((each) => each.messageId === messageId);
  const message = messages[at];
  return message && { message, place: said - (messages.length - 1 - at) };
}

/** A message as guests are told it. */
export function shown({ messageId, participantId, text, sentAt }: Message): Message {
  return { messageId, participantId, text, sentAt };
}

function liveOf({ conversationId, platformId, isLive }: Conversation): Live | undefined {
  return isLive && platformId !== null ? { conversationId, platformId } : undefined;
}

const keyOf = (conversationId: string): string => `conversation:${conversationId}`;
