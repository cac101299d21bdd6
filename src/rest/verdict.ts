import type { FailureCode } from '../../machines/failure.ts';
import type { Clock } from '../shared/clock.ts';
import type { ConversationError } from '../shared/errors.ts';
import { field } from '../shared/json.ts';
import { jsonIn, textOf } from './body.ts';
import { type About, failed } from './failed.ts';
import type { Reply, ReplyHead } from './httpClient.ts';
import { hintFromBody, parseRetryAfter } from './retryAfter.ts';

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
  [408, 'unavailable'],
  [409, 'conversation-ended'],
  [410, 'not-found'],
  [425, 'unavailable'],
  [429, 'rate-limited'],
]);

/** What a status other than 2xx means. */
function codeOf(status: number): FailureCode {
  const known = codes.get(status);
  if (known !== undefined) return known;
  if (status >= 400 && status < 500) return 'bad-request';
  if (status >= 500 && status < 600) return 'unavailable';
  return status >= 300 && status < 400 ? 'redirected' : 'unreadable-reply';
}

/** Whether a status says success. */
export function isSuccess({ status }: ReplyHead): boolean {
  return status >= 200 && status < 300;
}

/**
 * Whether a reply's body is worth waiting for: that of a success, and of a refusal whose hint is not in its
 * header. A 401 whose body never ends is still a 401 at once.
 */
export function wantsBody(rules: HintRules): (head: ReplyHead) => boolean {
  return (head) => isSuccess(head) || (mayHint(head) && headerHint(head, rules) === undefined);
}

/** The error for a reply that is not a success. A 503 that says how long to wait is a rate limit. */
export function refused(reply: Reply, about: About, rules: HintRules): ConversationError {
  const { status } = reply;
  if (!mayHint(reply)) return failed(codeOf(status), about, { status });
  const retryAfterMs = headerHint(reply, rules) ?? hintFromBody(textOf(reply.body), rules.cap);
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
  { status, contentType, body }: Reply,
  about: About,
  conversationId: string,
): ConversationError | undefined {
  const objection = (detail: string) => failed('unreadable-reply', about, { status, detail });
  if (status === 204 || status === 205) return undefined;
  if (isMarkup(contentType) || (contentType === '' && /^\s*</.test(textOf(body)))) {
    return objection('a web page');
  }
  if (body === 'too-long') return objection('longer than 64 KiB');
  if (body.length === 0 || !isJson(contentType)) return undefined;
  const parsed = jsonIn(body);
  if (parsed === undefined) return objection('broken JSON');
  const other = field(parsed, 'conversationId');
  return typeof other === 'string' && other !== conversationId
    ? objection('about another conversation')
    : undefined;
}

function mayHint({ status }: ReplyHead): boolean {
  return status === 429 || status === 503;
}

function headerHint({ retryAfter, date }: ReplyHead, { cap, clock }: HintRules): number | undefined {
  return parseRetryAfter(retryAfter, { now: clock.wallNow(), dateHeader: date, cap });
}

function isJson(contentType: string): boolean {
  return /[/+]json\b/i.test(contentType);
}

function isMarkup(contentType: string): boolean {
  return /\b(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType);
}
