import { createFetch } from 'ofetch';
import { type Limits, within } from '../shared/deadline.ts';
import { type ConversationError, invalidOption, isConversationError } from '../shared/errors.ts';
import { readBody, type Wanted } from './body.ts';
import { type About, failed, type Learnt } from './failed.ts';

/** One attempt, ready to leave. Its limits span the whole reply, body and all. */
export interface HttpRequest extends Limits {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether it must outlive the page. */
  readonly keepalive?: boolean;
  /** How much of the body of such a reply is wanted; more is not waited for. */
  readonly wants: (head: ReplyHead) => Wanted;
}

/** What is kept of a reply's head. */
export interface ReplyHead {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | null;
  readonly date: string | null;
}

/** A reply, whatever its status. */
export interface Reply extends ReplyHead {
  /** The decoded bytes, as many as were wanted; `too-long` beyond 64 KiB (S11). */
  readonly body: Uint8Array | 'too-long';
}

/** Makes one attempt. Rejects with a `ConversationError` where no whole reply came, never with anything else. */
export type HttpClient = (request: HttpRequest, about: About) => Promise<Reply>;

/**
 * A client that makes one attempt and nothing of its own accord: no retry (the charts own that), no redirect
 * (S9), no cookies, referrer or cache (S10). Over `fetch`, or over the platform's where that is undefined.
 * Throws `invalid-option`.
 */
export function httpClient(fetch: unknown, method: 'GET' | 'POST'): HttpClient {
  const chosen = fetch === undefined ? globalThis.fetch : fetch;
  if (typeof chosen !== 'function') {
    throw invalidOption('fetch', 'a function with the interface of the platform fetch', chosen);
  }
  const client = createFetch({
    fetch: guarded(chosen as Fetch),
    Headers,
    AbortController,
    defaults: {
      method,
      retry: false,
      ignoreResponseError: true,
      responseType: 'stream',
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      mode: 'cors',
    },
  });

  const exchange = async (request: HttpRequest, about: About, signal: AbortSignal): Promise<Reply> => {
    const { url, headers, body, keepalive = false, wants } = request;
    const init = { headers: { ...headers }, ...(body !== undefined && { body }), keepalive, signal };
    const response = await client
      .raw(url, init)
      .catch((thrown: unknown) => Promise.reject(noReply(thrown, about)));
    const head = headOf(response);
    const { status } = head;
    if (isRedirect(response)) {
      discard(response);
      throw failed('redirected', about, status > 0 ? { status } : {});
    }
    const wanted = signal.aborted ? 'nothing' : wants(head);
    if (wanted === 'nothing') {
      discard(response);
      return { ...head, body: new Uint8Array() };
    }
    const bytes = await readBody(response, signal, wanted).catch(() => {
      if (status >= 300) return new Uint8Array();
      throw failed('network', about, { status, detail: 'the reply broke off or could not be decoded' });
    });
    return { ...head, body: bytes };
  };

  return (request, about) =>
    within(
      request,
      async (signal) => {
        try {
          return await exchange(request, about, signal);
        } catch (thrown) {
          throw isConversationError(thrown) ? thrown : failed('unexpected', about);
        }
      },
      () => failed('timeout', about),
    );
}

function headOf(response: Response): ReplyHead {
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    retryAfter: response.headers.get('retry-after'),
    date: response.headers.get('date'),
  };
}

function isRedirect({ status, redirected, type }: Response): boolean {
  return redirected === true || type === 'opaqueredirect' || (status >= 300 && status < 400);
}

function discard(response: Response): void {
  response.body?.cancel().catch(() => {});
}

type Fetch = typeof globalThis.fetch;

/** Thrown in place of whatever a broken `fetch` did, so that it is not taken for a failing network. */
class BrokenFetch extends Error {}

/** The same `fetch`, except that breaking its interface rejects with an error which {@link noReply} knows. */
function guarded(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response: unknown = await started(fetch, input, init);
    if (!isResponse(response))
      throw new BrokenFetch('the fetch option returned something that is no Response');
    return response;
  };
}

/** Why no reply came, from what a guarded fetch rejected with; nothing of that is kept but a known code (S4). */
function noReply(thrown: unknown, about: About): ConversationError {
  const rejection = peek(thrown, 'cause');
  if (rejection instanceof BrokenFetch) return failed('unexpected', about, { detail: rejection.message });
  const cause = peek(rejection, 'cause');
  if (peek(cause, 'message') === 'unexpected redirect') return failed('redirected', about);
  const code = [peek(cause, 'code'), peek(rejection, 'code')].find(isPlatformCode);
  return failed('network', about, code === undefined ? {} : { detail: code, ...nextOf(code) });
}

/** What to do about TLS that fails, which a page is never told: it may pass all the same, as a portal does. */
function nextOf(code: string): Pick<Learnt, 'next'> {
  if (certificateCode.test(code)) {
    return {
      next: 'see that the certificate at orgUrl is valid, for that very host, and trusted here (NODE_EXTRA_CA_CERTS adds one)',
    };
  }
  return code.startsWith('ERR_SSL_')
    ? { next: 'check that orgUrl leads to a port that speaks TLS, and which versions' }
    : {};
}

function started(fetch: Fetch, ...args: Parameters<Fetch>): Promise<Response> {
  try {
    return fetch(...args);
  } catch {
    throw new BrokenFetch('the fetch option threw instead of returning a promise');
  }
}

function isResponse(value: unknown): value is Response {
  return (
    typeof peek(value, 'status') === 'number' &&
    typeof peek(peek(value, 'headers'), 'get') === 'function' &&
    isBody(peek(value, 'body'))
  );
}

function isBody(body: unknown): boolean {
  return body === null || body === undefined || typeof peek(body, 'getReader') === 'function';
}

function peek(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

const certificateCode =
  /^(?:CERT_[A-Z_]{3,32}|ERR_TLS_CERT_[A-Z_]{3,40}|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_[A-Z_]{3,40})$/;

const platformCode =
  /^(?:ECONN[A-Z]{5,7}|E(?:PIPE|TIMEDOUT|AI_AGAIN|HOSTUNREACH|NETUNREACH|PROTO)|ENOTFOUND|UND_ERR_[A-Z_]{3,32}|HPE_[A-Z_]{3,32}|ERR_(?:TLS|SSL)_[A-Z0-9_]{3,40})$/;

function isPlatformCode(value: unknown): value is string {
  return typeof value === 'string' && (platformCode.test(value) || certificateCode.test(value));
}
