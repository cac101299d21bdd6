import { v4 as uuid } from 'uuid';
import type { SandboxClock } from '../shared/clock.ts';

/** Whom a valid token speaks for. A bot's token is bound to no conversation and may act for any participant. */
export type Bearer = { kind: 'guest'; conversationId: string; participantId: string } | { kind: 'bot' };

/** A guest token: `expiresIn` is in seconds, `expiresAt` ISO 8601. */
export interface GuestToken {
  /** The bearer token. A secret, of the sandbox only. */
  guestToken: string;
  expiresIn: number;
  expiresAt: string;
}

const pruneAbove = 10_000;

/** Issues, checks and expires the sandbox's own tokens. */
export class Tokens {
  readonly #clock: SandboxClock;
  readonly #lifetime: number;
  readonly #issued = new Map<string, { bearer: Bearer; expiresAt: number }>();
  readonly #withoutScope = new Set<string>();

  constructor(clock: SandboxClock, lifetime: number) {
    this.#clock = clock;
    this.#lifetime = lifetime;
  }

  /** Issues a token for the guest of a conversation. */
  issueGuest(conversationId: string, participantId: string): GuestToken {
    const { token, expiresIn, expiresAt } = this.#issue({ kind: 'guest', conversationId, participantId });
    return { guestToken: token, expiresIn, expiresAt: new Date(expiresAt).toISOString() };
  }

  /** Issues a token for a bot; `expiresIn` is in seconds. */
  issueBot(): { token: string; expiresIn: number } {
    return this.#issue({ kind: 'bot' });
  }

  /** Whom `token` speaks for, or undefined when it is unknown or has expired. */
  bearer(token: string): Bearer | undefined {
    const found = this.#issued.get(token);
    return found !== undefined && found.expiresAt > this.#clock.now() ? found.bearer : undefined;
  }

  /** Expires at once the guest tokens of one conversation or, without an id, every token. */
  expire(conversationId?: string): void {
    for (const [token, { bearer }] of this.#issued) {
      const concerned = conversationId === undefined || isGuestOf(bearer, conversationId);
      if (concerned) this.#issued.delete(token);
    }
  }

  /** Takes the write scope from a conversation's guest tokens, present and future, or gives it back. */
  setScope(conversationId: string, granted: boolean): void {
    if (granted) this.#withoutScope.delete(conversationId);
    else this.#withoutScope.add(conversationId);
  }

  /** Whether `bearer` holds the scope `webmessaging:conversation:write`. */
  maySend(bearer: Bearer): boolean {
    return bearer.kind === 'bot' || !this.#withoutScope.has(bearer.conversationId);
  }

  #issue(bearer: Bearer): { token: string; expiresIn: number; expiresAt: number } {
    if (this.#issued.size > pruneAbove) this.#prune();
    const token = `sandbox-${bearer.kind}-${uuid()}`;
    const expiresAt = this.#clock.now() + this.#lifetime;
    this.#issued.set(token, { bearer, expiresAt });
    return { token, expiresIn: Math.floor(this.#lifetime / 1000), expiresAt };
  }

  #prune(): void {
    const now = this.#clock.now();
    for (const [token, { expiresAt }] of this.#issued) {
      if (expiresAt <= now) this.#issued.delete(token);
    }
  }
}

function isGuestOf(bearer: Bearer, conversationId: string): boolean {
  return bearer.kind === 'guest' && bearer.conversationId === conversationId;
}
