import { assign, emit, fromCallback, fromPromise, setup } from 'xstate';
import type { Failure } from '../failure.ts';
import type { SessionEmitted, SessionEvent } from './events.ts';
import type { FoundMessage, SessionContext, SessionInput, SessionPorts, SocketCommand } from './types.ts';

const notProvided = (actor: string): Failure => ({
  code: 'unexpected',
  message: `Provide the actor "${actor}": sessionMachine.provide({ actors: { ${actor} } }).`,
});

/**
 * The types of the session machine and its three actors. The actors are stand-ins that fail: whoever runs the
 * machine provides the real ones, once for all sessions.
 *
 * `socket` lives as long as the state `live`: it opens one connection, tells the machine what comes in, and
 * lets go of it when it is stopped. `findMessages` looks into history for the ids it is given; `catchUp` tells
 * what history has that was not told before, or with `isBaseline` only notes what is there already.
 */
export const base = setup({
  types: {
    context: {} as SessionContext,
    events: {} as SessionEvent,
    input: {} as SessionInput,
    emitted: {} as SessionEmitted,
    tags: {} as 'up',
  },
  actions: {
    emitEvent: emit((_, event: SessionEmitted) => event),
    changeContext: assign((_, changes: Partial<SessionContext>) => changes),
  },
  actors: {
    socket: fromCallback<SocketCommand, { ports: SessionPorts }>(({ sendBack }) => {
      sendBack({ type: 'socket.refused', failure: notProvided('socket') } satisfies SessionEvent);
    }),
    catchUp: fromCallback<SessionEvent, { ports: SessionPorts; isBaseline: boolean }>(({ sendBack }) => {
      sendBack({ type: 'past.missing', failure: notProvided('catchUp') } satisfies SessionEvent);
    }),
    findMessages: fromPromise<readonly FoundMessage[], { ports: SessionPorts; ids: readonly string[] }>(() =>
      Promise.reject(notProvided('findMessages')),
    ),
  },
});

/** What a guard, delay or action is given. */
export interface Args {
  readonly context: SessionContext;
  readonly event: SessionEvent;
}

/**
 * What an action enqueues to emit an event. `enqueue.emit` and `enqueue.assign` make their action while the event is
 * taken; where another actor's custom action sent that event, XState takes it for a call of that action's and warns.
 */
export const emitting = (event: SessionEmitted) => ({ type: 'emitEvent', params: event }) as const;

/** What an action enqueues to change the context, for the same reason. */
export const changing = (changes: Partial<SessionContext>) =>
  ({ type: 'changeContext', params: changes }) as const;
