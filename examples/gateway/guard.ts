import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type RateLimiterAbstract, RateLimiterMemory } from 'rate-limiter-flexible';
import type { GuestClaims, GuestTokens } from './guestTokens.ts';
import { Refusal, tooMany } from './refusal.ts';

/** How much one process takes from one address and from one guest. */
export interface Limits {
  /** Calls of an address in 10 s. A page that types, reads and writes makes some twenty. */
  readonly callsOfAddress: number;
  /** Conversations that an address begins in a minute. */
  readonly startsOfAddress: number;
  /** Event streams of an address at a time; an office may stand behind one. */
  readonly streamsOfAddress: number;
  /** Calls of a guest in 10 s, on all devices. */
  readonly callsOfGuest: number;
  /** How late the process' timers may be, ms, on average over a second, before it takes nothing new from guests. */
  readonly delay: number;
}

const defaultLimits: Limits = {
  callsOfAddress: 300,
  startsOfAddress: 60,
  streamsOfAddress: 200,
  callsOfGuest: 100,
  delay: 300,
};

/** Refuses what comes too often, and what a page of another origin sends. */
export interface Guard {
  /** The same tokens, each use of which counts as a call of its guest. */
  counting(tokens: GuestTokens): GuestTokens;
  /** Counts the start of a conversation. Throws a 429 `Refusal`. */
  start(request: FastifyRequest): Promise<void>;
  /** Takes an event stream of an address in, until it closes; false where the address has too many. */
  admits(request: FastifyRequest, socket: { once(event: 'close', act: () => void): unknown }): boolean;
}

/**
 * Installs the guard before everything else. An origin is what a browser says of its page: one that is not allowed is refused
 * on every call and stream, since a browser sends a simple call, and opens a WebSocket, whatever CORS says afterwards.
 * `isOpen` names the paths that are no guest's and are let through.
 */
export async function installGuard(
  app: FastifyInstance,
  allowedOrigins: readonly string[],
  limits: Partial<Limits> = {},
  isOpen: (path: string) => boolean,
): Promise<Guard> {
  const most = { ...defaultLimits, ...limits };
  const calls = new RateLimiterMemory({ points: most.callsOfAddress, duration: 10 });
  const starts = new RateLimiterMemory({ points: most.startsOfAddress, duration: 60 });
  const guests = new RateLimiterMemory({ points: most.callsOfGuest, duration: 10 });
  const streams = new Map<string, number>();

  // With more to do than it can, every call would be answered when its guest has given it up, and made again: none would succeed.
  await app.register(underPressure, {
    maxEventLoopDelay: most.delay,
    pressureHandler: async ({ url }) => {
      if (!isOpen(url)) throw new Refusal(503, 'service.unavailable', 'The gateway is busy; try again.', 2);
    },
  });
  // A body is JSON or nothing: what a form of another page can send is none.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      date: new Date().toUTCString(),
      'x-content-type-options': 'nosniff',
    });
    if (isOpen(request.url)) return;
    const { origin } = request.headers;
    if (origin !== undefined && !allowedOrigins.includes(origin)) {
      throw new Refusal(403, 'origin.refused', 'Pages of this origin may not call the gateway.');
    }
    await spend(calls, request.ip);
  });

  const call = async (claims: GuestClaims): Promise<GuestClaims> => {
    await spend(guests, claims.guestId);
    return claims;
  };
  return {
    counting: (tokens) => ({
      issue: tokens.issue,
      verify: async (token) => call(await tokens.verify(token)),
      recall: async (token) => call(await tokens.recall(token)),
    }),
    start: ({ ip }) => spend(starts, ip),
    admits: ({ ip }, socket) => {
      const open = streams.get(ip) ?? 0;
      if (open >= most.streamsOfAddress) return false;
      streams.set(ip, open + 1);
      socket.once('close', () => {
        const left = (streams.get(ip) ?? 1) - 1;
        if (left > 0) streams.set(ip, left);
        else streams.delete(ip);
      });
      return true;
    },
  };
}

function spend(limiter: RateLimiterAbstract, key: string): Promise<void> {
  return limiter.consume(key).then(
    () => {},
    ({ msBeforeNext = 1000 }: { msBeforeNext?: number }) => {
      throw tooMany(Math.max(1, Math.ceil(msBeforeNext / 1000)));
    },
  );
}
