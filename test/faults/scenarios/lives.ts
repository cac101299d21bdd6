import { persistLedger } from 'genesys-conversation-machine';
import { createMemoryStorage, createSlowStorage } from '../../support/memoryStorage.ts';
import { createRecorded } from '../../support/recorded.ts';
import { failure } from '../playing.ts';

/** A conversation whose marks are stored, of a guest who is known. */
const stored = () =>
  createRecorded({ storage: persistLedger(createMemoryStorage()), participantId: 'guest', logger: () => {} });

/** What one life leaves to the next, and what two that share a storage leave to it. */
export const lifeScenarios = {
  'a second life, in a conversation that the first one ended': async () => {
    const world = stored();
    world.told('m1', 'm2');
    world.conversation.offline();
    world.conversation.viewed('m2');
    world.conversation.end();
    await world.at(1000);
    world.conversation.stop();
    await world.at(5000);
    const second = world.make().start();
    await world.at(20_000);
    second.stop();
    return world.recorder.trace();
  },
  'a second life, of which the first was refused for good': async () => {
    const world = stored();
    world.transport.answer('read', failure('bad-request'));
    world.told('m1', 'm2');
    world.conversation.viewed('m2');
    await world.at(5000);
    world.conversation.stop();
    const second = world.make().start();
    await world.at(20_000);
    second.stop();
    return world.recorder.trace();
  },
  'a storage that two views share, of which one knows less': async () => {
    const world = stored();
    const { at, conversation: guest, told } = world;
    const other = world.make().start();
    for (const view of [guest, other]) view.messageReceived({ messageId: 'm1', participantId: 'agent' });
    guest.viewed('m1');
    await at(3000);
    told('m2');
    guest.viewed('m2');
    await at(6000);
    // It stores something last: what others have read.
    other.receive({
      ...{ type: 'conversation:read', conversationId: 'c1', participantId: 'agent', messageId: 'm1' },
    });
    await at(7000);
    guest.stop();
    other.stop();
    const second = world.make().start();
    await at(20_000);
    second.stop();
    return world.recorder.trace();
  },
  'a second life that sees a message of one’s own': async () => {
    const world = stored();
    const { at, conversation: guest, told } = world;
    told('m1');
    guest.viewed('m1');
    await at(3000);
    guest.messageReceived({ messageId: 'mine', participantId: 'guest' });
    // Places are stored with marks.
    guest.receive({
      ...{ type: 'conversation:read', conversationId: 'c1', participantId: 'agent', messageId: 'm1' },
    });
    await at(7000);
    guest.stop();
    const second = world.make().start();
    second.viewed('mine');
    await at(20_000);
    second.stop();
    return world.recorder.trace();
  },
  'a message that is taken out while its mark is stored': async () => {
    let wait = (): Promise<void> => Promise.resolve();
    const storage = createSlowStorage(createMemoryStorage(), () => wait());
    const world = createRecorded({ storage: persistLedger(storage), logger: () => {} });
    const { at, clock, conversation: guest, told } = world;
    await at(100);
    wait = () => new Promise((resolve) => void clock.setTimeout(() => resolve(), 700));
    told('m1', 'm2', 'm3');
    await at(3000);
    guest.viewed('m2');
    await at(3300);
    guest.messageRemoved('m2');
    await at(20_000);
    guest.stop();
    return world.recorder.trace();
  },
};
