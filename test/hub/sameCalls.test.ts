import fc from 'fast-check';
import { type ConversationEmitted, createConversation } from 'genesys-conversation-machine';
import { createHub } from 'genesys-conversation-machine/hub';
import {
  createScriptedTransport,
  createSteppedClock,
  type ScriptedTransport,
} from 'genesys-conversation-machine/testing';
import { expect, it } from 'vitest';
import { sample } from '../support/sample.ts';
import { type Harness, play, type Step, step } from '../support/scenario.ts';

/** Of a hub, a conversation opens no other one. */
const ownStep = step.filter((each) => !(each.do === 'verb' && each.verb === 'openSecond'));

/** What happens, to one conversation after another, on one clock; long silences between, in which charts are put away. */
const happenings = fc.array(
  fc.record({
    who: fc.nat({ max: 2 }),
    steps: fc.array(ownStep, { minLength: 1, maxLength: 8 }),
    silence: fc.constantFrom(0, 0, 700, 5000, 40_000),
  }),
  { minLength: 1, maxLength: 8 },
);

type Happenings = typeof happenings extends fc.Arbitrary<infer T> ? T : never;

interface World {
  readonly clock: ReturnType<typeof createSteppedClock>;
  readonly transports: readonly ScriptedTransport[];
  readonly conversations: readonly Harness['conversation'][];
  readonly events: [at: number, id: string, event: ConversationEmitted][];
  stop(): void;
}

const random = () => 0.25;
const ids = ['c1', 'c2', 'c3'];

const transportsOn = (clock: World['clock'], isCommon: boolean): readonly ScriptedTransport[] => {
  const make = () => createScriptedTransport({ clock, participantId: 'me' });
  const common = make();
  return ids.map(() => (isCommon ? common : make()));
};

/** A handle with some of its verbs replaced. */
const replacing = (handle: object, own: Readonly<Record<string, unknown>>): Harness['conversation'] =>
  new Proxy(handle, {
    get: (target, name) => own[name as string] ?? Reflect.get(target, name),
  }) as Harness['conversation'];

/** Conversations as `createConversation` makes them. */
function plainWorld(isCommon: boolean): World {
  const clock = createSteppedClock();
  const transports = transportsOn(clock, isCommon);
  const events: World['events'] = [];
  const conversations = ids.map((conversationId, index) => {
    const transport = transports[index] as ScriptedTransport;
    const conversation = createConversation({ transport, clock, random, conversationId, logger: () => {} });
    conversation.actor.on('*', (event) => events.push([clock.now(), conversationId, event]));
    conversation.start();
    return replacing(conversation, { open: () => conversation.open(conversationId) });
  });
  return {
    clock,
    transports,
    conversations,
    events,
    stop: () => {
      for (const each of conversations) each.stop();
    },
  };
}

/** The same in a hub. */
function hubWorld(isCommon: boolean, giveBackAfter: number): World & { readonly wakings: () => number } {
  const clock = createSteppedClock();
  const transports = transportsOn(clock, isCommon);
  const events: World['events'] = [];
  const transportFor = (id: string) => transports[ids.indexOf(id)] as ScriptedTransport;
  const hub = createHub({
    ...(isCommon ? { transport: transportFor('c1') } : { transportFor }),
    ...{ clock, random, giveBackAfter, logger: () => {} },
  });
  hub.on('*', (event, id) => events.push([clock.now(), id, event]));
  const conversations = ids.map((id) => {
    const handle = hub.conversation(id);
    return replacing(handle, {
      actor: { getSnapshot: () => handle.getSnapshot() },
      keystroke: (at?: number) => hub.keystroke(id, at),
    });
  });
  return {
    clock,
    transports,
    conversations,
    events,
    stop: () => hub.stop(),
    wakings: () => hub.stats.actors,
  };
}

async function playIn(world: World, happenings: Happenings): Promise<void> {
  for (const { who, steps, silence } of happenings) {
    const conversation = world.conversations[who] as Harness['conversation'];
    const transport = world.transports[who] as ScriptedTransport;
    const told = (...messageIds: string[]): void => {
      for (const messageId of messageIds) conversation.messageReceived({ messageId, participantId: 'agent' });
    };
    await play(steps as Step[], { clock: world.clock, transport, conversation, told } as unknown as Harness);
    await world.clock.advance(silence);
  }
  await world.clock.advance(70_000);
}

const nameOf = (call: object): string => ('conversationId' in call ? String(call.conversationId) : '');

/** In order of time; of one instant by conversation, as the timers of several fire at once in a hub, and in turn beside one. */
const callsOf = ({ transports }: World) =>
  [...new Set(transports)].map(({ calls }) =>
    calls
      .map(({ signal, ...call }) => call)
      .sort((one, other) => one.at - other.at || nameOf(one).localeCompare(nameOf(other))),
  );

const eventsOf = ({ events }: World) =>
  ids.map((id) => events.filter(([, of]) => of === id).map(([at, , event]) => [at, event]));

/**
 * A silence that one was asked for others hear of at once where they have an actor, else as they get one: by then the chance
 * that it is drawn out by is another.
 */
const unlimited = (told: Happenings): Happenings =>
  told.map((each) => ({
    ...each,
    steps: each.steps.filter(
      (one) => !(one.do === 'answer' && JSON.stringify(one.answer).includes('rate-limited')),
    ),
  }));

/** Whether they make the same calls, and decide the same, each conversation over a transport of its own or all over one. */
const isTheSame = (isCommon: boolean, numRuns: number) =>
  fc.assert(
    fc.asyncProperty(
      isCommon ? happenings.map(unlimited) : happenings,
      fc.constantFrom(0, 400, 1000),
      async (told, giveBackAfter) => {
        const plain = plainWorld(isCommon);
        const inHub = hubWorld(isCommon, giveBackAfter);
        await playIn(plain, told);
        await playIn(inHub, told);
        expect(callsOf(inHub)).toEqual(callsOf(plain));
        expect(eventsOf(inHub)).toEqual(eventsOf(plain));
        plain.stop();
        inHub.stop();
        inHub.clock.end();
      },
    ),
    { numRuns },
  );

it('the same happenings make the same calls and decisions, at the same times, in a hub and alone (C-4)', () =>
  isTheSame(false, sample(25, 1500)));

it('so they do where all are one voice over one transport (T-13, C-4)', () =>
  isTheSame(true, sample(10, 500)));
