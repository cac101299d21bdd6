import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import type { ConversationContext } from '../../machines/conversation/types.ts';
import type { FailureCode } from '../../machines/failure.ts';

/** What a typing signal fails with that no later one will do better: a wrong id, a missing scope. */
const forGood: ReadonlySet<FailureCode> = new Set(['bad-request', 'not-found', 'forbidden']);

/**
 * Why keys can never leave, where a decision says so: nothing is open, or the back end will not have them. A developer
 * who gave no logger is told that once: typing fails in silence for the user, and without this it would for everybody.
 * While there is no network nothing is said: a transport that holds a connection opens the conversation when it has one.
 */
export function whySilent(event: ConversationEmitted, { online }: ConversationContext): string | null {
  if (event.type === 'typing.dropped' && event.reason === 'no-conversation' && online) {
    return 'No conversation is open: give conversationId, or call open(conversationId).';
  }
  return event.type === 'typing.failed' && forGood.has(event.failure.code) ? event.failure.message : null;
}
