import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const own = { participantId: 'guest' } as const;

describe('a message that is told late, by its place (R-7)', () => {
  it.each([
    ['a newer one of theirs was told', 'guest', true],
    ['only a newer one of somebody else was told', 'agent', false],
  ])('of the guest leaves the indicator on or not: %s (T-11)', async (_, newer, isLit) => {
    const { conversation, type, is } = createHarness(own);
    conversation.messageReceived({ messageId: 'newer', participantId: newer, position: 50 });
    await type(0, 1000);
    conversation.messageReceived({ messageId: 'late', participantId: 'guest', position: 40 });
    expect(is({ typing: { typing: 'lit' } })).toBe(isLit);
  });

  it.each([
    ['a newer one of theirs was told', { participantId: 'agent' }, true],
    ['only a newer one of another was told', { participantId: 'supervisor' }, false],
    ['only one of the guest was told, in their name', { participantId: 'agent', isOwn: true }, false],
  ])('of an agent lets their typing stand or not: %s', (_, newer, isTyping) => {
    const { conversation, transport, is } = createHarness(own);
    const message = { type: 'message.received', conversationId: 'c1' } as const;
    transport.tell({ ...message, messageId: 'newer', position: 50, ...newer });
    const typing = { type: 'conversation:typing', conversationId: 'c1', participantId: 'agent' };
    conversation.receive({ ...typing, isTyping: true });
    transport.tell({ ...message, messageId: 'late', position: 40, participantId: 'agent' });
    expect(is({ roster: 'someoneTyping' })).toBe(isTyping);
  });
});

describe('of messages that are seen together', () => {
  it.each([
    [['m1', 'm2', 'm3'], 'm3'],
    [['m2', 'm3', 'm1'], 'm3'],
    [['m3', 'm2', 'm1'], 'm3'],
    [['m1', 'level', 'm0'], 'm1'],
  ])('%j the newest is named, the first of two that stand level', async (messageIds, named) => {
    const { conversation, transport, at } = createHarness(own);
    for (const [index, messageId] of ['m0', 'm1', 'm2', 'm3'].entries())
      conversation.messageReceived({ messageId, participantId: 'agent', position: index });
    conversation.messageReceived({ messageId: 'level', participantId: 'agent', position: 1 });
    conversation.seen(messageIds);
    await at(1000);
    expect(transport.log).toEqual([`0.2 READ ${named}`]);
  });

  it('none is named where none was ever told', () => {
    const { conversation } = createHarness();
    expect(() => conversation.seen(['m1'])).not.toThrow();
    expect(conversation.unread).toBe(0);
  });
});

it('a message that stands level with one of the guest is not below it (R-10)', async () => {
  const { conversation, transport } = createHarness(own);
  const tell = (messageId: string, participantId: string, position: number) =>
    conversation.messageReceived({ messageId, participantId, position });
  tell('m1', 'agent', 4);
  tell('m2', 'agent', 5);
  tell('mine', 'guest', 5);
  await conversation.markAsRead('mine');
  expect(transport.log).toEqual(['0.0 READ m1']);
  expect(conversation.unread).toBe(1);
});
