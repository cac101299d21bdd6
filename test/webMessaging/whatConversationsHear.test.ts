import { describe, expect, it } from 'vitest';
import { createReloaded } from '../support/pages.ts';
import { bare, createSession, echoOf, sessionResponse, structured } from '../support/socketScript.ts';

const time = '2026-01-01T00:00:00.000Z';
const sentAt = Date.UTC(2026, 0, 1);
const typingBy = (nickname?: string) =>
  structured({
    type: 'Event',
    direction: 'Outbound',
    channel: { from: { nickname } },
    events: [{ eventType: 'Typing', typing: { type: 'On' } }],
  });
const leave = structured({
  type: 'Event',
  direction: 'Outbound',
  events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }],
});
const said = (messageId: string, direction: string, at?: string) =>
  structured({ id: messageId, type: 'Text', text: messageId, direction, channel: { time: at } });

/** Who was told to type no more, in order. */
const stopped = ({ told }: ReturnType<typeof createSession>) =>
  told.flatMap((event) => (event.type === 'remote.typing' && !event.isTyping ? [event.participantId] : []));

describe('a conversation hears of a session', () => {
  it('that whoever left types no more', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(typingBy('Sam'));
    await session.receive(leave);
    const typing = {
      type: 'remote.typing',
      conversationId: session.messaging.conversationId,
      participantId: 'Sam',
    };
    expect(session.told.slice(-2)).toStrictEqual([
      { ...typing, isTyping: true },
      { ...typing, isTyping: false },
    ]);
    await session.receive(leave);
    expect(stopped(session)).toEqual(['Sam']);
    session.messaging.stop();
  });

  it('that the last sixteen who typed do not, with a message', async () => {
    const session = createSession();
    await session.configure();
    const names = Array.from({ length: 17 }, (_, number) => `person ${number}`);
    for (const name of [...names, 'person 16']) await session.receive(typingBy(name));
    await session.receive(said('m1', 'Outbound'));
    expect(stopped(session)).toEqual(names.slice(1));
    await session.receive(said('m2', 'Outbound'));
    expect(stopped(session)).toHaveLength(16);
    session.messaging.stop();
  });

  it('that something may be missing', async () => {
    const session = createSession();
    await session.configure();
    session.socket().end(4200);
    await session.clock.settle();
    session.socket().open();
    await session.receive(sessionResponse());
    const { conversationId } = session.messaging;
    expect(session.told).toContainEqual({ type: 'messages.missed', conversationId });
    session.messaging.stop();
  });

  it('what is said and done there, each as it was told', async () => {
    const session = createSession();
    const socket = await session.configure();
    const { conversationId } = session.messaging;
    const from = session.told.length;
    await session.receive(said('m1', 'Outbound', time));
    await session.receive(said('m2', 'Inbound'));
    const sent = session.messaging.sendMessage('hi');
    await session.clock.settle();
    await session.receive(echoOf(socket.sent.at(-1) as never, 'm3'));
    await sent;
    const message = { type: 'message.received', conversationId };
    expect(session.told.slice(from)).toStrictEqual([
      { ...message, participantId: 'agent', messageId: 'm1', sentAt },
      { ...message, participantId: 'guest', messageId: 'm2', isOwn: true },
      { type: 'message.accepted', conversationId, messageId: 'm3' },
    ]);
    session.messaging.stop();
  });

  it('whoever else listens, and nothing after its end', async () => {
    const session = createSession();
    await session.configure();
    const heard: string[] = [];
    const end = session.messaging.subscribe(({ type }) => {
      heard.push(type);
      if (type !== 'message.received') return;
      end();
      session.messaging.subscribe((event) => heard.push(`late ${event.type}`));
    });
    const before = session.told.length;
    for (const id of ['m1', 'm2']) await session.receive(said(id, 'Outbound'));
    expect(heard).toEqual([
      'network.online',
      'conversation.opened',
      'message.received',
      'late network.online',
      'late conversation.opened',
      'late message.received',
    ]);
    expect(session.told).toHaveLength(before + 2);
    const count = session.told.length;
    session.messaging.stop();
    expect(session.told).toHaveLength(count);
    session.messaging.subscribe(({ type }) => heard.push(`stopped ${type}`))();
    expect(heard).toHaveLength(6);
  });

  it('late, which of its messages are the guest’s own, the oldest first (R-10)', async () => {
    const session = createSession();
    const socket = await session.configure();
    const { conversationId } = session.messaging;
    const past = () => {
      const told: unknown[] = [];
      session.messaging.subscribe((event) => told.push(event))();
      return told.slice(2);
    };
    expect(past()).toEqual([]);
    await session.receive(said('theirs', 'Outbound', time));
    await session.receive(said('later', 'Inbound', '2026-01-01T00:00:02.000Z'));
    await session.receive(said('now', 'Inbound', '2026-01-01T00:00:01.000Z'));
    session.messaging.sendMessage('hi').catch(() => {});
    await session.clock.settle();
    await session.receive(echoOf(socket.sent.at(-1) as never, 'sent'));
    await session.receive(said('some time', 'Inbound'));
    const own = (messageId: string, sentAt?: number) => ({
      type: 'message.received',
      conversationId,
      participantId: 'guest',
      messageId,
      ...(sentAt !== undefined && { sentAt }),
      isOwn: true,
    });
    expect(past()).toStrictEqual([
      {
        type: 'history.received',
        conversationId,
        messages: [
          own('some time'),
          own('sent', sentAt),
          own('now', sentAt + 1000),
          own('later', sentAt + 2000),
        ],
      },
    ]);
    await session.receive(bare('SessionClearedEvent'));
    await session.receive(said('anew', 'Outbound'));
    expect(past()).toEqual([]);
    session.messaging.stop();
  });

  it('late, of the last two hundred of the guest’s own messages', async () => {
    const session = createSession();
    await session.configure();
    for (let number = 0; number <= 200; number += 1) await session.receive(said(`m${number}`, 'Inbound'));
    let messages: readonly { readonly messageId: string }[] = [];
    session.messaging.subscribe((event) => {
      if (event.type === 'history.received') messages = event.messages;
    });
    expect(messages.map(({ messageId }) => messageId)).toEqual(
      Array.from({ length: 200 }, (_, number) => `m${number + 1}`),
    );
    session.messaging.stop();
  });

  it('the past that was looked at, and nothing where there is none', async () => {
    const { clock, messenger, session, ask, close } = await createReloaded();
    const told: unknown[] = [];
    session.subscribe((event) => told.push(event));
    told.length = 0;
    await ask();
    expect(told).toEqual([]);
    messenger.history.push(
      { token: messenger.tokens().at(-1) ?? '', id: 'a', type: 'Text', direction: 'Inbound', text: 'a' },
      {
        token: messenger.tokens().at(-1) ?? '',
        id: 'b',
        type: 'Text',
        direction: 'Outbound',
        originatingEntity: 'Bot',
        channel: { time },
      },
    );
    await ask();
    const { conversationId } = session;
    const message = { type: 'message.received', conversationId };
    expect(told).toStrictEqual([
      {
        type: 'history.received',
        conversationId,
        messages: [
          { ...message, participantId: 'guest', messageId: 'a', isOwn: true },
          { ...message, participantId: 'bot', messageId: 'b', sentAt },
        ],
      },
    ]);
    const late: unknown[] = [];
    session.subscribe((event) => event.type === 'history.received' && late.push(...event.messages))();
    expect(late).toMatchObject([{ messageId: 'a' }]);
    await clock.settle();
    close();
  });
});
