import { type Failure, type FailureCode, failureOf } from '../../machines/failure.ts';

/**
 * Every literal `code` of a {@link ConversationError}: what a server or a network can do
 * ({@link FailureCode}), and what an application can do.
 */
export type ConversationErrorCode =
  | FailureCode
  /** An option or argument that cannot be right; the message names it, says what came and what was expected. */
  | 'invalid-option'
  /** Nothing is open: call `open(conversationId)` first. */
  | 'no-conversation'
  /** A message id that was never told by `messageReceived`, or 5000 others ago: its place in the order is unknown. */
  | 'unknown-message'
  /** The guest keeps to themselves how far they have read: the mark is kept, and told by `shareReads(true)`. */
  | 'not-shared'
  /** The transport has no such call. */
  | 'unsupported'
  /** The handle was not started yet: call `start()` first. */
  | 'not-started'
  /** The handle was stopped. */
  | 'stopped';

/** What a {@link ConversationError} is made of. */
export interface ConversationErrorDetails extends Omit<Failure, 'code' | 'message'> {
  /** Which error it is. */
  readonly code: ConversationErrorCode;
  /** What happened and what to do next, in English; no token is in it. */
  readonly message: string;
  /** For a message: whether it may have been accepted nevertheless. */
  readonly unsure?: boolean;
  /** The number that the Web Messaging protocol gave the error. */
  readonly errorCode?: number;
  /** For `invalid-option`: the option's name, as in `timing.idle`. */
  readonly option?: string;
  /** Another `ConversationError` that led to this one; anything else is left out (S4). */
  readonly cause?: ConversationError;
}

const brand = Symbol.for('genesys-conversation-machine/error');

/**
 * The one error class of this SDK. `code` is a literal to compare with; `message` says what to do next.
 * No token, header, body or foreign error is reachable from it (S4), so it may be logged whole.
 */
export class ConversationError extends Error {
  /** What happened. */
  readonly code: ConversationErrorCode;
  /** HTTP status, where a reply came. */
  declare readonly status?: number;
  /** The `X-Genesys-Request-Id` of the failed attempt. */
  declare readonly requestId?: string;
  /** Which attempt of its burst failed, from 1. */
  declare readonly attempt?: number;
  /** How long the server asked to wait, ms, capped. */
  declare readonly retryAfterMs?: number;
  /** Number of the token that was used, from 1; never the token. */
  declare readonly tokenGeneration?: number;
  /** Whether the attempt provably never left. */
  declare readonly unsent?: boolean;
  /** For a message that will not be sent any more: whether it may have been accepted nevertheless. */
  declare readonly unsure?: boolean;
  /** The number that the Web Messaging protocol gave the error. */
  declare readonly errorCode?: number;
  /** For `invalid-option`: which one. */
  declare readonly option?: string;

  constructor(details: ConversationErrorDetails) {
    super(details.message, isConversationError(details.cause) ? { cause: details.cause } : undefined);
    this.name = 'ConversationError';
    this.code = details.code;
    const known = [
      'status',
      'requestId',
      'attempt',
      'retryAfterMs',
      'tokenGeneration',
      'unsent',
      'unsure',
      'errorCode',
      'option',
    ] as const;
    for (const key of known) {
      const value = details[key];
      if (value !== undefined) Object.defineProperty(this, key, { value, enumerable: true });
    }
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Whether `thrown` is this SDK's error; true across two copies of the SDK in one program as well.
 * @example
 * await conversation.markAsRead().catch((error) => {
 *   if (!isConversationError(error)) throw error;
 *   if (error.code === 'unauthorized') return signIn();
 * });
 */
export function isConversationError(thrown: unknown): thrown is ConversationError {
  return typeof thrown === 'object' && thrown !== null && (thrown as Record<symbol, unknown>)[brand] === true;
}

/** The plain-data form of whatever a transport threw. Total; copies only known fields. */
export function toFailure(thrown: unknown): Failure {
  return failureOf(isConversationError(thrown) ? thrown : undefined);
}

/** The error form of a chart's failure. */
export function toError(failure: Failure): ConversationError {
  return new ConversationError(failure);
}

/** An `invalid-option` error: the option's name, what came, what was expected. Strings that came are not quoted whole. */
export function invalidOption(option: string, expected: string, came: unknown): ConversationError {
  return new ConversationError({
    code: 'invalid-option',
    option,
    message: `${option} must be ${expected}; got ${describe(came)}.`,
  });
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return String(value);
  if (typeof value === 'string')
    return value === '' ? 'an empty string' : `a string of length ${value.length}`;
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}
