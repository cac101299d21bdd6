import { v4 as uuid } from 'uuid';
import { ConversationError, invalidOption } from '../errors.ts';
import type { MessageBody } from './outgoing.ts';

/** A message that was accepted. */
export interface SentMessage {
  /** The server's id of it. */
  readonly messageId: string;
  /** The server's time, ms since 1970, where it said. */
  readonly sentAt?: number;
}

/** What a message may carry besides its text; all values are strings. */
export interface MessageOptions {
  /** Kept with the message; `customMessageId` is this SDK's own. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** For the flow that handles the conversation; added to those of the transport's options. */
  readonly customAttributes?: Readonly<Record<string, string>>;
}

/** Longest text of a message, in bytes of UTF-8. */
const textCap = 4096;
/** Most bytes of a message's custom attributes, as JSON. */
const attributesCap = 2048;
/** Most bytes of a message's metadata, as JSON: keeps its frame far below what a server takes. */
const metadataCap = 4096;
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

/** Checks a message at the boundary. Throws `invalid-option`, which does not quote it. */
export function checkMessage(
  text: unknown,
  options: MessageOptions | undefined,
  always: Readonly<Record<string, string>> | undefined,
): MessageBody {
  if (typeof text !== 'string' || text === '' || byteLength(text) > textCap || hasLoneSurrogate(text)) {
    throw invalidOption('text', `well-formed text of 1 to ${textCap} bytes of UTF-8`, text);
  }
  const metadata = checkStrings('metadata', options?.metadata);
  if (metadata !== undefined && byteLength(JSON.stringify(metadata)) > metadataCap) {
    throw invalidOption('metadata', `at most ${metadataCap} bytes as JSON`, metadata);
  }
  const own = checkStrings('customAttributes', options?.customAttributes);
  const customAttributes = always || own ? checkAttributes({ ...always, ...own }) : undefined;
  return { text, ...(metadata && { metadata }), ...(customAttributes && { customAttributes }) };
}

/** Refuses custom attributes that the server would refuse. */
export function checkAttributes(value: unknown): Readonly<Record<string, string>> {
  const attributes = checkStrings('customAttributes', value) ?? {};
  if (byteLength(JSON.stringify(attributes)) > attributesCap) {
    throw invalidOption('customAttributes', `at most ${attributesCap} bytes as JSON`, attributes);
  }
  return attributes;
}

function checkStrings(option: string, value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return undefined;
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : null;
  if (entries === null || Array.isArray(value) || entries.some(([, each]) => typeof each !== 'string')) {
    throw invalidOption(option, 'an object whose values are strings', value);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

const hasLoneSurrogate = (text: string): boolean =>
  /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);

const tooMany = (): ConversationError =>
  new ConversationError({
    code: 'rate-limited',
    message: `${most} messages wait already; wait until some of them were sent.`,
  });
