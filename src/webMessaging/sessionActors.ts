import { fromCallback, fromPromise } from 'xstate';
import type { SessionEvent } from '../../machines/session/events.ts';
import { sessionMachine } from '../../machines/session/session.machine.ts';
import type { FoundMessage, SessionPorts, SocketCommand } from '../../machines/session/types.ts';
import { toFailure } from '../shared/errors.ts';
import type { Wire } from './wire.ts';

const wireOf = (ports: SessionPorts): Wire => ports.wire as Wire;

/**
 * The session machine with its actors, made once for every session: what differs comes in through
 * `input.ports`. No foreign error reaches an event, a snapshot or an inspector (S4).
 */
export const runnableSession = sessionMachine.provide({
  actors: {
    socket: fromCallback<SocketCommand, { ports: SessionPorts }>(({ input, sendBack, receive }) =>
      wireOf(input.ports).connect((event: SessionEvent) => sendBack(event), receive),
    ),
    findMessages: fromPromise<readonly FoundMessage[], { ports: SessionPorts; ids: readonly string[] }>(
      async ({ input, signal }) => {
        try {
          return await wireOf(input.ports).findMessages(input.ids, signal);
        } catch (thrown) {
          throw toFailure(thrown);
        }
      },
    ),
  },
  actions: {
    forgetIdentity: ({ context }) => wireOf(context.ports).forgetIdentity(),
    beginConversation: ({ context }) => wireOf(context.ports).beginConversation(),
  },
});
