import type { Conversation } from 'genesys-conversation-machine';
import { createRecorded } from '../../support/recorded.ts';
import { conversation, failure } from '../playing.ts';

const nowOf = ({ actor }: Conversation): number => actor.getSnapshot().context.ports.readings.now();

/** What is seen, and how it is reported. */
export const readingScenarios = {
  'two views whose reads fail at once': async () => {
    const world = createRecorded({ logger: () => {} });
    const second = world.make();
    second.start();
    world.transport.answer('read', failure('network'), failure('network'), failure('network'));
    world.conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    world.conversation.viewed('m1');
    second.messageReceived({ messageId: 'm2', participantId: 'agent' });
    second.viewed('m2');
    await world.at(20_000);
    world.conversation.stop();
    second.stop();
    return world.recorder.trace();
  },
  'reads in order, one at a time': conversation(async ({ at, told, conversation: guest, transport }) => {
    transport.always('read', { afterMs: 500, answer: 'accept' });
    told('m1', 'm2', 'm3', 'm4');
    guest.viewed('m2');
    await at(400);
    guest.viewed('m1');
    guest.viewed('m3');
    await at(600);
    guest.viewed('m4');
    guest.viewed('m3');
    await at(20_000);
  }),
  'reads that fail': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      told('m1', 'm2', 'm3', 'm4');
      for (const messageId of ['m1', 'm2', 'm3', 'm4']) {
        transport.answer('read', failure('network'), failure('unavailable'));
        guest.viewed(messageId);
        await at(nowOf(guest) + 60_000);
        for (let time = 0; time < 8; time += 1) {
          await at(nowOf(guest) + 1000);
          guest.keystroke();
        }
      }
      transport.answer('read', failure('network'), failure('network'), failure('network'));
      told('m5');
      guest.viewed('m5');
      await at(nowOf(guest) + 300_000);
    },
    { timing: { backoffBase: 2000 } },
  ),
  'a read that fails while the other lane is told to wait': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.answer('read', { afterMs: 500, answer: failure('network') });
      transport.answer('typing', { afterMs: 600, answer: failure('rate-limited', { retryAfterMs: 3000 }) });
      told('m1');
      guest.viewed('m1');
      await at(50);
      guest.keystroke();
      await at(20_000);
    },
  ),
  'a back end that fails for long': conversation(
    async ({ at, told, conversation: guest, transport, clock }) => {
      transport.always('read', failure('unavailable'));
      for (let nth = 1; nth <= 8; nth += 1) {
        told(`m${nth}`);
        guest.viewed(`m${nth}`);
        await at(clock.now() + 120_000);
      }
      transport.forgetAnswers();
      await at(clock.now() + 300_000);
    },
  ),
  'marks that are waited for': conversation(async ({ at, told, conversation: guest, transport }) => {
    transport.answer('read', { afterMs: 800, answer: failure('network') });
    told('m1', 'm2');
    const reading = guest.markAsRead('m2');
    await at(20_000);
    await reading;
    told('m3');
    const all = guest.markAsRead();
    await at(30_000);
    await all;
  }),
  'an unread count': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1', 'm2');
      guest.messageReceived({ messageId: 'mine', participantId: 'guest' });
      told('m3');
      guest.viewed('m2');
      await at(2000);
      guest.viewed('m3');
      await at(20_000);
    },
    { participantId: 'guest' },
  ),
  'a page that goes with marks of two conversations': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1');
      guest.viewed('m1');
      guest.open('c2');
      told('n1');
      guest.viewed('n1');
      await at(50);
      guest.hide();
      await at(20_000);
      guest.show();
      await at(30_000);
    },
  ),
  'typing and reading after a silence': conversation(
    async ({ at, told, conversation: guest, transport, type }) => {
      transport.tell({ type: 'limit.announced', retryAfterMs: 2000 });
      told('m1');
      guest.viewed('m1');
      await type(100, 6000);
      await at(20_000);
    },
  ),
  'a page of the past': conversation(async ({ at, told, conversation: guest }) => {
    told('m5', 'm6');
    guest.viewed('m6');
    await at(3000);
    guest.historyReceived(['m1', 'm2', 'm3'].map((messageId) => ({ messageId, participantId: 'agent' })));
    await at(6000);
    guest.viewed('m2');
    await at(20_000);
  }),
  'a back end without read receipts': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1');
      guest.viewed('m1');
      guest.markAsRead('m1').catch(() => {});
      await at(3000);
      guest.hide();
      guest.end();
      await at(20_000);
    },
    { capabilities: { readReceipts: false } },
  ),
  'a message that is taken out': conversation(async ({ at, told, conversation: guest }) => {
    guest.offline();
    told('m1', 'm2');
    guest.viewed('m2');
    guest.messageRemoved('m2');
    await at(1000);
    guest.online();
    await at(20_000);
  }),
  'messages of one’s own, and reads elsewhere': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      guest.messageReceived({ messageId: 'mine-1', participantId: 'guest' });
      guest.viewed('mine-1');
      await at(2000);
      told('m1');
      transport.tell({ type: 'message.read', conversationId: 'c1', participantId: 'guest', messageId: 'm1' });
      guest.viewed('m1');
      await at(4000);
      guest.seen(['mine-1', 'm1']);
      guest.messageReceived({ messageId: 'mine-2', participantId: 'guest' });
      guest.markAsRead().catch(() => {});
      await at(20_000);
    },
    { participantId: 'guest' },
  ),
  'reading kept to oneself': conversation(async ({ at, told, conversation: guest }) => {
    guest.shareReads(false);
    told('m1');
    guest.viewed('m1');
    await at(3000);
    guest.hide();
    await at(6000);
    guest.shareReads(true);
    await at(20_000);
  }),
  'everything up to now': conversation(async ({ at, told, conversation: guest }) => {
    told('m1', 'm2');
    const reading = guest.markAsRead();
    await at(3000);
    await reading;
  }),
};
