import { type ConversationError, toError } from '../shared/errors.ts';
import type { Chart } from './chart.ts';
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

  /** Nothing will be delivered any more. */
  refuseAll(error: ConversationError): void {
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

/** Settles every open `markAsRead()` by what the machine decides. */
export function settleWaiters(actor: Chart['actor'], waiters: ReadWaiters): void {
  actor.on('read.acknowledged', ({ conversationId, mark }) =>
    waiters.acknowledge(conversationId, mark.position),
  );
  actor.on('read.failed', ({ conversationId, mark, failure, willRetry }) => {
    const { isShared } = actor.getSnapshot().context.receipts;
    if (!willRetry) waiters.refuse(conversationId, mark.position, toError(failure));
    else if (!isShared) waiters.refuse(conversationId, mark.position, notShared());
  });
  // What is under way was shared: only its failure is the end of it.
  actor.on('sharing.changed', ({ lane, isShared }) => {
    if (lane !== 'read' || isShared) return;
    const { ledgers } = actor.getSnapshot().context.receipts;
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
  });
  actor.on('link.unauthorized', ({ failure }) => waiters.refuseAll(toError(failure)));
}
