import { type Actor, createActor, fromCallback, fromPromise } from 'xstate';
import type { SessionEvent } from '../../machines/session/events.ts';
import { sessionMachine } from '../../machines/session/session.machine.ts';
import type {
  FoundMessage,
  SessionInput,
  SessionPorts,
  SessionTiming,
  SocketCommand,
} from '../../machines/session/types.ts';
import type { Clock } from '../shared/clock.ts';
import { toFailure } from '../shared/errors.ts';
import { hidden } from '../shared/hidden.ts';
import type { Inspect } from '../shared/inspector.ts';
import type { Wire } from './wire.ts';

const wireOf = (ports: SessionPorts): Wire => ports.wire as Wire;

/**
 * The session machine with its actors, made once for every session: what differs comes in through
 * `input.ports`. No foreign error reaches an event, a snapshot or an inspector (S4).
 */
const runnableSession = sessionMachine.provide({
  actors: {
    socket: fromCallback<SocketCommand, { ports: SessionPorts }>(({ input, sendBack, receive }) =>
      wireOf(input.ports).connect(sendBack, receive),
    ),
    catchUp: fromCallback<SessionEvent, { ports: SessionPorts; isBaseline: boolean }>(({ input, sendBack }) =>
      wireOf(input.ports).catchUp(sendBack, input.isBaseline),
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

/** The XState actor behind a session. */
export type SessionActor = Actor<typeof runnableSession>;

/** What differs from one {@link SessionActor} to the next. */
export interface SessionActorOptions {
  readonly clock: Clock;
  readonly timing: SessionTiming;
  /** Seed of all jitter (C-3). */
  readonly seed: number;
  /** XState's inspection hook; what it throws is the caller's to guard. */
  readonly inspect: Inspect | undefined;
}

/** Makes the actor of one session over its wire; it is not started. */
export function createSessionActor(wire: Wire, options: SessionActorOptions): SessionActor {
  const { clock, timing, seed, inspect } = options;
  const ports = hidden({ wire, readings: wire.readings });
  return createActor(runnableSession, {
    clock: {
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (id) => clock.clearTimeout(id),
    },
    input: { ports, timing, seed } satisfies SessionInput,
    ...(inspect && { inspect }),
  });
}
