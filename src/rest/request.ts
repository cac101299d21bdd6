import { isConversationError } from '../errors.ts';
import { unlessAborted } from './abort.ts';
import { readBody } from './body.ts';
import { type About, failed } from './failed.ts';
import { noReply } from './guardedFetch.ts';
import { oneAttemptClient } from './oneAttempt.ts';

/** One call, ready to leave. */
export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether it must outlive the page. */
  readonly keepalive?: boolean;
  /** Lives until the whole reply is read. */
  readonly signal?: AbortSignal | undefined;
  /** Whether anything in the body of such a reply is wanted; it is not waited for otherwise. */
  readonly wantsBody: (head: ReplyHead) => boolean;
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
  /** The decoded bytes; none where the body was not wanted, `too-long` beyond 64 KiB (S11). */
  readonly body: Uint8Array | 'too-long';
}

/** Makes one attempt. Rejects with a `ConversationError` where no whole reply came, never with anything else. */
export type HttpClient = (request: HttpRequest, about: About) => Promise<Reply>;

/** The headers of every JSON call; the token appears in no other place (S1). */
export function jsonHeaders(requestId: string, token?: string): Record<string, string> {
  return {
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    'Content-Type': 'application/json',
    Accept: 'application/json',
    'X-Genesys-Request-Id': requestId,
  };
}

/** A client over `fetch`, or over the platform's where that is undefined. Throws `invalid-option`. */
export function httpClient(fetch: unknown): HttpClient {
  const client = oneAttemptClient(fetch, 'POST');

  const exchange = async (request: HttpRequest, about: About, signal: AbortSignal): Promise<Reply> => {
    const { url, headers, body, keepalive = false, wantsBody } = request;
    const response = await client
      .raw(url, { headers: { ...headers }, body, keepalive, signal })
      .catch((thrown: unknown) => Promise.reject(noReply(thrown, about)));
    const head = headOf(response);
    const { status } = head;
    if (isRedirect(response)) {
      discard(response);
      throw failed('redirected', about, status > 0 ? { status } : {});
    }
    if (signal.aborted || !wantsBody(head)) {
      discard(response);
      return { ...head, body: new Uint8Array() };
    }
    const bytes = await readBody(response, signal).catch(() => {
      if (status >= 300) return new Uint8Array();
      throw failed('network', about, { status, detail: 'the reply broke off or could not be decoded' });
    });
    return { ...head, body: bytes };
  };

  return (request, about) => {
    const controller = new AbortController();
    const attempt = async () => {
      try {
        return await exchange(request, about, controller.signal);
      } catch (thrown) {
        throw isConversationError(thrown) ? thrown : failed('unexpected', about);
      }
    };
    return unlessAborted(request.signal, attempt, () => {
      controller.abort();
      return failed('timeout', about);
    });
  };
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
