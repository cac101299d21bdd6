import {
  type ConversationOptions,
  createConversation,
  type WebMessagingOptions,
  webMessaging,
} from 'genesys-conversation-machine';
import {
  createRecorder,
  createScriptedGenesys,
  createScriptedTransport,
  createSteppedClock,
  recordTrace,
  type ScriptedTransportOptions,
} from 'genesys-conversation-machine/testing';
import { deploymentId } from './socketScript.ts';

export type RecordedOptions = Omit<ScriptedTransportOptions, 'clock'> &
  Omit<ConversationOptions, 'transport' | 'clock'> & { readonly resolution?: number };

/** A conversation as the harness makes it, of which everything is written down. */
export function createRecorded(options: RecordedOptions = {}) {
  const { capabilities, participantId, canRefresh, answers, resolution = 0, ...rest } = options;
  const clock = createSteppedClock({ resolution });
  const recorder = createRecorder({ clock });
  const scripted = createScriptedTransport({
    clock,
    ...(capabilities && { capabilities }),
    ...(participantId !== undefined && { participantId }),
    ...(canRefresh !== undefined && { canRefresh }),
    ...(answers && { answers }),
  });
  const transport = recorder.watch(scripted);
  const make = (changes: Partial<ConversationOptions> = {}) =>
    recorder.watch(
      createConversation({
        transport,
        clock: recorder.clock,
        random: () => 0.25,
        conversationId: 'c1',
        ...rest,
        ...changes,
      }),
    );
  const conversation = make();
  const trace = recordTrace(conversation, clock);
  conversation.start();
  const at = (ms: number): Promise<void> => clock.advance(ms - clock.now());
  const type = async (from: number, to: number, every = 200): Promise<void> => {
    await at(from);
    for (let time = from; time <= to; time += every) {
      await at(time);
      conversation.keystroke();
    }
    await clock.settle();
  };
  const is = (value: Parameters<ReturnType<typeof conversation.actor.getSnapshot>['matches']>[0]): boolean =>
    conversation.actor.getSnapshot().matches(value);
  const states = () => conversation.actor.getSnapshot().value;
  const told = (...messageIds: string[]): void => {
    for (const messageId of messageIds) conversation.messageReceived({ messageId, participantId: 'agent' });
  };
  return { clock, recorder, transport, conversation, make, trace, at, type, is, states, told };
}

/** A session with a scripted server, and a conversation over it, of which everything is written down. */
export function createRecordedSession(
  options: Partial<WebMessagingOptions> & { readonly latency?: number } = {},
) {
  const { latency = 10, ...rest } = options;
  const clock = createSteppedClock();
  const recorder = createRecorder({ clock });
  const genesys = createScriptedGenesys({ clock, latency });
  const make = () =>
    recorder.watch(
      webMessaging({
        deploymentId,
        region: 'eu-west-1',
        config: 'skip',
        clock: recorder.clock,
        random: () => 0.5,
        webSocket: recorder.webSocket(genesys.webSocket),
        fetch: recorder.fetch(genesys.fetch),
        ...rest,
      }),
    );
  const session = make();
  const connect = async (): Promise<void> => {
    session.connect().catch(() => {});
    await clock.advance(100);
  };
  return { clock, recorder, genesys, session, make, connect };
}
