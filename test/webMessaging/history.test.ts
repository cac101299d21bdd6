import { createConversation } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import { createPages, createReloaded, wordsOf } from '../support/pages.ts';
import { createSession, structured } from '../support/socketScript.ts';

describe('the history of a session', () => {
  it('has texts, structured messages and events in the shape in which they come live, oldest first', async () => {
    const live = createSession();
    const { messenger, clock, session, ask, close } = await createReloaded();
    await live.configure();
    const token =
      [...messenger.history.map((entity) => entity.token)].at(-1) ?? messenger.tokens().at(-1) ?? '';
    const time = '2026-01-01T00:00:00.000Z';
    const event = (presence: object, direction: string, more: object = {}) => ({
      type: 'Event',
      direction,
      channel: { time },
      events: [{ eventType: 'Presence', presence }],
      ...more,
    });
    const bodies = [
      event({ type: 'Join' }, 'Inbound'),
      { id: 'm1', type: 'Text', text: 'mine', direction: 'Inbound', channel: { time, messageId: 'm1' } },
      {
        id: 'm2',
        type: 'Structured',
        text: 'Which?',
        direction: 'Outbound',
        originatingEntity: 'Bot',
        channel: { time, messageId: 'm2', from: { nickname: 'Robbie' } },
        content: [{ contentType: 'QuickReply', quickReply: { text: 'this', payload: 'p' } }],
      },
      event({ type: 'SignIn' }, 'Inbound', { channel: { time, from: { firstName: 'Kim' } } }),
      event({ type: 'Disconnect' }, 'Outbound', { metadata: { readOnly: 'false' } }),
    ];
    for (const body of bodies) {
      await live.receive(structured(body));
      messenger.history.push({ token, ...body });
    }
    const { entries, before } = await ask();
    const shown = live.emitted.filter(({ type }) => type !== 'session.configured');
    expect(entries).toEqual(shown);
    expect(entries.map(({ type }) => type)).toEqual([
      'session.joined',
      'message.mirrored',
      'message.received',
      'session.signedIn',
      'session.disconnected',
    ]);
    expect(before).toBe(null);
    expect(session.state).toBe('configured');
    live.messaging.stop();
    close();
    await clock.settle();
    expect(clock.timers).toBe(messenger.inFlight);
  });

  it('is had a page at a time, whatever is said meanwhile, and says where it ends', async () => {
    const texts = Array.from({ length: 70 }, (_, number) => `text ${number}`);
    const { messenger, clock, ask, close } = await createReloaded(texts);
    const newest = await ask({ limit: 30 });
    expect(wordsOf(newest.entries)).toEqual(texts.slice(40));
    messenger.say('meanwhile');
    await clock.advance(100);
    const asked = messenger.asked.length;
    const older = await ask({ limit: 30, before: newest.before ?? '' });
    expect(wordsOf(older.entries)).toEqual(texts.slice(10, 40));
    expect(messenger.asked.slice(asked)).toEqual([2, 3]);
    const oldest = await ask({ limit: 30, before: older.before ?? '' });
    expect(wordsOf(oldest.entries)).toEqual(texts.slice(0, 10));
    expect(oldest.before).toBe(null);
    const byMessage = await ask({ before: 'message-3', limit: 1 });
    expect(wordsOf(byMessage.entries)).toEqual(['text 1']);
    close();
  });

  it('is told to the conversation as history: order and unread hold over a reload (R-7)', async () => {
    const { clock, messenger, open } = createPages();
    const first = await open();
    messenger.say('one');
    messenger.say('two');
    await clock.advance(100);
    first.conversation.viewed('message-2');
    await clock.advance(5000);
    messenger.say('three');
    await clock.advance(100);
    first.close();
    const { session, conversation, close } = await open();
    const read: unknown[] = [];
    conversation.on('read.acknowledged', (event) => read.push(event));
    session.history();
    await clock.advance(500);
    expect(conversation.unread).toBe(1);
    messenger.say('four');
    await clock.advance(100);
    expect(conversation.unread).toBe(2);
    conversation.viewed('message-1');
    expect(conversation.unread).toBe(2);
    conversation.viewed('message-3');
    expect(conversation.unread).toBe(1);
    close();
  });

  it('does not keep from the guest what was missed: that still comes as a message', async () => {
    const { clock, messenger, session, close } = await createReloaded(['before']);
    const heard: unknown[] = [];
    session.on('message.received', ({ message }) => heard.push(message.text));
    messenger.cut('loses');
    messenger.say('away');
    session.on('session.configured', () => session.history().catch(() => {}));
    await clock.advance(20_000);
    expect(heard).toEqual(['away']);
    close();
  });

  it.each([
    ['limit', { limit: 0 }],
    ['limit', { limit: 101 }],
    ['limit', { limit: 1.5 }],
    ['limit', { limit: '5' }],
    ['before', { before: '' }],
    ['before', { before: 7 }],
    ['befor', { befor: 'm1' }],
    ['options', 'all'],
  ])('refuses a wrong %s by name, at once: %j', (name, options) => {
    const { messaging } = createSession();
    expect(() => messaging.history(options as never)).toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        message: expect.stringContaining(`${name} must be`),
      }),
    );
    messaging.stop();
  });

  it('cannot be had before the session is up, nor after its stop', async () => {
    const { messaging } = createSession();
    await expect(messaging.history()).rejects.toMatchObject({ code: 'network', unsent: true });
    messaging.stop();
    await expect(messaging.history()).rejects.toMatchObject({ code: 'stopped' });
  });

  it('says what was wrong: an id that nobody knows, a rate limit that lasts, a call that fails, a stop', async () => {
    const { clock, messenger, session, ask, close } = await createReloaded(['one']);
    await expect(ask({ before: 'never said' })).rejects.toMatchObject({ code: 'unknown-message' });
    messenger.failHistory(1);
    await expect(ask()).rejects.toMatchObject({ code: 'network' });
    messenger.answerHistory(() => new Response('', { status: 429, headers: { 'retry-after': '20' } }));
    await expect(ask()).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 20_000 });
    const asked = messenger.asked.length;
    messenger.answerHistory(null);
    await clock.advance(9500);
    await expect(ask()).rejects.toMatchObject({ code: 'rate-limited' });
    expect(messenger.asked).toHaveLength(asked);
    await clock.advance(10_000);
    expect(wordsOf((await ask()).entries)).toEqual(['one']);
    messenger.answerHistory(() => new Promise(() => {}));
    const late = session.history();
    late.catch(() => {});
    await clock.advance(15_000);
    await expect(late).rejects.toMatchObject({ code: 'timeout' });
    const left = session.history();
    left.catch(() => {});
    close();
    await expect(left).rejects.toMatchObject({ code: 'stopped' });
    await clock.settle();
    expect(clock.timers).toBe(messenger.inFlight);
  });

  it('asks for a token once more where the one it has is refused, and for no third', async () => {
    const { messenger, ask, close } = await createReloaded(['one']);
    const jwts = () => messenger.frames.filter(({ frame }) => frame.action === 'getJwt').length;
    await ask();
    const before = jwts();
    messenger.answerHistory(
      () => new Response('{}', { status: 401, headers: { 'content-type': 'application/json' } }),
    );
    await expect(ask()).rejects.toMatchObject({ code: 'unauthorized', status: 401 });
    expect(jwts()).toBe(before + 1);
    messenger.answerHistory(null);
    expect(wordsOf((await ask()).entries)).toEqual(['one']);
    close();
  });

  it('may be looked at in a session that is read-only (W-11), and belongs to one conversation', async () => {
    const { clock, messenger, session, ask, close } = await createReloaded(['one']);
    const asked = session.history();
    asked.catch(() => {});
    session.startNew().catch(() => {});
    await clock.advance(2000);
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/conversation-ended|network/) });
    messenger.sockets.at(-1)?.receive(
      structured({
        type: 'Event',
        direction: 'Outbound',
        events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }],
        metadata: { readOnly: 'true' },
      }),
    );
    await clock.settle();
    expect(session.state).toBe('readOnly');
    expect((await ask()).entries).toBeDefined();
    close();
  });

  it('of an unread past is unread where nobody kept how far it was read', async () => {
    const { session, clock, ask, close } = await createReloaded(['one', 'two']);
    const conversation = createConversation({ transport: session, clock }).start();
    await ask();
    expect(conversation.unread).toBe(2);
    conversation.stop();
    close();
  });
});
