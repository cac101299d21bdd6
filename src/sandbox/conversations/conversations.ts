import { v4 as uuid } from 'uuid';
import type { SandboxClock } from '../shared/clock.ts';
import { ContractError } from '../shared/contractError.ts';
import type { ConversationNotice, ConversationView, Manner, MessageView, StreamEvent } from './events.ts';

/** The longest text of a message by REST or of the agent's. */
export const longestText = 4096;

interface Message {
  messageId: string;
  participantId: string;
  position: number;
  text: string;
  sentAt: string;
  delivery?: 'Delivered' | 'Failed';
}

interface Conversation {
  conversationId: string;
  guestId: string;
  agentId: string;
  ended: boolean;
  messages: Message[];
  typing: Map<string, unknown>;
  readUpTo: Map<string, number>;
}

/** Where changes are told: `publish` tells the guests and the control feed, `publishToFeed` the feed alone. */
interface Audience {
  publish(event: StreamEvent, manner: Manner): void;
  publishToFeed(event: StreamEvent | ConversationNotice): void;
}

/** The conversations the sandbox knows: who takes part, who is typing, what was said and how far it was read. */
export class Conversations {
  readonly #clock: SandboxClock;
  readonly #typingTimeToLive: number;
  readonly #audience: Audience;
  readonly #byId = new Map<string, Conversation>();

  constructor(clock: SandboxClock, typingTimeToLive: number, audience: Audience) {
    this.#clock = clock;
    this.#typingTimeToLive = typingTimeToLive;
    this.#audience = audience;
  }

  /** Starts a conversation between a guest, a new one unless named, and a new agent. */
  start(
    transport: 'http' | 'socket' | 'open-messaging' = 'http',
    guestId: string = uuid(),
  ): { conversationId: string; guestId: string; agentId: string } {
    const who = { conversationId: uuid(), guestId, agentId: uuid() };
    this.#byId.set(who.conversationId, {
      ...who,
      ended: false,
      messages: [],
      typing: new Map(),
      readUpTo: new Map(),
    });
    this.#audience.publishToFeed({ type: 'conversation:started', ...who, transport });
    return who;
  }

  /** Whether `participantId` takes part in the conversation; false when there is no such conversation. */
  has(conversationId: string, participantId: string): boolean {
    const conversation = this.#byId.get(conversationId);
    return conversation?.guestId === participantId || conversation?.agentId === participantId;
  }

  /** A copy of the state of every conversation, in the order in which they started. */
  list(): ConversationView[] {
    return [...this.#byId.keys()].map((conversationId) => this.view(conversationId));
  }

  /** A copy of the conversation's state. Throws a 404 `ContractError` when there is none. */
  view(conversationId: string): ConversationView {
    const { guestId, agentId, ended, messages, typing, readUpTo } = this.#find(conversationId);
    const readers = [...readUpTo];
    return {
      conversationId,
      guestId,
      agentId,
      ended,
      typing: [...typing.keys()],
      messages: messages.map((message): MessageView => {
        const readBy = readers.filter(
          ([id, mark]) => id !== message.participantId && mark >= message.position,
        );
        return { ...message, readBy: readBy.map(([id]) => id) };
      }),
    };
  }

  /** Throws a 404 `ContractError` when the conversation is unknown, a 409 one when it has ended. */
  requireActive(conversationId: string): void {
    if (this.#find(conversationId).ended) {
      throw new ContractError(409, 'conversation.inactive', 'The conversation is no longer active.');
    }
  }

  /** Notes that someone is typing, until `typingTimeToLive` has passed without another word, or has stopped. */
  setTyping(conversationId: string, participantId: string, isTyping: boolean, manner: Manner = {}): void {
    this.requireActive(conversationId);
    const conversation = this.#find(conversationId);
    this.#stopTyping(conversation, participantId);
    const event = { type: 'conversation:typing', conversationId, participantId } as const;
    if (isTyping) {
      const expire = () => {
        conversation.typing.delete(participantId);
        this.#audience.publishToFeed({ ...event, isTyping: false });
      };
      conversation.typing.set(participantId, this.#clock.setTimeout(expire, this.#typingTimeToLive));
    }
    this.#audience.publish({ ...event, isTyping }, manner);
  }

  /** Adds a message; it ends its author's typing, since the message itself says so. */
  say(
    conversationId: string,
    participantId: string,
    text: string,
    manner: Manner = {},
  ): { messageId: string; position: number } {
    this.requireActive(conversationId);
    const conversation = this.#find(conversationId);
    this.#stopTyping(conversation, participantId);
    const message: Message = {
      messageId: uuid(),
      participantId,
      position: conversation.messages.length + 1,
      text,
      sentAt: new Date(this.#clock.now()).toISOString(),
    };
    conversation.messages.push(message);
    this.#audience.publish({ type: 'conversation:message', conversationId, ...message }, manner);
    return { messageId: message.messageId, position: message.position };
  }

  /**
   * Moves a participant's mark to `messageId`, or to the newest message without one. A mark never moves back, and an
   * event is published only when it moves. Throws a 400 `ContractError` for a message the conversation does not hold.
   */
  read(conversationId: string, participantId: string, messageId?: string): void {
    this.requireActive(conversationId);
    const { messages, readUpTo } = this.#find(conversationId);
    const message =
      messageId === undefined ? messages.at(-1) : messages.find((m) => m.messageId === messageId);
    if (message === undefined) {
      if (messageId === undefined) return;
      throw new ContractError(400, 'bad.request', 'messageId names no message of this conversation.');
    }
    if (message.position <= (readUpTo.get(participantId) ?? 0)) return;
    readUpTo.set(participantId, message.position);
    const event = { conversationId, participantId, messageId: message.messageId };
    this.#audience.publish({ type: 'conversation:read', ...event }, {});
  }

  /**
   * Notes what became of a message on its way to a guest, and returns whether there is such a message for them. A
   * message that was delivered stays so.
   */
  setDelivery(guestId: string, messageId: string, delivery: 'Delivered' | 'Failed'): boolean {
    for (const { conversationId, guestId: theirs, messages } of this.#byId.values()) {
      const message = messages.find((each) => each.messageId === messageId);
      if (theirs !== guestId || message === undefined || message.participantId === guestId) continue;
      if (message.delivery !== 'Delivered') message.delivery = delivery;
      this.#audience.publishToFeed({
        type: 'conversation:delivery',
        conversationId,
        messageId,
        delivery: message.delivery,
      });
      return true;
    }
    return false;
  }

  /** How far each participant has read. Throws a 404 `ContractError` for an unknown conversation. */
  reads(conversationId: string): { participantId: string; messageId: string }[] {
    const { messages, readUpTo } = this.#find(conversationId);
    return [...readUpTo].flatMap(([participantId, position]) => {
      const message = messages[position - 1];
      return message ? [{ participantId, messageId: message.messageId }] : [];
    });
  }

  /** Ends the conversation; ending it twice changes nothing. */
  end(conversationId: string, manner: Manner = {}): void {
    const conversation = this.#find(conversationId);
    if (conversation.ended) return;
    for (const participantId of conversation.typing.keys()) this.#stopTyping(conversation, participantId);
    conversation.ended = true;
    this.#audience.publish({ type: 'conversation:ended', conversationId }, manner);
  }

  /** Makes an ended conversation active again; the guests are not told. */
  reopen(conversationId: string): void {
    const conversation = this.#find(conversationId);
    if (!conversation.ended) return;
    conversation.ended = false;
    this.#audience.publishToFeed({ type: 'conversation:reopened', conversationId });
  }

  /** Cancels every timer. */
  dispose(): void {
    for (const conversation of this.#byId.values()) {
      for (const participantId of conversation.typing.keys()) this.#stopTyping(conversation, participantId);
    }
  }

  #find(conversationId: string): Conversation {
    const conversation = this.#byId.get(conversationId);
    if (conversation === undefined) {
      throw new ContractError(404, 'not.found', 'There is no such conversation.');
    }
    return conversation;
  }

  #stopTyping(conversation: Conversation, participantId: string): void {
    if (!conversation.typing.has(participantId)) return;
    this.#clock.clearTimeout(conversation.typing.get(participantId));
    conversation.typing.delete(participantId);
  }
}
