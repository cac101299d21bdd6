import type { ConversationPorts, Policies, ReadCall } from '../../machines/conversation/types.ts';
import { type Reading, withinKeepalive } from '../reading/index.ts';
import type { Keyboard } from './keyboard.ts';
import type { Member } from './member.ts';
import type { RetryBudget } from './retryBudget.ts';

/**
 * What carries one conversation's chart, and decides for it. None of it is a property of its own, so that no serialiser,
 * inspector or structured clone sees it (S5): a context travels to all of them.
 */
export class Ports implements ConversationPorts, Policies {
  readonly #keyboard: Keyboard;
  readonly #member: Member;
  readonly #reading: Reading;
  readonly #budget: RetryBudget;

  constructor(keyboard: Keyboard, member: Member, reading: Reading, budget: RetryBudget) {
    this.#keyboard = keyboard;
    this.#member = member;
    this.#reading = reading;
    this.#budget = budget;
  }

  /** Whose calls the API actors make. */
  get transport(): Member {
    return this.#member;
  }

  get readings(): Keyboard {
    return this.#keyboard;
  }

  get voice(): Member {
    return this.#member;
  }

  get policies(): Policies {
    return this;
  }

  unread(conversationId: string, after: number, from: number | null): number {
    return this.#reading.unread(conversationId, after, from);
  }

  isRemoved(conversationId: string, messageId: string | undefined): boolean {
    return this.#reading.isRemoved(conversationId, messageId);
  }

  mayRetry(): boolean {
    return this.#budget.mayRetry();
  }

  withinKeepalive(calls: readonly ReadCall[]): readonly ReadCall[] {
    return withinKeepalive(calls);
  }
}
