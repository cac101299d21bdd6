import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

describe('a message that is told after it was removed (R-9)', () => {
  it('of the guest puts out no indicator: it was not sent just now', async () => {
    const { conversation, type, is } = createHarness({ participantId: 'guest' });
    conversation.messageRemoved('mine');
    await type(0, 1000);
    conversation.messageReceived({ messageId: 'mine', participantId: 'guest' });
    expect(is({ typing: { typing: 'lit' } })).toBe(true);
    conversation.messageReceived({ messageId: 'mine too', participantId: 'guest' });
    expect(is({ typing: { typing: 'lit' } })).toBe(false);
  });

  it('ends nobody’s typing', () => {
    const { conversation, told, is } = createHarness();
    conversation.messageRemoved('m1');
    const typing = { type: 'conversation:typing', conversationId: 'c1', participantId: 'agent' };
    conversation.receive({ ...typing, isTyping: true });
    told('m1');
    expect(is({ roster: 'someoneTyping' })).toBe(true);
    told('m2');
    expect(is({ roster: 'quiet' })).toBe(true);
  });

  it('in a page of the past is not in it', () => {
    const { conversation } = createHarness();
    conversation.messageRemoved('m2');
    const page = ['m1', 'm2', 'm3'].map((messageId) => ({ messageId, participantId: 'agent' }));
    conversation.historyReceived(page);
    expect(conversation.unread).toBe(2);
    expect(() => conversation.readBy('m2')).toThrow(expect.objectContaining({ code: 'unknown-message' }));
  });
});
