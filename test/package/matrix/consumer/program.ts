import {
  type Conversation,
  type ConversationContext,
  type ConversationEvent,
  createConversation,
  eventStream,
  guestRest,
  isConversationError,
  persistLedger,
  webMessaging,
} from 'genesys-conversation-machine';
import { bindPage, bindTyping, observeRead } from 'genesys-conversation-machine/browser';
import { createHub } from 'genesys-conversation-machine/hub';
import { createInspector } from 'genesys-conversation-machine/inspect';
import { conversationMachine, sessionMachine } from 'genesys-conversation-machine/machines';
import { type Sandbox, startSandbox } from 'genesys-conversation-machine/sandbox';
import { shareAcrossTabs } from 'genesys-conversation-machine/tabs';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { readTrace, toTimeline } from 'genesys-conversation-machine/trace';
import { createActor } from 'xstate';

type IsAny<T> = 0 extends 1 & T ? true : false;
/** Takes what is no `any`, and nothing else. */
const typed = <T>(value: IsAny<T> extends true ? never : T): T => value as T;

const clock = createSteppedClock();
const transport = createScriptedTransport({ clock });
const conversation: Conversation = createConversation({
  transport,
  clock,
  storage: persistLedger(localStorage),
  tabs: shareAcrossTabs(),
  inspect: createInspector().inspect,
}).start();

typed(conversation.actor);
typed(conversation.actor.getSnapshot());
typed(conversation.actor.getSnapshot().value);
typed(conversation.actor.getSnapshot().context);
typed(conversation.actor.getSnapshot().context.receipts.ledgers);
typed(conversationMachine);
typed(sessionMachine);
typed(createActor(conversationMachine, {} as never).getSnapshot().context satisfies ConversationContext);

conversation.actor.send({ type: 'keystroke' } satisfies ConversationEvent);
// @ts-expect-error there is no such event
conversation.actor.send({ type: 'keystrok' });
// @ts-expect-error its place is missing
conversation.actor.send({ type: 'message.viewed', conversationId: 'c1' });
// @ts-expect-error there is no such state
conversation.actor.getSnapshot().matches({ link: 'redy' });
// @ts-expect-error nothing of that name is remembered
conversation.actor.getSnapshot().context.leger;

conversation.on('typing.held', (event) => {
  typed(event);
  event.reason satisfies 'spacing' | 'backoff' | 'rate-limited' | 'refreshing' | 'offline';
  event.msLeft satisfies number;
});
// @ts-expect-error there is no such decision
conversation.on('typing.helt', () => {});
// @ts-expect-error it has no such word
conversation.on('roster.changed', ({ names }) => names);

// @ts-expect-error a wait that nobody has
createConversation({ transport, timing: { idel: 1 } });
// @ts-expect-error the address is missing
guestRest({ participantId: 'g', token: 't' });
// @ts-expect-error there is no such verb
conversation.keystrok();

const hub = createHub({ transport, clock });
typed(hub.conversation('c1').getSnapshot().context);
// @ts-expect-error there is no such event
hub.send('c1', { type: 'keystrok' });

const guest = guestRest({
  orgUrl: 'https://chat.example.com',
  participantId: 'g',
  token: async () => 't',
  events: eventStream(),
});
guest.on('conversation:message', ({ text, messageId }) => [typed(text), typed(messageId)]);

const session = webMessaging({ region: 'eu-west-1', deploymentId: '4b8f4a36-7d5c-4a5e-9a33-0b8c1f3a6d27' });
session.on('message.received', ({ message }) => typed(message.text));
// @ts-expect-error there is no such event
session.actor.send({ type: 'page.visibel' });

const ends: readonly (() => void)[] = [
  bindPage(conversation),
  bindTyping(document.createElement('input'), conversation),
  observeRead(document.createElement('ul'), conversation, { idOf: (child) => child.dataset.messageId }),
];
const sandbox: Promise<Sandbox> = startSandbox({ port: 0 });
typed(sandbox);
toTimeline(readTrace({})) satisfies string;

export function handle(error: unknown): string {
  if (!isConversationError(error)) throw error;
  // @ts-expect-error there is no such code
  if (error.code === 'rate-limmited') return '';
  return typed(error.code);
}
export { ends };
