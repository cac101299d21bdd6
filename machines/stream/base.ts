import { fromCallback, fromPromise, setup } from 'xstate';
import type { Failure } from '../failure.ts';
import type {
  StreamCommand,
  StreamContext,
  StreamEmitted,
  StreamEvent,
  StreamInput,
  StreamPorts,
} from './types.ts';

const notProvided = (actor: string): Failure => ({
  code: 'unexpected',
  message: `Provide the actor "${actor}": streamMachine.provide({ actors: { ${actor} } }).`,
});

/**
 * The types of the stream machine and its two actors. The actors are stand-ins that fail: whoever runs the machine
 * provides the real ones, once for all streams.
 *
 * `socket` lives as long as the state `live`: it gets a token, opens one connection, authenticates, tells the
 * machine what becomes of it, and lets go of it when it is stopped. `catchUp` tells what was said meanwhile.
 */
export const base = setup({
  types: {
    context: {} as StreamContext,
    events: {} as StreamEvent,
    input: {} as StreamInput,
    emitted: {} as StreamEmitted,
  },
  actors: {
    socket: fromCallback<StreamCommand, { ports: StreamPorts }>(({ sendBack }) => {
      sendBack({ type: 'token.missing', failure: notProvided('socket') } satisfies StreamEvent);
    }),
    catchUp: fromPromise<void, { ports: StreamPorts }>(() => Promise.reject(notProvided('catchUp'))),
  },
});

/** What a guard, delay or action is given. */
export interface Args {
  readonly context: StreamContext;
  readonly event: StreamEvent;
}
