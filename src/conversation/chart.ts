import { createActor } from 'xstate';
import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import type { Chart, Reading } from '../reading/index.ts';
import { hidden } from '../shared/hidden.ts';
import { type LookAtKey, quietKeysOf } from '../shared/inspector.ts';
import type { Log } from '../shared/log.ts';
import { noConversation } from '../shared/refusals.ts';
import { checkListener } from '../shared/validate.ts';
import { type Carrier, runnableMachine } from './actors.ts';
import { Keyboard } from './keyboard.ts';
import type { ResolvedOptions } from './options.ts';
import { retryBudgetOf } from './retryBudget.ts';
import type { Conversation, ConversationActor, ConversationListener } from './types.ts';
import { createMember, type Member } from './voices.ts';
import { warnOfSilence } from './warnOfSilence.ts';

/** The running chart: the one way in for everything that happens, and what it decides. */
export interface RunningChart extends Chart {
  readonly actor: ConversationActor;
  /** Whether it has stopped, by itself or by somebody; it cannot start again. */
  isStopped(): boolean;
  /** Where a key is written down that would change no state: no event, two assignments. */
  readonly keyboard: Keyboard;
  /** Is told of such a key. */
  readonly lookAtKey: LookAtKey | undefined;
  /** The handle's part in what everybody knows who uses its transport (T-13). */
  readonly member: Pick<Member, 'join' | 'setLeaving' | 'quit'>;
  /** Listens to one kind of decision. */
  readonly on: Conversation['on'];
}

/** Makes a conversation's chart with all that it reads, asks and calls. Does not start it. */
export function createChart(options: ResolvedOptions, reading: Reading, log: Log): RunningChart {
  const { transport, logger, clock, timing, seed, conversationId, inspect, tabs } = options;
  const keyboard = new Keyboard(clock);
  const member = createMember(transport, keyboard, clock, tabs);
  const budget = retryBudgetOf(transport);
  const actor: ConversationActor = createActor(runnableMachine, {
    clock: {
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (id) => clock.clearTimeout(id),
    },
    input: {
      ports: hidden({
        transport: {
          transport,
          sendTyping: member.sendTyping,
          sendRead: member.sendRead(reading.sendRead),
        } satisfies Carrier,
        readings: keyboard,
        voice: member,
        policies: { ...reading.policies, mayRetry: () => budget.mayRetry() },
      }),
      capabilities: transport.capabilities,
      timing,
      seed,
      conversationId,
      participantId: transport.participantId ?? null,
      canRefresh: transport.refreshToken !== undefined,
      shareTyping: options.shareTyping,
      shareReads: options.shareReads,
      ...reading.stored,
    },
    ...(inspect && { inspect: log.guard('inspect', inspect) }),
  });
  budget.watch(actor);
  if (!logger) warnOfSilence(actor);
  actor.on('*', (event) => log.decision(event.type, { event }));

  let hasStarted = false;
  const starting = actor.subscribe({
    next: () => {
      hasStarted = true;
      starting.unsubscribe();
    },
    error: () => {}, // Told by the handle; without this it would be thrown as well.
  });
  const isStopped = (): boolean => actor.getSnapshot().status !== 'active';
  return {
    actor,
    member,
    isStopped,
    isStarted: () => hasStarted,
    send: (event) => {
      if (!isStopped()) actor.send(event);
    },
    keyboard,
    lookAtKey: quietKeysOf(inspect),
    openId: () => {
      const { conversationId } = actor.getSnapshot().context;
      if (conversationId === null) throw noConversation();
      return conversationId;
    },
    on: <T extends ConversationEmitted['type']>(type: T, listener: ConversationListener<T>) => {
      checkListener(type, listener);
      const subscription = actor.on(type, log.guard(type, listener) as never);
      return () => subscription.unsubscribe();
    },
  };
}
