import { clientCredentials, parseRetryAfter } from 'genesys-conversation-machine';
import { FetchError, ofetch } from 'ofetch';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { GatewayOptions } from './options.ts';
import { Refusal, tooMany } from './refusal.ts';

/** What a call to the platform is worth where the budget runs low: what is left for the others stays theirs. */
const reserves = { message: 0, receipt: 0.1, typing: 0.3, other: 0 } as const;

/** What a call is about. */
type CallKind = keyof typeof reserves;

/** The platform as a gateway sees it. */
export interface Platform {
  /**
   * Makes one call. Rejects with a `Refusal` as the guest is to be told: 429 with the seconds to wait, 503 where the
   * platform cannot be reached or does not take our word, 400 and 409 as they came.
   */
  call<T>(
    kind: CallKind,
    path: string,
    request?: { readonly method?: string; readonly body?: unknown },
  ): Promise<T>;
}

const attemptTime = 10_000;
/** Longest silence that the platform is believed to ask for, ms. */
const longestSilence = 300_000;

/** Calls the platform with a token of the client: one refresh after a 401, and within the client's budget. */
export function createPlatform(options: GatewayOptions): Platform {
  const { apiUrl, loginUrl, clientId, clientSecret, callsPerMinute = 300 } = options;
  const fetchToken = clientCredentials({
    orgUrl: loginUrl,
    tokenPath: '/oauth/token',
    clientId,
    clientSecret,
  });
  let token: Promise<string> | undefined;
  let silentUntil = 0;
  const budget = new RateLimiterMemory({ points: callsPerMinute, duration: 60 });

  const spend = async (kind: CallKind): Promise<void> => {
    const silence = Math.ceil((silentUntil - Date.now()) / 1000);
    if (silence > 0) throw tooMany(silence);
    const { consumedPoints = 0, msBeforeNext = 0 } = (await budget.get('client')) ?? {};
    const most = callsPerMinute * (1 - reserves[kind]);
    if (consumedPoints + 1 > most) throw tooMany(Math.max(1, Math.ceil(msBeforeNext / 1000)));
    await budget.consume('client');
  };

  const attempt = async <T>(path: string, method: string, body: unknown, bearer: string): Promise<T> =>
    (await ofetch(path, {
      baseURL: apiUrl,
      method,
      ...(body !== undefined && { body: body as object }),
      headers: { authorization: `Bearer ${bearer}` },
      retry: 0,
      timeout: attemptTime,
    })) as T;

  const refusalOf = (error: unknown): Refusal => {
    if (error instanceof Refusal) return error;
    const { status = 0, data, response } = error instanceof FetchError ? error : ({} as Partial<FetchError>);
    if (status === 429) {
      const seconds = secondsIn(response?.headers, data);
      silentUntil = Date.now() + seconds * 1000;
      return tooMany(seconds);
    }
    if (status === 400 || status === 409 || status === 413) {
      return new Refusal(
        status,
        'platform.refused',
        'Genesys Cloud refused the call; see the log of the gateway.',
      );
    }
    return new Refusal(503, 'service.unavailable', 'Genesys Cloud cannot be reached now.');
  };

  return {
    call: async (kind, path, { method = 'POST', body } = {}) => {
      await spend(kind);
      try {
        token ??= fetchToken();
        const first = token;
        try {
          return await attempt(path, method, body, await first);
        } catch (error) {
          if (!(error instanceof FetchError) || error.status !== 401) throw error;
          if (token === first) token = fetchToken();
          return await attempt(path, method, body, await token);
        }
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal.status === 503) token = undefined;
        const status = error instanceof FetchError ? error.status : undefined;
        options.log?.(
          `${kind}: Genesys Cloud answered ${status ?? 'nothing'}; the guest is told ${refusal.status}.`,
        );
        throw refusal;
      }
    },
  };
}

/** How long a 429 asks to wait, whole seconds: by its header, the budget's reset, or its sentence; else 10. */
function secondsIn(headers: Headers | undefined, body: unknown): number {
  const asked = parseRetryAfter(headers?.get('retry-after'), {
    now: Date.now(),
    dateHeader: headers?.get('date') ?? null,
    cap: longestSilence,
  });
  if (asked !== undefined) return Math.max(1, Math.ceil(asked / 1000));
  const reset = Number(headers?.get('inin-ratelimit-reset') ?? Number.NaN);
  if (reset >= 1) return Math.ceil(reset);
  const sentence = /\[(\d{1,5})\] seconds/.exec(
    String((body as { message?: unknown } | undefined)?.message ?? ''),
  );
  return Number(sentence?.[1] ?? 10);
}
