import { createRecorded } from '../../support/recorded.ts';
import { conversation, failure } from '../playing.ts';

/** Keys, and what stands between them and the other side. */
export const typingScenarios = {
  'steady typing, then silence': conversation(async ({ type, at }) => {
    await type(0, 9000);
    await at(20_000);
  }),
  'two keys, far apart': conversation(async ({ type, at }) => {
    await type(0, 5000, 2500);
    await at(20_000);
  }),
  'a cleared box, a blurred box, a hidden page, a stop': conversation(
    async ({ type, at, conversation: guest }) => {
      let from = 0;
      for (const verb of ['clearInput', 'blurInput', 'stopTyping', 'hide', 'close'] as const) {
        await type(from, from + 1400);
        guest[verb]();
        await at(from + 10_000);
        guest.show();
        if (verb === 'close') guest.open('c1');
        from += 12_000;
      }
      await at(from);
    },
  ),
  'a page that goes and comes back while it announces': conversation(
    async ({ at, conversation: guest, transport }) => {
      transport.answer('typing', { afterMs: 200, answer: 'accept' });
      guest.keystroke();
      await at(100);
      guest.hide();
      guest.show();
      guest.keystroke();
      await at(20_000);
    },
    { timing: { idle: 600 } },
  ),
  'a message, then more keys': conversation(async ({ type, at, conversation: guest, transport }) => {
    await type(0, 400);
    guest.messageSent();
    await at(500);
    guest.keystroke();
    await at(700);
    await type(1600, 2400);
    guest.messageSent();
    await type(2500, 2700, 100);
    transport.tell({ type: 'message.accepted', conversationId: 'c1', messageId: 'own-1' });
    await type(2800, 4000);
    await at(20_000);
  }),
  'types on while the message is under way': conversation(
    async ({ type, at, conversation: guest, transport }) => {
      await type(0, 1000);
      guest.messageSent();
      await type(1200, 3000);
      transport.tell({ type: 'message.accepted', conversationId: 'c1', messageId: 'own-1' });
      await type(3200, 5000);
      await at(20_000);
    },
  ),
  'announcements that fail': conversation(async ({ type, at, transport }) => {
    transport.answer('typing', failure('network'), failure('unavailable'));
    await type(0, 9000, 100);
    await at(20_000);
    transport.answer('typing', { afterMs: 400, answer: failure('network') });
    await type(20_100, 25_000, 100);
    await at(40_000);
  }),
  'a sleep while a key waits': conversation(async ({ type, at, conversation: guest, clock }) => {
    await type(0, 300, 100);
    guest.messageSent();
    await at(500);
    guest.keystroke();
    clock.shiftWall(3_600_000);
    await at(20_000);
  }),
  'a key without a network': conversation(async ({ at, conversation: guest }) => {
    guest.offline();
    await at(100);
    guest.keystroke();
    await at(10_000);
    guest.online();
    await at(20_000);
  }),
  'a switch while typing': conversation(async ({ type, at, conversation: guest }) => {
    await type(0, 1400);
    guest.open('c2');
    await type(1500, 3500);
    await at(20_000);
  }),
  'two views of one conversation': async () => {
    const world = createRecorded({ logger: () => {} });
    const second = world.make();
    second.start();
    for (let time = 0; time <= 7000; time += 200) {
      await world.at(time);
      if (time <= 2600) world.conversation.keystroke();
      if (time >= 1000) second.keystroke();
    }
    await world.at(20_000);
    world.conversation.stop();
    second.stop();
    return world.recorder.trace();
  },
  'typing kept to oneself': conversation(async ({ type, at, conversation: guest }) => {
    await type(0, 1400);
    guest.shareTyping(false);
    await type(1500, 6000);
    guest.shareTyping(true);
    await type(6100, 7000);
    await at(20_000);
  }),
  'an agent who types in bursts': conversation(async ({ at, conversation: guest }) => {
    for (let nth = 0; nth < 6; nth += 1) {
      const frame = { type: 'conversation:typing', conversationId: 'c1', participantId: 'agent' };
      guest.receive({ ...frame, isTyping: true });
      await at(nth * 4000 + 2000);
      guest.receive({ ...frame, isTyping: false });
      await at(nth * 4000 + 4000);
    }
  }),
  'an agent who falls silent': conversation(async ({ at, conversation: guest }) => {
    const frame = { type: 'conversation:typing', conversationId: 'c1', isTyping: true };
    guest.receive({ ...frame, participantId: 'agent' });
    await at(3000);
    guest.receive({ ...frame, participantId: 'bot', duration: 86_400_000 });
    await at(100_000);
  }),
  'a view that is left while somebody types': conversation(async ({ type, at, conversation: guest }) => {
    await type(0, 1400);
    void guest.leave();
    await at(20_000);
  }),
  'a view that is left just after a first key': conversation(async ({ at, conversation: guest }) => {
    await at(100);
    guest.keystroke();
    await at(300);
    void guest.leave();
    await at(20_000);
  }),
  'the work of a bot': conversation(async ({ at, clock, conversation: guest }) => {
    await at(1000);
    const work = new Promise<void>((resolve) => clock.setTimeout(resolve, 12_000));
    guest.typeWhile(work).catch(() => {});
    await at(30_000);
  }),
  'slow typing calls': conversation(async ({ type, at, transport }) => {
    transport.always('typing', { afterMs: 700, answer: 'accept' });
    await type(0, 6000);
    await at(20_000);
  }),
  'a typing call that hangs': conversation(async ({ type, at, transport }) => {
    transport.answer('typing', 'hang');
    await type(0, 8000);
    await at(20_000);
  }),
};
