import type { FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { sameSecret } from '../http/guard.ts';
import type { ParsedBody } from '../http/recording.ts';
import { ContractError } from '../shared/contractError.ts';

/** A refusal in the shape of RFC 6749: `error` is one of its codes. */
export class OAuthError extends ContractError {}

/**
 * Answers `POST /api/v2/oauth/token`: the client-credentials grant, with the credentials in HTTP Basic or in the body.
 * Throws an `OAuthError`: 400 for another grant, 401 for credentials that are not this run's.
 */
export function issueBotToken(core: Core, request: FastifyRequest): { status: number; body: object } {
  const body = request.body as ParsedBody | undefined;
  const given = (body === undefined || body.malformed ? {} : body.value) as Record<string, unknown> | null;
  if (given?.grant_type !== 'client_credentials') {
    throw new OAuthError(400, 'unsupported_grant_type', 'Only grant_type=client_credentials is supported.');
  }
  const { id, secret } = basicCredentials(request) ?? { id: given.client_id, secret: given.client_secret };
  const isKnown = sameSecret(String(id), core.clientId) && sameSecret(String(secret), core.clientSecret);
  if (!isKnown) throw new OAuthError(401, 'invalid_client', 'These are not the credentials of this sandbox.');
  const { token, expiresIn } = core.tokens.issueBot();
  return { status: 200, body: { access_token: token, token_type: 'bearer', expires_in: expiresIn } };
}

function basicCredentials(request: FastifyRequest): { id: string; secret: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : { id: decoded.slice(0, colon), secret: decoded.slice(colon + 1) };
}
