import { fromCallback, fromPromise } from 'xstate';
import { conversationMachine } from '../../machines/conversation/conversation.machine.ts';
import type { FlushSettled } from '../../machines/conversation/events.ts';
import type {
  Accepted,
  ConversationPorts,
  ReadCall,
  Refreshed,
  TypingCall,
} from '../../machines/conversation/types.ts';
import { ConversationError, toFailure } from '../shared/errors.ts';
import type { Transport } from '../shared/transport.ts';

/** What the API actors find in the port `transport`: whose calls they make. */
export interface Carrier {
  readonly transport: Transport;
  /** Makes a typing call of the transport, and lets everybody know who uses it. */
  readonly sendTyping: Transport['sendTyping'];
  /** Makes a read call of the transport, in the way that reading wants it made. */
  readonly sendRead: Transport['sendRead'];
}

/**
 * The conversation machine with its API actors, made once for every conversation: each actor makes one
 * attempt with the {@link Carrier} that came in through `input`, and rejects with a plain-data failure, so that
 * no foreign error reaches an event, a snapshot or an inspector (S4).
 */
export const runnableMachine = conversationMachine.provide({
  actors: {
    sendTyping: fromPromise<Accepted, { ports: ConversationPorts; call: TypingCall }>(({ input, signal }) =>
      attempt(() => carrierOf(input.ports).sendTyping(input.call, { signal }), input.call.attempt),
    ),
    sendRead: fromPromise<Accepted, { ports: ConversationPorts; call: ReadCall }>(({ input, signal }) =>
      attempt(() => carrierOf(input.ports).sendRead(input.call, { signal }), input.call.attempt),
    ),
    flushReads: fromCallback<FlushSettled, { ports: ConversationPorts; calls: readonly ReadCall[] }>(
      ({ input, sendBack }) => {
        const controllers = input.calls.map((call) => {
          const controller = new AbortController();
          const { signal } = controller;
          const { conversationId } = call;
          attempt(() => carrierOf(input.ports).sendRead(call, { signal }), call.attempt).then(
            (accepted) => sendBack({ type: 'flush.settled', conversationId, accepted: accepted ?? {} }),
            (failure) => sendBack({ type: 'flush.settled', conversationId, failure }),
          );
          return controller;
        });
        return () => {
          for (const controller of controllers) controller.abort();
        };
      },
    ),
    refreshToken: fromPromise<Refreshed, { ports: ConversationPorts; rejectedGeneration: number }>(
      async ({ input, signal }) => {
        const { transport } = carrierOf(input.ports);
        const refreshed = await attempt(async () => {
          if (!transport.refreshToken) throw noRefresh();
          return transport.refreshToken(input.rejectedGeneration, { signal });
        });
        return { tokenGeneration: refreshed.tokenGeneration };
      },
    ),
  },
});

const carrierOf = (ports: ConversationPorts): Carrier => ports.transport as Carrier;

const noRefresh = (): ConversationError =>
  new ConversationError({ code: 'unauthorized', message: 'The transport has no way to get a fresh token.' });

async function attempt<T>(call: () => Promise<T>, number?: number): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw { ...toFailure(thrown), ...(number !== undefined && { attempt: number }) };
  }
}
