import { v4 as uuid } from 'uuid';
import { longestSilence } from '../../machines/waits.ts';
import { type Clock, checkClock } from '../shared/clock.ts';
import type { Deadline } from '../shared/deadline.ts';
import { checkCrypto } from '../shared/platform.ts';
import { checkDelay } from '../shared/validate.ts';
import type { About } from './failed.ts';
import { type HttpRequest, httpClient, type Reply } from './httpClient.ts';
import { type UrlOf, urlsOf } from './orgUrl.ts';
import { type HintRules, isSuccess, type RefusalOf, refused, wantedOf } from './verdict.ts';

/** What everything that calls an org takes. */
export interface OrgOptions {
  /**
   * The org's API, as in `https://api.mypurecloud.ie`: https (http for loopback hosts), without credentials,
   * query or fragment; a path prefix and trailing slashes are tolerated (S6).
   */
  readonly orgUrl: string;
  /** Used in place of the platform's `fetch`. */
  readonly fetch?: typeof fetch;
  /** Time; a test gives a stepped clock. Default: the platform's. */
  readonly clock?: Clock;
}

/** One call of the contract, ready to leave. */
interface OrgCall extends Pick<HttpRequest, 'url' | 'keepalive' | 'signal' | 'deadline'> {
  /** What an error about it tells; each call gets a request id of its own. */
  readonly about: About;
  /** The `Authorization` header: a secret appears in no other place (S1). */
  readonly authorization?: string;
  readonly body: string;
  /** Default: `application/json`. */
  readonly contentType?: string;
  /** What is wrong where this status has a meaning of its own in this call. */
  readonly refusal?: RefusalOf;
}

/** A reply that says success, and the call that it answers. */
interface Success {
  readonly reply: Reply;
  readonly about: About & { readonly requestId: string };
}

/** An org's API. */
export interface Org {
  readonly clock: Clock;
  readonly urlOf: UrlOf;
  /** The deadline of a call that no chart watches over; 10 s where none is given. Throws `invalid-option`. */
  deadline(timeout: number | undefined): Deadline;
  /** Makes one call. Rejects with a `ConversationError` for anything but a 2xx. */
  readonly post: (call: OrgCall) => Promise<Success>;
  /** The same, to read. */
  readonly get: (call: Omit<OrgCall, 'body' | 'contentType'>) => Promise<Success>;
}

/** The API that options lead to. `retryAfterCap`: the longest wait that it is believed to ask for, ms. Throws `invalid-option`. */
export function orgOf(options: OrgOptions, retryAfterCap = longestSilence): Org {
  checkCrypto();
  const clock = checkClock(options.clock);
  const hints: HintRules = { cap: retryAfterCap, clock };
  const wants = wantedOf(hints);
  const urlOf = urlsOf(options.orgUrl);
  const clients = { GET: httpClient(options.fetch, 'GET'), POST: httpClient(options.fetch, 'POST') };
  const make = async (
    method: keyof typeof clients,
    { authorization, contentType, refusal, ...call }: Omit<OrgCall, 'body'> & { readonly body?: string },
  ): Promise<Success> => {
    const requestId = uuid();
    const about = { ...call.about, requestId };
    const headers = {
      ...(authorization !== undefined && { Authorization: authorization }),
      ...(contentType !== undefined && { 'Content-Type': contentType }),
      Accept: 'application/json',
      'X-Genesys-Request-Id': requestId,
    };
    const reply = await clients[method]({ ...call, headers, wants }, about);
    if (!isSuccess(reply)) throw refused(reply, about, hints, refusal);
    return { reply, about };
  };
  return {
    clock,
    urlOf,
    deadline: (timeout) => ({ clock, ms: checkDelay('timeout', timeout ?? 10_000, 1) }),
    post: (call) => make('POST', { contentType: 'application/json', ...call }),
    get: (call) => make('GET', call),
  };
}
