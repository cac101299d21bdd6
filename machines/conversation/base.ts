import { assign, emit, fromCallback, fromPromise, setup } from 'xstate';
import type { Failure } from '../failure.ts';
import type { ConversationEmitted, ConversationEvent, FlushSettled } from './events.ts';
import type {
  Accepted,
  ConversationContext,
  ConversationInput,
  ConversationPorts,
  ReadCall,
  Refreshed,
  TypingCall,
} from './types.ts';

const missing = (actor: string): Failure => ({
  code: 'unexpected',
  message: `Provide the actor "${actor}": conversationMachine.provide({ actors: { ${actor} } }).`,
});

const notProvided = (actor: string) => (): Promise<never> => Promise.reject(missing(actor));

/**
 * The types of the conversation machine and its four API actors. The actors are stand-ins that fail:
 * whoever runs the machine provides the real ones, once for all conversations; what differs from one
 * conversation to the next comes in through `input.ports`.
 */
export const base = setup({
  types: {
    context: {} as ConversationContext,
    events: {} as ConversationEvent,
    input: {} as ConversationInput,
    emitted: {} as ConversationEmitted,
    tags: {} as 'attentive' | 'audible' | 'owesStop',
  },
  actions: {
    emitEvent: emit((_, event: ConversationEmitted) => event),
    changeContext: assign((_, changes: Partial<ConversationContext>) => changes),
  },
  actors: {
    sendTyping: fromPromise<Accepted, { ports: ConversationPorts; call: TypingCall }>(
      notProvided('sendTyping'),
    ),
    sendRead: fromPromise<Accepted, { ports: ConversationPorts; call: ReadCall }>(notProvided('sendRead')),
    flushReads: fromCallback<FlushSettled, { ports: ConversationPorts; calls: readonly ReadCall[] }>(
      ({ input, sendBack }) => {
        for (const { conversationId } of input.calls) {
          sendBack({ type: 'flush.settled', conversationId, failure: missing('flushReads') });
        }
      },
    ),
    refreshToken: fromPromise<Refreshed, { ports: ConversationPorts; rejectedGeneration: number }>(
      notProvided('refreshToken'),
    ),
  },
});

/** What a guard, delay or action is given. */
export interface Args {
  readonly context: ConversationContext;
  readonly event: ConversationEvent;
}

/**
 * What an action enqueues to emit an event. `enqueue.emit` and `enqueue.assign` make their action while the event is
 * taken; where another actor's custom action sent that event, XState takes it for a call of that action's and warns.
 */
export const emitting = (event: ConversationEmitted) => ({ type: 'emitEvent', params: event }) as const;

/** What an action enqueues to change the context, for the same reason. */
export const changing = (changes: Partial<ConversationContext>) =>
  ({ type: 'changeContext', params: changes }) as const;
