import type { Clock } from '../shared/clock.ts';
import { ConversationError } from '../shared/errors.ts';

/** Keeps the token of the history call, in a closure (S5). */
export interface JwtKeeper {
  /** A token that is still good, or the one that the server sends when `ask` asks for it. */
  get(ask: () => boolean, signal: AbortSignal): Promise<string>;
  /** The server sent one. */
  arrived(jwt: string, exp: number): void;
  /** The one that is kept must not be used any more. */
  clear(): void;
  /** The connection is gone: nobody will answer. */
  lost(): void;
}

/** A token is used no longer than until shortly before it expires. */
const margin = 5000;
/** Nor ever longer than this, whatever the wall clock says. */
const longest = 300_000;

/** Makes a {@link JwtKeeper}. */
export function jwtKeeper(clock: Clock): JwtKeeper {
  let kept: { readonly jwt: string; readonly until: number } | undefined;
  const waiting = new Set<{ resolve(jwt: string): void; reject(error: ConversationError): void }>();

  return {
    get: (ask, signal) =>
      new Promise((resolve, reject) => {
        if (kept !== undefined && clock.now() < kept.until) return resolve(kept.jwt);
        if (signal.aborted || (waiting.size === 0 && !ask())) return reject(noAnswer());
        const waiter = {
          resolve: (jwt: string) => {
            signal.removeEventListener('abort', giveUp);
            resolve(jwt);
          },
          reject: (error: ConversationError) => {
            signal.removeEventListener('abort', giveUp);
            reject(error);
          },
        };
        const giveUp = (): void => {
          waiting.delete(waiter);
          reject(noAnswer());
        };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.add(waiter);
      }),
    arrived: (jwt, exp) => {
      const left = Math.min(longest, exp * 1000 - clock.wallNow() - margin);
      kept = { jwt, until: clock.now() + left };
      for (const waiter of waiting) waiter.resolve(jwt);
      waiting.clear();
    },
    clear: () => {
      kept = undefined;
    },
    lost: () => {
      kept = undefined;
      for (const waiter of waiting) waiter.reject(noAnswer());
      waiting.clear();
    },
  };
}

const noAnswer = (): ConversationError =>
  new ConversationError({
    code: 'network',
    message: 'No token for the message history came; the connection is not up.',
  });
