import type { FastifyRequest } from 'fastify';
import { ContractError } from '../shared/contractError.ts';
import { looksReal } from '../shared/secrets.ts';

/** The bearer token of the request's `Authorization` header, or undefined. */
export function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** Whom `find` knows by the request's bearer token. Throws a 401 `ContractError` when it is none of the sandbox's. */
export function requireBearer<Who>(request: FastifyRequest, find: (token: string) => Who | undefined): Who {
  const token = bearerToken(request) ?? '';
  if (looksReal(token)) {
    const message = 'This looks like a real token. Never send one here: the sandbox issues its own tokens.';
    throw new ContractError(401, 'unauthorized', message);
  }
  const who = find(token);
  if (who !== undefined) return who;
  throw new ContractError(401, 'unauthorized', 'The token is missing, unknown or expired.');
}
