import { type FailureCode, kindOf } from '../../machines/failure.ts';
import type { Clock } from '../shared/clock.ts';
import type { ConversationError } from '../shared/errors.ts';
import { field } from '../shared/json.ts';
import { jsonIn, textOf, type Wanted } from './body.ts';
import { type About, failed } from './failed.ts';
import type { Reply, ReplyHead } from './httpClient.ts';
import { parseHttpDate } from './httpDate.ts';
import { hintFromBody, parseRetryAfter } from './retryAfter.ts';
import { foreignIn, isForeignByHead, isJson } from './speaker.ts';

/** How waits that a server asks for are read. */
export interface HintRules {
  /** Longest wait that is believed, whole ms. */
  readonly cap: number;
  /** Whose wall-clock time a date is measured by. */
  readonly clock: Clock;
}

const codes: ReadonlyMap<number, FailureCode> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [407, 'unreadable-reply'], // A proxy's own word, whatever it looks like.
  [408, 'unavailable'],
  [409, 'conversation-ended'],
  [410, 'not-found'],
  [421, 'unavailable'],
  [425, 'unavailable'],
  [429, 'rate-limited'],
]);

/** What a status other than 2xx and 3xx means. */
function codeOf(status: number): FailureCode {
  const known = codes.get(status);
  if (known !== undefined) return known;
  if (status >= 400 && status < 500) return 'bad-request';
  return status >= 500 && status < 600 ? 'unavailable' : 'unreadable-reply';
}

/** Whether a status says success. */
export function isSuccess({ status }: ReplyHead): boolean {
  return status >= 200 && status < 300;
}

/** What is wrong where a status has a meaning of its own in some call; `undefined` where it has none. */
export type RefusalOf = (status: number, about: About) => Error | undefined;

/**
 * How much of a reply's body is worth waiting for: that of a success, and of a refusal whose hint is not in
 * its header; of a status that ends something its first character, which shows a page. A 401 whose body never
 * ends is still a 401 at once.
 */
export function wantedOf(rules?: HintRules): (head: ReplyHead) => Wanted {
  return (head) => {
    if (isSuccess(head)) return 'whole';
    if (rules !== undefined && mayHint(head))
      return sureHint(head, rules) === undefined ? 'whole' : 'nothing';
    return endsSomething(head) && !isForeignByHead(head) ? 'start' : 'nothing';
  };
}

/**
 * The error for a reply that is not a success. A status that ends something counts only where nothing shows
 * that somebody else than the back end said it. A 503 that says how long to wait is a rate limit.
 */
export function refused(reply: Reply, about: About, rules: HintRules, refusal?: RefusalOf): Error {
  const { status } = reply;
  const foreign = endsSomething(reply) ? foreignIn(reply) : undefined;
  if (foreign !== undefined) return failed('unreadable-reply', about, { status, detail: foreign });
  const ownMeaning = refusal?.(status, about);
  if (ownMeaning !== undefined) return ownMeaning;
  if (!mayHint(reply)) return failed(codeOf(status), about, { status });
  const retryAfterMs =
    sureHint(reply, rules) ?? hintFromBody(textOf(reply.body), rules.cap) ?? unsureHint(reply, rules);
  return retryAfterMs === undefined
    ? failed(codeOf(status), about, { status })
    : failed('rate-limited', about, { status, retryAfterMs });
}

/**
 * What speaks against a 2xx whose body carries nothing that is needed: a page instead of a reply, JSON that
 * is none, a body without end, or a reply about another conversation. `undefined` where it is a success.
 * Nothing of the body is kept.
 */
export function objectionTo(
  reply: Reply,
  about: About,
  conversationId: string,
): ConversationError | undefined {
  const { status, contentType, body } = reply;
  const objection = (detail: string) => failed('unreadable-reply', about, { status, detail });
  if (status === 204 || status === 205) return undefined;
  const foreign = foreignIn(reply);
  if (foreign !== undefined) return objection(foreign);
  if (body === 'too-long') return objection('longer than 64 KiB');
  if (body.length === 0 || !isJson(contentType)) return undefined;
  const parsed = jsonIn(body);
  if (parsed === undefined) return objection('broken JSON');
  const other = field(parsed, 'conversationId');
  return typeof other === 'string' && other !== conversationId
    ? objection('about another conversation')
    : undefined;
}

/** Whether a status, believed, would end a call, a lane or a conversation. */
function endsSomething({ status }: ReplyHead): boolean {
  const code = codeOf(status);
  return !['transient', 'limited'].includes(kindOf({ code, message: '' }));
}

function mayHint({ status }: ReplyHead): boolean {
  return status === 429 || status === 503;
}

/** Longest wait that a date asks for where nobody knows how far its sender's clock is off, ms (I-2). */
const longestUnsure = 30_000;

/** The header's hint, where the reply's own `Date` says what its dates are measured by, or it is in seconds. */
function sureHint(head: ReplyHead, rules: HintRules): number | undefined {
  const { retryAfter, date } = head;
  const isMeasured = date !== null && parseHttpDate(date, rules.clock.wallNow()) !== undefined;
  return isMeasured || /^\d/.test(retryAfter ?? '') ? headerHint(head, rules) : undefined;
}

/** A date held against this device's clock: capped, and one that is past says nothing (I-2). */
function unsureHint(head: ReplyHead, rules: HintRules): number | undefined {
  const wait = headerHint(head, rules) ?? 0;
  return wait > 0 ? Math.min(wait, longestUnsure) : undefined;
}

function headerHint({ retryAfter, date }: ReplyHead, { cap, clock }: HintRules): number | undefined {
  return parseRetryAfter(retryAfter, { now: clock.wallNow(), dateHeader: date, cap });
}
