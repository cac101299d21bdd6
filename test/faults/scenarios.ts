import { type Conversation, createConversation, persistLedger } from 'genesys-conversation-machine';
import {
  createScriptedTransport,
  genesysFrames,
  type TraceFile,
  type Violation,
} from 'genesys-conversation-machine/testing';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';
import { createRecorded, createRecordedSession } from '../support/recorded.ts';
import { amongManyAndAlone } from './amongMany.ts';
import { episodeScenarios } from './episodeScenarios.ts';
import { limitScenarios } from './limitScenarios.ts';
import { messageScenarios } from './messageScenarios.ts';
import { conversation, failure, session } from './playing.ts';
import { readingScenarios } from './readingScenarios.ts';

/**
 * Small worlds, one for each thing that can go wrong; every clause holds in all of them. One that no single trace shows
 * says itself what does not hold.
 */
export const scenarios = {
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
  'a second life while the first one rested': async () => {
    const world = createRecorded({ logger: () => {} });
    world.transport.answer('read', failure('network'), failure('network'), failure('network'));
    world.told('m1');
    world.conversation.viewed('m1');
    await world.at(10_000);
    world.conversation.stop();
    const second = world.make();
    second.start();
    second.messageReceived({ messageId: 'm1', participantId: 'agent' });
    second.viewed('m1');
    await world.at(20_000);
    second.stop();
    return world.recorder.trace();
  },
  'a page of the past while a storage is read': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1');
      guest.viewed('m1');
      guest.historyReceived([{ messageId: 'h1', participantId: 'agent' }]);
      await at(20_000);
    },
    { storage: persistLedger(createSlowStorage(createMemoryStorage())) },
  ),
  'a storage that does not answer': conversation(
    async ({ at, told, conversation: guest }) => {
      told('m1');
      guest.viewed('m1');
      await at(3000);
      told('m2');
      await at(20_000);
    },
    { storage: persistLedger(createSlowStorage(createMemoryStorage(), () => new Promise(() => {}))) },
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
  'a second life with the same storage': async () => {
    const storage = createMemoryStorage();
    const world = createRecorded({ storage: persistLedger(storage), logger: () => {} });
    world.told('m1', 'm2');
    world.conversation.viewed('m2');
    await world.at(3000);
    world.conversation.stop();
    const second = world.make();
    second.start();
    for (const messageId of ['m1', 'm2', 'm3']) second.messageReceived({ messageId, participantId: 'agent' });
    second.viewed('m1');
    await world.at(6000);
    second.viewed('m2');
    await world.at(9000);
    second.viewed('m3');
    await world.at(12_000);
    second.stop();
    return world.recorder.trace();
  },
  'a storage that another shares, who has read less': async () => {
    const storage = createMemoryStorage();
    const world = createRecorded({ storage: persistLedger(storage), logger: () => {} });
    const { clock, conversation: guest, told, at } = world;
    const elsewhere = createConversation({
      ...{ transport: createScriptedTransport({ clock }), clock, random: () => 0.25, conversationId: 'c1' },
      storage: persistLedger(storage),
    }).start();
    for (const messageId of ['m1', 'm2', 'm3', 'm4']) {
      told(messageId);
      elsewhere.messageReceived({ messageId, participantId: 'agent' });
    }
    guest.offline();
    guest.viewed('m3');
    elsewhere.viewed('m2');
    await at(3000);
    guest.viewed('m4');
    await at(6000);
    guest.online();
    await at(20_000);
    elsewhere.stop();
    guest.stop();
    return world.recorder.trace();
  },
  'a storage whose last write a crash cut short': async () => {
    const storage = createMemoryStorage();
    let last = '';
    let hasCrashed = false;
    const noting = {
      ...storage,
      setItem: (key: string, value: string): void => {
        if (hasCrashed) return;
        last = key;
        storage.setItem(key, value);
      },
    };
    const world = createRecorded({ storage: persistLedger(noting), logger: () => {} });
    const { clock, transport, told } = world;
    for (const messageId of ['m1', 'm2']) {
      told(messageId);
      world.conversation.viewed(messageId);
      await clock.advance(3000);
    }
    world.conversation.stop();
    const second = world.make().start();
    transport.answer('read', 'hang');
    second.messageReceived({ messageId: 'm3', participantId: 'agent' });
    second.viewed('m3');
    await clock.advance(1000);
    hasCrashed = true;
    second.stop();
    storage.items.set(last, (storage.items.get(last) ?? '').slice(0, 40));
    hasCrashed = false;
    const third = world.make().start();
    third.messageReceived({ messageId: 'm2', participantId: 'agent' });
    third.viewed('m2');
    await clock.advance(20_000);
    third.stop();
    return world.recorder.trace();
  },
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

  'a session that talks': session(async ({ clock, genesys, session: messaging }) => {
    for (let nth = 0; nth < 3; nth += 1) messaging.sendMessage('hello').catch(() => {});
    genesys.say('hello yourself');
    const again = genesysFrames.structured(
      genesysFrames.text('twice-1', 'hear, hear', '2026-01-01T00:00:00.000Z'),
    );
    for (let nth = 0; nth < 2; nth += 1) genesys.receive(again);
    await clock.advance(200_000);
  }),
  'a session that is configured twice': session(async ({ clock, genesys, session: messaging }) => {
    messaging.subscribe(() => {});
    genesys.receive(genesysFrames.session());
    genesys.say('hello');
    await clock.advance(20_000);
  }),
  'a session that types': session(async ({ clock, session: messaging }) => {
    const signal = new AbortController().signal;
    const conversationId = messaging.conversationId ?? '';
    for (let time = 0; time < 120; time += 1) {
      messaging
        .sendTyping({ conversationId, isTyping: true, attempt: 1, keepalive: false }, { signal })
        .catch(() => {});
      await clock.advance(100);
    }
  }),
  'a session that is lost, again and again': session(async ({ clock, genesys, session: messaging }) => {
    for (let nth = 0; nth < 6; nth += 1) {
      genesys.refuse(nth);
      genesys.drop();
      genesys.say('while away');
      await clock.advance(120_000);
    }
    messaging.sendMessage('still here').catch(() => {});
    await clock.advance(5000);
  }),
  'a session with a silent link': session(async ({ clock, genesys }) => {
    genesys.goSilent();
    await clock.advance(120_000);
    genesys.goSilent();
    await clock.advance(120_000);
  }),
  'a session that is lost as soon as it is had': session(async ({ clock, genesys }) => {
    for (let nth = 0; nth < 6; nth += 1) {
      genesys.drop();
      await clock.advance(100);
      for (let wait = 0; wait < 600 && genesys.sockets.at(-1)?.readyState !== 1; wait += 1)
        await clock.advance(50);
      await clock.advance(200);
    }
    await clock.advance(60_000);
  }),
  'a session that is doubted': session(async ({ clock, session: messaging }) => {
    for (let nth = 0; nth < 4; nth += 1) {
      messaging.show();
      await clock.advance(7000);
    }
  }),
  'another session over a silent link': session(async ({ clock, genesys, session: messaging }) => {
    messaging.online();
    genesys.goSilent();
    messaging.show();
    await clock.advance(1000);
    messaging.startNew().catch(() => {});
    await clock.advance(120_000);
  }),
  'a session that is closed in good order': session(async ({ clock, genesys, session: messaging }) => {
    genesys.drop(1000);
    await clock.advance(60_000);
    messaging.connect().catch(() => {});
    await clock.advance(1000);
    genesys.clear();
    await clock.advance(60_000);
  }),
  'a guest who is signed out': session(async ({ clock, genesys, session: messaging }) => {
    genesys.logout();
    await clock.advance(1000);
    messaging.connect().catch(() => {});
    await clock.advance(1000);
    genesys.drop();
    await clock.advance(60_000);
  }),
  'a guest who is signed out, and loads the page again': async () => {
    const {
      clock,
      genesys,
      recorder,
      session: first,
      make,
      connect,
    } = createRecordedSession({
      storage: createMemoryStorage(),
    });
    await connect();
    genesys.logout();
    await clock.advance(1000);
    first.stop();
    const second = make();
    second.connect().catch(() => {});
    await clock.advance(1000);
    second.stop();
    await clock.advance(1000);
    return recorder.trace();
  },
  'a message whose echo is lost': session(async ({ clock, genesys, session: messaging }) => {
    genesys.answer('message', 'ignore', 'ignore');
    messaging.sendMessage('did you get this').catch(() => {});
    messaging.sendMessage('and this').catch(() => {});
    await clock.advance(120_000);
  }),
  'frames that nobody knows': session(async ({ clock, genesys }) => {
    genesys.receive({ class: 'SomethingNew', code: 200, body: {} });
    await clock.advance(100);
    genesys.receive('no JSON');
    await clock.advance(100);
    genesys.receive({ class: 'Reaction', code: 200, body: { emoji: 1 } });
    await clock.advance(60_000);
  }),
  'a session that nears its end': session(async ({ clock, genesys, session: messaging }) => {
    genesys.session({ durationSeconds: 400 });
    genesys.drop();
    for (let time = 0; time < 200_000; time += 20_000) {
      genesys.types(3000);
      await clock.advance(20_000);
    }
    await clock.advance(100_000);
    messaging.show();
    await clock.advance(5000);
    messaging.show();
    await clock.advance(200_000);
  }),
  'a session that may only be looked at': session(async ({ clock, genesys, session: messaging }) => {
    genesys.disconnect(true);
    await clock.advance(100);
    messaging.sendMessage('anybody there').catch(() => {});
    const signal = new AbortController().signal;
    const conversationId = messaging.conversationId ?? '';
    messaging
      .sendTyping({ conversationId, isTyping: true, attempt: 1, keepalive: false }, { signal })
      .catch(() => {});
    messaging.show();
    await clock.advance(200_000);
  }),
  'a session that can be talked in again while somebody types': session(
    async ({ clock, genesys, recorder, session: messaging }) => {
      const guest = recorder
        .watch(createConversation({ transport: messaging, clock: recorder.clock }))
        .start();
      genesys.receive(genesysFrames.session({ newSession: false, readOnly: true }));
      await clock.advance(100);
      guest.keystroke();
      genesys.receive(genesysFrames.session({ newSession: false }));
      await clock.advance(20_000);
      guest.stop();
    },
  ),
  'a session that is told to be silent': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.limit(20);
      await clock.advance(100);
      messaging.sendMessage('hello').catch(() => {});
      genesys.limit(1);
      await clock.advance(5000);
      messaging.show();
      genesys.drop();
      await clock.advance(100_000);
      genesys.limit(86_400);
      await clock.advance(1000);
    },
    { timing: { retryAfterCap: 30_000 } },
  ),
  'a session that is told to be silent, again and again': session(async ({ clock, genesys }) => {
    for (let nth = 0; nth < 5; nth += 1) {
      genesys.limit(2);
      await clock.advance(10_000);
    }
  }),
  'a session that begins before it is configured': session(
    async ({ clock, genesys, session: messaging }) => {
      messaging.sendMessage('early').catch(() => {});
      genesys.answer('configureSession', 'ignore');
      genesys.drop();
      await clock.advance(60_000);
    },
    { latency: 300 },
  ),

  ...episodeScenarios,
  ...readingScenarios,
  ...limitScenarios,
  ...messageScenarios,

  'conversations of a hub, and each alone': amongManyAndAlone,
} satisfies Readonly<Record<string, () => Promise<TraceFile | readonly Violation[]>>>;

const nowOf = ({ actor }: Conversation): number => actor.getSnapshot().context.ports.readings.now();
