import { createConversation } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import { createPages } from '../support/pages.ts';
import { createSession, structured } from '../support/socketScript.ts';

const inbound = (messageId: string) =>
  structured({ id: messageId, type: 'Text', text: 'mine', direction: 'Inbound' });

describe('a session knows who the guest is (R-10)', () => {
  it('so their own messages, told again after a reload, are not unread', async () => {
    const { open, say } = createPages();
    const first = await open();
    const messageId = await say(first.session, 'hello');
    first.close();
    const second = await open();
    second.conversation.messageReceived({ messageId, participantId: second.session.participantId });
    expect(second.conversation.unread).toBe(0);
    second.close();
  });

  it.each([
    ['before', 120],
    ['after', 2000],
  ])('by whatever name, told %s the history was read', async (_, wait) => {
    const { clock, messenger, open, say } = createPages();
    const first = await open();
    const messageId = await say(first.session, 'hello');
    messenger.say('hi');
    await clock.advance(100);
    first.close();
    const second = await open(wait);
    second.conversation.messageReceived({ messageId, participantId: 'me, as my page calls me' });
    await clock.advance(2000);
    expect(second.conversation.unread).toBe(0);
    second.conversation.messageReceived({ messageId: 'message-2', participantId: 'agent' });
    expect(second.conversation.unread).toBe(1);
    second.close();
  });

  it('and tells it to a conversation that comes later', async () => {
    const { clock, open, say } = createPages();
    const first = await open();
    const messageId = await say(first.session, 'hello');
    first.close();
    const { session, close } = await open();
    const later = createConversation({ transport: session, clock }).start();
    later.messageReceived({ messageId, participantId: 'me, as my page calls me' });
    expect(later.unread).toBe(0);
    later.stop();
    close();
  });

  it('what they write on another device is theirs, where it stands by its time, and ends typing like one from here (T-11)', async () => {
    const session = createSession();
    const { clock, messaging } = session;
    const conversation = createConversation({ transport: messaging, clock }).start();
    await session.configure();
    await session.receive(inbound('elsewhere'));
    conversation.messageReceived({ messageId: 'elsewhere', participantId: 'me, as my page calls me' });
    conversation.viewed('elsewhere');
    expect(conversation.unread).toBe(0);
    expect(session.told).toContainEqual({
      type: 'message.received',
      conversationId: messaging.conversationId,
      participantId: 'guest',
      messageId: 'elsewhere',
      isOwn: true,
    });
    conversation.stop();
    messaging.stop();
  });

  it('and takes nobody for them who has their name', async () => {
    const session = createSession();
    const { clock, messaging } = session;
    const conversation = createConversation({ transport: messaging, clock }).start();
    await session.configure();
    const from = { direction: 'Outbound', channel: { from: { nickname: 'guest' }, messageId: 'm1' } };
    const typing = { eventType: 'Typing', typing: { type: 'On' } };
    await session.receive(structured({ ...from, type: 'Event', events: [typing] }));
    expect(conversation.actor.getSnapshot().context.roster.typists).toHaveLength(1);
    await session.receive(structured({ ...from, id: 'm1', type: 'Text', text: 'hi' }));
    expect(conversation.actor.getSnapshot().context.roster.typists).toHaveLength(0);
    expect(conversation.unread).toBe(1);
    conversation.stop();
    messaging.stop();
  });
});
