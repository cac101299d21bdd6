import { v4 as uuid } from 'uuid';
import type { SandboxClock } from '../shared/clock.ts';

const lifetime = 15 * 60 * 1000;
const pruneAbove = 10_000;

/** The tokens of the message history. They are opaque, and no JWTs in spite of their name in the protocol. */
export class Jwts {
  readonly #clock: SandboxClock;
  readonly #issued = new Map<string, { token: string; expiresAt: number }>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** Issues one for a session's token; `exp` is in seconds since the Unix epoch. */
  issue(token: string): { jwt: string; exp: number } {
    if (this.#issued.size > pruneAbove) this.#prune();
    const jwt = `sandbox-jwt-${uuid()}`;
    const expiresAt = this.#clock.now() + lifetime;
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
