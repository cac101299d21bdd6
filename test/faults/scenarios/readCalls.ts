import { createRecorded } from '../../support/recorded.ts';
import { conversation, failure } from '../playing.ts';

const ownRead = { type: 'conversation:read', conversationId: 'c1', participantId: 'guest' };

/** Read calls that meet something on their way. */
export const readCallScenarios = {
  'a call that is refused, and what was seen meanwhile': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.answer('read', { afterMs: 500, answer: failure('bad-request') });
      told('m1', 'm2');
      guest.viewed('m1');
      await at(600);
      guest.viewed('m2');
      await at(20_000);
    },
  ),
  'a call under way, above whose message one is seen and taken out': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.always('read', { afterMs: 900, answer: 'accept' });
      told('m1', 'm2', 'm3');
      await at(3000);
      guest.viewed('m2');
      await at(3600);
      guest.viewed('m3');
      guest.messageRemoved('m3');
      await at(20_000);
    },
  ),
  'a call under way for what is read elsewhere meanwhile': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.always('read', { afterMs: 900, answer: 'accept' });
      told('m1');
      guest.viewed('m1');
      await at(600);
      guest.receive({ ...ownRead, messageId: 'm1' });
      await at(20_000);
    },
    { participantId: 'guest' },
  ),
  'a call under way as the page is frozen': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.always('read', { afterMs: 100_000, answer: 'accept' });
      told('m1');
      guest.viewed('m1');
      await at(300);
      guest.freeze();
      await at(2000);
      guest.resume();
      await at(400_000);
    },
  ),
  'a message that the guest sent, and sees': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1');
      guest.messageSent('mine');
      guest.viewed('mine');
      await at(20_000);
    },
    { participantId: 'guest' },
  ),
  'reads kept to oneself in a conversation that ends': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1');
      guest.shareReads(false);
      guest.viewed('m1');
      await at(3000);
      guest.end();
      await at(4000);
      guest.shareReads(true);
      await at(20_000);
    },
  ),
  'a conversation that the guest ends while a reply says so as well': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.answer('read', { afterMs: 1500, answer: 'accept' });
      transport.answer('typing', { afterMs: 800, answer: failure('conversation-ended') });
      told('m1');
      guest.viewed('m1');
      await at(400);
      guest.keystroke();
      await at(600);
      guest.end();
      await at(20_000);
    },
  ),
  'a page that goes just after a silence, with marks of two conversations': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.answer('typing', failure('rate-limited', { retryAfterMs: 2000 }));
      guest.keystroke();
      await at(10);
      const end = guest.actor.getSnapshot().context.limit.blockedUntil;
      await at(end - 60);
      told('m1');
      guest.viewed('m1');
      guest.open('c2');
      told('n1');
      guest.viewed('n1');
      transport.always('read', { afterMs: 100, answer: 'accept' });
      await at(end + 20);
      guest.hide();
      await at(20_000);
    },
  ),
  'two views that go one right after the other, with much to tell': async () => {
    const world = createRecorded({ logger: () => {} });
    const { at, clock, conversation: first, transport } = world;
    const second = world.make({ conversationId: 'd0' }).start();
    transport.always('read', { afterMs: 5000, answer: 'accept' });
    for (const [name, view] of [
      ['c', first],
      ['d', second],
    ] as const) {
      for (let nth = 1; nth <= 20; nth += 1) {
        view.open(`${name}${nth}`);
        const messageId = `${name}${nth}`.padEnd(2000, 'm');
        view.messageReceived({ messageId, participantId: 'agent' });
        view.viewed(messageId);
      }
      view.hide();
      await at(clock.now() + 20);
    }
    await at(60_000);
    first.stop();
    second.stop();
    return world.recorder.trace();
  },
};
