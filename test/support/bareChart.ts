import {
  type ConversationInput,
  type ConversationPorts,
  conversationMachine,
} from 'genesys-conversation-machine/machines';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { type ActorOptions, createActor } from 'xstate';
import { timingOf } from '../../src/conversation/timing.ts';
import { everyCapability } from '../../src/testing/scriptedTransport.ts';

interface BareChart extends Partial<Omit<ConversationInput, 'ports'>> {
  readonly ports?: Partial<ConversationPorts>;
  readonly actors?: object;
  readonly inspect?: ActorOptions<typeof conversationMachine>['inspect'];
}

/** The chart of a conversation on a stepped clock, not started, with nothing beside it but what is given. */
export function createBareChart({ ports, actors = {}, inspect, ...input }: BareChart = {}) {
  const clock = createSteppedClock();
  const readings = { now: clock.now, keyCount: () => 0, keyAge: () => 0, noteKey: () => {} };
  const actor = createActor(conversationMachine.provide({ actors }), {
    clock,
    input: {
      ports: { transport: null, readings, ...ports },
      capabilities: everyCapability,
      timing: timingOf({}, everyCapability),
      seed: 1,
      conversationId: 'c1',
      participantId: null,
      canRefresh: false,
      ...input,
    },
    ...(inspect && { inspect }),
  });
  return { actor, clock };
}
