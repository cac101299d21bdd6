import type { FailureCode } from '../../machines/failure.ts';
import type { ConversationError } from '../errors.ts';
import { textOf } from './body.ts';
import { type About, failed } from './failed.ts';
import type { Reply, ReplyHead } from './request.ts';
import { hintFromBody, parseRetryAfter } from './retryAfter.ts';

/** How waits that a server asks for are read. */
export interface HintRules {
  /** Longest wait that is believed, whole ms. */
  readonly cap: number;
  /** Wall-clock time, ms since the epoch. */
  readonly wallClock: () => number;
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

function mayHint({ status }: ReplyHead): boolean {
  return status === 429 || status === 503;
}

function headerHint({ retryAfter, date }: ReplyHead, { cap, wallClock }: HintRules): number | undefined {
  return parseRetryAfter(retryAfter, { now: wallClock(), dateHeader: date, cap });
}
