import { fromCallback } from 'xstate';
import { conversationMachine } from '../../machines/conversation/conversation.machine.ts';
import type { FlushSettled } from '../../machines/conversation/events.ts';
import type {
  Accepted,
  ConversationPorts,
  ReadCall,
  Refreshed,
  TypingCall,
} from '../../machines/conversation/types.ts';
import type { Failure } from '../../machines/failure.ts';
import { ConversationError, toFailure } from '../shared/errors.ts';
import type { Transport } from '../shared/transport.ts';
import { type CallUnderWay, callLogic } from './callLogic.ts';

/** What the API actors find in the port `transport`: whose calls they make. */
export interface Carrier {
  readonly transport: Transport;
  /** Makes a typing call of the transport, and lets everybody know who uses it. */
  sendTyping(call: TypingCall, underWay: CallUnderWay): Promise<Accepted>;
  /** Makes a read call of the transport, in the way that reading wants it made. */
  sendRead(call: ReadCall, options: CallUnderWay['options']): Promise<Accepted>;
}

/**
 * The conversation machine with its API actors, made once for every conversation: each actor makes one
 * attempt with the carrier that came in through `input`, and rejects with a plain-data failure, so that
 * no foreign error reaches an event, a snapshot or an inspector (S4).
 */
export const runnableMachine = conversationMachine.provide({
  actors: {
    sendTyping: callLogic<Accepted, { ports: ConversationPorts; call: TypingCall }>(
      ({ ports, call }, underWay) => carrierOf(ports).sendTyping(call, underWay),
      (thrown, { call }) => failureIn(thrown, call.attempt),
    ),
    sendRead: callLogic<Accepted, { ports: ConversationPorts; call: ReadCall }>(
      ({ ports, call }, { options }) => carrierOf(ports).sendRead(call, options),
      (thrown, { call }) => failureIn(thrown, call.attempt),
    ),
    flushReads: fromCallback<FlushSettled, { ports: ConversationPorts; calls: readonly ReadCall[] }>(
      ({ input, sendBack }) => {
        const controllers = input.calls.map((call) => {
          const controller = new AbortController();
          const { signal } = controller;
          const { conversationId } = call;
          carrierOf(input.ports)
            .sendRead(call, { signal })
            .then(
              (accepted) => sendBack({ type: 'flush.settled', conversationId, accepted: accepted ?? {} }),
              (thrown) =>
                sendBack({
                  type: 'flush.settled',
                  conversationId,
                  failure: failureIn(thrown, call.attempt),
                }),
            );
          return controller;
        });
        return () => {
          for (const controller of controllers) controller.abort();
        };
      },
    ),
    refreshToken: callLogic<Refreshed, { ports: ConversationPorts; rejectedGeneration: number }>(
      async ({ ports, rejectedGeneration }, { options }) => {
        const { transport } = carrierOf(ports);
        if (!transport.refreshToken) throw noRefresh();
        const { tokenGeneration } = await transport.refreshToken(rejectedGeneration, options);
        return { tokenGeneration };
      },
      (thrown) => failureIn(thrown),
    ),
  },
});

const carrierOf = (ports: ConversationPorts): Carrier => ports.transport as Carrier;

const noRefresh = (): ConversationError =>
  new ConversationError({ code: 'unauthorized', message: 'The transport has no way to get a fresh token.' });

/** What a chart is told of whatever was thrown, and which attempt that was. */
const failureIn = (thrown: unknown, attempt?: number): Failure => ({
  ...toFailure(thrown),
  ...(attempt !== undefined && { attempt }),
});
