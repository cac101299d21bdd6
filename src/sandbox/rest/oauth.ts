import type { FastifyRequest } from 'fastify';
import { bodyOf } from '../http/body.ts';
import type { Answer } from '../http/calls.ts';
import { ContractError } from '../shared/contractError.ts';
import { sameSecret } from '../shared/secrets.ts';
import type { Tokens } from './tokens.ts';

/** The OAuth client of a run, which a bot's server signs in with. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A refusal in the shape of RFC 6749: `code` is one of its codes. */
class OAuthError extends ContractError {
  override toBody(): object {
    return { error: this.code, error_description: this.message };
  }
}

/**
 * Answers `POST /api/v2/oauth/token`: the client-credentials grant, with the credentials in HTTP Basic or in the body.
 * Throws an `OAuthError`: 400 for another grant, 401 for credentials that are not this run's.
 */
export function issueBotToken(tokens: Tokens, credentials: Credentials, request: FastifyRequest): Answer {
  const body = bodyOf(request);
  const given = (body === undefined || body.malformed ? {} : body.value) as Record<string, unknown> | null;
  if (given?.grant_type !== 'client_credentials') {
    throw new OAuthError(400, 'unsupported_grant_type', 'Only grant_type=client_credentials is supported.');
  }
  const { id, secret } = basicCredentials(request) ?? { id: given.client_id, secret: given.client_secret };
  const isKnown =
    sameSecret(String(id), credentials.clientId) && sameSecret(String(secret), credentials.clientSecret);
  if (!isKnown) throw new OAuthError(401, 'invalid_client', 'These are not the credentials of this sandbox.');
  const { token, expiresIn } = tokens.issueBot();
  return { status: 200, body: { access_token: token, token_type: 'bearer', expires_in: expiresIn } };
}

function basicCredentials(request: FastifyRequest): { id: string; secret: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : { id: decoded.slice(0, colon), secret: decoded.slice(colon + 1) };
}
