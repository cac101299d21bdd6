import { createActor, fromCallback, fromPromise } from 'xstate';
import { streamMachine } from '../../machines/stream/stream.machine.ts';
import type { StreamCommand, StreamEvent, StreamInput, StreamPorts } from '../../machines/stream/types.ts';
import type { Clock } from '../shared/clock.ts';
import { toFailure } from '../shared/errors.ts';
import { hidden } from '../shared/hidden.ts';
import { sleepWatch } from '../shared/sleepWatch.ts';
import type { Audience } from './audience.ts';
import type { ResolvedEvents } from './options.ts';
import { createStreamWire, type StreamWire, type StreamWireOptions } from './streamWire.ts';

const wireOf = (ports: StreamPorts): StreamWire => ports.wire as StreamWire;

/** The stream machine with its actors, made once for every stream: what differs comes in through `input.ports`. */
const runnableStream = streamMachine.provide({
  actors: {
    socket: fromCallback<StreamCommand, { ports: StreamPorts }>(({ input, sendBack, receive }) =>
      wireOf(input.ports).connect(sendBack, receive),
    ),
    catchUp: fromPromise<void, { ports: StreamPorts }>(async ({ input, signal }) => {
      try {
        await wireOf(input.ports).catchUp(signal);
      } catch (thrown) {
        throw toFailure(thrown);
      }
    }),
  },
});

/** An event stream: open while somebody listens. */
export interface EventStream {
  /** One more listens; returns what ends that. */
  join(): () => void;
  /** Evidence about page, network and token; after a sleep of the machine the stream is asked whether it still lives. */
  notice(
    event: Exclude<StreamEvent, { type: `${'frame' | 'socket' | 'stream'}.${string}` | 'token.missing' }>,
  ): void;
}

/** What an {@link EventStream} is made of. */
export interface EventStreamOptions
  extends Pick<StreamWireOptions, 'url' | 'tokens' | 'history'>,
    Pick<ResolvedEvents, 'Socket' | 'conversationId' | 'timing' | 'seed'> {
  readonly clock: Clock;
  readonly audience: Audience;
}

/** Makes an {@link EventStream}. Does nothing until somebody joins. */
export function createEventStream(options: EventStreamOptions): EventStream {
  const { audience, clock, timing, seed, ...rest } = options;
  const wire = createStreamWire({
    ...rest,
    clock,
    tell: audience.frame,
  });
  const actor = createActor(runnableStream, {
    clock: {
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (id) => clock.clearTimeout(id),
    },
    input: { ports: hidden({ wire, readings: wire.readings }), timing, seed } satisfies StreamInput,
  });
  actor.subscribe({ error: () => {} });
  actor.on('stream.opened', audience.tell);
  actor.on('stream.lost', audience.tell);
  actor.on('stream.unauthorized', ({ type }) => audience.tell({ type }));
  actor.on('stream.gap', () => {
    const id = wire.conversationId();
    if (id !== undefined) audience.evidence({ type: 'messages.missed', conversationId: id });
  });
  actor.start();
  const hasSlept = sleepWatch(clock);

  let listeners = 0;
  return {
    join: () => {
      let isIn = true;
      wire.beginAnew(listeners === 0);
      listeners += 1;
      hasSlept();
      actor.send({ type: 'stream.wanted' });
      return () => {
        if (!isIn) return;
        isIn = false;
        listeners -= 1;
        if (listeners === 0) actor.send({ type: 'stream.unwanted' });
      };
    },
    notice: (event) => {
      if (hasSlept()) actor.send({ type: 'clock.jumped' });
      actor.send(event);
    },
  };
}
