import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';

const readElsewhere = (messageId: string) =>
  ({ type: 'message.read', conversationId: 'c1', participantId: 'guest', messageId }) as const;

describe('a mark whose message was taken out (R-9)', () => {
  it('names the next older one where that lies above what is acknowledged', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1', 'm2', 'm3');
    await conversation.markAsRead('m1');
    conversation.viewed('m3');
    conversation.messageRemoved('m3');
    await at(9000);
    expect(transport.log).toEqual(['0.0 READ m1', '1.0 READ m2']);
  });

  it('still has to be told where a call for something older than what it names is accepted', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.answer('read', { afterMs: 500, answer: 'accept' });
    told('m1', 'm2', 'm3');
    void conversation.markAsRead('m1');
    await at(100);
    conversation.viewed('m3');
    conversation.messageRemoved('m3');
    await at(9000);
    expect(transport.log).toEqual(['0.0 READ m1', '1.0 READ m2']);
  });

  it('has nothing left to tell where something newer was read on another device', async () => {
    const { conversation, transport, trace, told, at } = createHarness({ participantId: 'guest' });
    conversation.offline();
    told('m1', 'm2', 'm3');
    conversation.viewed('m2');
    conversation.messageRemoved('m2');
    transport.tell(readElsewhere('m3'));
    conversation.online();
    await at(9000);
    expect(transport.log).toEqual([]);
    expect(trace.of('read.acknowledged')).toMatchObject([{ mark: { position: 3, messageId: 'm3' } }]);
  });

  it('while the call that names that message is under way is acknowledged as it was reported', async () => {
    const { conversation, transport, trace, told, at } = createHarness();
    transport.answer('read', { afterMs: 500, answer: 'accept' });
    told('m1', 'm2');
    const reading = conversation.markAsRead('m2');
    await at(100);
    conversation.messageRemoved('m2');
    await at(9000);
    await reading;
    expect(transport.log).toEqual(['0.0 READ m2']);
    expect(trace.of('read.acknowledged').map(({ mark }) => mark)).toEqual([{ position: 2, messageId: 'm2' }]);
  });

  it('is told once where another device reads what the call under way names', async () => {
    const { conversation, transport, trace, told, at } = createHarness({ participantId: 'guest' });
    transport.answer('read', { afterMs: 500, answer: 'accept' });
    told('m1', 'm2');
    conversation.viewed('m2');
    conversation.messageRemoved('m2');
    await at(300);
    transport.tell(readElsewhere('m1'));
    await at(9000);
    expect(transport.log).toEqual(['0.2 READ m1']);
    expect(trace.of('read.acknowledged')).toMatchObject([{ mark: { position: 2, messageId: 'm1' } }]);
  });

  it('is acknowledged once, whatever else is taken out after that', async () => {
    const { conversation, trace, told } = createHarness();
    told('m1', 'm2', 'm3');
    await conversation.markAsRead('m2');
    for (const messageId of ['m3', 'm2', 'm1']) conversation.messageRemoved(messageId);
    expect(trace.of('read.acknowledged')).toHaveLength(1);
  });

  it('is told as well where an earlier run knew of nothing acknowledged', async () => {
    const { conversation, transport, told, at } = createHarness();
    conversation.offline();
    told('m1', 'm2');
    conversation.viewed('m2');
    conversation.messageRemoved('m2');
    const nothing = { seen: null, acknowledged: null, refused: null, over: false };
    conversation.actor.send({ type: 'ledger.loaded', ledgers: [{ conversationId: 'c1', ...nothing }] });
    conversation.online();
    await at(9000);
    expect(transport.log.map((call) => call.slice(4))).toEqual(['READ m1']);
  });

  it.each([
    ['that is known from it alone', false],
    ['that was told again meanwhile', true],
  ])('while its storage is read names the next older one (%s)', async (_, isToldAgain) => {
    const memory = createMemoryStorage();
    const first = createHarness({ storage: memory });
    first.conversation.offline();
    first.told('m1', 'm2');
    first.conversation.viewed('m2');
    await first.at(1000);
    first.conversation.stop();

    const clock = createSteppedClock();
    const slow = () => new Promise<void>((resolve) => void clock.setTimeout(resolve, 20));
    const second = createHarness({ clock, storage: createSlowStorage(memory, slow) });
    if (isToldAgain) second.told('m2');
    second.conversation.messageRemoved('m2');
    await second.at(20_000);
    expect(second.transport.log.map((call) => call.slice(4))).toEqual(['READ m1']);
    second.conversation.stop();
  });
});
