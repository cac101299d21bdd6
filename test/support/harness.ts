import type { ConversationOptions } from 'genesys-conversation-machine';
import { createConversation, persistLedger } from 'genesys-conversation-machine';
import type { ScriptedTransportOptions, SteppedClock } from 'genesys-conversation-machine/testing';
import {
  createScriptedTransport,
  createSteppedClock,
  recordTrace,
} from 'genesys-conversation-machine/testing';

export type HarnessOptions = Omit<ScriptedTransportOptions, 'clock'> &
  Omit<ConversationOptions, 'transport' | 'clock' | 'conversationId' | 'storage'> & {
    conversationId?: string | null;
    /** A clock that others run by too. */
    clock?: SteppedClock;
    /** Where the ledger is persisted. */
    storage?: Parameters<typeof persistLedger>[0];
  };

/** A conversation on a stepped clock with a scripted back end, started and open. */
export function createHarness(options: HarnessOptions = {}) {
  const { capabilities, participantId, canRefresh, conversationId = 'c1', storage, ...rest } = options;
  const { clock = createSteppedClock() } = options;
  const transport = createScriptedTransport({
    clock,
    ...(capabilities && { capabilities }),
    ...(participantId !== undefined && { participantId }),
    ...(canRefresh !== undefined && { canRefresh }),
  });
  const conversation = createConversation({
    transport,
    clock,
    random: () => 0.25,
    ...(conversationId !== null && { conversationId }),
    ...(storage !== undefined && { storage: persistLedger(storage) }),
    ...rest,
  });
  const trace = recordTrace(conversation, clock);
  conversation.start();

  const type = async (from: number, to: number, every = 200): Promise<void> => {
    await at(from);
    for (let time = from; time <= to; time += every) {
      await at(time);
      conversation.keystroke();
    }
    await clock.settle();
  };
  const at = (ms: number): Promise<void> => clock.advance(ms - clock.now());
  const is = (value: Parameters<ReturnType<typeof conversation.actor.getSnapshot>['matches']>[0]): boolean =>
    conversation.actor.getSnapshot().matches(value);
  const states = () => conversation.actor.getSnapshot().value;
  const told = (...messageIds: string[]): void => {
    for (const messageId of messageIds) conversation.messageReceived({ messageId, participantId: 'agent' });
  };

  return { clock, transport, conversation, trace, type, at, states, is, told };
}
