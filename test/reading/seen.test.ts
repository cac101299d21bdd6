import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage } from '../support/memoryStorage.ts';

describe('many messages that came into view together', () => {
  it('are one event and one call, for the newest of somebody else', async () => {
    const { conversation, transport, told, at } = createHarness({ participantId: 'me' });
    const ids = Array.from({ length: 150 }, (_, index) => `m${index}`);
    told(...ids);
    conversation.messageReceived({ messageId: 'mine', participantId: 'me' });
    let transitions = 0;
    conversation.actor.subscribe({ next: () => (transitions += 1), error: () => {} });
    conversation.seen([...ids, 'mine', 'never told', '#/?'].reverse());
    expect(transitions).toBe(1);
    expect(conversation.unread).toBe(0);
    await at(10_000);
    expect(transport.log).toEqual(['0.2 READ m149']);
  });

  it('are no event where none of them can be read', () => {
    const { conversation } = createHarness();
    conversation.messageSent('mine');
    let transitions = 0;
    conversation.actor.subscribe({ next: () => (transitions += 1), error: () => {} });
    conversation.seen(['mine', 'unknown']);
    conversation.seen(new Set<string>());
    conversation.close();
    expect(transitions).toBe(1);
    conversation.seen(['mine']);
    expect(transitions).toBe(1);
  });

  it('are placed once the storage was read', async () => {
    const storage = createMemoryStorage();
    const slow = {
      getItem: async (key: string) => storage.getItem(key),
      setItem: async (key: string, value: string) => storage.setItem(key, value),
      removeItem: async (key: string) => storage.removeItem(key),
    };
    const { conversation, transport, told, at } = createHarness({ storage: slow });
    conversation.seen(['m2', 'm1']);
    told('m1', 'm2');
    await at(1000);
    expect(transport.log).toEqual(['0.2 READ m2']);
  });

  it('have to be a list of text', () => {
    const { conversation } = createHarness();
    for (const wrong of ['m1', undefined, null, 7, [1], ['m1', null], {}]) {
      expect(() => conversation.seen(wrong as never)).toThrow(
        expect.objectContaining({ code: 'invalid-option', option: 'messageIds' }),
      );
    }
  });
});
