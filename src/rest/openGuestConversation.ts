import { v4 as uuid } from 'uuid';
import { ConversationError, invalidOption } from '../errors.ts';
import { checkDelay, checkId, longestDelay } from '../validate.ts';
import { withinDeadline } from './abort.ts';
import { fieldOf, parseJson } from './body.ts';
import { type About, failed } from './failed.ts';
import { parseHttpDate } from './httpDate.ts';
import { urlsOf } from './orgUrl.ts';
import { httpClient, jsonHeaders, type Reply } from './request.ts';
import { type HintRules, isSuccess, refused, wantsBody } from './status.ts';
import { isToken } from './token.ts';

/** What {@link openGuestConversation} needs. */
export interface OpenGuestConversationOptions {
  /** The org's API, by the rules of `guestRest` (S6). */
  readonly orgUrl: string;
  /** What the org wants to know to route the conversation, as plain JSON; default `{}`. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** How long the call may take, reply read and all, ms; default 10 000. */
  readonly timeout?: number;
  /** Gives the call up. */
  readonly signal?: AbortSignal;
  /** Used in place of the platform's `fetch`. */
  readonly fetch?: typeof fetch;
}

/** A conversation that was opened for a new guest. */
export interface GuestConversation {
  readonly conversationId: string;
  /** The guest's participant id, for `guestRest`. */
  readonly guestId: string;
  /** The guest's bearer token. A secret: keep it in memory, out of storage and logs. */
  readonly guestToken: string;
  /** For how long the token works from now, whole ms, at most 2^31 - 1; absent where the reply does not say. */
  readonly expiresInMs?: number;
}

const about: About = { route: 'POST /conversations/messaging' };
const hints: HintRules = { cap: 300_000, wallClock: () => Date.now() };

/**
 * Opens a conversation for a new guest: one attempt, under its own deadline. Rejects with
 * a `ConversationError`: `invalid-option`, `timeout` (an abort included), `unreadable-reply` where the reply
 * lacks an id or a token that could be used, or what the status says.
 */
export async function openGuestConversation(
  options: OpenGuestConversationOptions,
): Promise<GuestConversation> {
  if (typeof options !== 'object' || options === null) throw invalidOption('options', 'an object', options);
  const url = urlsOf(options.orgUrl)('api', 'v2', 'conversations', 'messaging');
  const timeout = checkDelay('timeout', options.timeout ?? 10_000, 1);
  const body = serialised(options.body ?? {});
  const send = httpClient(options.fetch);
  const requestId = uuid();
  const attempt = { ...about, requestId };
  const reply = await withinDeadline(timeout, options.signal, (signal) =>
    send({ url, headers: jsonHeaders(requestId), body, signal, wantsBody: wantsBody(hints) }, attempt),
  );
  if (!isSuccess(reply)) throw refused(reply, attempt, hints);
  const conversation = guestConversationIn(reply);
  if (conversation === undefined) throw failed('unreadable-reply', attempt, { status: reply.status });
  return conversation;
}

function serialised(body: unknown): string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidOption('body', 'a plain object', body);
  }
  try {
    return JSON.stringify(body);
  } catch {
    throw new ConversationError({
      code: 'invalid-option',
      option: 'body',
      message: 'body must be an object that JSON can express, without cycles and BigInts.',
    });
  }
}

function guestConversationIn({ body, date }: Reply): GuestConversation | undefined {
  const reply = parseJson(body)?.value;
  const conversationId = idIn(reply, 'conversationId');
  const guestId = idIn(reply, 'guestId');
  const guestToken = fieldOf(reply, 'guestToken');
  if (conversationId === undefined || guestId === undefined || !isToken(guestToken)) return undefined;
  const life = lifeIn(reply, date);
  if (life === undefined) return { conversationId, guestId, guestToken };
  return Number.isNaN(life) ? undefined : { conversationId, guestId, guestToken, expiresInMs: life };
}

function idIn(reply: unknown, field: string): string | undefined {
  try {
    return checkId(field, fieldOf(reply, field));
  } catch {
    return undefined;
  }
}

/** Ms until expiry; `undefined` where nothing is said, NaN where what is said makes no sense. */
function lifeIn(reply: unknown, date: string | null): number | undefined {
  const seconds = fieldOf(reply, 'expiresIn') ?? undefined;
  if (seconds !== undefined) return whole(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  const until = fieldOf(reply, 'expiresAt') ?? undefined;
  if (until === undefined) return undefined;
  const now = hints.wallClock();
  const since = (date === null ? undefined : parseHttpDate(date, now)) ?? now;
  const end = typeof until === 'string' && isoInstant.test(until) ? Date.parse(until) : Number.NaN;
  return whole(Math.max(0, end - since));
}

const isoInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function whole(ms: number): number {
  return ms >= 0 ? Math.min(Math.floor(ms), longestDelay) : Number.NaN;
}
