import {
  type ConversationEmitted,
  type ConversationInput,
  conversationMachine,
  failureOf,
  type ReadCall,
  type SessionEmitted,
  type SessionInput,
  sessionMachine,
  type TypingCall,
} from 'genesys-conversation-machine/machines';
import {
  createScriptedTransport,
  createSteppedClock,
  recordTrace,
} from 'genesys-conversation-machine/testing';
import { expectTypeOf, it } from 'vitest';
import {
  createActor,
  type EmittedFrom,
  type EventFromLogic,
  fromPromise,
  type InputFrom,
  type SnapshotFrom,
} from 'xstate';

declare const input: ConversationInput;

it('the charts have types of their own: none of them is any', () => {
  expectTypeOf(conversationMachine).not.toBeAny();
  expectTypeOf<InputFrom<typeof conversationMachine>>().toEqualTypeOf<ConversationInput>();
  expectTypeOf<EmittedFrom<typeof conversationMachine>>().toEqualTypeOf<ConversationEmitted>();
  expectTypeOf<EventFromLogic<typeof conversationMachine>>().not.toBeAny();
  expectTypeOf<SnapshotFrom<typeof conversationMachine>['value']>().not.toBeAny();
  expectTypeOf(sessionMachine).not.toBeAny();
  expectTypeOf<InputFrom<typeof sessionMachine>>().toEqualTypeOf<SessionInput>();
  expectTypeOf<EmittedFrom<typeof sessionMachine>>().toEqualTypeOf<SessionEmitted>();
});

it('an actor of a chart needs its input, and takes its events only', () => {
  const actor = createActor(conversationMachine, { input });
  actor.send({ type: 'page.hidden' });
  // @ts-expect-error there is no such event
  actor.send({ type: 'page.hiden' });
  // @ts-expect-error the input is not whole
  createActor(conversationMachine, { input: { seed: 1 } });
  // @ts-expect-error without input there is nothing to start from
  createActor(conversationMachine);
});

it('what is provided has the chart’s names and types', () => {
  conversationMachine.provide({
    actors: {
      sendTyping: fromPromise(
        async ({ input }: { input: { call: TypingCall; ports: ConversationInput['ports'] } }) => {
          expectTypeOf(input.call.isTyping).toEqualTypeOf<boolean>();
          return {};
        },
      ),
    },
  });
  // @ts-expect-error there is no such actor
  conversationMachine.provide({ actors: { sendTypng: fromPromise(async () => ({})) } });
  const reading = fromPromise(async ({ input }: { input: ReadCall }) => input);
  // @ts-expect-error a read call is no typing call
  conversationMachine.provide({ actors: { sendTyping: reading } });
  // @ts-expect-error there is no such guard
  conversationMachine.provide({ guards: { mayAnounce: () => true } });
});

it('the testing kit is typed through', () => {
  const clock = createSteppedClock();
  const transport = createScriptedTransport({ clock });
  transport.answer('typing', 'accept', { code: 'rate-limited', message: 'x', retryAfterMs: 1000 });
  // @ts-expect-error there is no such lane
  transport.answer('typng', 'accept');
  // @ts-expect-error there is no such answer
  transport.answer('typing', 'acept');
  // @ts-expect-error the clock is missing
  createScriptedTransport({});
  expectTypeOf(recordTrace).not.toBeAny();
  expectTypeOf(failureOf).parameters.toEqualTypeOf<[unknown]>();
});
