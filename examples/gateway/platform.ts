import { clientCredentials, isConversationError, parseRetryAfter } from 'genesys-conversation-machine';
import { createFetch, FetchError } from 'ofetch';
import { countdown, Unavailable } from './backing/backing.ts';
import type { Budget, CallKind } from './budget.ts';
import { fetchIf } from './departure.ts';
import type { GatewayOptions } from './options.ts';
import { Refusal, tooMany } from './refusal.ts';

/** How a call is made. */
export interface CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  /**
   * Asked when everything else is done and again right before the call leaves, with how long it may take, ms: a call that is not
   * its sender's any more, as after a sleep, stays here.
   */
  readonly mayLeave?: (attemptTime: number) => boolean;
  /** What has to be done before the call leaves, once it is sure of its place in the budget. */
  readonly beforehand?: () => Promise<unknown>;
}

/** The platform as a gateway sees it. */
export interface Platform {
  /**
   * Makes one call. Rejects with a {@link PlatformRefusal} as the guest is to be told: 429 with the seconds to wait, 503 where
   * the platform cannot be reached or does not take our word, 400 and 409 as they came.
   */
  call<T>(kind: CallKind, path: string, options?: CallOptions): Promise<T>;
}

/** A refusal of the platform's, or of ours in its place. */
export class PlatformRefusal extends Refusal {
  /** What the platform answered; undefined where it did not, or was not asked. */
  readonly answer: number | undefined;
  /** Whether the call may have been taken all the same: it left, and no answer says no. */
  readonly isUnsure: boolean;

  constructor(refusal: Refusal, answer: number | undefined, isUnsure: boolean) {
    super(refusal.status, refusal.code, refusal.message, refusal.retryAfter);
    this.answer = answer;
    this.isUnsure = isUnsure;
  }
}

/** Whether the platform does not know, or not any more, what it was asked about. */
export const isUnknownToPlatform = (error: unknown): boolean =>
  error instanceof PlatformRefusal && error.answer === 404;

/** How long an answer is waited for, ms. Typing that takes longer has stopped being true. */
const attemptTimes: Readonly<Record<CallKind, number>> = {
  message: 5000,
  receipt: 5000,
  other: 10_000,
  check: 10_000,
  typing: 2000,
};
/** How old a place in the budget may get before the call leaves, ms: its minute would be another one. */
const grantTime = 1000;
/** How often a place in the budget may get old. */
const mostGrants = 3;
/** Longest silence that the platform is believed to ask for, ms. */
const longestSilence = 300_000;

/** Calls the platform with a token of the client: one refresh after a 401, and within the client's budget. */
export function createPlatform(options: GatewayOptions, budget: Budget): Platform {
  const { apiUrl, loginUrl, clientId, clientSecret } = options;
  const fetchToken = clientCredentials({
    orgUrl: loginUrl,
    tokenPath: '/oauth/token',
    clientId,
    clientSecret,
  });
  let token: Promise<string> | undefined;

  /** Waits for a place in the budget, and gets another one where that got old on the way. */
  const admit = async (kind: CallKind, { beforehand, mayLeave }: CallOptions): Promise<void> => {
    for (let tries = 0; ; tries += 1) {
      await budget.spend(kind);
      const left = countdown(grantTime);
      await beforehand?.();
      if (mayLeave !== undefined && !mayLeave(attemptTimes[kind])) throw new Late();
      if (left() > 0) return;
      if (tries === mostGrants) throw new Late();
    }
  };

  const attempt = async <T>(kind: CallKind, path: string, call: CallOptions, bearer: string): Promise<T> => {
    await admit(kind, call);
    let [isTooLate, hasLeft] = [false, false];
    const mayLeave = (): boolean => {
      isTooLate = call.mayLeave?.(attemptTimes[kind]) === false;
      return !isTooLate;
    };
    try {
      const onLeave = (): void => {
        hasLeft = true;
      };
      return (await createFetch({ fetch: fetchIf(mayLeave, onLeave) })(path, {
        baseURL: apiUrl,
        method: call.method ?? 'POST',
        ...(call.body !== undefined && { body: call.body as object }),
        headers: { authorization: `Bearer ${bearer}` },
        retry: 0,
        timeout: attemptTimes[kind],
      })) as T;
    } catch (error) {
      if (isTooLate) throw new Late();
      throw new Attempted(error, hasLeft);
    }
  };

  const refusalOf = async (error: unknown): Promise<Refusal> => {
    const { status = 0, data, response } = error instanceof FetchError ? error : ({} as Partial<FetchError>);
    if (status === 429) {
      const seconds = secondsIn(response?.headers, data);
      await budget.silence(seconds);
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
    call: async (kind, path, call = {}) => {
      try {
        token ??= fetchToken();
        const first = token;
        try {
          return await attempt(kind, path, call, await first);
        } catch (error) {
          if (!(error instanceof Attempted) || error.status !== 401) throw error;
          if (token === first) token = fetchToken();
          return await attempt(kind, path, call, await token);
        }
      } catch (error) {
        if (error instanceof Late || error instanceof Refusal || error instanceof Unavailable) throw error;
        const cause = error instanceof Attempted ? error.cause : error;
        const refusal = await refusalOf(cause);
        if (refusal.status === 503) token = undefined;
        const { status } = error instanceof Attempted || isConversationError(error) ? error : {};
        options.log?.(
          `${kind}: Genesys Cloud answered ${status ?? 'nothing'}; the guest is told ${refusal.status}.`,
        );
        const answer = error instanceof Attempted ? error.status : undefined;
        const hasLeft = error instanceof Attempted && error.hasLeft;
        throw new PlatformRefusal(refusal, answer, hasLeft && isUnsure(answer));
      }
    },
  };
}

/** The call did not leave: it would have come too late, or was not its sender's any more. */
export class Late extends Error {}

/** What a call ended with that was made. */
class Attempted extends Error {
  readonly status: number | undefined;
  /** Whether a byte of it may have left: there was a connection. */
  readonly hasLeft: boolean;

  constructor(cause: unknown, hasLeft: boolean) {
    super('The call was made.', { cause });
    this.hasLeft = hasLeft;
    this.status = cause instanceof FetchError ? cause.status : undefined;
  }
}

/** Whether a call may have been taken: no answer, or one of a server that does not say what it has done. */
const isUnsure = (status: number | undefined): boolean =>
  status === undefined || status === 408 || status >= 500;

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
