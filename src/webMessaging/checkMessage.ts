import { invalidOption } from '../shared/errors.ts';
import type { SendOptions } from '../shared/transport.ts';
import { checkNames, checkOptions, isWellFormed, namesOf } from '../shared/validate.ts';
import type { AnswerKind, MessageBody } from './outgoing.ts';

/** What a message may carry besides its text; all values are strings. */
export interface MessageOptions extends SendOptions {
  /** Kept with the message; `customMessageId` is this SDK's own. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** For the flow that handles the conversation; added to those of the transport's options. */
  readonly customAttributes?: Readonly<Record<string, string>>;
}

const optionNames = namesOf<MessageOptions>({
  conversationId: true,
  signal: true,
  metadata: true,
  customAttributes: true,
});

/** Longest text of a message, in bytes of UTF-8. */
const textCap = 4096;
/** Most bytes of a message's custom attributes, as JSON. */
const attributesCap = 2048;
/** Most bytes of a message's metadata, as JSON: keeps its frame far below what a server takes. */
const metadataCap = 4096;

/** Checks a message at the boundary. Throws `invalid-option`, which does not quote it. */
export function checkMessage(
  text: unknown,
  options: MessageOptions | undefined,
  always: Readonly<Record<string, string>> | undefined,
): MessageBody {
  return { text: checkText('text', text), ...checkExtras(options, always) };
}

/** What a guest chose of what they were offered. */
export interface Answer {
  /** The words of the choice, as they were offered. */
  readonly text: string;
  /** What the choice stands for to whoever offered it: the `payload` of the offer, as it came. */
  readonly payload: string;
  /** What was offered: a quick reply, or a button of a card. Default: `'quickReply'`. */
  readonly kind?: AnswerKind;
}

const answerNames = namesOf<Answer>({ text: true, payload: true, kind: true });

/** Checks an answer at the boundary. Throws `invalid-option`. */
export function checkAnswer(
  answer: unknown,
  options: MessageOptions | undefined,
  always: Readonly<Record<string, string>> | undefined,
): MessageBody {
  if (typeof answer !== 'object' || answer === null) {
    throw invalidOption('answer', 'an object with text and payload', answer);
  }
  checkNames('answer.', answer, answerNames);
  const { text, payload, kind = 'quickReply' } = answer as Partial<Record<keyof Answer, unknown>>;
  if (kind !== 'quickReply' && kind !== 'button') {
    throw invalidOption('answer.kind', "'quickReply' or 'button'", kind);
  }
  return {
    text: checkText('answer.text', text),
    answer: { payload: checkText('answer.payload', payload), kind },
    ...checkExtras(options, always),
  };
}

function checkText(option: string, text: unknown): string {
  if (typeof text !== 'string' || text === '' || byteLength(text) > textCap || !isWellFormed(text)) {
    throw invalidOption(option, `well-formed text of 1 to ${textCap} bytes of UTF-8`, text);
  }
  return text;
}

function checkExtras(
  options: MessageOptions | undefined,
  always: Readonly<Record<string, string>> | undefined,
): Pick<MessageBody, 'metadata' | 'customAttributes'> {
  if (options !== undefined) checkOptions(options, 'an object', optionNames);
  const metadata = checkStrings('metadata', options?.metadata);
  if (metadata !== undefined && byteLength(JSON.stringify(metadata)) > metadataCap) {
    throw invalidOption('metadata', `at most ${metadataCap} bytes as JSON`, metadata);
  }
  const own = checkStrings('customAttributes', options?.customAttributes);
  const customAttributes = always || own ? checkAttributes({ ...always, ...own }) : undefined;
  return { ...(metadata && { metadata }), ...(customAttributes && { customAttributes }) };
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
