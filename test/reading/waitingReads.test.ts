import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';

const read = (messageId: string, participantId = 'agent', conversationId = 'c1') => ({
  type: 'conversation:read',
  conversationId,
  participantId,
  messageId,
});
const own = { participantId: 'guest' } as const;
const peers = ({ trace }: ReturnType<typeof createHarness>) =>
  trace.of('peer.read').map(({ participantId, messageId }) => [participantId, messageId]);

describe('a read that its message has not reached yet (R-10)', () => {
  it('waits among a hundred; of more, those told longest ago are forgotten', () => {
    const harness = createHarness(own);
    for (let index = 0; index <= 100; index += 1) harness.conversation.receive(read(`m${index}`));
    for (const messageId of ['m0', 'm1', 'm100']) harness.conversation.messageSent(messageId);
    expect(peers(harness)).toEqual([
      ['agent', 'm1'],
      ['agent', 'm100'],
    ]);
  });

  it('is not put out by those whose message is known', () => {
    const harness = createHarness(own);
    const { conversation, told } = harness;
    told('m1');
    conversation.receive(read('m2'));
    for (let index = 0; index < 100; index += 1) conversation.receive(read('m1', `agent-${index}`));
    conversation.messageSent('m2');
    expect(peers(harness).at(-1)).toEqual(['agent', 'm2']);
  });

  it("counts once where it is the guest's own and told often: it puts out nobody else's", () => {
    const harness = createHarness(own);
    const { conversation, told } = harness;
    conversation.receive(read('m1'));
    for (let index = 0; index < 100; index += 1) conversation.receive(read('m2', 'guest'));
    conversation.messageSent('m1');
    expect(peers(harness)).toEqual([['agent', 'm1']]);
    told('m2');
    expect(conversation.unread).toBe(0);
  });

  it.each([
    ['guest', 'agent'],
    ['agent', 'guest'],
  ])('is not taken for that of another who read as far: %s, then %s', (first, second) => {
    const harness = createHarness(own);
    const { conversation, told } = harness;
    conversation.receive(read('m1', first));
    conversation.receive(read('m1', second));
    told('m1');
    expect(peers(harness)).toEqual([['agent', 'm1']]);
    expect(conversation.unread).toBe(0);
  });

  it('is not taken for one of another message, or of another conversation', () => {
    const { conversation, told } = createHarness(own);
    conversation.receive(read('m1', 'guest'));
    conversation.receive(read('m2', 'guest'));
    conversation.receive(read('m1', 'guest', 'c2'));
    told('m1');
    expect(conversation.unread).toBe(0);
    conversation.open('c2');
    told('m1', 'm2');
    expect(conversation.unread).toBe(1);
    conversation.open('c1');
    told('m2');
    expect(conversation.unread).toBe(0);
  });

  it('is told of once', () => {
    const harness = createHarness(own);
    const { conversation, told } = harness;
    conversation.receive(read('m1'));
    conversation.messageSent('m1');
    conversation.receive(read('m0'));
    conversation.messageReceived({ messageId: 'm0', participantId: 'agent', position: 9 });
    told('m2');
    expect(peers(harness)).toEqual([
      ['agent', 'm1'],
      ['agent', 'm0'],
    ]);
  });

  it('is waited for though a storage is still being read', async () => {
    const harness = createHarness({ ...own, storage: createSlowStorage(createMemoryStorage()) });
    const { conversation, told, clock } = harness;
    conversation.receive(read('m1'));
    conversation.receive(read('m2', 'guest'));
    conversation.messageSent('m1');
    told('m2', 'm3');
    expect(peers(harness)).toEqual([]);
    await clock.settle();
    expect(peers(harness)).toEqual([['agent', 'm1']]);
    expect(conversation.unread).toBe(1);
  });
});

describe('who has read a message', () => {
  it('is asked of the open conversation alone', () => {
    const { conversation } = createHarness(own);
    conversation.messageSent('m1');
    conversation.receive(read('m1'));
    conversation.open('c2');
    conversation.messageSent('x1');
    conversation.receive(read('x1', 'supervisor', 'c2'));
    expect(conversation.readBy('x1')).toEqual(['supervisor']);
    conversation.open('c1');
    expect(conversation.readBy('m1')).toEqual(['agent']);
  });
});

describe('while a storage is still being read', () => {
  const createLoading = () => {
    const memory = createMemoryStorage();
    return createHarness({ storage: createSlowStorage(memory), answeringReads: true });
  };

  it('a message that nobody told of is refused at once', () => {
    const { conversation } = createLoading();
    const unknown = expect.objectContaining({ code: 'unknown-message' });
    expect(() => conversation.viewed('m1')).toThrow(unknown);
    expect(() => conversation.markAsUnread('m1')).toThrow(unknown);
  });

  it('what is asked for is done afterwards, in its order', async () => {
    const { conversation, transport, told, at } = createLoading();
    told('m1', 'm2');
    conversation.markAsUnread();
    conversation.messageSent('mine');
    told('m3', 'm4');
    conversation.markAsUnread('m4');
    conversation.viewed('m3');
    await at(1000);
    expect(conversation.unread).toBe(1);
    expect(transport.log).toEqual(['0.2 READ m4']);
  });

  it('"unread" without an id means the newest that was told by then', async () => {
    const { conversation, told, clock } = createLoading();
    told('m1', 'm2');
    conversation.viewed('m2');
    conversation.markAsUnread();
    await clock.settle();
    expect(conversation.unread).toBe(1);
  });

  it('nothing is done with a message that is removed before that', async () => {
    const { conversation, transport, trace, told, at } = createLoading();
    told('m1');
    conversation.viewed('m1');
    conversation.markAsUnread('m1');
    conversation.messageRemoved('m1');
    conversation.markAsUnread();
    await at(5000);
    expect([transport.calls.length, conversation.unread, trace.of('unread.changed').length]).toEqual([
      0, 0, 2,
    ]);
    expect(conversation.actor.getSnapshot().context.receipts.ledgers).toMatchObject([{ unreadFrom: null }]);
    told('m2');
    expect(conversation.unread).toBe(1);
  });

  it('a request is refused where its conversation is closed before that', async () => {
    const { conversation, transport, told, at } = createLoading();
    told('m1');
    const reading = conversation.markAsRead('m1');
    conversation.close();
    await expect(reading).rejects.toMatchObject({ code: 'no-conversation' });
    await at(5000);
    expect(transport.calls).toEqual([]);
  });

  it('what was removed is gone afterwards', async () => {
    const { conversation, told, clock } = createLoading();
    told('m1', 'm2');
    conversation.messageRemoved('m2');
    await clock.settle();
    told('m2');
    expect(conversation.unread).toBe(1);
  });
});

describe('a page that goes', () => {
  it.each(['hide', 'freeze', 'flush'] as const)('stores in the same task what was seen: %s (R-3)', (verb) => {
    const storage = createMemoryStorage();
    const { conversation, told } = createHarness({ storage });
    conversation.offline();
    told('m1');
    conversation.viewed('m1');
    conversation[verb]();
    expect(storage.writes).toHaveLength(1);
  });
});

describe('an answer to what was read (answeringReads)', () => {
  it('with nothing open reads nothing', () => {
    const { conversation, transport } = createHarness({ conversationId: null, answeringReads: true });
    expect(() => conversation.messageSent()).not.toThrow();
    expect(transport.calls).toEqual([]);
  });

  it('to nothing reads nothing, and what comes after it is read as ever', async () => {
    const { conversation, transport, told, at } = createHarness({ answeringReads: true });
    conversation.messageSent('mine');
    told('m1');
    expect(conversation.unread).toBe(1);
    conversation.viewed('m1');
    await at(1000);
    expect(transport.log).toEqual(['0.2 READ m1']);
  });
});

it('a mark of which no message was told here is tried again where its call never left', async () => {
  const { conversation, transport, at } = createHarness();
  const mark = { position: 1, messageId: 'm1' };
  transport.answer('read', { code: 'network', message: 'x', unsent: true });
  conversation.actor.send({ type: 'message.viewed', conversationId: 'c1', mark });
  await at(9000);
  expect(transport.log).toEqual(['0.2 READ m1', '1.2 READ m1']);
});
