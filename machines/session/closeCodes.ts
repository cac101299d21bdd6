import type { FailureCode } from '../failure.ts';
import type { SocketClosed } from './events.ts';
import type { SessionFailure } from './types.ts';

/**
 * What the end of a socket asks for.
 *
 * | verdict      | meaning                                                                    |
 * | ------------ | -------------------------------------------------------------------------- |
 * | `final`      | closed in good order: the session is over for this client                  |
 * | `retry`      | connect again after a random wait (full jitter)                            |
 * | `paced`      | the same, but never within the first base wait                             |
 * | `slowly`     | the server is busy: connect again after a longer wait                      |
 * | `spread`     | the server restarts under everybody: connect again at a time spread widely |
 * | `once`       | a broken promise of one side: one more attempt, then fail                  |
 * | `immediate`  | connect again at once, the first time                                      |
 * | `fatal`      | it would end the same way again                                            |
 */
export type CloseVerdict = 'final' | 'retry' | 'paced' | 'slowly' | 'spread' | 'once' | 'immediate' | 'fatal';

/** Close code for a frame that is longer than the other end takes. */
export const frameTooBig = 1009;

const byCode: ReadonlyMap<number, CloseVerdict> = new Map<number, CloseVerdict>([
  [1000, 'final'],
  [1002, 'once'],
  [1003, 'once'],
  [1007, 'once'],
  [1008, 'once'],
  [1010, 'once'],
  [1012, 'spread'],
  [1013, 'slowly'],
  [1015, 'once'],
]);

const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

/** Reads a close code, or the status of a refused handshake. Total: any number has a verdict. */
export function verdictOf({ code, refused }: Pick<SocketClosed, 'code' | 'refused'>): CloseVerdict {
  if (refused !== undefined) {
    if (refused === 429 || refused === 503) return 'slowly';
    return refused >= 400 && refused < 500 && !passingStatuses.has(refused) ? 'fatal' : 'retry';
  }
  if (code >= 4000 && code < 4100) return 'fatal';
  if (code >= 4100 && code < 4200) return 'paced';
  if (code >= 4200 && code < 4300) return 'immediate';
  return byCode.get(code) ?? 'retry';
}

const refusals: ReadonlyMap<number, FailureCode> = new Map<number, FailureCode>([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [410, 'not-found'],
]);

/** Why a socket's end is the session's end. Says the number only: a close reason is the server's text (S14). */
export function failureOfClose({ code, refused }: Pick<SocketClosed, 'code' | 'refused'>): SessionFailure {
  if (refused !== undefined) {
    return {
      code: refusals.get(refused) ?? 'bad-request',
      status: refused,
      message: `The handshake was refused with status ${refused}; check the deployment id, the region, and that the deployment allows this origin.`,
    };
  }
  const refusedByPolicy = code === 1008 || (code >= 4000 && code < 4100);
  return {
    code: refusedByPolicy ? 'forbidden' : 'network',
    message: `The server closed the socket with code ${code}, and connecting again would end the same way; check the deployment, then connect again.`,
  };
}
