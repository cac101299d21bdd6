import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';

type Harness = ReturnType<typeof createHarness>;

const hour = 3_600_000;
const page = (...messageIds: string[]) =>
  messageIds.map((messageId) => ({ messageId, participantId: 'agent' }));
const receive = (
  { conversation, clock }: Harness,
  messageId: string,
  agoMs: number,
  participantId = 'agent',
) => conversation.messageReceived({ messageId, participantId, sentAt: clock.wallNow() - agoMs });

describe('a message that is told late (R-7)', () => {
  it('stands by its time below what is newer: an older page makes no call and is not unread', async () => {
    const harness = createHarness();
    const { conversation, transport, at } = harness;
    for (const id of ['m8', 'm9', 'm10']) receive(harness, id, 60_000);
    conversation.viewed('m10');
    await at(3000);
    for (const id of ['m5', 'm6', 'm7']) receive(harness, id, hour);
    expect(conversation.unread).toBe(0);
    conversation.viewed('m7');
    await at(6000);
    expect(transport.log).toEqual(['0.2 READ m10']);
  });

  it('makes no call back when it comes between two that were seen', async () => {
    const harness = createHarness();
    const { conversation, transport, at } = harness;
    receive(harness, 'm1', 30_000);
    receive(harness, 'm3', 10_000);
    conversation.viewed('m3');
    await at(3000);
    receive(harness, 'm2', 20_000);
    conversation.viewed('m2');
    await conversation.markAsRead();
    await at(9000);
    expect(conversation.unread).toBe(0);
    expect(transport.log).toEqual(['0.2 READ m3']);
  });

  it('is unread, and read in its turn, where only older ones were seen', async () => {
    const harness = createHarness();
    const { conversation, transport, at } = harness;
    receive(harness, 'm1', 30_000);
    receive(harness, 'm3', 10_000);
    conversation.viewed('m1');
    await at(3000);
    receive(harness, 'm2', 20_000);
    expect(conversation.unread).toBe(2);
    conversation.viewed('m2');
    expect(conversation.unread).toBe(1);
    await at(9000);
    expect(transport.log).toEqual(['0.2 READ m1', '3.2 READ m2']);
  });

  it('finds its place in a thousand that come between the same two, whichever way round they come', () => {
    for (const ids of [
      Array.from({ length: 1000 }, (_, n) => n),
      Array.from({ length: 1000 }, (_, n) => 999 - n),
    ]) {
      const harness = createHarness();
      const { conversation } = harness;
      receive(harness, 'first', 10_000);
      receive(harness, 'last', 0);
      for (const n of ids) receive(harness, `m${n}`, 9000 - n);
      expect(conversation.unread).toBe(1002);
      conversation.viewed('m499');
      expect(conversation.unread).toBe(501);
    }
  });

  it('does not sink below one whose stamp is an hour ahead', () => {
    const harness = createHarness();
    const { conversation } = harness;
    receive(harness, 'm1', -hour);
    conversation.viewed('m1');
    receive(harness, 'm2', 0);
    expect(conversation.unread).toBe(1);
  });

  it('keeps the order of arrival among equal stamps, and a given position wins over any', () => {
    const { conversation, clock } = createHarness();
    const sentAt = clock.wallNow();
    const told = (messageId: string, position?: number) =>
      conversation.messageReceived({
        messageId,
        participantId: 'agent',
        sentAt,
        ...(position !== undefined && { position }),
      });
    told('m1');
    told('m2');
    told('m0', -5);
    conversation.viewed('m0');
    expect(conversation.unread).toBe(2);
    conversation.viewed('m1');
    expect(conversation.unread).toBe(1);
  });

  it('keeps its place and its time over a reload', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ storage });
    receive(first, 'm5', 10_000);
    first.conversation.viewed('m5');
    await first.at(3000);
    const second = createHarness({ storage });
    receive(second, 'm4', hour);
    second.conversation.viewed('m4');
    await second.at(9000);
    expect(second.conversation.unread).toBe(0);
    expect(second.transport.log).toEqual([]);
  });
});

describe('a page of the past (R-7)', () => {
  it('stands below what was told before, without any time: no call, no unread, page after page', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m8', 'm9', 'm10');
    conversation.viewed('m10');
    await at(3000);
    conversation.historyReceived(page('m5', 'm6', 'm7'));
    conversation.historyReceived(page('m2', 'm3', 'm4', 'm5'));
    for (const id of ['m2', 'm7']) conversation.viewed(id);
    await at(9000);
    expect(conversation.unread).toBe(0);
    expect(transport.log).toEqual(['0.2 READ m10']);
    told('m11');
    conversation.viewed('m11');
    await at(12_000);
    expect(transport.log).toEqual(['0.2 READ m10', '9.2 READ m11']);
  });

  it('puts what it holds beside the messages of it that are known', () => {
    const { conversation, told } = createHarness();
    told('m1', 'm5');
    conversation.viewed('m1');
    conversation.historyReceived(page('m0', 'm1', 'm2', 'm3', 'm4', 'm5'));
    expect(conversation.unread).toBe(4);
    conversation.viewed('m3');
    expect(conversation.unread).toBe(2);
  });

  it('goes above a known message where it begins with one, below what came since', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ storage });
    first.told('m1', 'm2');
    first.conversation.viewed('m2');
    await first.at(3000);
    const second = createHarness({ storage });
    second.told('m4');
    second.conversation.historyReceived(page('m1', 'm2', 'm3'));
    expect(second.conversation.unread).toBe(2);
    second.conversation.viewed('m3');
    expect(second.conversation.unread).toBe(1);
  });

  it('told while a storage is still read stands where it would have stood after it', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ storage });
    first.told('m3', 'm4');
    first.conversation.viewed('m4');
    await first.at(3000);
    const second = createHarness({ storage: createSlowStorage(storage) });
    second.told('m5');
    second.conversation.historyReceived(page('m1', 'm2'));
    second.conversation.viewed('m2');
    await second.at(3000);
    expect(second.conversation.unread).toBe(1);
    expect(second.transport.log).toEqual([]);
  });

  it("ends nobody's typing, and makes no typing late", () => {
    const { conversation, trace, is } = createHarness();
    const typing = {
      type: 'conversation:typing',
      conversationId: 'c1',
      participantId: 'agent',
      isTyping: true,
    };
    conversation.receive(typing);
    conversation.historyReceived(page('m1', 'm2'));
    expect(is({ roster: 'someoneTyping' })).toBe(true);
    expect(trace.of('roster.changed')).toHaveLength(1);
  });

  it('is refused whole where one of it is no message', () => {
    const { conversation } = createHarness();
    expect(() => conversation.historyReceived([...page('m1'), { messageId: 'm2' } as never])).toThrow(
      /participantId must be/,
    );
    expect(() => conversation.viewed('m1')).toThrow(expect.objectContaining({ code: 'unknown-message' }));
    expect(() => conversation.historyReceived('m1' as never)).toThrow(/messages must be/);
  });
});

describe('a message that is removed (R-9)', () => {
  it('is no longer unread', () => {
    const { conversation, trace, told } = createHarness();
    told('m1', 'm2', 'm3');
    conversation.messageRemoved('m2');
    expect(conversation.unread).toBe(2);
    conversation.messageRemoved('m2');
    conversation.messageRemoved('never told');
    expect(trace.of('unread.changed').map(({ count }) => count)).toEqual([1, 2, 3, 2]);
  });

  it('hands its pending mark to the next older one', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1', 'm2', 'm3');
    conversation.viewed('m3');
    conversation.messageRemoved('m3');
    await at(9000);
    expect(transport.log).toEqual(['0.2 READ m2']);
    expect(conversation.unread).toBe(0);
  });

  it('makes no call back where everything older is acknowledged, and settles who waits', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1');
    await conversation.markAsRead();
    told('m2');
    const reading = conversation.markAsRead('m2');
    conversation.messageRemoved('m2');
    await reading;
    await at(9000);
    expect(transport.log).toEqual(['0.0 READ m1']);
    told('m3');
    conversation.viewed('m3');
    await at(12_000);
    expect(transport.log).toEqual(['0.0 READ m1', '9.2 READ m3']);
  });

  it('leaves nothing to report where it was the only one, after a reload neither', async () => {
    const storage = createMemoryStorage();
    const { conversation, transport, told, at } = createHarness({ storage });
    conversation.offline();
    told('m1');
    conversation.viewed('m1');
    await at(1000);
    conversation.messageRemoved('m1');
    conversation.online();
    await at(9000);
    expect(transport.log).toEqual([]);
    const second = createHarness({ storage });
    await second.at(9000);
    expect(second.transport.log).toEqual([]);
  });

  it('changes nothing at the server where its mark was acknowledged, nor when it is told or seen after that', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1', 'm2');
    await conversation.markAsRead();
    conversation.messageRemoved('m2');
    told('m2');
    conversation.viewed('m2');
    await conversation.markAsRead();
    await at(9000);
    expect(conversation.unread).toBe(0);
    expect(transport.log).toEqual(['0.0 READ m2']);
  });

  it('leaves nothing to say of the older one that its mark names, where that was read on another device', async () => {
    for (const isUnderWay of [false, true]) {
      const { conversation, transport, told, at } = createHarness({ participantId: 'guest' });
      if (isUnderWay) transport.answer('read', { afterMs: 500, answer: 'accept' });
      told('m1');
      if (isUnderWay) {
        conversation.viewed('m1');
        await at(300);
      }
      told('m2');
      const reading = conversation.markAsRead('m2');
      if (!isUnderWay) conversation.offline();
      conversation.messageRemoved('m2');
      if (!isUnderWay) {
        const read = { type: 'message.read', conversationId: 'c1', participantId: 'guest' } as const;
        transport.tell({ ...read, messageId: 'm1' });
        conversation.online();
      }
      await at(9000);
      await reading;
      expect(transport.log.filter((call) => call.endsWith('m1'))).toHaveLength(isUnderWay ? 1 : 0);
    }
  });

  it('still stands between its neighbours: what is told late above it is unread, whatever mark stood on it', async () => {
    const { conversation, transport, clock, at } = createHarness();
    const message = (messageId: string, ms: number) =>
      conversation.messageReceived({ messageId, participantId: 'agent', sentAt: clock.wallNow() + ms });
    message('m0', 0);
    await conversation.markAsRead();
    conversation.messageRemoved('m0');
    message('m2', 200);
    message('m1', 100);
    expect(conversation.unread).toBe(2);
    conversation.viewed('m1');
    await at(5000);
    expect(transport.log).toEqual(['0.0 READ m0', '1.0 READ m1']);
  });

  it.each([
    ['the only one', ['m1'], []],
    ['the newest', ['m0', 'm1'], ['1.0 READ m0']],
  ])('while its conversation is over is not named when that goes on: %s', async (_, all, log) => {
    const { conversation, transport, trace, told, at } = createHarness();
    told(...all);
    conversation.end();
    conversation.viewed('m1');
    conversation.messageRemoved('m1');
    await at(1000);
    expect(trace.of('read.acknowledged')).toEqual([]);
    conversation.reopen();
    await at(9000);
    expect(transport.log).toEqual(log);
    expect(conversation.unread).toBe(0);
  });

  it.each([
    ['hands its mark on', [], '0.1 READ m1'],
    ['lets the newer one go', ['m3'], '0.1 READ m3'],
  ])('while a call that names it waits for a storage %s', async (_, seen, log) => {
    const clock = createSteppedClock();
    const wait = () => new Promise<void>((resolve) => clock.setTimeout(resolve, 20));
    const storage = createSlowStorage(createMemoryStorage(), wait);
    const { conversation, transport, told, at } = createHarness({ clock, storage });
    await at(100);
    told('m1', 'm2', 'm3');
    const reading = conversation.markAsRead('m2');
    await clock.settle();
    for (const messageId of seen) conversation.viewed(messageId);
    conversation.messageRemoved('m2');
    await at(9000);
    await reading;
    expect(transport.log[0]?.slice(4)).toBe(log.slice(4));
    expect(transport.log).toHaveLength(1);
    conversation.stop();
  });

  it('may be told of by a transport', () => {
    const { conversation, transport, told } = createHarness();
    told('m1');
    transport.tell({ type: 'message.removed', conversationId: 'c1', messageId: 'm1' });
    expect(conversation.unread).toBe(0);
  });
});
