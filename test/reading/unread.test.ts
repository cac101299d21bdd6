import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage } from '../support/memoryStorage.ts';

const counts = ({ trace }: ReturnType<typeof createHarness>) =>
  trace.of('unread.changed').map(({ count }) => count);

describe('the unread count', () => {
  it('counts messages of others, and moves at once when one is seen (R-5a)', () => {
    const harness = createHarness({ participantId: 'guest' });
    const { conversation, told, transport } = harness;
    told('m1', 'm2');
    conversation.messageReceived({ messageId: 'mine', participantId: 'guest' });
    conversation.messageSent('mine too');
    told('m3');
    expect(conversation.unread).toBe(3);
    conversation.viewed('m2');
    expect(conversation.unread).toBe(1);
    void conversation.markAsRead();
    expect(conversation.unread).toBe(0);
    expect(counts(harness)).toEqual([1, 2, 3, 1, 0]);
    expect(transport.calls.length).toBeLessThanOrEqual(1);
  });

  it('does not move when a message is told again, or seen again', () => {
    const harness = createHarness();
    const { conversation, told } = harness;
    told('m1', 'm2', 'm1', 'm2');
    conversation.viewed('m2');
    conversation.viewed('m1');
    told('m1', 'm2');
    expect(counts(harness)).toEqual([1, 2, 0]);
  });

  it('goes by the positions that the application gives', () => {
    const { conversation } = createHarness();
    const receive = (messageId: string, position: number) =>
      conversation.messageReceived({ messageId, participantId: 'agent', position });
    receive('m3', 3);
    receive('m1', 1);
    receive('m2', 2);
    conversation.viewed('m2');
    expect(conversation.unread).toBe(1);
  });

  it('is that of the open conversation, and each has its own', () => {
    const { conversation, told } = createHarness();
    told('a1', 'a2');
    conversation.open('c2');
    expect(conversation.unread).toBe(0);
    told('b1');
    expect(conversation.unread).toBe(1);
    conversation.open('c1');
    expect(conversation.unread).toBe(2);
  });

  it('survives a reload with the marks', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ storage });
    first.told('m1', 'm2', 'm3');
    first.conversation.viewed('m2');
    await first.at(1000);
    const second = createHarness({ storage });
    second.told('m1', 'm2', 'm3');
    expect(second.conversation.unread).toBe(1);
  });

  it('stays where it is while a failed call will be tried again', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.always('read', { code: 'unavailable', message: 'x' });
    told('m1');
    conversation.viewed('m1');
    await at(100_000);
    expect(conversation.unread).toBe(0);
  });
});

describe('a mark that becomes undeliverable', () => {
  for (const [status, code] of [
    [404, 'not-found'],
    [409, 'conversation-ended'],
    [403, 'forbidden'],
    [400, 'bad-request'],
  ] as const) {
    it(`by ${status} is reported once, with what stayed unacknowledged, and the count goes back (R-5a)`, async () => {
      const harness = createHarness();
      const { conversation, transport, trace, told, at } = harness;
      told('m1');
      await conversation.markAsRead('m1');
      await at(2000);
      told('m2', 'm3');
      transport.always('read', { code, message: 'x', status });
      conversation.viewed('m3');
      expect(conversation.unread).toBe(0);
      await at(60_000);
      expect(conversation.unread).toBe(2);
      expect(trace.of('read.failed')).toMatchObject([
        {
          mark: { messageId: 'm3' },
          acknowledged: { messageId: 'm1' },
          failure: { status },
          willRetry: false,
        },
      ]);
      expect(counts(harness)).toEqual([1, 0, 1, 2, 0, 2]);
      expect(transport.calls).toHaveLength(2);
    });
  }

  it('takes nothing back of what is seen later, although nobody knows of that yet', async () => {
    const { conversation, transport, told } = createHarness();
    transport.answer('read', { code: 'bad-request', message: 'x', status: 400 });
    told('m1');
    await conversation.markAsRead('m1').catch(() => {});
    conversation.offline();
    told('m2');
    expect(conversation.unread).toBe(2);
    conversation.viewed('m2');
    expect(conversation.unread).toBe(0);
  });

  it('counts as read again when the conversation is reopened and the mark delivered', async () => {
    const { conversation, told, at } = createHarness();
    told('m1');
    conversation.viewed('m1');
    conversation.end();
    expect(conversation.unread).toBe(1);
    conversation.reopen();
    expect(conversation.unread).toBe(0);
    await at(5000);
    expect(conversation.unread).toBe(0);
  });
});

describe('markAsUnread', () => {
  it('is deliberate and local: nobody is told, and no mark goes back (R-5a)', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1', 'm2', 'm3');
    await conversation.markAsRead();
    conversation.markAsUnread('m2');
    expect(conversation.unread).toBe(2);
    conversation.viewed('m3');
    conversation.viewed('m1');
    await at(10_000);
    expect(conversation.unread).toBe(2);
    expect(transport.calls).toHaveLength(1);
    const [ledger] = conversation.actor.getSnapshot().context.receipts.ledgers;
    expect(ledger?.acknowledged?.position).toBe(3);
  });

  it('without an id means the newest message of somebody else', () => {
    const { conversation, told } = createHarness({ participantId: 'guest' });
    told('m1', 'm2');
    conversation.messageSent('mine');
    conversation.viewed('m2');
    conversation.markAsUnread();
    expect(conversation.unread).toBe(1);
  });

  it('ends with something newer seen, or with markAsRead', async () => {
    const { conversation, told } = createHarness();
    told('m1', 'm2');
    await conversation.markAsRead();
    conversation.markAsUnread('m1');
    told('m3');
    expect(conversation.unread).toBe(3);
    conversation.viewed('m3');
    expect(conversation.unread).toBe(0);
    conversation.markAsUnread('m2');
    expect(conversation.unread).toBe(2);
    await conversation.markAsRead('m2').catch(() => {});
    expect(conversation.unread).toBe(0);
  });

  it('refuses a message that nobody told of', () => {
    const { conversation } = createHarness();
    expect(() => conversation.markAsUnread('m1')).toThrow(
      expect.objectContaining({ code: 'unknown-message' }),
    );
    conversation.markAsUnread();
    expect(conversation.unread).toBe(0);
  });
});

describe('what others have read', () => {
  const read = (messageId: string, participantId = 'agent') => ({
    type: 'conversation:read',
    conversationId: 'c1',
    participantId,
    messageId,
  });
  const marks = ({ trace }: ReturnType<typeof createHarness>) =>
    trace
      .of('peer.read')
      .map(({ participantId, messageId, position }) => [participantId, messageId, position]);

  it('only ever rises, each person by themselves (R-5a)', () => {
    const harness = createHarness({ participantId: 'guest' });
    const { conversation } = harness;
    for (const id of ['m1', 'm2', 'm3']) conversation.messageSent(id);
    for (const id of ['m2', 'm1', 'm2', 'm3']) expect(conversation.receive(read(id))).toBe(true);
    conversation.receive(read('m1', 'supervisor'));
    expect(marks(harness)).toEqual([
      ['agent', 'm2', 2],
      ['agent', 'm3', 3],
      ['supervisor', 'm1', 1],
    ]);
  });

  it('waits for a message that its own telling has overtaken', () => {
    const harness = createHarness();
    harness.conversation.receive(JSON.stringify(read('m1')));
    expect(marks(harness)).toEqual([]);
    harness.conversation.messageSent('m1');
    expect(marks(harness)).toEqual([['agent', 'm1', 1]]);
  });

  it('is not what the guest has read, on whichever device', () => {
    const harness = createHarness({ participantId: 'guest' });
    harness.conversation.messageSent('m1');
    expect(harness.conversation.receive(read('m1', 'guest'))).toBe(true);
    expect(marks(harness)).toEqual([]);
  });

  it('comes from whole frames only', () => {
    const { conversation } = createHarness();
    for (const frame of [
      { ...read('m1'), messageId: '' },
      { ...read('m1'), participantId: undefined },
      { type: 'conversation:read' },
      '{"type":"conversation:read"',
    ]) {
      expect(conversation.receive(frame)).toBe(false);
    }
  });
});
