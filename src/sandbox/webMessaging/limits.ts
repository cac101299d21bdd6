import type { SandboxClock } from '../shared/clock.ts';
import { RateLimiter } from '../shared/rateLimit.ts';
import { requireInteger, requireRecord } from '../shared/validate.ts';
import { tooMany } from './frames.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/**
 * The limits of web messaging. `messagesPerSecond` (5) counts every `onMessage` of a session, typing included;
 * `requestsPerMinute` (60) every frame of a connection; `configuresPerMinute` (60) and `historyPerMinute` (10) those of
 * a session; `echoesPerMinute` (2) those of a connection. `connections` (3) is how many a session may have.
 */
export interface WebMessagingLimits {
  messagesPerSecond: number;
  requestsPerMinute: number;
  configuresPerMinute: number;
  echoesPerMinute: number;
  historyPerMinute: number;
  connections: number;
}

const DEFAULTS: WebMessagingLimits = {
  messagesPerSecond: 5,
  requestsPerMinute: 60,
  configuresPerMinute: 60,
  echoesPerMinute: 2,
  historyPerMinute: 10,
  connections: 3,
};

const WORDS = {
  messagesPerSecond: 'Message rate too high for this session',
  requestsPerMinute: 'Request rate too high for this connection',
  configuresPerMinute: 'Configure rate too high for this session',
  echoesPerMinute: 'Health check rate too high for this connection',
};

/** Counts frames against the limits, by the sandbox's clock. */
export class SocketLimits {
  readonly #limiters: Record<Exclude<keyof WebMessagingLimits, 'connections'>, RateLimiter>;
  #limits = DEFAULTS;

  constructor(clock: SandboxClock) {
    const limiter = (calls: number, window: number) => new RateLimiter(clock, { calls, window });
    this.#limiters = {
      messagesPerSecond: limiter(DEFAULTS.messagesPerSecond, SECOND),
      requestsPerMinute: limiter(DEFAULTS.requestsPerMinute, MINUTE),
      configuresPerMinute: limiter(DEFAULTS.configuresPerMinute, MINUTE),
      echoesPerMinute: limiter(DEFAULTS.echoesPerMinute, MINUTE),
      historyPerMinute: limiter(DEFAULTS.historyPerMinute, MINUTE),
    };
  }

  /** The limits in force. */
  get current(): WebMessagingLimits {
    return { ...this.#limits };
  }

  /** Changes the limits that are given. Throws a `TypeError` that names what is wrong, and then changes nothing. */
  change(value: unknown): WebMessagingLimits {
    const given = requireRecord('limits', value, Object.keys(DEFAULTS));
    const limits = { ...this.#limits };
    for (const [name, limit] of Object.entries(given)) {
      if (limit === undefined) continue;
      limits[name as keyof WebMessagingLimits] = requireInteger(`limits.${name}`, limit, 1, 1_000_000);
    }
    this.#limits = limits;
    for (const [name, limiter] of Object.entries(this.#limiters)) {
      const calls = limits[name as keyof WebMessagingLimits];
      limiter.limit = { calls, window: limiter.limit.window };
    }
    return this.current;
  }

  /** Counts one of `key`'s frames. Throws the refusal when it is one too many. */
  count(limit: keyof typeof WORDS, key: string): void {
    const seconds = this.#limiters[limit].take(key);
    if (seconds > 0) throw tooMany(seconds, WORDS[limit]);
  }

  /** Counts a call for a session's history; returns 0, or the seconds to wait when it is one too many. */
  countHistory(key: string): number {
    return this.#limiters.historyPerMinute.take(key);
  }
}
