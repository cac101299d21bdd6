import type { FailureCode } from '../failure.ts';
import type { SessionFailure } from './types.ts';

/** What an error frame asks for, by its number, besides telling the application. */
export type ErrorVerdict =
  /** The session cannot go on. */
  | 'fatal'
  /** The same, and its token must not be used again. */
  | 'forget'
  /** An answer to what was asked, as an HTTP status is: fatal while a session is being configured. */
  | 'answer'
  /** The message it answers was refused. */
  | 'message'
  /** Nothing. */
  | 'log';

const verdicts: ReadonlyMap<number, ErrorVerdict> = new Map<number, ErrorVerdict>([
  [4006, 'fatal'],
  [4007, 'fatal'],
  [4011, 'message'],
  [4013, 'message'],
  [4017, 'forget'],
]);

/** Reads an error number. Total: what nobody knows is logged. */
export function errorVerdict(code: number): ErrorVerdict {
  if (code >= 300 && code < 600) return 'answer';
  return verdicts.get(code) ?? 'log';
}

const expiry = ['conversation-ended', 'The session has expired; start a new one.'] as const;

/** The failure of a session whose time is over, where a frame without a number says so. */
export const expired: SessionFailure = { code: expiry[0], message: expiry[1] };

/** The failure of a guest who is asked to sign in, which this SDK cannot do for them. */
export const mustSignIn: SessionFailure = {
  code: 'unauthorized',
  message:
    'The server wants the guest signed in, which a guest session cannot do; sign in elsewhere, then connect again.',
};

const words: ReadonlyMap<number, readonly [FailureCode, string]> = new Map<
  number,
  readonly [FailureCode, string]
>([
  [401, ['unauthorized', 'The server does not accept this guest; start a new session.']],
  [403, ['forbidden', 'The deployment does not allow this; switch the feature on in its configuration.']],
  [404, ['not-found', 'The server knows no such deployment or session; check the deployment id.']],
  [408, ['timeout', 'The server gave up waiting; try again.']],
  [409, ['conversation-ended', 'The conversation may only be looked at; start a new session.']],
  [4000, ['forbidden', 'The deployment does not have this feature.']],
  [4006, expiry],
  [4007, ['not-found', 'The server knows no such session; start a new one.']],
  [4011, ['bad-request', 'The message is too long; a text may have 4096 bytes.']],
  [4013, ['bad-request', 'The custom attributes are too large; all of a message may have 2048 bytes.']],
  [4017, ['unauthorized', 'A signed-in session cannot go on as a guest; connect again for a new one.']],
  [4020, ['bad-request', 'The server missed a parameter; please report this.']],
]);

/** The failure that an error number stands for; 429 and 4029 come as a frame of their own. The server's own words are not repeated (S14). */
export function failureOfCode(errorCode: number): SessionFailure {
  const known = words.get(errorCode);
  if (known) return { code: known[0], message: known[1], errorCode };
  const attachment = (errorCode >= 4001 && errorCode <= 4010) || errorCode === 4102;
  if (attachment) {
    return { code: 'bad-request', message: 'The server refused an attachment.', errorCode };
  }
  if (errorCode >= 400 && errorCode < 500) {
    return { code: 'bad-request', message: 'The server refused the request as wrong.', errorCode };
  }
  return {
    code: errorCode >= 500 && errorCode < 600 ? 'unavailable' : 'unexpected',
    message: 'The server reported an error that it does not explain.',
    errorCode,
  };
}
