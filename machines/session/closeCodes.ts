import type { FailureCode } from '../failure.ts';
import { type CloseVerdict, type SocketEnd, verdictOfSocket } from '../reconnect.ts';
import type { SessionFailure } from './types.ts';

/** Close code for a frame that is longer than the other end takes. */
export const frameTooBig = 1009;

/**
 * Reads a close code, or the status of a refused handshake. Total: any number has a verdict. The messenger's own:
 * 4000 to 4099 would end the same way again, 4100 to 4199 wants a pause first, 4200 to 4299 none.
 */
export function verdictOf(end: SocketEnd): CloseVerdict {
  const { code } = end;
  if (code >= 4000 && code < 4100) return 'fatal';
  if (code >= 4100 && code < 4200) return 'paced';
  if (code >= 4200 && code < 4300) return 'immediate';
  return verdictOfSocket(end);
}

const refusals: ReadonlyMap<number, FailureCode> = new Map<number, FailureCode>([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [410, 'not-found'],
]);

/** Why a socket's end is the session's end. Says the number only: a close reason is the server's text (S14). */
export function failureOfClose({ code, refused }: SocketEnd): SessionFailure {
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
