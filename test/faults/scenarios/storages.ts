import { createConversation, persistLedger } from 'genesys-conversation-machine';
import { createScriptedTransport } from 'genesys-conversation-machine/testing';
import { createMemoryStorage, createSlowStorage } from '../../support/memoryStorage.ts';
import { createRecorded } from '../../support/recorded.ts';
import { conversation, failure } from '../playing.ts';

/** Marks that are stored, and the lives that load them. */
export const storageScenarios = {
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
  'a message that is taken out while a storage is read': async () => {
    const storage = createMemoryStorage();
    const world = createRecorded({ storage: persistLedger(storage), logger: () => {} });
    world.conversation.offline();
    world.told('m1', 'm2');
    world.conversation.viewed('m2');
    await world.at(1000);
    world.conversation.stop();
    const twentyMs = () => new Promise<void>((resolve) => void world.clock.setTimeout(resolve, 20));
    const second = world.make({
      storage: persistLedger(createSlowStorage(storage, twentyMs)),
    });
    second.start();
    second.messageRemoved('m2');
    await world.at(20_000);
    second.stop();
    return world.recorder.trace();
  },
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
};
