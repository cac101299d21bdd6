import type { ReadCall, TypingCall } from '../../machines/conversation/types.ts';
import { longestSilence } from '../../machines/waits.ts';
import { createAudience, type StreamTold } from '../events/audience.ts';
import { createEventStream } from '../events/eventStream.ts';
import { type EventsOptions, resolveEvents } from '../events/options.ts';
import { ConversationError, invalidOption, isConversationError, toFailure } from '../shared/errors.ts';
import { createLog } from '../shared/log.ts';
import type {
  Accepted,
  AttemptOptions,
  PageEvent,
  SendOptions,
  SentMessage,
  Transport,
  TransportEvent,
} from '../shared/transport.ts';
import {
  checkDelay,
  checkId,
  checkListener,
  checkMessageId,
  checkOptions,
  namesOf,
} from '../shared/validate.ts';
import { failed } from './failed.ts';
import { historyOf } from './history.ts';
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
  /** Least ms between the starts of two typing calls (T-2); default 1000. */
  readonly spacing?: number;
  /** How long the other side shows an indicator that nobody renews, ms, more than `spacing` (T-4); default 5000. */
  readonly timeToLive?: number;
  /** Longest wait that a server is believed to ask for, ms (L-2); default 300 000. */
  readonly retryAfterCap?: number;
  /**
   * Whether to listen to the contract's event stream, so that a conversation hears who types, speaks and reads
   * while it is started; an object says how. Default: the application brings these frames itself, by
   * `conversation.receive`.
   */
  readonly events?: boolean | EventsOptions;
}

const optionNames = namesOf<GuestRestOptions>({
  orgUrl: true,
  fetch: true,
  clock: true,
  participantId: true,
  token: true,
  messageEndsTyping: true,
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
   */
  sendMessage(text: string, options: SendOptions): Promise<SentMessage>;
  /**
   * Tells a conversation what comes in over the event stream, in its own words. With `events` the stream is open
   * as long as somebody listens so, one connection for all; it is reopened with full jitter whenever it is lost.
   */
  subscribe(listener: (event: TransportEvent) => void): () => void;
  /**
   * Listens to one kind of frame of the event stream, texts and all, or to what becomes of the stream itself;
   * returns what ends it. Each message comes once, in order; what was said while the stream was lost is
   * `caughtUp`. Hears nothing before a conversation with this transport is started. What a listener throws harms
   * nobody else. Throws `invalid-option` for what is no function.
   */
  on<Type extends StreamTold['type']>(
    type: Type,
    listener: (told: Extract<StreamTold, { readonly type: Type }>) => void,
  ): () => void;
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
 */
export function guestRest(options: GuestRestOptions): GuestRest {
  checkOptions(options, 'an object', optionNames);
  const { messageEndsTyping = true } = options;
  const org = orgOf(options, checkDelay('retryAfterCap', options.retryAfterCap ?? longestSilence, 1));
  const participantId = checkId('participantId', options.participantId);
  if (typeof messageEndsTyping !== 'boolean') {
    throw invalidOption('messageEndsTyping', 'true or false', messageEndsTyping);
  }
  const spacing = checkDelay('spacing', options.spacing ?? 1000);
  const timeToLive = checkDelay('timeToLive', options.timeToLive ?? 5000, spacing + 1);
  const tokens = tokenKeeper(options.token);
  const log = createLog(undefined);
  const audience = createAudience();
  const events = resolveEvents(options.events);
  const stream =
    events &&
    createEventStream({
      ...events,
      audience,
      clock: org.clock,
      tokens,
      url: org.urlOf('api', 'v2', 'conversations', 'messaging', 'events').replace(/^http/, 'ws'),
      history: historyOf(org, authorisedBy(tokens), historyTimeout),
    });

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
      stream?.notice({ type: 'token.renewed' });
      return { status: reply.status, requestId: about.requestId, ...numbered };
    } catch (thrown) {
      throw completed(thrown, lane, attempt);
    }
  };

  const authorised = authorisedBy(tokens);
  const sendMessage = messageSender(org, participantId, authorised);
  const transport: GuestRest = {
    capabilities: Object.freeze({
      stopTyping: true,
      readReceipts: true,
      messageEndsTyping,
      spacing,
      timeToLive,
    }),
    participantId,
    sendTyping: (call, options) => post(lanes.typing, call, options, () => typingBody(call)),
    sendRead: (call, options) => post(lanes.read, call, options, () => readBody(call)),
    ...(tokens.refresh !== undefined && {
      refreshToken: refreshWith(tokens.refresh, () => stream?.notice({ type: 'token.renewed' })),
    }),
    subscribe: (listener) => {
      if (typeof listener !== 'function') throw invalidOption('listener', 'a function', listener);
      const leave = audience.subscribe(log.guard('subscribe', listener));
      const part = stream?.join();
      return () => {
        leave();
        part?.();
      };
    },
    sendMessage,
    ...(stream && {
      notePage: (event: PageEvent) => {
        if (event.type === 'page.hidden') return;
        stream.notice(event);
        // Calls need no stream: how the network stands is as the page says.
        if (event.type === 'network.offline' || event.type === 'network.online') audience.evidence(event);
      },
    }),
    on: (type, listener) => {
      checkListener(type, listener);
      const guarded = log.guard(type, listener as (told: StreamTold) => void);
      return audience.listen((told) => told.type === type && guarded(told));
    },
  };
  return Object.freeze(transport);
}

/** How long one page of the history may take, ms: what comes in meanwhile waits for it. */
const historyTimeout = 5000;

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
  if (thrown.attempt !== undefined) return thrown;
  if (thrown.code !== 'invalid-option') return new ConversationError({ ...toFailure(thrown), attempt });
  const { message, option = '' } = thrown;
  return new ConversationError({ code: 'bad-request', message: `${route}: ${message}`, option, attempt });
}
