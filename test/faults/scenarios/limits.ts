import { persistLedger } from 'genesys-conversation-machine';
import type { TraceFile } from 'genesys-conversation-machine/testing';
import { createMemoryStorage } from '../../support/memoryStorage.ts';
import { createRecorded } from '../../support/recorded.ts';
import { conversation, failure } from '../playing.ts';

/** What a reply means for the calls after it: silences, tokens, and the end of a conversation. */
export const limitScenarios = {
  'two views, of which one is told to wait': async () => {
    const world = createRecorded({ logger: () => {} });
    const second = world.make();
    second.start();
    world.transport.answer('read', failure('rate-limited', { retryAfterMs: 10_000 }));
    world.told('m1');
    world.conversation.viewed('m1');
    await world.at(1000);
    for (let time = 1000; time <= 8000; time += 500) {
      await world.at(time);
      second.keystroke();
    }
    await world.at(40_000);
    world.conversation.stop();
    second.stop();
    return world.recorder.trace();
  },
  'a back end that tells to wait, again and again': conversation(
    async ({ at, told, conversation: guest, transport, clock }) => {
      for (let nth = 1; nth <= 5; nth += 1) {
        transport.answer('read', failure('rate-limited', { retryAfterMs: 2000 }));
        told(`m${nth}`);
        guest.viewed(`m${nth}`);
        await at(clock.now() + 20_000);
      }
    },
  ),
  'a second life within a silence': async () => {
    const storage = persistLedger(createMemoryStorage());
    const world = createRecorded({ storage, logger: () => {} });
    world.transport.answer('typing', failure('rate-limited', { retryAfterMs: 20_000 }));
    world.conversation.keystroke();
    await world.clock.settle();
    world.told('m1');
    world.conversation.viewed('m1');
    await world.at(1000);
    world.conversation.stop();
    const second = world.make().start();
    await world.at(60_000);
    second.stop();
    return world.recorder.trace();
  },
  'a later limit that is shorter': conversation(async ({ at, type, transport }) => {
    transport.tell({ type: 'limit.announced', retryAfterMs: 20_000 });
    await at(500);
    transport.tell({ type: 'limit.announced', retryAfterMs: 1000 });
    await type(600, 30_000, 500);
    await at(60_000);
  }),
  'a later 429 that is shorter': conversation(async ({ at, type, told, conversation: guest, transport }) => {
    transport.answer('read', { afterMs: 900, answer: failure('rate-limited', { retryAfterMs: 1000 }) });
    transport.answer('typing', { afterMs: 400, answer: failure('rate-limited', { retryAfterMs: 20_000 }) });
    told('m1');
    guest.viewed('m1');
    await type(300, 30_000, 500);
    await at(60_000);
  }),
  'a limit beyond belief': conversation(
    async ({ at, type, told, conversation: guest, transport }) => {
      transport.answer('typing', failure('rate-limited', { retryAfterMs: 86_400_000 }));
      await type(0, 9000, 500);
      transport.tell({ type: 'limit.announced', retryAfterMs: 86_400_000 });
      told('m1');
      guest.viewed('m1');
      await at(60_000);
    },
    { timing: { retryAfterCap: 5000 } },
  ),
  'an end that only a reply told of': conversation(
    async ({ at, type, told, conversation: guest, transport }) => {
      transport.answer('read', { afterMs: 3000, answer: 'accept' });
      transport.answer('typing', { afterMs: 300, answer: failure('not-found') });
      told('m1');
      guest.viewed('m1');
      await at(300);
      await type(400, 2000);
      await at(20_000);
    },
  ),
  'an end for good': conversation(async ({ at, type, told, conversation: guest, transport }) => {
    guest.receive({
      type: 'conversation:typing',
      conversationId: 'c1',
      participantId: 'agent',
      isTyping: true,
    });
    await type(0, 400);
    transport.answer('typing', failure('conversation-ended'));
    await type(1000, 6000);
    told('m1');
    guest.viewed('m1');
    guest.receive({
      type: 'conversation:typing',
      conversationId: 'c1',
      participantId: 'agent',
      isTyping: true,
    });
    await at(20_000);
    guest.end();
    await type(20_100, 24_000);
    guest.viewed('m1');
    await at(40_000);
  }),
  'a token that expires under two calls': conversation(
    async ({ at, type, told, conversation: guest, transport }) => {
      transport.answer('read', failure('unauthorized', { tokenGeneration: 1 }));
      transport.answer('typing', { afterMs: 900, answer: failure('unauthorized', { tokenGeneration: 1 }) });
      told('m1');
      guest.viewed('m1');
      await type(150, 4000);
      await at(20_000);
    },
  ),
  'a stop with everything under way': conversation(
    async ({ at, type, told, conversation: guest, transport }) => {
      transport.always('read', 'hang');
      transport.always('typing', { afterMs: 700, answer: 'accept' });
      guest.receive({
        type: 'conversation:typing',
        conversationId: 'c1',
        participantId: 'agent',
        isTyping: true,
      });
      told('m1');
      guest.markAsRead('m1').catch(() => {});
      await type(0, 300);
      await at(400);
    },
  ),
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
  'a page that is frozen while it announces, and a limit': conversation(
    async ({ at, type, told, conversation: guest, transport }) => {
      transport.answer('typing', 'hang');
      guest.keystroke();
      await at(100);
      guest.freeze();
      await at(200);
      guest.resume();
      await at(2000);
      transport.tell({ type: 'limit.announced', retryAfterMs: 1000 });
      await at(4000);
      told('m1');
      guest.viewed('m1');
      await type(4100, 8000);
      await at(60_000);
    },
  ),
  'a token that works, and expires': conversation(async ({ at, told, conversation: guest, transport }) => {
    transport.answer(
      'read',
      ...[failure('unauthorized', { tokenGeneration: 1 }), 'accept' as const],
      ...[failure('unauthorized', { tokenGeneration: 2 }), 'accept' as const],
    );
    told('m1');
    guest.viewed('m1');
    await at(10_000);
    told('m2');
    guest.viewed('m2');
    await at(60_000);
  }),
  'a back end that recovers from a long failure': conversation(
    async ({ at, told, clock, conversation: guest, transport }) => {
      transport.always('read', failure('unavailable'));
      told('m0');
      guest.viewed('m0');
      await at(1_500_000);
      transport.forgetAnswers();
      await at(1_700_000);
      for (let nth = 1; nth <= 20; nth += 1) {
        told(`m${nth}`);
        guest.viewed(`m${nth}`);
        await at(clock.now() + 5000);
      }
      transport.answer('read', failure('network'));
      told('last');
      guest.viewed('last');
      await at(clock.now() + 100_000);
    },
  ),
  'a stop while a message is sent': conversation(async ({ at, conversation: guest, transport }) => {
    transport.answer('message', 'hang');
    guest.sendMessage('hello').catch(() => {});
    await at(1000);
  }),
} satisfies Readonly<Record<string, () => Promise<TraceFile>>>;
