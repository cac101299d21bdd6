import type { ConversationErrorDetails } from 'genesys-conversation-machine';
import type { TraceFile } from 'genesys-conversation-machine/testing';
import { createRecorded, createRecordedSession, type RecordedOptions } from '../support/recorded.ts';

type World = ReturnType<typeof createRecorded>;
type SessionWorld = ReturnType<typeof createRecordedSession>;

/** What a call fails with. */
export const failure = (
  code: ConversationErrorDetails['code'],
  more: Partial<ConversationErrorDetails> = {},
) => ({
  code,
  message: 'scripted',
  ...more,
});

/** A scenario of one conversation, from its start to its stop. */
export const conversation =
  (play: (world: World) => Promise<void>, options: RecordedOptions = {}) =>
  async (): Promise<TraceFile> => {
    const world = createRecorded({ logger: () => {}, ...options });
    await play(world);
    world.conversation.stop();
    await world.clock.advance(1000);
    return world.recorder.trace();
  };

/** A scenario of one session, connected, to its stop. */
export const session =
  (play: (world: SessionWorld) => Promise<void>, options: Parameters<typeof createRecordedSession>[0] = {}) =>
  async (): Promise<TraceFile> => {
    const world = createRecordedSession(options);
    await world.connect();
    await play(world);
    world.session.stop();
    await world.clock.advance(1000);
    return world.recorder.trace();
  };
