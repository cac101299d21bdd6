import type { TraceFile } from 'genesys-conversation-machine/testing';
import { conversation, failure } from './playing.ts';

/** What a reply means for the calls after it: silences, tokens, and the end of a conversation. */
export const limitScenarios = {
  'a call that is accepted within a silence': conversation(
    async ({ at, type, told, conversation: guest, transport }) => {
      transport.answer('read', { afterMs: 1500, answer: 'accept' });
      transport.answer('typing', failure('rate-limited', { retryAfterMs: 10_000 }));
      told('m1');
      guest.viewed('m1');
      await at(300);
      await type(400, 2000, 500);
      told('m2');
      guest.viewed('m2');
      await type(2100, 20_000, 500);
      await at(40_000);
    },
  ),
  'a network that is back within a silence': conversation(
    async ({ at, type, told, conversation: guest, transport }) => {
      transport.tell({ type: 'limit.announced', retryAfterMs: 10_000 });
      guest.offline();
      await at(1000);
      guest.online();
      told('m1');
      guest.viewed('m1');
      await type(2000, 12_000, 500);
      await at(40_000);
    },
  ),
  'an end that concerns the conversation before': conversation(
    async ({ at, type, told, conversation: guest, transport }) => {
      transport.answer('read', { afterMs: 1500, answer: failure('conversation-ended') });
      told('m1');
      guest.viewed('m1');
      await at(300);
      guest.open('c2');
      await type(3000, 6000);
      transport.tell({ type: 'conversation.ended', conversationId: 'c1' });
      transport.tell({ type: 'conversation.ended', conversationId: 'c3' });
      await at(20_000);
    },
  ),
  'reads that fail, and wait no longer than may be': conversation(
    async ({ at, told, conversation: guest, transport, clock }) => {
      for (let nth = 1; nth <= 2; nth += 1) {
        transport.answer('read', failure('network'), failure('network'));
        told(`m${nth}`);
        guest.viewed(`m${nth}`);
        await at(clock.now() + 30_000);
      }
    },
    { timing: { backoffBase: 2000, backoffCap: 2500 } },
  ),
  'a token that cannot be had at first': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.answer('read', failure('unauthorized', { tokenGeneration: 1 }));
      transport.answer('token', failure('network'), failure('unavailable'));
      told('m1');
      guest.viewed('m1');
      await at(60_000);
    },
  ),
  'a straggler while another token is fetched': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.answer('typing', { afterMs: 2500, answer: failure('unauthorized', { tokenGeneration: 1 }) });
      transport.answer(
        'read',
        failure('unauthorized', { tokenGeneration: 1 }),
        'accept',
        failure('unauthorized', { tokenGeneration: 2 }),
      );
      transport.answer('token', 'accept', { afterMs: 4000, answer: 'accept' });
      told('m1');
      guest.viewed('m1');
      await at(150);
      guest.keystroke();
      await at(1600);
      told('m2');
      guest.viewed('m2');
      await at(20_000);
    },
  ),
  'an end that the stop of an indicator takes back': conversation(
    async ({ at, type, told, conversation: guest, transport }) => {
      transport.answer('typing', 'accept', { afterMs: 1000, answer: 'accept' });
      transport.answer('read', { afterMs: 500, answer: failure('not-found') });
      await type(0, 1200);
      told('m1');
      guest.viewed('m1');
      await at(1300);
      guest.stopTyping();
      await at(20_000);
    },
  ),
  'a stop while a message is sent': conversation(async ({ at, conversation: guest, transport }) => {
    transport.answer('message', 'hang');
    guest.sendMessage('hello').catch(() => {});
    await at(1000);
  }),
} satisfies Readonly<Record<string, () => Promise<TraceFile>>>;
