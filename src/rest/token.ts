import { type Failure, type FailureCode, kindOf } from '../../machines/failure.ts';
import { ConversationError, invalidOption, toFailure } from '../shared/errors.ts';
import { sharedFlight } from './flight.ts';

/**
 * Fetches a guest token, bare (without `Bearer `). Called for the first call and after a 401, never two at a
 * time for one transport. `signal` aborts when nobody waits for the result any more; a token that comes
 * later is used nevertheless. Reject when there is none: with a `ConversationError` of code `unauthorized`
 * if that is final, with anything else if it may pass.
 */
export type TokenProvider = (options: { readonly signal: AbortSignal }) => string | Promise<string>;

/** A token and its number: 1 for the first, more with each fresh one. */
interface NumberedToken {
  readonly value: string;
  readonly generation: number;
}

/** What hands tokens out. It is the only place that holds one, in a closure (S5). */
export interface TokenKeeper {
  /** The token to call with: at once where there is one that was not rejected, else a freshly fetched one. */
  readonly use: (signal: AbortSignal | undefined) => NumberedToken | Promise<NumberedToken>;
  /** A token newer than number `rejected`; absent where no fresh one can be had. */
  readonly refresh?: (rejected: number, signal: AbortSignal | undefined) => Promise<NumberedToken>;
}

const syntax = /^[A-Za-z0-9._~+/-]+=*$/;

/** Whether a value can stand in an `Authorization: Bearer` header as it is (S3): RFC 6750's `b64token`, at most 4096 long. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 4096 && syntax.test(value);
}

/** A keeper for the `token` option, a token or a provider. Throws `invalid-option`, which never quotes a token. */
export function tokenKeeper(token: unknown): TokenKeeper {
  if (typeof token === 'function') return providedTokens(token as TokenProvider);
  if (!isToken(token)) {
    throw invalidOption(
      'token',
      'a bare bearer token, without "Bearer " or white space, or a function',
      token,
    );
  }
  const only: NumberedToken = { value: token, generation: 1 };
  return { use: () => only };
}

function providedTokens(provider: TokenProvider): TokenKeeper {
  let current: NumberedToken | undefined;
  let rejected = { value: '', generation: 0 };
  let started = 0;
  let adopted = 0;

  const adopt = (value: string, order: number): NumberedToken => {
    if (current !== undefined && order < adopted) return current;
    if (value === rejected.value)
      throw noToken('unauthorized', 'the token provider returned the very token that was rejected');
    adopted = order;
    if (current?.value === value) return current;
    current = { value, generation: Math.max(current?.generation ?? 0, rejected.generation) + 1 };
    return current;
  };

  const fetchToken = async (signal: AbortSignal): Promise<NumberedToken> => {
    started += 1;
    const order = started;
    const value = await ask(provider, signal);
    if (!isToken(value))
      throw noToken('unauthorized', 'the token provider returned something that is no bare bearer token');
    return adopt(value, order);
  };

  const join = sharedFlight(fetchToken, () =>
    noToken('timeout', 'the token provider did not answer in time'),
  );
  const isLive = (token: NumberedToken) => token.generation > rejected.generation;

  return {
    use: (signal) => (current !== undefined && isLive(current) ? current : join(signal)),
    refresh: async (generation, signal) => {
      if (current !== undefined && isLive(current) && current.generation > generation) return current;
      rejected = {
        value: current?.value ?? rejected.value,
        generation: Math.max(rejected.generation, generation),
      };
      return join(signal);
    },
  };
}

async function ask(provider: TokenProvider, signal: AbortSignal): Promise<unknown> {
  try {
    return await provider({ signal });
  } catch (thrown) {
    throw providerFailure(thrown);
  }
}

/**
 * A provider's failure, seen from the call that wants the token: what may pass keeps its code; anything else
 * means that no token can be had, and not, say, that the conversation is gone.
 */
function providerFailure(thrown: unknown): ConversationError {
  const { code, status, retryAfterMs } = toFailure(thrown);
  const why = 'the token provider failed';
  if (code === 'unexpected') return noToken('unavailable', why);
  const passes = ['transient', 'limited'].includes(kindOf({ code, message: why }));
  return noToken(passes ? code : 'unauthorized', why, {
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function noToken(
  code: FailureCode,
  why: string,
  learnt: Pick<Failure, 'status' | 'retryAfterMs'> = {},
): ConversationError {
  const next = code === 'unauthorized' ? 'sign the guest in again' : 'it is asked again with the next call';
  return new ConversationError({ code, message: `No token could be had: ${why}; ${next}.`, ...learnt });
}

/** What an error or an acceptance says of the token: its number, where tokens are told apart. */
interface TokenNumber {
  readonly tokenGeneration?: number;
}

/** Makes a call with a token in its header; where that is rejected and another can be had, once more. */
export type Authorised = <T>(
  signal: AbortSignal,
  call: (authorization: string, numbered: TokenNumber) => Promise<T>,
) => Promise<T>;

/** Makes {@link Authorised}, for the calls that no chart watches over: one refresh at a time, one replay. */
export function authorisedBy(tokens: TokenKeeper): Authorised {
  return async (signal, call) => {
    const attempt = ({ value, generation }: NumberedToken) =>
      call(`Bearer ${value}`, tokens.refresh === undefined ? {} : { tokenGeneration: generation });
    const first = await tokens.use(signal);
    try {
      return await attempt(first);
    } catch (thrown) {
      const isRejected = toFailure(thrown).code === 'unauthorized';
      if (!isRejected || tokens.refresh === undefined) throw thrown;
      return attempt(await tokens.refresh(first.generation, signal));
    }
  };
}
