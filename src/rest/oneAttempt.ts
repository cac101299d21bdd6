import { type $Fetch, createFetch } from 'ofetch';
import { invalidOption } from '../errors.ts';
import { guarded } from './guardedFetch.ts';

/**
 * An ofetch client that makes one attempt and nothing of its own accord: no retry (the charts own that), no
 * redirect (S9), no cookies, referrer or cache (S10). Over `fetch`, or over the platform's where that is
 * undefined. Throws `invalid-option`.
 */
export function oneAttemptClient(fetch: unknown, method: 'GET' | 'POST'): $Fetch {
  const chosen = fetch === undefined ? globalThis.fetch : fetch;
  if (typeof chosen !== 'function') {
    throw invalidOption('fetch', 'a function with the interface of the platform fetch', chosen);
  }
  return createFetch({
    fetch: guarded(chosen as typeof globalThis.fetch),
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
}
