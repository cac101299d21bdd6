import { v4 as uuid } from 'uuid';
import type { ReadCall, TypingCall } from '../../machines/conversation/types.ts';
import { ConversationError, invalidOption, isConversationError, toFailure } from '../errors.ts';
import type { Accepted, Transport } from '../transport.ts';
import { checkDelay, checkId } from '../validate.ts';
import { objectionTo } from './accepted.ts';
import { type About, failed } from './failed.ts';
import { urlsOf } from './orgUrl.ts';
import { type HttpRequest, httpClient, jsonHeaders } from './request.ts';
import { type HintRules, isSuccess, refused, wantsBody } from './status.ts';
import { type TokenKeeper, type TokenProvider, tokenKeeper } from './token.ts';

/** What {@link guestRest} is made of. Checked at construction; anything wrong throws `invalid-option`. */
export interface GuestRestOptions {
  /**
   * The org's API, as in `https://api.mypurecloud.ie`: https (http for loopback hosts), without credentials,
   * query or fragment; a path prefix and trailing slashes are tolerated (S6).
   */
  readonly orgUrl: string;
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
  /** Used in place of the platform's `fetch`. */
  readonly fetch?: typeof fetch;
  /** Wall-clock time, ms since the epoch; default `Date.now`. Only a dated `Retry-After` is read against it. */
  readonly wallClock?: () => number;
}

/**
 * The Guest REST contract as a {@link Transport}: typing with start and stop, and read receipts. Each method
 * makes one attempt and rejects with a `ConversationError`. The token is held in a closure and leaves it only
 * in an `Authorization` header (S1, S5); redirects are never followed (S9), cookies never sent (S10).
 *
 * With a token provider there is `refreshToken`, and every token has a number, from 1. With a plain token
 * there is neither: nothing could be refreshed, so there is nothing to tell apart.
 *
 * Throws `invalid-option` for options that cannot be right.
 */
export function guestRest(options: GuestRestOptions): Transport {
  if (typeof options !== 'object' || options === null) throw invalidOption('options', 'an object', options);
  const { token, messageEndsTyping = true, fetch, wallClock = () => Date.now() } = options;
  const urlOf = urlsOf(options.orgUrl);
  const participantId = checkId('participantId', options.participantId);
  if (typeof messageEndsTyping !== 'boolean') {
    throw invalidOption('messageEndsTyping', 'true or false', messageEndsTyping);
  }
  if (typeof wallClock !== 'function') throw invalidOption('wallClock', 'a function', wallClock);
  const spacing = checkDelay('spacing', options.spacing ?? 1000);
  const timeToLive = checkDelay('timeToLive', options.timeToLive ?? 5000, spacing + 1);
  const hints: HintRules = {
    cap: checkDelay('retryAfterCap', options.retryAfterCap ?? 300_000, 1),
    wallClock,
  };
  const tokens = tokenKeeper(token);
  const send = httpClient(fetch);

  const laneTo = (action: 'typing' | 'read'): Lane => ({
    url: urlOf('api', 'v2', 'conversations', 'messaging', 'participants', participantId, action),
    route: `POST /participants/{participantId}/${action}`,
  });
  const lanes = { typing: laneTo('typing'), read: laneTo('read') };

  const post = async (lane: Lane, call: Call, body: object, signal: AbortSignal): Promise<Accepted> => {
    const held = tokens.use(signal);
    const { value, generation } = held instanceof Promise ? await held : held;
    const requestId = uuid();
    const numbered = tokens.refresh === undefined ? {} : { tokenGeneration: generation };
    const about: About = { route: lane.route, requestId, attempt: call.attempt, ...numbered };
    const request: HttpRequest = {
      url: lane.url,
      headers: jsonHeaders(requestId, value),
      body: JSON.stringify(body),
      keepalive: call.keepalive ?? false,
      signal,
      wantsBody: wantsBody(hints),
    };
    const reply = await send(request, about);
    if (!isSuccess(reply)) throw refused(reply, about, hints);
    const objection = objectionTo(reply, about, call.conversationId);
    if (objection !== undefined) throw objection;
    return { status: reply.status, requestId, ...numbered };
  };

  const transport: Transport = {
    capabilities: Object.freeze({
      stopTyping: true,
      readReceipts: true,
      messageEndsTyping,
      spacing,
      timeToLive,
    }),
    participantId,
    sendTyping: (call, options) =>
      attempting(lanes.typing, call, () => {
        const { conversationId, isTyping } = call;
        if (typeof isTyping !== 'boolean') throw invalidOption('isTyping', 'true or false', isTyping);
        checkId('conversationId', conversationId);
        return post(lanes.typing, call, { conversationId, isTyping }, options.signal);
      }),
    sendRead: (call, options) =>
      attempting(lanes.read, call, () => {
        const { conversationId, messageId } = call;
        checkId('conversationId', conversationId);
        if (messageId !== undefined) checkId('messageId', messageId);
        return post(lanes.read, call, { conversationId, messageId }, options.signal);
      }),
    ...(tokens.refresh !== undefined && { refreshToken: refreshWith(tokens.refresh) }),
  };
  return Object.freeze(transport);
}

type Call = ReadCall | TypingCall;

interface Lane {
  readonly url: string;
  readonly route: string;
}

function refreshWith(refresh: NonNullable<TokenKeeper['refresh']>): NonNullable<Transport['refreshToken']> {
  return async (rejectedGeneration, { signal }) => {
    const { generation } = await refresh(rejectedGeneration, signal);
    return { tokenGeneration: generation };
  };
}

/**
 * Rejects with nothing but a complete `ConversationError`. A wrong argument becomes `bad-request`, as a
 * server would have said: charts know that code, and that it is not worth a second try.
 */
async function attempting<T>({ route }: Lane, { attempt }: Call, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!isConversationError(thrown)) throw failed('unexpected', { route, attempt });
    if (thrown.attempt !== undefined) throw thrown;
    if (thrown.code !== 'invalid-option') throw new ConversationError({ ...toFailure(thrown), attempt });
    const { message, option = '' } = thrown;
    throw new ConversationError({ code: 'bad-request', message: `${route}: ${message}`, option, attempt });
  }
}
