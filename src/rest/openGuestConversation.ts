import { ConversationError } from '../shared/errors.ts';
import { idIn } from '../shared/frames.ts';
import { field } from '../shared/json.ts';
import { checkObject, checkOptions, longestDelay, namesOf } from '../shared/validate.ts';
import { jsonIn } from './body.ts';
import { type About, failed } from './failed.ts';
import type { Reply } from './httpClient.ts';
import { parseHttpDate } from './httpDate.ts';
import { type OrgOptions, orgOf } from './org.ts';
import { isToken } from './token.ts';

/** What {@link openGuestConversation} needs. */
export interface OpenGuestConversationOptions extends OrgOptions {
  /** What the org wants to know to route the conversation, as plain JSON; default `{}`. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** How long the call may take, reply read and all, ms; default 10 000. */
  readonly timeout?: number;
  /** Gives the call up. */
  readonly signal?: AbortSignal;
}

/** A conversation that was opened for a new guest. */
export interface GuestConversation {
  /** The conversation, for `createConversation`. */
  readonly conversationId: string;
  /** The guest's participant id, for `guestRest`. */
  readonly guestId: string;
  /** The guest's bearer token. A secret: keep it in memory, out of storage and logs. */
  readonly guestToken: string;
  /** For how long the token works from now, whole ms, at most 2^31 - 1; absent where the reply does not say. */
  readonly expiresInMs?: number;
}

const optionNames = namesOf<OpenGuestConversationOptions>({
  orgUrl: true,
  fetch: true,
  clock: true,
  body: true,
  timeout: true,
  signal: true,
});

const about: About = { route: 'POST /conversations/messaging' };

/**
 * Opens a conversation for a new guest: one attempt, under its own deadline. Rejects with
 * a `ConversationError`: `invalid-option`, `timeout` (an abort included), `unreadable-reply` where the reply
 * lacks an id or a token that could be used, or what the status says.
 * @example
 * const { conversationId, guestId, guestToken } = await openGuestConversation({ orgUrl });
 */
export async function openGuestConversation(
  options: OpenGuestConversationOptions,
): Promise<GuestConversation> {
  checkOptions(options, 'an object', optionNames);
  const org = orgOf(options);
  const { reply, about: attempt } = await org.post({
    url: org.urlOf('api', 'v2', 'conversations', 'messaging'),
    about,
    body: serialised(options.body ?? {}),
    signal: options.signal,
    deadline: org.deadline(options.timeout),
  });
  const conversation = guestConversationIn(reply, org.clock.wallNow());
  if (conversation === undefined) throw failed('unreadable-reply', attempt, { status: reply.status });
  return conversation;
}

function serialised(body: unknown): string {
  checkObject('body', body, 'a plain object');
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

function guestConversationIn({ body, date }: Reply, now: number): GuestConversation | undefined {
  const reply = jsonIn(body);
  const conversationId = idIn(reply, 'conversationId');
  const guestId = idIn(reply, 'guestId');
  const guestToken = field(reply, 'guestToken');
  if (conversationId === undefined || guestId === undefined || !isToken(guestToken)) return undefined;
  const life = lifeIn(reply, date, now);
  if (life === undefined) return { conversationId, guestId, guestToken };
  return Number.isNaN(life) ? undefined : { conversationId, guestId, guestToken, expiresInMs: life };
}

/** Ms until expiry; `undefined` where nothing is said, NaN where what is said makes no sense. */
function lifeIn(reply: unknown, date: string | null, now: number): number | undefined {
  const seconds = field(reply, 'expiresIn') ?? undefined;
  if (seconds !== undefined) return whole(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  const until = field(reply, 'expiresAt') ?? undefined;
  if (until === undefined) return undefined;
  const since = date === null ? undefined : parseHttpDate(date, now);
  const end = typeof until === 'string' && isoInstant.test(until) ? Date.parse(until) : Number.NaN;
  // A token that was just given and is past its end by this device's clock: the clock is off (I-2).
  if (since === undefined && end <= now) return undefined;
  return whole(Math.max(0, end - (since ?? now)));
}

const isoInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function whole(ms: number): number {
  return ms >= 0 ? Math.min(Math.floor(ms), longestDelay) : Number.NaN;
}
