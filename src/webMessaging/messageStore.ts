import { v4 as uuid } from 'uuid';
import { ConversationError, toError } from '../shared/errors.ts';
import type { SentMessage } from '../shared/transport.ts';
import type { MessageBody } from './outgoing.ts';
import type { SessionActor } from './sessionActor.ts';

/** How many messages may wait at a time. */
const most = 50;

interface Waiter {
  readonly body: MessageBody;
  resolve(sent: SentMessage): void;
  reject(error: ConversationError): void;
}

/** Keeps the texts of messages that are not settled, and the promises that wait for them. */
export class MessageStore {
  readonly #waiting = new Map<string, Waiter>();

  /** Takes a message in; `announce` gets its id once its text can be found. Rejects at once where too many wait. */
  add(body: MessageBody, announce: (id: string) => void): Promise<SentMessage> {
    if (this.#waiting.size >= most) return Promise.reject(tooMany());
    const id = uuid();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { body, resolve, reject });
      announce(id);
    });
  }

  bodyOf(id: string): MessageBody | undefined {
    return this.#waiting.get(id)?.body;
  }

  sent(id: string, message: SentMessage): void {
    this.#take(id)?.resolve(message);
  }

  refuse(id: string, error: ConversationError): void {
    this.#take(id)?.reject(error);
  }

  refuseAll(error: ConversationError): void {
    for (const id of [...this.#waiting.keys()]) this.refuse(id, error);
  }

  #take(id: string): Waiter | undefined {
    const waiter = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiter;
  }
}

/** Lets the promises of messages end as the session says that their messages did. */
export function settleMessages(
  actor: SessionActor,
  messages: MessageStore,
  conversationId: () => string | null,
): void {
  actor.on('message.sent', ({ id, messageId, sentAt }) => {
    const here = conversationId();
    messages.sent(id, {
      messageId,
      ...(sentAt !== undefined && { sentAt }),
      ...(here !== null && { conversationId: here }),
    });
  });
  actor.on('message.failed', ({ id, failure }) => messages.refuse(id, toError(failure)));
}

const tooMany = (): ConversationError =>
  new ConversationError({
    code: 'rate-limited',
    message: `${most} messages wait already; wait until some of them were sent.`,
  });
