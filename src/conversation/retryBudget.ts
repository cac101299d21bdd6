import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import { type FailureKind, kindOf } from '../../machines/failure.ts';
import { onePer } from '../shared/onePer.ts';
import type { Transport } from '../shared/transport.ts';

const most = 10;
const enough = most / 2;
/** What an accepted call gives back: a chat makes tens of calls, not thousands, so two pay for one retry. */
const perSuccess = 0.5;

/**
 * How well a back end fares, over all conversations that share a transport and thus a token: a failing server
 * is asked once per burst and conversation, not three times, until enough calls were accepted again.
 */
export class RetryBudget {
  #left = most;

  /** Whether a call that failed may be tried again before it parks. */
  mayRetry(): boolean {
    return this.#left > enough;
  }

  /** Takes into account what a chart says of its calls. */
  note(event: ConversationEmitted): void {
    if (event.type === 'read.acknowledged' || event.type === 'typing.acknowledged') {
      this.#left = Math.min(most, this.#left + perSuccess);
    } else if (event.type === 'read.failed' || event.type === 'typing.failed') {
      if (hurting.has(kindOf(event.failure))) this.#left = Math.max(0, this.#left - 1);
    }
  }
}

/** Failures of the back end itself; a call that was wrong says nothing about it. */
const hurting: ReadonlySet<FailureKind> = new Set(['transient', 'limited']);

const budgets = new WeakMap<Transport, RetryBudget>();

/** The budget of everybody who uses this transport. */
export function retryBudgetOf(transport: Transport): RetryBudget {
  return onePer(budgets, transport, () => new RetryBudget());
}
