import type { TraceFile } from 'genesys-conversation-machine/testing';
import { createRecorded } from '../../support/recorded.ts';
import { conversation, failure } from '../playing.ts';

const typingOf = (participantId: string, more: object = {}): object => ({
  type: 'conversation:typing',
  conversationId: 'c1',
  participantId,
  isTyping: true,
  ...more,
});

/** How an episode goes on and ends, and who is shown typing. */
export const episodeScenarios = {
  'two works, of which one ends sooner': conversation(async ({ at, clock, conversation: guest }) => {
    const lasting = (ms: number): Promise<void> => new Promise((resolve) => clock.setTimeout(resolve, ms));
    guest.typeWhile(lasting(6000)).catch(() => {});
    guest.typeWhile(lasting(2000)).catch(() => {});
    await at(20_000);
  }),
  'a message while a stop waits': conversation(async ({ at, conversation: guest }) => {
    guest.keystroke();
    await at(200);
    guest.stopTyping();
    await at(500);
    guest.messageSent();
    await at(20_000);
  }),
  'a message in the next conversation while a stop waits': conversation(
    async ({ at, conversation: guest }) => {
      guest.keystroke();
      await at(200);
      guest.open('c2');
      await at(500);
      guest.messageSent();
      await at(20_000);
    },
  ),
  'an announcement that hangs, of who has fallen silent': conversation(
    async ({ at, conversation: guest, transport }) => {
      transport.answer('typing', 'hang');
      guest.keystroke();
      await at(20_000);
    },
  ),
  'a page that is frozen while somebody types': conversation(async ({ type, at, conversation: guest }) => {
    await type(0, 1400);
    guest.freeze();
    await at(20_000);
    guest.resume();
    await at(30_000);
  }),
  'announcements that fail, one after the other': conversation(
    async ({ type, at, transport }) => {
      transport.answer('typing', failure('network'), failure('network'), failure('network'));
      await type(0, 9000, 100);
      await at(20_000);
    },
    { timing: { tries: 6 } },
  ),
  'a message that is accepted twice': conversation(async ({ type, at, conversation: guest, transport }) => {
    const accepted = (messageId: string): void =>
      transport.tell({ type: 'message.accepted', conversationId: 'c1', messageId });
    await type(0, 400);
    guest.messageSent();
    await at(600);
    accepted('own-1');
    await type(2000, 4000);
    accepted('own-2');
    await at(20_000);
  }),
  'an agent who goes on, and a bot beside them': conversation(
    async ({ at, conversation: guest }) => {
      guest.receive(typingOf('agent'));
      await at(600);
      guest.receive(typingOf('bot'));
      await at(4000);
      guest.receive(typingOf('agent'));
      await at(8000);
      guest.receive(typingOf('agent', { isTyping: false }));
      guest.receive(typingOf('guest'));
      await at(20_000);
      guest.receive(typingOf('agent', { duration: 10 }));
      await at(22_000);
      guest.receive(typingOf('agent'));
      await at(23_000);
      guest.open('c2');
      await at(40_000);
    },
    { participantId: 'guest' },
  ),
  'an agent who says for how long, then for less': conversation(async ({ at, conversation: guest }) => {
    guest.receive(typingOf('agent', { duration: 20_000 }));
    await at(2000);
    guest.receive(typingOf('agent', { duration: 2000 }));
    await at(40_000);
  }),
  'an agent who types for longer than a gap, and a bot beside them': conversation(
    async ({ at, conversation: guest }) => {
      for (let time = 0; time <= 20_000; time += 4000) {
        await at(time);
        guest.receive(typingOf('agent'));
        if (time === 16_000) guest.receive(typingOf('bot'));
      }
      await at(40_000);
    },
  ),
  'an agent who falls silent while the machine sleeps': conversation(
    async ({ at, clock, conversation: guest }) => {
      guest.receive(typingOf('agent', { duration: 1000 }));
      await at(500);
      clock.jump({ timers: 5000 });
      await at(20_000);
    },
    { timing: { announceAfter: 900 } },
  ),
  'a page of the past while somebody types': conversation(async ({ at, told, conversation: guest }) => {
    told('m1');
    await at(1000);
    guest.receive(typingOf('agent'));
    await at(2000);
    guest.historyReceived([{ messageId: 'h1', participantId: 'agent' }]);
    await at(20_000);
  }),
  'a view that is stopped while it announces, and another': async () => {
    const world = createRecorded({ logger: () => {} });
    const second = world.make();
    second.start();
    world.transport.answer('typing', { afterMs: 200, answer: 'accept' });
    world.conversation.keystroke();
    await world.at(100);
    world.conversation.stop();
    await world.at(20_000);
    second.stop();
    return world.recorder.trace();
  },
  'a view in which a key is pressed as another says that its silence is over': async () => {
    const world = createRecorded({ logger: () => {} });
    const second = world.make();
    second.start();
    second.open('c2');
    const limited = { code: 'rate-limited', message: 'x', retryAfterMs: 2000 } as const;
    world.transport.answer('read', limited, { afterMs: 1200, answer: 'accept' });
    world.conversation.on('read.acknowledged', () => second.keystroke());
    world.conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    world.conversation.viewed('m1');
    for (let time = 1500; time <= 3500; time += 100) {
      await world.at(time);
      world.conversation.keystroke();
    }
    await world.at(20_000);
    world.conversation.stop();
    second.stop();
    return world.recorder.trace();
  },
} satisfies Readonly<Record<string, () => Promise<TraceFile>>>;
