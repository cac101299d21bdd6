import type { FastifyRequest } from 'fastify';
import { v4 as uuid } from 'uuid';
import type { Core } from '../core.ts';
import { bearerToken, callOf } from '../http/recording.ts';
import type { Answer } from '../rest/contract.ts';
import { looksReal } from '../rest/tokens.ts';
import type { SandboxClock } from '../shared/clock.ts';
import { ContractError, rateLimitMessage } from '../shared/contractError.ts';
import type { Session } from './sessions.ts';

const LIFETIME = 15 * 60 * 1000;
const PRUNE_ABOVE = 10_000;

/** The tokens of the message history. They are opaque, and no JWTs in spite of their name in the protocol. */
export class Jwts {
  readonly #clock: SandboxClock;
  readonly #issued = new Map<string, { token: string; expiresAt: number }>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** Issues one for a session's token; `exp` is in seconds since the Unix epoch. */
  issue(token: string): { jwt: string; exp: number } {
    if (this.#issued.size > PRUNE_ABOVE) this.#prune();
    const jwt = `sandbox-jwt-${uuid()}`;
    const expiresAt = this.#clock.now() + LIFETIME;
    this.#issued.set(jwt, { token, expiresAt });
    return { jwt, exp: Math.floor(expiresAt / 1000) };
  }

  /** The session's token it was issued for, or undefined when it is unknown or has expired. */
  tokenOf(jwt: string): string | undefined {
    const found = this.#issued.get(jwt);
    return found !== undefined && found.expiresAt > this.#clock.now() ? found.token : undefined;
  }

  /** Expires at once those of one session's token or, without one, all. */
  expire(token?: string): void {
    for (const [jwt, issued] of this.#issued) {
      if (token === undefined || issued.token === token) this.#issued.delete(jwt);
    }
  }

  #prune(): void {
    for (const [jwt, { expiresAt }] of this.#issued) {
      if (expiresAt <= this.#clock.now()) this.#issued.delete(jwt);
    }
  }
}

/** Answers `GET /api/v2/webmessaging/messages`: the messages of the session's conversation, newest first. */
export function webMessagingHistory(core: Core, request: FastifyRequest): Answer {
  const session = sessionOf(core, request);
  callOf(request).conversationId = session.conversationId;
  const seconds = core.webMessaging.limits.countHistory(session.token);
  if (seconds > 0) {
    const headers = { 'retry-after': String(seconds) };
    throw new ContractError(429, 'too.many.requests.retry.after', rateLimitMessage(seconds), headers);
  }
  const query = request.query as Record<string, unknown>;
  const pageNumber = requirePage('pageNumber', query.pageNumber ?? '1', 1_000_000);
  const pageSize = requirePage('pageSize', query.pageSize ?? '25', 500);
  const total = session.history.length;
  const entities = session.history.toReversed().slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
  const body = { entities, pageSize, pageNumber, total, pageCount: Math.ceil(total / pageSize) };
  return { status: 200, body };
}

function sessionOf({ webMessaging }: Core, request: FastifyRequest): Session {
  const jwt = bearerToken(request) ?? '';
  if (looksReal(jwt)) {
    const message = 'This looks like a real token. Never send one here: the sandbox issues its own tokens.';
    throw new ContractError(401, 'unauthorized', message);
  }
  const token = webMessaging.jwts.tokenOf(jwt);
  const session = token === undefined ? undefined : webMessaging.sessions.byToken(token);
  if (session !== undefined && session.state !== 'expired') return session;
  throw new ContractError(401, 'unauthorized', 'The token is missing, unknown or expired.');
}

function requirePage(name: string, value: unknown, most: number): number {
  const number = typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= most) return number;
  throw new ContractError(400, 'bad.request', `${name} must be a number from 1 to ${most}.`);
}
