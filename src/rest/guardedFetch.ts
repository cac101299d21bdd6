import type { ConversationError } from '../errors.ts';
import { type About, failed } from './failed.ts';

type Fetch = typeof globalThis.fetch;

/** Thrown in place of whatever a broken `fetch` did, so that it is not taken for a failing network. */
class BrokenFetch extends Error {}

/** The same `fetch`, except that breaking its interface rejects with an error which {@link noReply} knows. */
export function guarded(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response: unknown = await started(fetch, input, init);
    if (!isResponse(response))
      throw new BrokenFetch('the fetch option returned something that is no Response');
    return response;
  };
}

/** Why no reply came, from what a guarded fetch rejected with; nothing of that is kept but a known code (S4). */
export function noReply(thrown: unknown, about: About): ConversationError {
  const rejection = peek(thrown, 'cause');
  if (rejection instanceof BrokenFetch) return failed('unexpected', about, { detail: rejection.message });
  const cause = peek(rejection, 'cause');
  if (peek(cause, 'message') === 'unexpected redirect') return failed('redirected', about);
  const code = [peek(cause, 'code'), peek(rejection, 'code')].find(isPlatformCode);
  return failed('network', about, code === undefined ? {} : { detail: code });
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
    typeof value === 'object' &&
    value !== null &&
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
    return (value as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}

const platformCode =
  /^(?:ECONN[A-Z]{5,7}|E(?:PIPE|TIMEDOUT|AI_AGAIN|HOSTUNREACH|NETUNREACH|PROTO)|ENOTFOUND|UND_ERR_[A-Z_]{3,32}|HPE_[A-Z_]{3,32}|CERT_[A-Z_]{3,32}|ERR_(?:TLS|SSL)_[A-Z_]{3,40}|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_[A-Z_]{3,40})$/;

function isPlatformCode(value: unknown): value is string {
  return typeof value === 'string' && platformCode.test(value);
}
