import { jwtVerify, SignJWT } from 'jose';
import { v4 as uuid } from 'uuid';
import { Refusal } from './refusal.ts';

/** Whom a token speaks for. */
export interface GuestClaims {
  readonly guestId: string;
  readonly conversationId: string;
  /** What a logout ends: all tokens that came from one start. */
  readonly sessionId: string;
}

/** A token as a client is given it. */
interface IssuedToken {
  readonly guestToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Signs and checks guest tokens: short-lived, of one guest in one conversation, and of one session. */
export interface GuestTokens {
  /** Signs a token; without a `sessionId` it begins a session. */
  issue(claims: Omit<GuestClaims, 'sessionId'> & { readonly sessionId?: string }): Promise<IssuedToken>;
  /** Whom a token speaks for. Throws a 401 `Refusal`. */
  verify(token: string | undefined): Promise<GuestClaims>;
  /**
   * Whom a token spoke for that may have expired a while ago, so that a page that slept comes by a fresh one. Throws a 401
   * `Refusal`, also where its session was logged out of.
   */
  recall(token: string | undefined): Promise<GuestClaims>;
}

const issuer = 'genesys-conversation-gateway';
const algorithm = 'HS256';

/** How long after its expiry a token may still be exchanged for a fresh one, s. */
const renewalTime = 24 * 3600;

/** Signs with `key`; tokens are good for `lifetime` ms. `isOver` says whether a session was logged out of. */
export function createGuestTokens(
  key: Uint8Array,
  lifetime: number,
  isOver: (sessionId: string) => Promise<boolean>,
): GuestTokens {
  const expiresIn = Math.floor(lifetime / 1000);
  const claimsOf = async (token: string | undefined, clockTolerance: number): Promise<GuestClaims> => {
    const claims = await jwtVerify(token ?? '', key, {
      ...{ issuer, algorithms: [algorithm], clockTolerance },
    }).catch(() => undefined);
    const { sub, conversationId, sessionId } = claims?.payload ?? {};
    const isWhole =
      typeof sub === 'string' && typeof conversationId === 'string' && typeof sessionId === 'string';
    if (!isWhole || (await isOver(sessionId))) {
      throw new Refusal(401, 'unauthorized', 'The token is missing, unknown or expired.');
    }
    return { guestId: sub, conversationId, sessionId };
  };
  return {
    issue: async ({ guestId, conversationId, sessionId = uuid() }) => {
      const guestToken = await new SignJWT({ conversationId, sessionId })
        .setProtectedHeader({ alg: algorithm })
        .setIssuer(issuer)
        .setSubject(guestId)
        .setIssuedAt()
        .setExpirationTime(`${expiresIn} seconds`)
        .sign(key);
      return { guestToken, expiresIn };
    },
    verify: (token) => claimsOf(token, 0),
    recall: (token) => claimsOf(token, renewalTime),
  };
}
