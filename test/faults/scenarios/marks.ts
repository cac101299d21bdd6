import { persistLedger } from 'genesys-conversation-machine';
import { checkInvariants, type TraceFile, type Violation } from 'genesys-conversation-machine/testing';
import { createMemoryStorage } from '../../support/memoryStorage.ts';
import { createRecorded } from '../../support/recorded.ts';
import { conversation, failure } from '../playing.ts';

const burst = [failure('network'), failure('network'), failure('network')];

/** What becomes of marks: what wakes them, what loses them, and who else knows of them. */
export const markScenarios = {
  'marks that are parked, and woken': conversation(
    async ({ at, told, conversation: guest, transport, clock }) => {
      let nth = 0;
      const park = async (): Promise<void> => {
        nth += 1;
        transport.answer('read', ...burst);
        told(`m${nth}`);
        guest.viewed(`m${nth}`);
        await at(clock.now() + 10_000);
      };
      for (let filled = 0; filled < 20; filled += 1) {
        told(`f${filled}`);
        guest.viewed(`f${filled}`);
        await at(clock.now() + 2000);
      }
      await park();
      told('newer');
      guest.viewed('newer');
      await at(clock.now() + 60_000);
      for (let filled = 20; filled < 40; filled += 1) {
        told(`f${filled}`);
        guest.viewed(`f${filled}`);
        await at(clock.now() + 2000);
      }
      await park();
      guest.offline();
      await at(clock.now() + 1000);
      guest.online();
      await at(clock.now() + 60_000);
    },
  ),
  'marks that are accepted at the second try': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.answer('read', failure('network'), 'accept');
      told('m1');
      guest.viewed('m1');
      await at(10_000);
      transport.answer('read', failure('unauthorized', { tokenGeneration: 1 }));
      told('m2');
      guest.viewed('m2');
      await at(20_000);
    },
  ),
  'messages of one’s own among those that are seen': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1');
      guest.messageReceived({ messageId: 'mine', participantId: 'guest' });
      guest.seen(['m1', 'mine']);
      await at(20_000);
    },
    { participantId: 'guest' },
  ),
  'a mark that is refused for good': conversation(async ({ at, told, conversation: guest, transport }) => {
    transport.always('read', failure('bad-request'));
    told('m1', 'm2');
    guest.viewed('m1');
    await at(4000);
    guest.viewed('m2');
    await at(8000);
    guest.end();
    await at(9000);
    guest.end();
    await at(20_000);
  }),
  'marks that an end loses': conversation(async ({ at, told, conversation: guest }) => {
    told('m1', 'm2');
    guest.viewed('m1');
    await at(3000);
    guest.viewed('m2');
    guest.end();
    await at(4000);
    guest.end();
    await at(20_000);
  }),
  'marks that are seen while a call is under way': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.always('read', { afterMs: 500, answer: 'accept' });
      told('m1', 'm2', 'm3');
      guest.viewed('m1');
      await at(400);
      void guest.markAsRead('m2').catch(() => {});
      await at(500);
      guest.viewed('m3');
      await at(20_000);
    },
  ),
  'messages that are seen one right after the other': conversation(
    async ({ at, told, conversation: guest }) => {
      for (let nth = 1; nth <= 30; nth += 1) {
        told(`m${nth}`);
        guest.viewed(`m${nth}`);
        await at(nth * 120);
      }
      await at(20_000);
    },
  ),
  'a message that is taken out, above one that was read': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1', 'm2', 'm3', 'm4');
      await at(3000);
      guest.messageRemoved('m4');
      guest.viewed('m1');
      await at(6000);
      guest.offline();
      guest.viewed('m2');
      guest.viewed('m3');
      guest.messageRemoved('m3');
      await at(8000);
      guest.online();
      await at(20_000);
    },
  ),
  'a message that is taken out before it is read': conversation(async ({ at, told, conversation: guest }) => {
    told('m1', 'm2', 'm3', 'm4');
    await at(3000);
    guest.viewed('m1');
    await at(6000);
    guest.viewed('m3');
    guest.messageRemoved('m3');
    await at(9000);
    guest.messageRemoved('m4');
    await at(20_000);
  }),
  'a message that is wished unread': conversation(async ({ at, told, conversation: guest }) => {
    told('m1', 'm2');
    await at(3000);
    guest.viewed('m2');
    guest.markAsUnread('m1');
    await at(4000);
    told('m3');
    guest.viewed('m3');
    await at(20_000);
  }),
  'a token that nobody can have, and who waits': conversation(
    async ({ at, told, conversation: guest, transport }) => {
      transport.answer('read', failure('unauthorized', { tokenGeneration: 1 }));
      told('m1');
      void guest.markAsRead('m1').catch(() => {});
      await at(20_000);
    },
    { canRefresh: false },
  ),
  'a page that goes with more than it may carry': conversation(async ({ at, told, conversation: guest }) => {
    for (let nth = 1; nth <= 40; nth += 1) {
      guest.open(`c${nth}`);
      const messageId = `${nth}`.padEnd(2000, 'm');
      told(messageId);
      guest.viewed(messageId);
    }
    guest.hide();
    await at(100_000);
  }),
  'a page that goes, of which one conversation is read': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1');
      guest.viewed('m1');
      await at(3000);
      guest.open('c2');
      told('n1');
      guest.viewed('n1');
      await at(3050);
      guest.freeze();
      await at(20_000);
    },
  ),
  'a mark that is left behind in another conversation': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1');
      guest.viewed('m1');
      guest.open('c2');
      await at(20_000);
    },
  ),
  'a stop and a read that are due at once': conversation(async ({ at, told, conversation: guest }) => {
    guest.keystroke();
    told('m1');
    await at(2800);
    guest.viewed('m1');
    await at(20_000);
  }),
  'a page of the past, and what of it is seen': conversation(async ({ at, told, conversation: guest }) => {
    told('m1', 'm2');
    guest.viewed('m1');
    await at(3000);
    guest.historyReceived([{ messageId: 'h1', participantId: 'agent' }]);
    guest.viewed('h1');
    await at(20_000);
  }),
  'two views that see the same': async () => {
    const world = createRecorded({ logger: () => {} });
    const second = world.make();
    second.start();
    for (const view of [world.conversation, second])
      view.messageReceived({ messageId: 'm1', participantId: 'agent' });
    world.conversation.viewed('m1');
    await world.at(5000);
    second.viewed('m1');
    await world.at(20_000);
    world.conversation.stop();
    second.stop();
    return world.recorder.trace();
  },
  'two views over a back end that fails for long': async () => {
    const world = createRecorded({ logger: () => {} });
    const second = world.make({ conversationId: 'c2' });
    second.start();
    world.transport.always('read', failure('unavailable'));
    for (let nth = 1; nth <= 8; nth += 1) {
      for (const view of [world.conversation, second]) {
        view.messageReceived({ messageId: `m${nth}`, participantId: 'agent' });
        view.viewed(`m${nth}`);
      }
      await world.at(nth * 120_000);
    }
    world.conversation.stop();
    second.stop();
    return world.recorder.trace();
  },
  'others who read, and one who is told to have read less': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1', 'm2');
      for (const messageId of ['m2', 'm1'])
        guest.receive({ type: 'conversation:read', conversationId: 'c1', participantId: 'agent', messageId });
      await at(20_000);
    },
    { participantId: 'guest' },
  ),
  'a second life, of which the first could not report': async (): Promise<readonly Violation[]> => {
    const storage = createMemoryStorage();
    const world = createRecorded({ storage: persistLedger(storage), logger: () => {} });
    world.told('m1', 'm2');
    world.conversation.offline();
    world.conversation.viewed('m2');
    await world.at(3000);
    world.conversation.stop();
    const second = world.make();
    second.start();
    await world.at(20_000);
    second.stop();
    const trace = world.recorder.trace();
    const isReported = trace.moments.some(
      (moment) => moment.kind === 'call' && moment.lane === 'read' && moment.messageId === 'm2',
    );
    const message = 'what the first life had stored was never reported';
    const lost = { clause: 'R-3a', at: trace.until, moment: trace.moments.length - 1, message };
    return [...checkInvariants(trace), ...(isReported ? [] : [lost])];
  },
} satisfies Readonly<Record<string, () => Promise<TraceFile | readonly Violation[]>>>;
