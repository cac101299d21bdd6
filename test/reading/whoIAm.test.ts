import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage } from '../support/memoryStorage.ts';

const own = { participantId: 'guest' } as const;
const read = (messageId: string, participantId = 'guest') => ({
  type: 'conversation:read',
  conversationId: 'c1',
  participantId,
  messageId,
});

describe("the guest's own messages (R-10)", () => {
  it('are never unread, and viewing them makes no call', async () => {
    const { conversation, transport, told, at } = createHarness(own);
    conversation.messageReceived({ messageId: 'mine', participantId: 'guest' });
    conversation.messageSent('mine too');
    conversation.viewed('mine');
    conversation.viewed('mine too');
    await at(5000);
    expect(conversation.unread).toBe(0);
    expect(transport.log).toEqual([]);
    told('m1');
    conversation.viewed('mine too');
    await at(9000);
    expect(conversation.unread).toBe(1);
    expect(transport.log).toEqual([]);
  });

  it('are no mark: markAsRead() up to one of them names the newest of somebody else below it, or makes no call', async () => {
    const { conversation, transport, told, at } = createHarness(own);
    conversation.messageReceived({ messageId: 'first', participantId: 'guest' });
    await conversation.markAsRead('first');
    expect(transport.log).toEqual([]);
    told('m1');
    conversation.messageReceived({ messageId: 'mine', participantId: 'guest' });
    told('m2');
    const reading = conversation.markAsRead('mine');
    await at(5000);
    await reading;
    expect(transport.log).toEqual(['0.0 READ m1']);
    expect(conversation.unread).toBe(1);
  });

  it('stay theirs when they are told again, even where the transport does not know who the guest is', () => {
    const { conversation } = createHarness();
    conversation.messageSent('mine');
    conversation.messageReceived({ messageId: 'mine', participantId: 'whoever' });
    expect(conversation.unread).toBe(0);
  });

  it('stay theirs over a reload, where a storage is given', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ storage });
    first.told('m1');
    first.conversation.viewed('m1');
    first.conversation.messageSent('mine');
    first.told('m2');
    first.conversation.viewed('m2');
    await first.at(5000);
    const second = createHarness({ storage });
    second.told('m1', 'mine', 'm2');
    second.conversation.viewed('mine');
    second.conversation.markAsUnread('m1');
    expect(second.conversation.unread).toBe(2);
  });

  it('are told as such by a transport, whatever name they carry', () => {
    const { conversation, transport } = createHarness();
    transport.tell({
      type: 'message.received',
      conversationId: 'c1',
      participantId: 'device-2',
      messageId: 'mine',
      isOwn: true,
    });
    expect(conversation.unread).toBe(0);
  });

  it('are not what "up to now" is named after (R-9)', async () => {
    const { conversation, transport, told } = createHarness(own);
    told('m1');
    conversation.messageSent('mine');
    await conversation.markAsRead();
    expect(transport.log).toEqual(['0.0 READ m1']);
  });
});

describe('what the guest read on another device (R-10)', () => {
  it('counts here: unread falls, and no call is made', async () => {
    const { conversation, transport, trace, told, at } = createHarness(own);
    told('m1', 'm2', 'm3');
    expect(conversation.receive(read('m2'))).toBe(true);
    expect(conversation.unread).toBe(1);
    conversation.viewed('m1');
    conversation.viewed('m2');
    await conversation.markAsRead('m2');
    await at(9000);
    expect(transport.log).toEqual([]);
    expect(trace.of('peer.read')).toEqual([]);
    conversation.viewed('m3');
    await at(12_000);
    expect(transport.log).toEqual(['9.2 READ m3']);
  });

  it('settles who waits here, and spares the call that was due', async () => {
    const { conversation, transport, trace, told, at } = createHarness(own);
    conversation.offline();
    told('m1', 'm2');
    const reading = conversation.markAsRead('m1');
    conversation.receive(read('m2'));
    await reading;
    conversation.online();
    await at(9000);
    expect(transport.log).toEqual([]);
    expect(trace.of('read.acknowledged').map(({ mark }) => mark.messageId)).toEqual(['m2']);
  });

  it('is told once where it is the echo of a call from here', async () => {
    const { conversation, transport, trace, told, at } = createHarness(own);
    transport.answer('read', { afterMs: 500, answer: 'accept' });
    told('m1', 'm2');
    const reading = conversation.markAsRead('m1');
    await at(100);
    conversation.receive(read('m1'));
    await at(9000);
    await reading;
    expect(trace.of('read.acknowledged')).toHaveLength(1);
    expect(conversation.unread).toBe(1);
  });

  it('ends an "unread" by wish where it is newer, and waits for a message that was not told yet', () => {
    const { conversation, told } = createHarness(own);
    told('m1', 'm2');
    conversation.receive(read('m1'));
    conversation.markAsUnread('m1');
    expect(conversation.unread).toBe(2);
    conversation.receive(read('m3'));
    expect(conversation.unread).toBe(2);
    told('m3');
    expect(conversation.unread).toBe(0);
  });

  it('survives a reload', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ ...own, storage });
    first.told('m1', 'm2');
    first.conversation.receive(read('m2'));
    await first.at(1000);
    const second = createHarness({ ...own, storage });
    second.told('m1', 'm2');
    second.conversation.viewed('m2');
    await second.at(9000);
    expect(second.conversation.unread).toBe(0);
    expect(second.transport.log).toEqual([]);
  });
});

describe('readBy', () => {
  it('says who else has read a message, and keeps it over a reload', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ ...own, storage });
    for (const id of ['q1', 'q2', 'q3']) first.conversation.messageSent(id);
    first.conversation.receive(read('q2', 'agent'));
    first.conversation.receive(read('q1', 'supervisor'));
    expect(first.conversation.readBy('q1')).toEqual(['agent', 'supervisor']);
    expect(first.conversation.readBy('q2')).toEqual(['agent']);
    expect(first.conversation.readBy('q3')).toEqual([]);
    await first.at(1000);

    const second = createHarness({ ...own, storage });
    expect(second.conversation.readBy('q2')).toEqual(['agent']);
    second.conversation.receive(read('q1', 'agent'));
    expect(second.conversation.readBy('q2')).toEqual(['agent']);
    expect(second.trace.of('peer.read')).toEqual([]);
    second.conversation.receive(read('q3', 'agent'));
    expect(second.conversation.readBy('q3')).toEqual(['agent']);
  });

  it('refuses a message that nobody told of, and an id that is none', () => {
    const { conversation } = createHarness();
    expect(() => conversation.readBy('m1')).toThrow(expect.objectContaining({ code: 'unknown-message' }));
    expect(() => conversation.readBy('')).toThrow(/messageId must be/);
  });
});

describe('answeringReads', () => {
  it('reports what came before an answer as read', async () => {
    const { conversation, transport, told, at } = createHarness({ answeringReads: true });
    told('m1', 'm2');
    conversation.messageSent('mine');
    expect(conversation.unread).toBe(0);
    told('m3');
    await at(9000);
    expect(conversation.unread).toBe(1);
    expect(transport.log).toEqual(['0.2 READ m2']);
  });

  it('makes no call where nothing came before, is off unless asked for, and is true or false', async () => {
    const answering = createHarness({ answeringReads: true });
    answering.conversation.messageSent('mine');
    await answering.at(9000);
    const plain = createHarness();
    plain.told('m1');
    plain.conversation.messageSent('mine');
    await plain.at(9000);
    expect([...answering.transport.log, ...plain.transport.log]).toEqual([]);
    expect(() => createHarness({ answeringReads: 'yes' as never })).toThrow(/answeringReads must be/);
  });
});

describe('ids of messages', () => {
  it.each([
    'AAAAAQAA9/g',
    'AAMkADRiMDjYwOABGv/GAAA=',
    'a?b#c%d\\e',
    ' padded ',
    '..',
    'x'.repeat(2000),
    'a\r\nb',
  ])('are opaque: %j is taken, read and read by others', async (messageId) => {
    const { conversation, transport, at } = createHarness();
    conversation.messageReceived({ messageId, participantId: 'agent' });
    expect(conversation.receive(read(messageId, 'agent'))).toBe(true);
    expect(conversation.readBy(messageId)).toEqual(['agent']);
    conversation.viewed(messageId);
    await at(1000);
    expect(transport.calls).toMatchObject([{ messageId }]);
  });

  it.each(['', 'x'.repeat(2049), 'half \ud800', 7, null])(
    'that are none, as %j, are refused, but end the episode and clear the typist all the same',
    async (id) => {
      const { conversation, is, at } = createHarness();
      const messageId = id as string;
      const typing = { type: 'conversation:typing', conversationId: 'c1', participantId: 'agent' };
      conversation.receive({ ...typing, isTyping: true });
      expect(() => conversation.messageReceived({ messageId, participantId: 'agent' })).toThrow(
        expect.objectContaining({ code: 'invalid-option' }),
      );
      expect(is({ roster: 'quiet' })).toBe(true);
      conversation.receive({ ...typing, isTyping: true });
      expect(conversation.receive({ ...typing, type: 'conversation:message', messageId })).toBe(false);
      expect(is({ roster: 'quiet' })).toBe(true);
      conversation.keystroke();
      await at(1500);
      expect(() => conversation.messageSent(messageId)).toThrow(/messageId must be/);
      expect(is({ typing: 'typing' })).toBe(false);
    },
  );
});

describe('a frame of the stream', () => {
  it('that holds a message is taken as it is, once, and gives it its place', async () => {
    const { conversation, transport, is, at } = createHarness(own);
    conversation.receive({
      type: 'conversation:typing',
      conversationId: 'c1',
      participantId: 'agent',
      isTyping: true,
    });
    const frame = {
      type: 'conversation:message',
      conversationId: 'c1',
      messageId: 'm1',
      participantId: 'agent',
      position: 4,
      text: 'hello',
      sentAt: '2026-01-01T00:00:00.000Z',
    };
    expect(conversation.receive(JSON.stringify(frame))).toBe(true);
    expect(conversation.receive(frame)).toBe(true);
    expect(is({ roster: 'quiet' })).toBe(true);
    expect(conversation.unread).toBe(1);
    conversation.viewed('m1');
    await at(1000);
    expect(transport.log).toEqual(['0.2 READ m1']);
  });

  it('that should have been known, and is not whole, is told to a logger, once for each kind', () => {
    const warnings: string[] = [];
    const { conversation } = createHarness({
      logger: ({ level, message }) => level === 'warn' && warnings.push(message),
    });
    for (const type of ['conversation:read', 'conversation:read', 'conversation:ended', 'something:else']) {
      expect(conversation.receive({ type, conversationId: 'c1' })).toBe(type === 'conversation:ended');
    }
    expect(
      conversation.receive(
        new Proxy(
          {},
          {
            getOwnPropertyDescriptor: () => {
              throw new Error('no');
            },
          },
        ),
      ),
    ).toBe(false);
    expect(warnings).toEqual([expect.stringMatching(/^A frame conversation:read was left out/)]);
  });
});
