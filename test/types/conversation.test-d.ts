import {
  type Conversation,
  type ConversationContext,
  type ConversationEmitted,
  type ConversationEvent,
  type ConversationOptions,
  createConversation,
  type DroppedReason,
  type Failure,
  type HeldReason,
  type Mark,
  persistLedger,
  type Transport,
} from 'genesys-conversation-machine';
import { expectTypeOf, it } from 'vitest';
import type { AnyActorRef, SnapshotFrom } from 'xstate';

declare const conversation: Conversation;
declare const transport: Transport;
const { actor } = conversation;

/** The shape of `useSelector` in XState's bindings to view libraries. */
declare function useSelector<TActor extends Pick<AnyActorRef, 'getSnapshot' | 'subscribe'>, T>(
  actor: TActor,
  selector: (snapshot: SnapshotFrom<TActor>) => T,
): T;

it('takes options of the right names and types only', () => {
  expectTypeOf(createConversation).parameters.toEqualTypeOf<[ConversationOptions]>();
  expectTypeOf(createConversation).returns.toEqualTypeOf<Conversation>();
  createConversation({
    transport,
    timing: { idle: 2000 },
    random: () => 0,
    storage: persistLedger(localStorage),
  });
  // @ts-expect-error the transport is missing
  createConversation({});
  // @ts-expect-error the name is `conversationId`
  createConversation({ transport, conversationID: 'c1' });
  // @ts-expect-error the name is `idle`
  createConversation({ transport, timing: { idel: 1 } });
  // @ts-expect-error a wait is a number
  createConversation({ transport, timing: { idle: '3s' } });
  // @ts-expect-error a storage is handed to persistLedger
  createConversation({ transport, storage: localStorage });
  // @ts-expect-error a storage has three methods
  persistLedger({ getItem: () => null });
  // @ts-expect-error a transport has capabilities and two calls
  createConversation({ transport: { sendTyping: async () => ({}) } });
});

it('is told its events by name, with all that belongs to them', () => {
  expectTypeOf(actor.send).parameter(0).toEqualTypeOf<ConversationEvent>();
  actor.send({ type: 'keystroke' });
  actor.send({ type: 'message.accepted', conversationId: 'c1' });
  // @ts-expect-error there is no such event
  actor.send({ type: 'keystrok' });
  // @ts-expect-error it says which conversation
  actor.send({ type: 'message.accepted' });
  // @ts-expect-error a mark has a position
  actor.send({ type: 'message.viewed', conversationId: 'c1', mark: { messageId: 'm1' } });
  // @ts-expect-error an event has nothing that is not its own
  actor.send({ type: 'keystroke', key: 'a' });
  // @ts-expect-error an event is an object
  actor.send('keystroke');
});

it('takes what its verbs are for', () => {
  conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
  // @ts-expect-error a message has an author
  conversation.messageReceived({ messageId: 'm1' });
  // @ts-expect-error which message was seen?
  conversation.viewed();
  // @ts-expect-error there is nothing to say about a key
  conversation.keystroke('a');
  expectTypeOf(conversation.markAsRead('m1')).toEqualTypeOf<Promise<void>>();
  expectTypeOf(conversation.unread).toEqualTypeOf<number>();
  // @ts-expect-error the count is read, never set
  conversation.unread = 0;
});

it('gives back what a work brings', () => {
  const { signal } = new AbortController();
  expectTypeOf(conversation.typeWhile(Promise.resolve('text'), { signal })).toEqualTypeOf<Promise<string>>();
  expectTypeOf(conversation.typeWhile(async () => 5)).toEqualTypeOf<Promise<number>>();
  const chunks = conversation.typeWhile(async function* () {
    yield 'text';
  });
  expectTypeOf(chunks).toEqualTypeOf<AsyncGenerator<string, void, undefined>>();
  // @ts-expect-error text is no work
  conversation.typeWhile('text');
  // @ts-expect-error a work is told of by what it gives back
  conversation.typeWhile(() => 'text');
});

it('tells decisions apart by their names', () => {
  conversation.on('typing.held', (event) => {
    expectTypeOf(event).not.toBeAny();
    expectTypeOf(event.reason).toEqualTypeOf<HeldReason>();
    expectTypeOf(event.msLeft).toEqualTypeOf<number>();
    // @ts-expect-error what waits has not failed
    event.failure;
  });
  conversation.on('typing.dropped', ({ conversationId, reason }) => {
    expectTypeOf(conversationId).toEqualTypeOf<string | null>();
    expectTypeOf(reason).toEqualTypeOf<DroppedReason>();
  });
  conversation.on('read.failed', ({ acknowledged, failure, willRetry }) => {
    expectTypeOf(acknowledged).toEqualTypeOf<Mark | null>();
    expectTypeOf(failure).toEqualTypeOf<Failure>();
    expectTypeOf(willRetry).toEqualTypeOf<boolean>();
  });
  expectTypeOf(conversation.on('roster.changed', () => {})).toEqualTypeOf<() => void>();
  // @ts-expect-error there is no such decision
  conversation.on('typing.helt', () => {});
  // @ts-expect-error what comes is an event, not text
  conversation.on('typing.held', (event: string) => event);
  actor.on('read.acknowledged', (event) => {
    expectTypeOf(event).not.toBeAny();
    expectTypeOf(event.type).toEqualTypeOf<'read.acknowledged'>();
    expectTypeOf(event.mark).toEqualTypeOf<Mark>();
  });
  // @ts-expect-error the actor tells the same decisions
  actor.on('read.acknowleged', () => {});
});

it('lets every decision be handled, and no other', () => {
  const laneOf = (event: ConversationEmitted): 'typing' | 'read' | 'both' | undefined => {
    if (event.type === 'rate.limited') return event.lane;
    // @ts-expect-error no decision has this name
    if (event.type === 'rate.limitd') return undefined;
    return undefined;
  };
  expectTypeOf(laneOf).not.toBeAny();
  expectTypeOf<ConversationEmitted['type']>().not.toBeAny();
  expectTypeOf<string>().not.toMatchTypeOf<ConversationEmitted['type']>();
});

it('selects from its snapshot', () => {
  const snapshot = actor.getSnapshot();
  expectTypeOf(snapshot).not.toBeAny();
  expectTypeOf(snapshot.context).toEqualTypeOf<ConversationContext>();
  expectTypeOf(snapshot.matches({ typing: 'idle' })).toEqualTypeOf<boolean>();
  snapshot.matches({ typing: { typing: 'lit' } });
  // @ts-expect-error there is no such state
  snapshot.matches({ typing: 'idel' });
  // @ts-expect-error there is no such region
  snapshot.matches({ typng: 'idle' });
  // @ts-expect-error there is no such tag
  snapshot.hasTag('atentive');

  const typists = useSelector(actor, ({ context }) =>
    context.roster.typists.map((each) => each.participantId),
  );
  expectTypeOf(typists).toEqualTypeOf<string[]>();
  const isReady = useSelector(actor, (each) => each.matches({ link: 'ready' }));
  expectTypeOf(isReady).toEqualTypeOf<boolean>();
  expectTypeOf(useSelector(actor, ({ value }) => value.link)).not.toBeAny();
  // @ts-expect-error there is no such thing in the context
  useSelector(actor, ({ context }) => context.rooster);
  expectTypeOf(actor.select(({ context }) => context.online).get()).toEqualTypeOf<boolean>();
});
