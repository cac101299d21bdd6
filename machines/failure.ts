/**
 * Why a call did not succeed, as plain data: what the charts decide on, what emitted events carry.
 * It never holds a token, a header, a body or another error.
 */
export interface Failure {
  /** What happened, in one word that programs can compare. */
  readonly code: FailureCode;
  /** One sentence for a developer: what happened and what to do next. */
  readonly message: string;
  /** The HTTP status, where a reply came. */
  readonly status?: number;
  /** The `X-Genesys-Request-Id` of the attempt. */
  readonly requestId?: string;
  /** Which attempt of its burst this was, from 1. */
  readonly attempt?: number;
  /** How long the server asked to wait, ms, already capped. */
  readonly retryAfterMs?: number;
  /** Whether the attempt provably never left: it uses up no window (T-3). */
  readonly unsent?: boolean;
  /** Number of the token that the call carried; tokens themselves never reach a chart (S5). */
  readonly tokenGeneration?: number;
}

/** The literal codes a {@link Failure} can carry (`Retry-After`: L-2). */
export type FailureCode =
  /** 400, 405, 413, 422 …, as JSON or bare: the call itself is wrong; never retried. */
  | 'bad-request'
  /** 401: the token is expired, invalid or missing. */
  | 'unauthorized'
  /** 403: the scope is missing, or the feature is switched off. */
  | 'forbidden'
  /** 404 or 410: no such conversation or participant. */
  | 'not-found'
  /** 409: the conversation is over. */
  | 'conversation-ended'
  /** 429, or a 503 that says how long to wait. */
  | 'rate-limited'
  /** 408, 425 or 5xx: the server cannot answer now. */
  | 'unavailable'
  /** The deadline of the attempt passed before the whole reply was read. */
  | 'timeout'
  /** No reply: refused, reset, unreachable, not HTTP. */
  | 'network'
  /** A reply that is not what the contract promises: a page whatever its status, cut JSON, another conversation's. */
  | 'unreadable-reply'
  /** A redirect, which is never followed: the base URL is wrong, or a portal stands before it. */
  | 'redirected'
  /** A transport threw something that is none of the above. */
  | 'unexpected';

/**
 * What a chart does about a failure: wait as told (`limited`), wait by backoff (`transient`), get a fresh
 * token (`unauthorized`), switch the lane off (`forbidden`), give the conversation up (`gone`), or give up
 * this one call (`refused`).
 */
export type FailureKind = 'limited' | 'transient' | 'unauthorized' | 'forbidden' | 'gone' | 'refused';

const kinds: Readonly<Record<FailureCode, FailureKind>> = {
  'bad-request': 'refused',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  'not-found': 'gone',
  'conversation-ended': 'gone',
  'rate-limited': 'limited',
  unavailable: 'transient',
  timeout: 'transient',
  network: 'transient',
  'unreadable-reply': 'transient',
  redirected: 'transient',
  unexpected: 'transient',
};

/**
 * The reaction that a failure's code asks for.
 * @example
 * kindOf({ code: 'rate-limited', message: 'slow down' }); // 'limited'
 */
export function kindOf(failure: Failure): FailureKind {
  return kinds[failure.code];
}

/**
 * Reads a {@link Failure} from whatever an API actor rejected with. Total: anything that is not a failure
 * becomes `unexpected`, and nothing of it is copied, since nobody vouches that it holds no secret (S4).
 * @example
 * failureOf(new Error('anything')).code; // 'unexpected'
 */
export function failureOf(thrown: unknown): Failure {
  if (typeof thrown !== 'object' || thrown === null) return unexpected;
  const { code, message, status, requestId, attempt, retryAfterMs, tokenGeneration, unsent } =
    thrown as Partial<Failure>;
  if (!isCode(code) || typeof message !== 'string') return unexpected;
  return {
    code,
    message,
    ...(typeof status === 'number' && { status }),
    ...(typeof requestId === 'string' && { requestId }),
    ...(typeof attempt === 'number' && { attempt }),
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    ...(unsent === true && { unsent }),
    ...(typeof tokenGeneration === 'number' && { tokenGeneration }),
  };
}

const isCode = (code: unknown): code is FailureCode => typeof code === 'string' && Object.hasOwn(kinds, code);

/** The failure to tell of where the link gave up and nothing else says why. */
export const noToken: Failure = {
  code: 'unauthorized',
  message: 'The token was rejected and no fresh one can be had; sign the guest in again.',
};

const unexpected: Failure = {
  code: 'unexpected',
  message: 'The transport threw something that is not a ConversationError; have it reject with one.',
};
