import { createConversation } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createSession, structured } from '../support/socketScript.ts';

const channel = (messageId: string) => ({ time: '2026-01-01T00:00:01.000Z', messageId });

/** A guest who types and has another device, over each transport. */
const backEnds = {
  'Guest REST': async () => {
    const { conversation, transport, clock } = createHarness({ participantId: 'guest' });
    const type = 'conversation:message';
    const wrote = (messageId: string, participantId = 'guest') =>
      void conversation.receive({ type, conversationId: 'c1', participantId, messageId, text: 'x' });
    return { conversation, clock, wrote, log: () => [...transport.log] };
  },
  'Web Messaging': async () => {
    const session = createSession();
    const { clock, messaging } = session;
    const conversation = createConversation({ transport: messaging, clock, random: () => 0.25 }).start();
    const log: string[] = [];
    conversation.on('typing.acknowledged', () => log.push(`${(clock.now() / 1000).toFixed(1)} ON`));
    await session.configure();
    const wrote = (messageId: string, by = 'guest') =>
      session.socket().receive(
        structured({
          id: messageId,
          type: 'Text',
          text: 'x',
          direction: by === 'guest' ? 'Inbound' : 'Outbound',
          channel: channel(messageId),
        }),
      );
    return { conversation, clock, wrote, log: () => log };
  },
};

describe.each(Object.entries(backEnds))(
  "a message of the guest's other device, over %s (T-11)",
  (_, open) => {
    it('puts the indicator out like one from here: no stop leaves, nobody renews', async () => {
      const { conversation, clock, wrote, log } = await open();
      conversation.keystroke();
      await clock.advance(1500);
      wrote('m1');
      await clock.settle();
      expect(conversation.actor.getSnapshot().matches({ typing: { typing: 'lit' } })).toBe(false);
      expect(conversation.actor.getSnapshot().context.typing.litUntil).toBe(0);
      await clock.advance(30_000);
      expect(log()).toEqual(['0.0 ON']);
    });

    it('is followed by another announcement at the next key, and again by that of the same message told twice', async () => {
      const { conversation, clock, wrote, log } = await open();
      conversation.keystroke();
      await clock.advance(1500);
      wrote('m1');
      await clock.advance(100);
      conversation.keystroke();
      await clock.settle();
      wrote('m1');
      await clock.advance(500);
      expect(conversation.actor.getSnapshot().matches({ typing: { typing: 'lit' } })).toBe(true);
      expect(log()).toEqual(['0.0 ON', '1.6 ON']);
    });

    it('is theirs: not unread, while one of somebody else is and ends nothing', async () => {
      const { conversation, clock, wrote, log } = await open();
      conversation.keystroke();
      await clock.advance(1500);
      wrote('m1', 'agent');
      await clock.settle();
      expect(conversation.actor.getSnapshot().matches({ typing: { typing: 'lit' } })).toBe(true);
      expect(conversation.unread).toBe(1);
      wrote('m2');
      await clock.settle();
      expect(conversation.unread).toBe(1);
      expect(log()[0]).toBe('0.0 ON');
    });
  },
);

it('one that is of the past, or told late, ends nothing (R-7, I-1)', async () => {
  const { conversation, transport, type, at, is } = createHarness({ participantId: 'guest' });
  await type(0, 1000);
  const own = { conversationId: 'c1', participantId: 'guest' } as const;
  conversation.historyReceived([{ participantId: 'guest', messageId: 'm0' }]);
  transport.tell({ type: 'message.received', ...own, messageId: 'm1', isCaughtUp: true });
  transport.tell({ type: 'message.received', ...own, messageId: 'm2', isHistory: true });
  await at(1500);
  expect(is({ typing: { typing: 'lit' } })).toBe(true);
});
