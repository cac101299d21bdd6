import { parseJson, readBody } from '../rest/body.ts';
import { type About, failed } from '../rest/failed.ts';
import { noReply } from '../rest/guardedFetch.ts';
import { oneAttemptClient } from '../rest/oneAttempt.ts';

/** A reply to a GET: its status, and its body where that is a success and JSON. */
interface JsonReply {
  readonly status: number;
  readonly value: unknown;
  /** The `Retry-After` header. */
  readonly retryAfter: string | null;
}

/** Makes one GET. Rejects with a `ConversationError` where no whole reply came; redirects are not followed (S9). */
export type GetJson = (
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  about: About,
) => Promise<JsonReply>;

/** A {@link GetJson} over `fetch`, or over the platform's where that is undefined. Throws `invalid-option`. */
export function jsonGetter(fetch: unknown): GetJson {
  const client = oneAttemptClient(fetch, 'GET');
  return async (url, headers, signal, about) => {
    const response = await client
      .raw(url, { headers: { Accept: 'application/json', ...headers }, signal })
      .catch((thrown: unknown) => Promise.reject(noReply(thrown, about)));
    const { status } = response;
    const retryAfter = response.headers.get('retry-after');
    if (response.redirected || status < 200 || status >= 300) {
      response.body?.cancel().catch(() => {});
      return { status, value: undefined, retryAfter };
    }
    const bytes = await readBody(response, signal).catch(() => {
      throw failed('network', about, { status, detail: 'the reply broke off' });
    });
    return { status, value: parseJson(bytes)?.value, retryAfter };
  };
}
