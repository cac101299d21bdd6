import type { TraceFile } from 'genesys-conversation-machine/testing';
import { createRecorded, type RecordedOptions } from '../../support/recorded.ts';
import { failure } from '../playing.ts';

type World = ReturnType<typeof createRecorded>;
type Handle = World['conversation'];

/** Two handles on one transport, from their start to their stop. */
const twoHandles =
  (
    play: (world: World, second: Handle) => Promise<void>,
    options: RecordedOptions = {},
    changes: Parameters<World['make']>[0] = {},
  ) =>
  async (): Promise<TraceFile> => {
    const world = createRecorded({ logger: () => {}, ...options });
    const second = world.make(changes);
    second.start();
    await play(world, second);
    world.conversation.stop();
    second.stop();
    await world.clock.advance(1000);
    return world.recorder.trace();
  };

/** Two handles on one transport are one voice. */
export const oneVoiceScenarios = {
  'two views, of which one’s announcement never left': twoHandles(
    async ({ at, conversation: guest, transport }, second) => {
      transport.answer('typing', failure('network', { unsent: true }));
      guest.keystroke();
      await at(100);
      guest.clearInput();
      await at(400);
      second.keystroke();
      await at(20_000);
    },
  ),
  'two views, of which one sends a message': twoHandles(
    async ({ at, conversation: guest, transport }, second) => {
      guest.keystroke();
      await at(300);
      guest.messageSent();
      await at(500);
      transport.tell({ type: 'message.accepted', conversationId: 'c1', messageId: 'own-1' });
      await at(1000);
      second.keystroke();
      await at(20_000);
    },
    {
      capabilities: {
        ...{ stopTyping: false, spacing: 5350, timeToLive: 5000 },
        ...{ messageReopensWindow: true, messageEndsTyping: true },
      },
    },
  ),
  'two views, of which one leaves a conversation while the other waits': twoHandles(
    async ({ at, conversation: guest }, second) => {
      guest.keystroke();
      await at(50);
      second.keystroke();
      await at(100);
      guest.open('c3');
      await at(20_000);
    },
    {},
    { conversationId: 'c2' },
  ),
} satisfies Readonly<Record<string, () => Promise<TraceFile>>>;
