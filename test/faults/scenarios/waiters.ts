import { conversation, failure } from '../playing.ts';

/** Who waits for markAsRead(). */
export const waiterScenarios = {
  'who waits while reads are made private': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.always('read', { afterMs: 900, answer: failure('network') });
      told('m1');
      guest.markAsRead('m1').catch(() => {});
      await at(300);
      guest.shareReads(false);
      await at(60_000);
    },
  ),
  'who asks for what is acknowledged': conversation(async ({ at, told, conversation: guest }) => {
    told('m1', 'm2');
    guest.viewed('m1');
    await at(3000);
    guest.viewed('m2');
    await at(6000);
    for (const messageId of ['m2', 'm1']) guest.markAsRead(messageId).catch(() => {});
    await at(60_000);
  }),
};
