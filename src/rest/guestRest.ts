import type { ReadCall, TypingCall } from '../../machines/conversation/types.ts';
import { longestSilence } from '../../machines/waits.ts';
import { ConversationError, invalidOption, isConversationError, toFailure } from '../shared/errors.ts';
import type { Accepted, AttemptOptions, SendOptions, SentMessage, Transport } from '../shared/transport.ts';
import {
  checkBoolean,
  checkDelay,
  checkId,
  checkMessageId,
  checkOptions,
  checkPart,
  namesOf,
} from '../shared/validate.ts';
import type { GuestEvents, GuestStream } from './eventStream.ts';
import { failed } from './failed.ts';
import { messageSender } from './messages.ts';
import { type OrgOptions, orgOf } from './org.ts';
import { authorisedBy, type TokenKeeper, type TokenProvider, tokenKeeper } from './token.ts';
import { objectionTo } from './verdict.ts';

/** What {@link guestRest} is made of. Checked at construction; anything wrong throws `invalid-option`. */
export interface GuestRestOptions extends OrgOptions {
  /** The guest's own id, which the contract calls participant id. */
  readonly participantId: string;
  /** A bare bearer token, or what fetches one. Only a provider can survive the token's expiry. */
  readonly token: string | TokenProvider;
  /** Whether the other side takes a guest's message as the end of typing (T-5); default true. */
  readonly messageEndsTyping?: boolean;
  /**
   * Whether the back end can be told that typing stopped (T-5); default true. False for a gateway in front of Genesys
   * Cloud, which knows typing “on” only: stopping is silence then, as over its socket.
   */
  readonly stopTyping?: boolean;
  /** Least ms between the starts of two typing calls (T-2); default 1000. */
  readonly spacing?: number;
  /** How long the other side shows an indicator that nobody renews, ms, more than `spacing` (T-4); default 5000. */
  readonly timeToLive?: number;
  /** Longest wait that a server is believed to ask for, ms (L-2); default 300 000. */
  readonly retryAfterCap?: number;
  /**
   * `eventStream()` listens to the contract's event stream, so that a conversation hears who types, speaks and reads
   * while it is started. Default: the application brings these frames itself, by `conversation.receive`.
   */
  readonly events?: GuestEvents;
}

const optionNames = namesOf<GuestRestOptions>({
  orgUrl: true,
  fetch: true,
  clock: true,
  participantId: true,
  token: true,
  messageEndsTyping: true,
  stopTyping: true,
  spacing: true,
  timeToLive: true,
  retryAfterCap: true,
  events: true,
});

/** The Guest REST contract as a transport: what {@link guestRest} makes. */
export interface GuestRest extends Transport {
  /**
   * Posts a message of the guest's in a conversation, and resolves when it was accepted. One attempt, and one more
   * where its token was rejected and another can be had; 10 s each. Rejects with a `ConversationError`, whose
   * `unsure` says that it may have been accepted nevertheless. Throws `invalid-option` for a text that is empty,
   * longer than 4096 characters or not well formed, and for a `conversationId` that is missing.
   * @example
   * const { messageId } = await guest.sendMessage('Hello', { conversationId }); // `conversation.sendMessage` calls it
   */
  sendMessage(text: string, options: SendOptions): Promise<SentMessage>;
  /**
   * Tells a conversation what comes in over the event stream, in its own words. With `events` the stream is open
   * as long as somebody listens so, one connection for all; it is reopened with full jitter whenever it is lost.
   * @example
   * const end = guest.subscribe((event) => console.debug(event.type)); // a conversation does this by itself
   */
  subscribe: GuestStream['subscribe'];
  /**
   * Listens to one kind of frame of the event stream, texts and all, or to what becomes of the stream itself;
   * returns what ends it. Each message comes once, in order; what was said while the stream was lost is
   * `caughtUp`. Hears nothing before a conversation with this transport is started. What a listener throws harms
   * nobody else. Throws `invalid-option` for what is no function, and without `events` `unsupported`.
   * @example
   * const end = guest.on('conversation:message', ({ messageId, text }) => console.info(messageId, text));
   */
  on: GuestStream['on'];
}

/**
 * The Guest REST contract as a {@link Transport}: typing with start and stop, read receipts and, with `events`, the
 * event stream. A call makes one attempt and rejects with a `ConversationError`. The token is held in a closure and leaves it only
 * in an `Authorization` header (S1, S5); redirects are never followed (S9), cookies never sent (S10).
 *
 * With a token provider there is `refreshToken`, and every token has a number, from 1. With a plain token
 * there is neither: nothing could be refreshed, so there is nothing to tell apart.
 *
 * Throws `invalid-option` for options that cannot be right.
 * @example
 * const transport = guestRest({
 *   orgUrl: 'https://chat.example.com',
 *   participantId: guestId,
 *   token: async () => (await (await fetch('/guest-token')).json()).guestToken, // asked again when it has expired
 *   events: eventStream(),
 * });
 */
export function guestRest(options: GuestRestOptions): GuestRest {
  checkOptions(options, 'an object', optionNames);
  const { messageEndsTyping = true, stopTyping = true } = options;
  const org = orgOf(options, checkDelay('retryAfterCap', options.retryAfterCap ?? longestSilence, 1));
  const participantId = checkId('participantId', options.participantId);
  checkBoolean('messageEndsTyping', messageEndsTyping);
  checkBoolean('stopTyping', stopTyping);
  const spacing = checkDelay('spacing', options.spacing ?? 1000);
  const timeToLive = checkDelay('timeToLive', options.timeToLive ?? 5000, spacing + 1);
  const tokens = tokenKeeper(options.token);
  const stream = checkPart('events', options.events, 'listen', 'eventStream()')?.listen(org, tokens);

  const laneTo = (action: 'typing' | 'read'): Lane => ({
    url: org.urlOf('api', 'v2', 'conversations', 'messaging', 'participants', participantId, action),
    route: `POST /participants/{participantId}/${action}`,
  });
  const lanes = { typing: laneTo('typing'), read: laneTo('read') };

  /** Leaves in the same task where a token is at hand: a page that goes has no other. */
  const post = async (
    lane: Lane,
    call: Call,
    options: AttemptOptions,
    bodyOf: () => object,
  ): Promise<Accepted> => {
    const { attempt, keepalive = false, conversationId } = call;
    try {
      const body = JSON.stringify(bodyOf());
      const { signal } = options;
      const held = tokens.use(signal);
      const { value, generation } = held instanceof Promise ? await held : held;
      const numbered = tokens.refresh === undefined ? {} : { tokenGeneration: generation };
      const { reply, about } = await org.post({
        url: lane.url,
        about: { route: lane.route, attempt, ...numbered },
        authorization: `Bearer ${value}`,
        body,
        keepalive,
        signal,
      });
      const objection = objectionTo(reply, about, conversationId);
      if (objection !== undefined) throw objection;
      stream?.tokenRenewed();
      return { status: reply.status, requestId: about.requestId, ...numbered };
    } catch (thrown) {
      throw completed(thrown, lane, attempt);
    }
  };

  const authorised = authorisedBy(tokens);
  const sendMessage = messageSender(org, participantId, authorised);
  const transport: GuestRest = {
    capabilities: Object.freeze({
      stopTyping,
      readReceipts: true,
      messageEndsTyping,
      spacing,
      timeToLive,
    }),
    participantId,
    sendTyping: (call, options) => post(lanes.typing, call, options, () => typingBody(call)),
    sendRead: (call, options) => post(lanes.read, call, options, () => readBody(call)),
    ...(tokens.refresh !== undefined && {
      refreshToken: refreshWith(tokens.refresh, () => stream?.tokenRenewed()),
    }),
    sendMessage,
    subscribe: stream?.subscribe ?? (() => () => {}),
    on: stream?.on ?? hearsNothing,
    ...(stream && { notePage: stream.notePage }),
  };
  return Object.freeze(transport);
}

const hearsNothing = (): never => {
  throw new ConversationError({
    code: 'unsupported',
    message: 'Nothing comes in here: import eventStream, and give guestRest events: eventStream().',
  });
};

type Call = ReadCall | TypingCall;

interface Lane {
  readonly url: string;
  readonly route: string;
}

function typingBody({ conversationId, isTyping }: TypingCall): object {
  if (typeof isTyping !== 'boolean') throw invalidOption('isTyping', 'true or false', isTyping);
  return { conversationId: checkId('conversationId', conversationId), isTyping };
}

function readBody({ conversationId, messageId }: ReadCall): object {
  checkId('conversationId', conversationId);
  if (messageId !== undefined) checkMessageId('messageId', messageId);
  return { conversationId, messageId };
}

function refreshWith(
  refresh: NonNullable<TokenKeeper['refresh']>,
  onFresh: () => void,
): NonNullable<Transport['refreshToken']> {
  return async (rejectedGeneration, { signal }) => {
    const { generation } = await refresh(rejectedGeneration, signal);
    onFresh();
    return { tokenGeneration: generation };
  };
}

/**
 * A complete `ConversationError`, whatever was thrown. A wrong argument becomes `bad-request`, as a server
 * would have said: charts know that code, and that it is not worth a second try.
 */
function completed(thrown: unknown, { route }: Lane, attempt: number): ConversationError {
  if (!isConversationError(thrown)) return failed('unexpected', { route, attempt });
  if (thrown.code !== 'invalid-option') return new ConversationError({ ...toFailure(thrown), attempt });
  const { message, option = '' } = thrown;
  return new ConversationError({ code: 'bad-request', message: `${route}: ${message}`, option, attempt });
}
