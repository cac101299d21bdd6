import { jsonIn } from '../rest/body.ts';
import type { About } from '../rest/failed.ts';
import { httpClient } from '../rest/httpClient.ts';
import { foreignIn } from '../rest/speaker.ts';
import { isSuccess, wantedOf } from '../rest/verdict.ts';

/** A reply to a GET: its status, and its body where that is a success and JSON. */
interface JsonReply {
  readonly status: number;
  readonly value: unknown;
  /** Whether it is somebody else's: the page of a proxy, or of a portal. */
  readonly isForeign: boolean;
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
  const get = httpClient(fetch, 'GET');
  const wants = wantedOf();
  return async (url, more, signal, about) => {
    const headers = { Accept: 'application/json', ...more };
    const reply = await get({ url, headers, signal, wants }, about);
    const { status, retryAfter } = reply;
    const value = isSuccess(reply) ? jsonIn(reply.body) : undefined;
    return { status, value, isForeign: foreignIn(reply) !== undefined, retryAfter };
  };
}
