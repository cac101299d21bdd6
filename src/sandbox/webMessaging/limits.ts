import type { SandboxClock } from '../shared/clock.ts';
import { RateLimiter } from '../shared/rateLimit.ts';
import { checkInteger, checkRecord } from '../shared/validate.ts';
import { tooMany } from './frames.ts';

/** The most bytes of custom attributes that a message may carry. */
export const mostCustomData = 2048;

const second = 1000;
const minute = 60 * second;

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

const defaults: WebMessagingLimits = {
  messagesPerSecond: 5,
  requestsPerMinute: 60,
  configuresPerMinute: 60,
  echoesPerMinute: 2,
  historyPerMinute: 10,
  connections: 3,
};

const words = {
  messagesPerSecond: 'Message rate too high for this session',
  requestsPerMinute: 'Request rate too high for this connection',
  configuresPerMinute: 'Configure rate too high for this session',
  echoesPerMinute: 'Health check rate too high for this connection',
};

/** Counts frames against the limits, by the sandbox's clock. */
export class SocketLimits {
  readonly #limiters: Record<Exclude<keyof WebMessagingLimits, 'connections'>, RateLimiter>;
  #limits = defaults;

  constructor(clock: SandboxClock) {
    const limiter = (calls: number, window: number) => new RateLimiter(clock, { calls, window });
    this.#limiters = {
      messagesPerSecond: limiter(defaults.messagesPerSecond, second),
      requestsPerMinute: limiter(defaults.requestsPerMinute, minute),
      configuresPerMinute: limiter(defaults.configuresPerMinute, minute),
      echoesPerMinute: limiter(defaults.echoesPerMinute, minute),
      historyPerMinute: limiter(defaults.historyPerMinute, minute),
    };
  }

  /** The limits in force. */
  get current(): WebMessagingLimits {
    return { ...this.#limits };
  }

  /** Changes the limits that are given. Throws a `TypeError` that names what is wrong, and then changes nothing. */
  change(value: unknown): WebMessagingLimits {
    const given = checkRecord('limits', value, Object.keys(defaults));
    const limits = { ...this.#limits };
    for (const [name, limit] of Object.entries(given)) {
      if (limit === undefined) continue;
      limits[name as keyof WebMessagingLimits] = checkInteger(`limits.${name}`, limit, 1, 1_000_000);
    }
    this.#limits = limits;
    for (const [name, limiter] of Object.entries(this.#limiters)) {
      const calls = limits[name as keyof WebMessagingLimits];
      limiter.limit = { calls, window: limiter.limit.window };
    }
    return this.current;
  }

  /** Counts one of `key`'s frames. Throws the refusal when it is one too many. */
  count(limit: keyof typeof words, key: string): void {
    const seconds = this.#limiters[limit].take(key);
    if (seconds > 0) throw tooMany(seconds, words[limit]);
  }

  /** Counts a call for a session's history; returns 0, or the seconds to wait when it is one too many. */
  countHistory(key: string): number {
    return this.#limiters.historyPerMinute.take(key);
  }
}
