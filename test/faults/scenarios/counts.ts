import { conversation, failure } from '../playing.ts';

const typing = { type: 'conversation:typing', conversationId: 'c1', participantId: 'agent', isTyping: true };

/** What is left to be seen, and what is heard of others. */
export const countScenarios = {
  'reads that are forbidden, until a fresh token comes': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.answer('read', failure('forbidden'));
      transport.always('read', { afterMs: 500, answer: 'accept' });
      told('m1');
      guest.viewed('m1');
      await at(2000);
      guest.reauthorize();
      await at(5000);
      told('m2');
      guest.viewed('m2');
      await at(20_000);
    },
  ),
  'a message that is wished unread, below one that is seen again': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1', 'm2');
      await at(3000);
      guest.viewed('m2');
      await at(5000);
      guest.markAsUnread('m1');
      guest.viewed('m2');
      await at(20_000);
    },
  ),
  'two messages with one stamp': conversation(async ({ at, conversation: guest, clock }) => {
    const sentAt = clock.wallNow() - 5000;
    await at(3000);
    for (const messageId of ['m1', 'm2'])
      guest.messageReceived({ messageId, participantId: 'agent', sentAt });
    guest.keystroke();
    guest.viewed('m2');
    await at(20_000);
  }),
  'messages that come in another order than they were said, one of them taken out': conversation(
    async ({ at, conversation: guest, clock }) => {
      const since = clock.wallNow() - 50_000;
      const hear = (messageId: string, after: number): void =>
        guest.messageReceived({ messageId, participantId: 'agent', sentAt: since + after });
      await at(3000);
      hear('m1', 1000);
      hear('m2', 5000);
      guest.viewed('m2');
      await at(6000);
      guest.messageRemoved('m2');
      hear('m3', 7000);
      hear('m5', 9000);
      hear('m4', 6000);
      await at(20_000);
    },
  ),
  'a message that is taken out before it is told': conversation(async ({ at, told, conversation: guest }) => {
    told('m1');
    await at(3000);
    guest.messageRemoved('m2');
    await at(4000);
    told('m2');
    await at(20_000);
  }),
  'others whose reads come before their messages': conversation(
    async ({ at, told, conversation: guest }) => {
      const read = { type: 'conversation:read', conversationId: 'c1' };
      told('m1');
      guest.receive({ ...read, participantId: 'agent', messageId: 'm1' });
      guest.receive({ ...read, participantId: 'agent', messageId: 'm5' });
      guest.receive({ ...read, participantId: 'bot', messageId: 'm1' });
      await at(1000);
      told('m5');
      await at(20_000);
    },
    { participantId: 'guest' },
  ),
  'a message that is told again while its author types': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1');
      await at(3000);
      guest.receive(typing);
      await at(3500);
      told('m1');
      await at(20_000);
    },
    { participantId: 'guest' },
  ),
  'what the guest sent, and its echo that does not say who they are': conversation(
    async ({ at, told, conversation: guest }) => {
      guest.messageSent('mine');
      guest.messageReceived({ messageId: 'mine', participantId: 'somebody' });
      guest.markAsRead().catch(() => {});
      await at(3000);
      guest.markAsRead('mine').catch(() => {});
      told('m1');
      await at(6000);
      guest.messageReceived({ messageId: 'mine', participantId: 'somebody' });
      guest.viewed('m1');
      await at(20_000);
    },
  ),
  'a message that is taken out, of a conversation whose ids are those of another': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1', 'm2');
      guest.messageRemoved('m2');
      guest.open('c2');
      told('m2');
      guest.viewed('m2');
      await at(20_000);
    },
  ),
};
