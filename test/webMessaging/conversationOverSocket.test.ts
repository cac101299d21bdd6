import { createConversation } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import {
  bare,
  createSession,
  echoOf,
  plainError,
  sessionResponse,
  structured,
} from '../support/socketScript.ts';

async function createTalk(options: Parameters<typeof createSession>[0] = {}) {
  const session = createSession(options);
  const conversation = createConversation({
    transport: session.messaging,
    clock: session.clock,
    random: () => 0.5,
  }).start();
  await session.configure();
  const typings = () =>
    session.sockets
      .flatMap(({ sent }) => sent)
      .filter(({ message }) => (message as { type?: string } | undefined)?.type === 'Event').length;
  const type = async (ms: number) => {
    for (let left = ms; left > 0; left -= 200) {
      conversation.keystroke();
      await session.clock.advance(200);
    }
  };
  const typists = () => conversation.actor.getSnapshot().context.roster.typists.length;
  return { session, conversation, typings, type, typists };
}

describe('a conversation over web messaging', () => {
  it('types once for a burst, and again only after more than five seconds (W-5)', async () => {
    const { session, conversation, typings, type } = await createTalk();
    conversation.keystroke();
    await session.clock.settle();
    expect(typings()).toBe(1);
    await type(5000);
    expect(typings()).toBe(1);
    await type(400);
    expect(typings()).toBe(2);
    await session.clock.advance(60_000);
    expect(typings()).toBe(2);
    conversation.stop();
    session.messaging.stop();
  });

  it('may type at once after its own message was accepted', async () => {
    const { session, conversation, typings } = await createTalk();
    conversation.keystroke();
    await session.clock.settle();
    session.messaging.sendMessage('hello');
    conversation.messageSent();
    await session.clock.advance(500);
    await session.receive(echoOf(session.socket().sent.at(-1) as never, 'cm1'));
    conversation.keystroke();
    await session.clock.settle();
    expect(typings()).toBe(2);
    conversation.stop();
    session.messaging.stop();
  });

  it('takes the acceptance of a message for one, whichever session it waited for (T-11)', async () => {
    const { session, conversation, typings } = await createTalk();
    const { messaging, clock } = session;
    const before = messaging.conversationId;
    messaging.startNew().catch(() => {});
    const sent = conversation.sendMessage('hello');
    await session.receive(sessionResponse({ connected: false }));
    await session.receive(sessionResponse());
    expect(messaging.conversationId).not.toBe(before);
    const frame = session.socket().sent.at(-1) as never;
    conversation.keystroke();
    await session.receive(echoOf(frame, 'cm1'));
    await expect(sent).resolves.toMatchObject({ conversationId: messaging.conversationId });
    const typed = typings();
    const failed: unknown[] = [];
    conversation.on('typing.failed', (event) => failed.push(event));
    await clock.advance(400);
    conversation.messageSent();
    conversation.keystroke();
    await clock.settle();
    expect(typings()).toBe(typed);
    expect(failed).toEqual([]);
    expect(session.told.filter(({ type }) => type === 'message.accepted')).toHaveLength(1);
    conversation.stop();
    messaging.stop();
  });

  it('shows the other side’s typing for as long as it says, and hides it when their message comes', async () => {
    const { session, conversation, typists } = await createTalk();
    const channel = { time: '2026-01-01T00:00:00.000Z', messageId: 'm' };
    const on = structured({
      type: 'Event',
      direction: 'Outbound',
      channel,
      events: [{ eventType: 'Typing', typing: { type: 'On', duration: 3000 } }],
    });
    await session.receive(on);
    expect(typists()).toBe(1);
    await session.clock.advance(3000);
    expect(typists()).toBe(0);
    await session.receive(on);
    await session.receive(
      structured({
        id: 'm2',
        type: 'Text',
        text: 'hi',
        direction: 'Outbound',
        channel: { ...channel, messageId: 'm2' },
      }),
    );
    expect(typists()).toBe(0);
    conversation.stop();
    session.messaging.stop();
  });

  it('types nothing while the connection is down, and nothing stale once it is up (T-7)', async () => {
    const { session, conversation, typings, type } = await createTalk();
    session.socket().end(1006);
    await type(1000);
    expect(typings()).toBe(0);
    await session.clock.advance(10_000);
    session.socket().open();
    await session.receive(sessionResponse({ newSession: false }));
    await session.clock.advance(10_000);
    expect(typings()).toBe(0);
    conversation.keystroke();
    await session.clock.settle();
    expect(typings()).toBe(1);
    conversation.stop();
    session.messaging.stop();
  });

  it.each([
    ['typing is forbidden', plainError(403, 'Turn on the Feature Toggle or fix the configuration.'), 0],
    ['the session has ended', bare('SessionExpiredEvent'), 0],
  ])('types nothing more once %s', async (_, frame, more) => {
    const { session, conversation, typings, type } = await createTalk();
    conversation.keystroke();
    await session.clock.settle();
    await session.receive(frame);
    await session.clock.advance(6000);
    await type(10_000);
    expect(typings()).toBe(1 + more);
    conversation.stop();
    session.messaging.stop();
  });
});

describe('reading over web messaging', () => {
  const agentSays = (id: string) => structured({ id, type: 'Text', text: 'hi', direction: 'Outbound' });

  it('stays local: nothing leaves, and whoever asks is told', async () => {
    const { session, conversation } = await createTalk();
    await session.receive(agentSays('m1'));
    const before = session.socket().sent.length;
    await expect(conversation.markAsRead()).rejects.toMatchObject({ code: 'unsupported' });
    await session.clock.advance(10_000);
    expect(session.socket().sent).toHaveLength(before);
    conversation.stop();
    session.messaging.stop();
  });

  const ends = (readOnly: boolean) =>
    structured({
      id: 'e1',
      type: 'Event',
      direction: 'Outbound',
      events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }],
      metadata: { readOnly: String(readOnly) },
    });

  it.each([
    ['ended for good', ends(true)],
    ['left', ends(false)],
    ['expired', bare('SessionExpiredEvent')],
    ['cleared', bare('SessionClearedEvent')],
  ])('stays read once the conversation is %s: seen is read here (R-8)', async (_, frame) => {
    const { session, conversation } = await createTalk();
    const failures: string[] = [];
    conversation.on('read.failed', ({ failure }) => failures.push(failure.code));
    for (let number = 1; number <= 5; number += 1) await session.receive(agentSays(`m${number}`));
    expect(conversation.unread).toBe(5);
    for (let number = 1; number <= 5; number += 1) conversation.viewed(`m${number}`);
    expect(conversation.unread).toBe(0);
    await session.receive(frame);
    await session.clock.advance(60_000);
    expect(conversation.unread).toBe(0);
    expect(failures).toEqual([]);
    conversation.stop();
    session.messaging.stop();
  });

  it('may be done after the end as well, and the receiver of its own is told (R-8)', async () => {
    const reported: string[] = [];
    const { session, conversation } = await createTalk({
      reportRead: async ({ messageId }) => {
        reported.push(messageId ?? 'all');
      },
    });
    for (const id of ['m1', 'm2', 'm3']) await session.receive(agentSays(id));
    conversation.viewed('m1');
    await session.receive(ends(true));
    await session.clock.advance(10_000);
    expect(reported).toEqual(['m1']);
    conversation.viewed('m2');
    await session.clock.advance(10_000);
    const reading = conversation.markAsRead('m3');
    await session.clock.advance(10_000);
    await reading;
    expect(reported).toEqual(['m1', 'm2', 'm3']);
    expect(conversation.unread).toBe(0);
    conversation.stop();
    session.messaging.stop();
  });

  it("goes to the application's own receiver where it has one, and is retried there", async () => {
    const reported: string[] = [];
    const { session, conversation } = await createTalk({
      reportRead: async ({ messageId }) => {
        reported.push(messageId ?? 'all');
        if (reported.length === 1) throw new Error('down');
      },
    });
    await session.receive(agentSays('m1'));
    const reading = conversation.markAsRead('m1');
    await session.clock.advance(10_000);
    await reading;
    expect(reported).toEqual(['m1', 'm1']);
    conversation.stop();
    session.messaging.stop();
  });
});
