import type { FailureCode } from '../../machines/failure.ts';
import type { ConversationActor } from './types.ts';

/** What a typing signal fails with that no later one will do better: a wrong id, a missing scope. */
const forGood: ReadonlySet<FailureCode> = new Set(['bad-request', 'not-found', 'forbidden']);

/**
 * Tells a developer who gave no logger, once, on the console, that keys can never leave: nothing is open, or the
 * back end will not have them. Typing fails in silence for the user; without this it would for everybody. While
 * there is no network nothing is said: a transport that holds a connection opens the conversation when it has one.
 */
export function warnOfSilence(actor: Pick<ConversationActor, 'on' | 'getSnapshot'>): void {
  const tell = (why: string): void => {
    for (const subscription of subscriptions) subscription.unsubscribe();
    console.warn(
      `genesys-conversation-machine: typing signals do not leave. ${why} (Said once; see logger.)`,
    );
  };
  const subscriptions = [
    actor.on('typing.dropped', ({ reason }) => {
      if (reason !== 'no-conversation' || !actor.getSnapshot().context.online) return;
      tell('No conversation is open: give conversationId, or call open(conversationId).');
    }),
    actor.on('typing.failed', ({ failure }) => {
      if (forGood.has(failure.code)) tell(failure.message);
    }),
  ];
}
