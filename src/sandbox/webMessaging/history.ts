import type { FastifyRequest } from 'fastify';
import { requireBearer } from '../http/bearer.ts';
import type { Answer } from '../http/calls.ts';
import { callOf } from '../http/recording.ts';
import { ContractError, tooManyRequests } from '../shared/contractError.ts';
import type { Jwts } from './jwts.ts';
import type { SocketLimits } from './limits.ts';
import type { Session, Sessions } from './sessions.ts';

/** What the message history is read from. */
interface HistoryParts {
  readonly jwts: Jwts;
  readonly sessions: Sessions;
  readonly limits: SocketLimits;
}

/** Answers `GET /api/v2/webmessaging/messages`: the messages of the session's conversation, newest first. */
export function messageHistory({ jwts, sessions, limits }: HistoryParts, request: FastifyRequest): Answer {
  const session = requireBearer(request, (jwt) => sessionOf(jwts, sessions, jwt));
  callOf(request).conversationId = session.conversationId;
  const seconds = limits.countHistory(session.token);
  if (seconds > 0) throw tooManyRequests(seconds);
  const query = request.query as Record<string, unknown>;
  const pageNumber = requirePage('pageNumber', query.pageNumber ?? '1', 1_000_000);
  const pageSize = requirePage('pageSize', query.pageSize ?? '25', 500);
  const total = session.history.length;
  const entities = session.history.toReversed().slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
  const body = { entities, pageSize, pageNumber, total, pageCount: Math.ceil(total / pageSize) };
  return { status: 200, body };
}

function sessionOf(jwts: Jwts, sessions: Sessions, jwt: string): Session | undefined {
  const token = jwts.tokenOf(jwt);
  const session = token === undefined ? undefined : sessions.byToken(token);
  return session?.state === 'expired' ? undefined : session;
}

function requirePage(name: string, value: unknown, most: number): number {
  const number = typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= most) return number;
  throw new ContractError(400, 'bad.request', `${name} must be a number from 1 to ${most}.`);
}
