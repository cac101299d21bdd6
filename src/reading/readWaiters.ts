import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import type { ConversationContext } from '../../machines/conversation/types.ts';
import { type ConversationError, toError } from '../shared/errors.ts';
import { notShared } from './refusals.ts';

interface Waiter {
  readonly conversationId: string;
  readonly position: number;
  resolve(): void;
  reject(error: ConversationError): void;
}

/** Everyone who waits for `markAsRead()`: settled by what the machine emits, never left hanging (C-1, R-4). */
export class ReadWaiters {
  #waiting: Waiter[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Waits until the conversation is acknowledged up to `position`. */
  wait(conversationId: string, position: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ conversationId, position, resolve, reject });
    });
  }

  /** Everything up to `position` is acknowledged. */
  acknowledge(conversationId: string, position: number): void {
    this.#settle(
      (waiter) => waiter.conversationId === conversationId && waiter.position <= position,
      (waiter) => waiter.resolve(),
    );
  }

  /** Nothing up to `position` will be delivered. */
  refuse(conversationId: string, position: number, error: ConversationError): void {
    this.#settle(
      (waiter) => waiter.conversationId === conversationId && waiter.position <= position,
      (waiter) => waiter.reject(error),
    );
  }

  /** Nothing will be delivered for now, but what holds back. */
  refuseUnless(holds: (conversationId: string, position: number) => boolean, error: ConversationError): void {
    this.#settle(
      ({ conversationId, position }) => !holds(conversationId, position),
      (waiter) => waiter.reject(error),
    );
  }

  /** Nothing will be delivered any more; the error is made where somebody waits for it. */
  refuseAll(why: () => ConversationError): void {
    if (this.isEmpty) return;
    const error = why();
    this.#settle(
      () => true,
      (waiter) => waiter.reject(error),
    );
  }

  #settle(concerns: (waiter: Waiter) => boolean, settle: (waiter: Waiter) => void): void {
    const concerned = this.#waiting.filter(concerns);
    this.#waiting = this.#waiting.filter((waiter) => !concerned.includes(waiter));
    concerned.forEach(settle);
  }
}

/** Settles open `markAsRead()`s by what the machine decides. */
export function settleWaiters(event: ConversationEmitted, waiters: ReadWaiters): void {
  switch (event.type) {
    case 'read.acknowledged':
      waiters.acknowledge(event.conversationId, event.mark.position);
      break;
    case 'read.failed': {
      const { conversationId, mark, failure, willRetry } = event;
      if (!willRetry) waiters.refuse(conversationId, mark.position, toError(failure));
      break;
    }
    case 'link.unauthorized': {
      const { failure } = event;
      waiters.refuseAll(() => toError(failure));
    }
  }
}

/** While reads are kept private, only for what is under way somebody waits still. */
export function settlePrivate({ receipts: { ledgers } }: ConversationContext, waiters: ReadWaiters): void {
  waiters.refuseUnless(
    (conversationId, position) =>
      ledgers.some(
        (ledger) =>
          ledger.conversationId === conversationId &&
          ledger.inFlight !== null &&
          ledger.inFlight.position >= position,
      ),
    notShared(),
  );
}
