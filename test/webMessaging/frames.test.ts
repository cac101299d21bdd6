import { describe, expect, it } from 'vitest';
import {
  bare,
  createSession,
  echoOf,
  plainError,
  sessionResponse,
  structured,
} from '../support/socketScript.ts';

const channel = { time: '2026-01-01T00:00:00.000Z', messageId: 'cm1' };
const sentAt = Date.UTC(2026, 0, 1);
const text = { id: 'm1', type: 'Text', text: 'hi', direction: 'Inbound', channel };
const event = (events: object[], direction = 'Outbound', metadata: object = { correlationId: 'c1' }) =>
  structured({ id: 'e1', type: 'Event', direction, channel, metadata, events });
const typing = (typing: object, direction?: string) => event([{ eventType: 'Typing', typing }], direction);
const presence = (type: string, direction: string, metadata?: object) =>
  event([{ eventType: 'Presence', presence: { type } }], direction, metadata);

describe('the answer to configureSession', () => {
  it('a new session is configured, and typing allowed', async () => {
    const session = createSession();
    await session.configure({ maxCustomDataBytes: 100, clearedExistingSession: false });
    expect(session.messaging.state).toBe('configured');
    expect(session.of('session.configured')).toEqual([
      { type: 'session.configured', resumed: false, clearedExisting: false },
    ]);
    expect(session.socket().sent.map(({ action }) => action)).toEqual(['configureSession']);
    const conversationId = session.messaging.conversationId as string;
    await expect(type(session, conversationId)).resolves.toMatchObject({ requestId: expect.any(String) });
    session.messaging.stop();
  });

  it('missing fields have their defaults; the session is resumed', async () => {
    const session = createSession();
    await session.connect();
    await session.receive({
      type: 'response',
      class: 'SessionResponse',
      code: 200,
      body: { connected: true, newSession: false },
    });
    expect(session.of('session.configured')).toEqual([
      { type: 'session.configured', resumed: true, clearedExisting: false },
    ]);
    session.messaging.stop();
  });

  it.each([
    ['', {}],
    [' of a read-only session', { readOnly: true }],
  ])('the answer%s that comes twice begins no other conversation (I-1)', async (_, body) => {
    const session = createSession();
    await session.configure(body);
    const { conversationId } = session.messaging;
    await session.receive(sessionResponse(body));
    await session.receive(structured({ ...text, direction: 'Outbound' }));
    expect(session.messaging.conversationId).toBe(conversationId);
    expect(session.told.filter(({ type }) => type === 'message.received')).toMatchObject([
      { conversationId },
    ]);
    session.messaging.stop();
  });

  it('an answer that nobody asked for begins no other conversation either (I-1)', async () => {
    const session = createSession();
    await session.configure({ newSession: false });
    const { conversationId } = session.messaging;
    await session.receive(sessionResponse({ connected: false }));
    await session.receive(sessionResponse());
    expect(session.messaging.conversationId).toBe(conversationId);
    session.messaging.stop();
  });

  it('a read-only session that is had anew is another conversation, which is told', async () => {
    const session = createSession();
    await session.configure({ readOnly: true });
    const { conversationId } = session.messaging;
    await session.receive(sessionResponse());
    expect(session.messaging.conversationId).not.toBe(conversationId);
    expect(session.told.at(-1)).toEqual({
      type: 'conversation.opened',
      conversationId: session.messaging.conversationId,
    });
    session.messaging.stop();
  });

  it('a read-only session sends nothing, not even a Join (W-11)', async () => {
    const session = createSession({ config: 'load', fetch: configWith({ autoStart: { enabled: true } }) });
    const socket = await session.configure({ readOnly: true });
    expect(session.messaging.state).toBe('readOnly');
    await expect(type(session, session.messaging.conversationId as string)).rejects.toMatchObject({
      code: 'network',
    });
    await expect(session.messaging.sendMessage('hello')).rejects.toMatchObject({ code: 'network' });
    await session.clock.advance(200_000);
    expect(socket.sent.map(({ action }) => action)).toEqual(['configureSession']);
    expect(session.told.at(-1)).toMatchObject({ type: 'conversation.ended' });
    session.messaging.stop();
  });

  it('after closeSession it asks for a new session; unasked it is only read-only', async () => {
    const session = createSession();
    const socket = await session.configure();
    const before = session.messaging.conversationId;
    const renewed = session.messaging.startNew();
    await session.clock.settle();
    expect(session.messaging.state).toBe('configuring');
    expect(socket.sent.at(-1)).toMatchObject({ action: 'closeSession', closeAllConnections: true });
    await session.receive(sessionResponse({ connected: false, newSession: true, readOnly: true }));
    expect(socket.sent.at(-1)).toMatchObject({ action: 'configureSession', startNew: true });
    await session.receive(sessionResponse());
    await renewed;
    expect(session.messaging.conversationId).not.toBe(before);

    await session.receive(sessionResponse({ connected: false, newSession: true, readOnly: true }));
    expect(session.messaging.state).toBe('readOnly');
    session.messaging.stop();
  });

  it('an existing session that was cleared is told', async () => {
    const session = createSession();
    await session.configure({ clearedExistingSession: true });
    expect(session.of('session.configured')[0]).toMatchObject({ clearedExisting: true });
    session.messaging.stop();
  });

  it('how long the session lives is told, and its end announced', async () => {
    const session = createSession();
    await session.configure({ durationSeconds: 3600, expirationDate: sentAt / 1000 + 3600 });
    expect(session.of('session.duration')).toEqual([
      { type: 'session.duration', durationMs: 3_600_000, msLeft: 3_600_000 },
    ]);
    session.messaging.stop();
  });

  it('sends Join where the deployment starts conversations by itself, and only into a new session', async () => {
    for (const newSession of [true, false]) {
      const session = createSession({ config: 'load', fetch: configWith({ autoStart: { enabled: true } }) });
      const socket = await session.configure({ newSession });
      expect(socket.sent.filter(({ action }) => action === 'onMessage')).toHaveLength(newSession ? 1 : 0);
      if (newSession) expect(JSON.stringify(socket.sent.at(-1))).toContain('"presence":{"type":"Join"}');
      expect(session.messaging.state).toBe('configured');
      expect(session.of('session.configured').map(({ resumed }) => resumed)).toEqual([!newSession]);
      session.messaging.stop();
    }
  });
});

describe('a message', () => {
  it('its echo makes it sent and opens the typing window', async () => {
    const session = createSession();
    const socket = await session.configure();
    const sent = session.messaging.sendMessage('hi', { metadata: { a: 'b' }, customAttributes: { k: 'v' } });
    await session.clock.settle();
    expect(socket.sent.at(-1)).toEqual({
      action: 'onMessage',
      token: expect.any(String),
      tracingId: expect.any(String),
      message: {
        type: 'Text',
        text: 'hi',
        metadata: { a: 'b', customMessageId: socket.sent.at(-1)?.tracingId },
        channel: { metadata: { customAttributes: { k: 'v' } } },
      },
    });
    await session.receive(echoOf(socket.sent.at(-1) as never, 'cm1'));
    await expect(sent).resolves.toEqual({
      messageId: 'cm1',
      sentAt,
      conversationId: session.messaging.conversationId,
    });
    expect(session.told.at(-1)).toMatchObject({ type: 'message.accepted', messageId: 'cm1' });
    session.messaging.stop();
  });

  it('of another device is told as such, and told once', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(structured(text, 't1'));
    await session.receive(structured(text, 't1'));
    expect(session.of('message.mirrored')).toEqual([
      {
        type: 'message.mirrored',
        message: { messageId: 'cm1', kind: 'text', text: 'hi', sender: 'unknown', sentAt },
      },
    ]);
    const own = { type: 'message.received', messageId: 'cm1', participantId: 'guest', isOwn: true };
    expect(session.told.filter((event) => event.type === 'message.received')).toEqual([
      expect.objectContaining(own),
    ]);
    session.messaging.stop();
  });

  it('is recognised by the id in its metadata as well', async () => {
    const session = createSession();
    const socket = await session.configure();
    const sent = session.messaging.sendMessage('hi');
    await session.clock.settle();
    const customMessageId = socket.sent.at(-1)?.tracingId;
    await session.receive(structured({ ...text, metadata: { customMessageId } }));
    await expect(sent).resolves.toMatchObject({ messageId: 'cm1' });
    session.messaging.stop();
  });

  it('of the other side is no echo, even with the id of one under way', async () => {
    const session = createSession();
    const socket = await session.configure();
    const sent = session.messaging.sendMessage('hi');
    await session.clock.settle();
    const tracingId = socket.sent.at(-1)?.tracingId as string;
    await session.receive(structured({ ...text, text: 'theirs', direction: 'Outbound' }, tracingId));
    expect(session.of('message.received').map(({ message }) => message.text)).toEqual(['theirs']);
    expect(session.of('message.sent')).toEqual([]);
    await session.receive(echoOf(socket.sent.at(-1) as never, 'cm2'));
    await expect(sent).resolves.toMatchObject({ messageId: 'cm2' });
    await session.receive(
      structured({ ...text, id: 'm8', channel: {}, direction: 'Outbound' }, 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ='),
    );
    expect(session.of('message.received')).toHaveLength(2);
    session.messaging.stop();
  });

  it('says who wrote it, as far as its frame does', async () => {
    const session = createSession();
    await session.configure();
    const from = {
      firstName: 'Alex',
      lastName: 'Doe',
      nickname: 'Lex',
      image: 'https://example.org/a.png',
      x: 1,
    };
    await session.receive(
      structured({
        ...text,
        direction: 'Outbound',
        originatingEntity: 'Human',
        channel: { ...channel, type: 'Private', from },
      }),
    );
    const { x: _, ...names } = from;
    expect(session.of('message.received')[0]?.message).toMatchObject({ sender: 'human', ...names });
    expect(session.told.at(-1)).toMatchObject({ participantId: 'Lex' });
    session.messaging.stop();
  });

  it('of the other side, sender unknown, hides the indicator and resets nothing', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(structured({ ...text, direction: 'Outbound' }));
    expect(session.of('message.received')[0]?.message).toMatchObject({ sender: 'unknown', messageId: 'cm1' });
    expect(session.told.at(-1)).toEqual({
      type: 'message.received',
      conversationId: session.messaging.conversationId,
      participantId: 'agent',
      messageId: 'cm1',
      sentAt,
    });
    session.messaging.stop();
  });

  it('of a bot, structured, with content that is not interpreted', async () => {
    const session = createSession();
    await session.configure();
    const content = [
      { contentType: 'QuickReply', quickReply: { text: 'a', payload: 'b' } },
      { contentType: 'X' },
    ];
    const body = {
      id: 'm9',
      type: 'Structured',
      text: 'Hi',
      direction: 'Outbound',
      originatingEntity: 'Bot',
      content,
    };
    await session.receive(structured(body));
    expect(session.of('message.received')[0]?.message).toEqual({
      messageId: 'm9',
      kind: 'structured',
      text: 'Hi',
      content,
      sender: 'bot',
    });
    expect(session.told.at(-1)).toMatchObject({ type: 'message.received', messageId: 'm9' });
    session.messaging.stop();
  });
});

describe('typing of the other side', () => {
  it.each([
    ['with a duration', typing({ type: 'On', duration: 5000 }), { isTyping: true, durationMs: 5000 }],
    ['with durationMs', typing({ type: 'On', durationMs: 4000 }), { isTyping: true, durationMs: 4000 }],
    ['without one', typing({ type: 'On' }), { isTyping: true }],
    ['off', typing({ type: 'Off', duration: 1000 }), { isTyping: false, durationMs: 1000 }],
    ['off in any case', typing({ type: 'OFF' }), { isTyping: false }],
    ['with a duration of nonsense', typing({ type: 'On', duration: -1 }), { isTyping: true }],
    [
      'with a duration too long',
      typing({ type: 'On', duration: 1e12 }),
      { isTyping: true, durationMs: 30_000 },
    ],
    ['with a duration that is no number', typing({ type: 'On', duration: 'x' }), { isTyping: true }],
  ])('%s', async (_, frame, expected) => {
    const session = createSession();
    await session.configure();
    await session.receive(frame);
    expect(session.of('remote.typing')).toEqual([{ type: 'remote.typing', ...expected, sentAt }]);
    expect(session.told.at(-1)).toEqual({
      type: 'remote.typing',
      conversationId: session.messaging.conversationId,
      participantId: 'agent',
      ...expected,
      sentAt,
    });
    session.messaging.stop();
  });

  it('off and on in one frame are both told, in order', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(
      event([
        { eventType: 'Typing', typing: { type: 'Off', duration: 1000 } },
        { eventType: 'Typing', typing: { type: 'On', duration: 5000 } },
      ]),
    );
    expect(session.of('remote.typing').map(({ isTyping }) => isTyping)).toEqual([false, true]);
    session.messaging.stop();
  });

  it('says who types, and any message of theirs hides whoever was shown', async () => {
    const session = createSession();
    await session.configure();
    const by = (body: object, from?: object) =>
      structured({
        id: 'e1',
        type: 'Event',
        direction: 'Outbound',
        ...body,
        channel: { ...channel, from },
        events: [{ eventType: 'Typing', typing: { type: 'On' } }],
      });
    await session.receive(by({ originatingEntity: 'Bot' }));
    await session.receive(by({ originatingEntity: 'Human' }, { firstName: 'Sam', image: 'https://x.org/s' }));
    await session.receive(by({}));
    expect(session.of('remote.typing')).toMatchObject([
      { sender: 'bot' },
      { sender: 'human', firstName: 'Sam', image: 'https://x.org/s' },
      {},
    ]);
    const typing = () => session.told.filter((event) => event.type === 'remote.typing');
    expect(typing().map((event) => event.participantId)).toEqual(['bot', 'Sam', 'agent']);
    await session.receive(
      structured({ ...text, direction: 'Outbound', channel: { ...channel, from: { firstName: 'Sam' } } }),
    );
    expect(typing().slice(3)).toMatchObject([
      { participantId: 'bot', isTyping: false },
      { participantId: 'agent', isTyping: false },
    ]);
    expect(session.told.at(-1)).toMatchObject({ type: 'message.received', participantId: 'Sam' });
    session.messaging.stop();
  });

  it.each([
    ['the guest’s own typing', typing({ type: 'On', duration: 5000 }, 'Inbound')],
    ['an event that nobody knows', event([{ eventType: 'Fake', x: { y: 'z' } }])],
    ['a class that nobody knows', bare('NotSupportedClassName')],
    ['no JSON', 'Hi, not JSON'],
    ['an answer about attachments', bare('PresignedUrlResponse', { attachmentId: 'a', url: 'https://x' })],
    ['a failed upload', bare('UploadFailureEvent', { attachmentId: 'a', errorCode: 4001 })],
    ['an attachment error', bare('GenerateUrlError', { attachmentId: 'a', errorCode: 4001 })],
    ['Presence Clear', presence('Clear', 'Inbound')],
    ['a Presence that nobody knows', presence('AuthenticateFailure', 'Outbound')],
    ['a Receipt', structured({ id: 'r', type: 'Receipt', direction: 'Outbound', status: 'Read' })],
    ['a message without a direction', structured({ id: 'r', type: 'Text', text: 'x' })],
    ['a message without an id', structured({ type: 'Text', text: 'x', direction: 'Outbound' })],
    ['nothing', ''],
    ['null', 'null'],
    ['an array', '[]'],
    ['a number', '1'],
    ['bytes', new Uint8Array([1, 2, 3])],
    ['a class that is no string', '{"class":{"toString":1}}'],
    ['a body of the wrong type', '{"class":"StructuredMessage","body":[]}'],
    ['a session without connected', '{"class":"SessionResponse","body":{}}'],
    ['an error without a number', '{"class":"string","body":"x"}'],
    [
      'keys that reach a prototype',
      '{"class":"StructuredMessage","body":{"__proto__":{"polluted":1},"type":"Event"}}',
    ],
    ['a nest too deep', `{"class":"string","code":400,"body":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    ['a frame too long', JSON.stringify({ class: 'string', code: 4006, body: 'x'.repeat(300_000) })],
    ['cut JSON', '{"class":"SessionExpiredEvent"'],
  ])('%s changes nothing (W-7)', async (_, frame) => {
    const session = createSession();
    await session.configure();
    const before = session.emitted.length;
    await session.receive(frame);
    await session.receive(frame);
    expect(session.emitted).toHaveLength(before);
    expect(session.messaging.state).toBe('configured');
    expect(session.sockets).toHaveLength(1);
    expect(session.logged.filter((line) => line.includes('left out')).length).toBeLessThan(2);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    session.messaging.stop();
  });
});

describe('an error frame', () => {
  it('a refusal of typing forbids it, and nothing else', async () => {
    const session = createSession();
    await session.configure();
    await type(session, session.messaging.conversationId as string);
    await session.receive(plainError(403, 'Turn on the Feature Toggle or fix the configuration.'));
    expect(session.kinds()).toContain('typing.forbidden');
    expect(session.told.at(-1)).toEqual({ type: 'typing.forbidden' });
    expect(session.messaging.state).toBe('configured');
    session.messaging.stop();
  });

  it.each([300, 400, 401, 403, 404, 408, 409, 500, 503, 599])(
    '%i while configuring is fatal',
    async (code) => {
      const session = createSession();
      await session.connect();
      await session.receive(plainError(code));
      expect(session.messaging.state).toBe('failed');
      expect(session.of('session.failed')[0]?.failure).toMatchObject({ errorCode: code });
      expect(session.socket().closes).toEqual([1000]);
      expect(session.socket().listeners).toBe(0);
    },
  );

  it.each([400, 401, 403, 404, 409, 500, 4000, 4001, 4008, 4020, 4102, 5000, 99_999])(
    '%i while configured is told, and ends nothing',
    async (code) => {
      const session = createSession();
      await session.configure();
      await session.receive(plainError(code));
      expect(session.messaging.state).toBe('configured');
      expect(session.of('session.error')[0]?.failure).toMatchObject({ errorCode: code });
      session.messaging.stop();
    },
  );

  it.each([299, 600, 4000, 4020, 5000])('%i while configuring is no more than told', async (code) => {
    const session = createSession();
    await session.connect();
    await session.receive(plainError(code));
    expect(session.messaging.state).toBe('configuring');
    session.messaging.stop();
  });

  it.each([
    ['unauthorized', [401]],
    ['forbidden', [403, 4000]],
    ['not-found', [404]],
    ['timeout', [408]],
    ['conversation-ended', [409]],
    ['bad-request', [400, 402, 499, 4001, 4005, 4010, 4011, 4013, 4020, 4102]],
    ['unavailable', [500, 599]],
    ['unexpected', [399, 600, 4012, 4101, 4103, 5000]],
  ])('is told as %s, in words of our own: %s', async (code, numbers) => {
    const session = createSession();
    await session.configure();
    for (const number of numbers) await session.receive(plainError(number, 'in the words of a server'));
    const failures = session.of('session.error').map(({ failure }) => failure);
    expect(failures.map((failure) => [failure.errorCode, failure.code])).toEqual(
      numbers.map((number) => [number, code]),
    );
    for (const { message, errorCode = 0 } of failures) {
      expect(message).toMatch(/^The .{15,}\.$/);
      expect(message).not.toContain('in the words of');
      const isAttachment = (errorCode > 4000 && errorCode < 4011) || errorCode === 4102;
      expect(message.includes('attachment')).toBe(isAttachment);
    }
    session.messaging.stop();
  });

  it.each([
    ['a session that expired', plainError(4006, 'session expired'), 'conversation-ended'],
    [
      'the event of an expired session',
      { type: 'response', class: 'SessionExpiredEvent', code: 200, body: {} },
      'conversation-ended',
    ],
    ['a session that is not there', plainError(4007, 'session not found'), 'not-found'],
    ['a token that nobody takes', plainError(4017), 'unauthorized'],
    [
      'a session that expired, told as an object',
      { class: 'Error', code: 400, body: { errorCode: 4006 } },
      'conversation-ended',
    ],
  ])('%s is fatal in every state', async (_, frame, code) => {
    for (const isConfigured of [true, false]) {
      const session = createSession();
      await (isConfigured ? session.configure() : session.connect());
      const { token } = session.socket().sent[0] as { token: string };
      await session.receive(frame);
      expect(session.messaging.state).toBe('failed');
      expect(session.of('session.failed')[0]?.failure.code).toBe(code);
      expect(session.of('session.failed')[0]?.failure.message).toMatch(/new one\.$/);
      expect(session.clock.timers).toBe(0);
      await session.connect();
      expect(session.socket().sent[0]?.token === token).toBe(code !== 'unauthorized');
      session.messaging.stop();
    }
  });

  it.each([
    ['a text that is too long', 4011],
    ['attributes that are too large', 4013],
  ])('%s: %i fails the message that left, and nothing else', async (_, code) => {
    const session = createSession();
    await session.configure();
    const sent = session.messaging.sendMessage('hello');
    const next = session.messaging.sendMessage('world');
    await session.clock.settle();
    await session.receive(plainError(code));
    await expect(sent).rejects.toMatchObject({ code: 'bad-request' });
    expect(session.messaging.state).toBe('configured');
    await session.receive(echoOf(session.socket().sent.at(-1) as never, 'cm2'));
    await expect(next).resolves.toMatchObject({ messageId: 'cm2' });
    session.messaging.stop();
  });

  it.each([
    [400, 'bad-request'],
    [403, 'forbidden'],
    [409, 'conversation-ended'],
  ])('%i with the id of a message fails that message', async (code, expected) => {
    const session = createSession();
    const socket = await session.configure();
    const sent = session.messaging.sendMessage('hello');
    await session.clock.settle();
    await session.receive(plainError(code, 'no', socket.sent.at(-1)?.tracingId as string));
    await expect(sent).rejects.toMatchObject({ code: expected });
    session.messaging.stop();
  });

  it.each([true, false])(
    '403 that asks for a sign-in is told, and ends it: configured %s (W-3)',
    async (isUp) => {
      const session = createSession();
      await (isUp ? session.configure() : session.connect());
      await session.receive(plainError(403, 'Try to authenticate again before sending'));
      expect(session.kinds()).toContain('session.authorizationRequired');
      expect(session.of('session.failed')[0]?.failure).toMatchObject({
        code: 'unauthorized',
        message: expect.stringContaining('sign in elsewhere'),
      });
      await session.clock.advance(600_000);
      expect(session.messaging.state).toBe('failed');
      expect(session.sockets).toHaveLength(1);
    },
  );

  it.each([
    ['403', plainError(403, 'You may not do this.'), 'forbidden'],
    ['409', plainError(409), 'conversation-ended'],
    ['an error object', { class: 'ErrorMessage', code: 400, body: { message: 'no' } }, 'bad-request'],
  ])(
    '%s without an id fails the one message under way, at once, though a key came before',
    async (_, frame, code) => {
      const session = createSession();
      await session.configure();
      await type(session, session.messaging.conversationId as string);
      const sent = session.messaging.sendMessage('hello');
      await session.clock.advance(1000);
      await session.receive(frame);
      await expect(sent).rejects.toMatchObject({ code });
      expect(session.of('message.failed')).toHaveLength(1);
      expect(session.kinds()).not.toContain('typing.forbidden');
      session.messaging.stop();
    },
  );

  it.each([
    ['401, which says who one is', plainError(401), 'session.error'],
    ['408, which says how long it took', plainError(408), 'session.error'],
    ['425, which says when', plainError(425), 'session.error'],
    ['500', plainError(500), 'session.error'],
    ['399', plainError(399), 'session.error'],
    ['a number that nobody knows', plainError(4020), 'session.error'],
    ['400 with the id of nobody’s message', plainError(400, 'no', 'somebody-elses'), 'session.error'],
    [
      'a rate limit with the id of nobody’s message',
      { ...bare('TooManyRequestsErrorMessage', { retryAfter: 3, errorCode: 4029 }), tracingId: 'another' },
      'session.limited',
    ],
    [
      'a message of the guest from elsewhere',
      structured({ ...text, id: 'm9', channel: { ...channel, messageId: 'cm9' } }),
      'message.mirrored',
    ],
  ])('%s says nothing of the message under way: it waits for its echo (W-6)', async (_, frame, told) => {
    const session = createSession();
    const socket = await session.configure();
    const sent = session.messaging.sendMessage('hello');
    await session.clock.settle();
    const own = socket.sent.at(-1) as never;
    await session.receive(frame);
    expect(session.kinds()).toContain(told);
    await session.clock.advance(5000);
    expect(session.kinds().filter((kind) => kind === 'message.sent' || kind === 'message.failed')).toEqual(
      [],
    );
    expect(socket.sent.filter(({ action }) => action === 'onMessage')).toHaveLength(1);
    await session.receive(echoOf(own, 'cm1'));
    await expect(sent).resolves.toMatchObject({ messageId: 'cm1' });
    session.messaging.stop();
  });

  it('403 about typing leaves a message under way alone', async () => {
    const session = createSession();
    const socket = await session.configure();
    await type(session, session.messaging.conversationId as string);
    const sent = session.messaging.sendMessage('hello');
    await session.clock.settle();
    await session.receive(plainError(403, 'Typing indicators are not allowed.'));
    await session.receive(echoOf(socket.sent.at(-1) as never, 'cm1'));
    await expect(sent).resolves.toMatchObject({ messageId: 'cm1' });
    expect(session.kinds()).toContain('typing.forbidden');
    session.messaging.stop();
  });

  it('403 in other words, long after the last key or not, says nothing of typing', async () => {
    const session = createSession();
    await session.configure();
    await type(session, session.messaging.conversationId as string);
    await session.receive(plainError(403, 'Presence events Conversation Clear are not supported'));
    expect(session.kinds()).not.toContain('typing.forbidden');
    expect(session.of('session.error')).toHaveLength(1);
    session.messaging.stop();
  });
});

describe('the rate limit', () => {
  const limited = (body: object, tracingId?: string) => ({
    type: 'response',
    class: 'TooManyRequestsErrorMessage',
    code: 429,
    ...(tracingId !== undefined && { tracingId }),
    body: { errorCode: 4029, errorMessage: 'Message rate too high for this session', ...body },
  });

  it('holds everything for as long as it says; the message that it names leaves again', async () => {
    const session = createSession();
    const socket = await session.configure();
    const sent = session.messaging.sendMessage('hello');
    await session.clock.settle();
    const frame = socket.sent.at(-1) as Record<string, unknown>;
    await session.receive(limited({ retryAfter: 3 }, frame.tracingId as string));
    expect(session.messaging.state).toBe('configured');
    const { msLeft } = session.of('session.limited')[0] as { msLeft: number };
    expect(msLeft).toBeGreaterThanOrEqual(3000);
    expect(msLeft).toBeLessThanOrEqual(3500);
    await expect(type(session, session.messaging.conversationId as string)).rejects.toMatchObject({
      code: 'rate-limited',
    });
    const messages = () => socket.sent.filter(({ action }) => action === 'onMessage');
    await session.clock.advance(msLeft - 1);
    expect(messages()).toHaveLength(1);
    await session.clock.advance(1);
    expect(messages()).toEqual([frame, frame]);
    await session.receive(echoOf(frame, 'cm1'));
    await expect(sent).resolves.toMatchObject({ messageId: 'cm1' });
    session.messaging.stop();
  });

  it('holds a new session back as well, which is asked for in good time then (L-1)', async () => {
    const session = createSession();
    const socket = await session.configure();
    await session.receive(limited({ retryAfter: 3 }));
    const count = socket.sent.length;
    const started = session.messaging.startNew();
    await session.clock.advance(2999);
    expect(socket.sent).toHaveLength(count);
    expect(session.sockets).toHaveLength(1);
    await session.clock.advance(501);
    session.socket().open();
    await session.clock.settle();
    expect(session.socket().sent).toMatchObject([{ action: 'configureSession', startNew: true }]);
    await session.receive(sessionResponse());
    await started;
    session.messaging.stop();
  });

  it('without an id concerns the one message under way: it leaves again when the limit is over', async () => {
    const session = createSession();
    const socket = await session.configure();
    const sent = session.messaging.sendMessage('hello');
    await session.clock.settle();
    const frame = socket.sent.at(-1) as Record<string, unknown>;
    await session.receive(limited({ retryAfter: 3 }));
    await session.clock.advance(3500);
    expect(socket.sent.filter(({ tracingId }) => tracingId === frame.tracingId)).toHaveLength(2);
    await session.receive(echoOf(frame, 'cm1'));
    await expect(sent).resolves.toMatchObject({ messageId: 'cm1' });
    session.messaging.stop();
  });

  it.each([
    ['no hint', {}, 5000],
    ['a fraction', { retryAfter: 1.5 }, 5000],
    ['a negative hint', { retryAfter: -1 }, 5000],
    ['words', { retryAfter: 'soon' }, 5000],
    ['a hint in words', { errorMessage: 'Retry the request in [42] seconds' }, 42_000],
    ['a year', { retryAfter: 31_536_000 }, 300_000],
  ])('with %s waits a finite time', async (_, body, least) => {
    const session = createSession();
    await session.configure();
    await session.clock.advance(10_000);
    await session.receive(limited(body));
    const { msLeft } = session.of('session.limited')[0] as { msLeft: number };
    expect(msLeft).toBeGreaterThanOrEqual(least);
    expect(msLeft).toBeLessThanOrEqual(least + 500);
    expect(session.told.at(-1)).toEqual({ type: 'limit.announced', retryAfterMs: msLeft });
    const pace = () => Object(session.messaging.actor.getSnapshot().value).live?.configured?.pace;
    expect(pace()).toBe('limited');
    for (let left = msLeft; left > 0; left -= 20_000) {
      expect(pace()).toBe('limited');
      await session.clock.advance(Math.min(left, 20_000));
      await session.receive(bare('Anything'));
    }
    expect(pace()).toBe('open');
    session.messaging.stop();
  });

  it('outlives a reconnect, and holds a configureSession as well', async () => {
    const session = createSession();
    await session.connect();
    await session.receive(plainError(4029));
    expect(session.messaging.state).toBe('reconnecting');
    await session.clock.advance(4999);
    expect(session.sockets).toHaveLength(1);
    await session.clock.advance(501);
    expect(session.sockets).toHaveLength(2);
    session.messaging.stop();
  });
});

describe('the end of a session', () => {
  it.each([
    ['too many connections', [bare('ConnectionClosedEvent')], 'sessionLimit', true],
    ['a sign-in elsewhere', [bare('ConnectionClosedEvent', { reason: 'signedIn' })], 'signedIn', false],
    [
      'a sign-in elsewhere, told by its code',
      [bare('ConnectionClosedEvent', { reasonCode: 'signedIn' })],
      'signedIn',
      false,
    ],
    ['a cleared conversation', [bare('SessionClearedEvent'), bare('ConnectionClosedEvent')], 'cleared', true],
    ['a logout', [bare('LogoutEvent')], 'logout', false],
  ])('%s: closes in good order and stays closed', async (_, frames, reason, keepsToken) => {
    const session = createSession();
    const socket = await session.configure();
    for (const frame of frames) await session.receive(frame);
    expect(session.of('session.closed')).toEqual([{ type: 'session.closed', reason }]);
    expect(session.of('session.cleared')).toHaveLength(reason === 'cleared' ? 1 : 0);
    expect(socket.closes).toEqual([1000]);
    expect(socket.listeners).toBe(0);
    await session.clock.advance(600_000);
    expect(session.sockets).toHaveLength(1);
    expect(session.clock.timers).toBe(0);
    await session.connect();
    expect(session.socket().sent[0]?.token === socket.sent[0]?.token).toBe(keepsToken);
    session.messaging.stop();
  });

  it('the other side ends it for good', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(presence('Disconnect', 'Outbound', { readOnly: 'true' }));
    expect(session.messaging.state).toBe('readOnly');
    expect(session.of('session.disconnected')).toEqual([
      { type: 'session.disconnected', readOnly: true, sentAt },
    ]);
    expect(session.told.filter(({ type }) => type === 'conversation.ended')).toHaveLength(1);
    session.messaging.stop();
  });

  it.each([{ readOnly: 'false' }, {}])('or leaves, and the guest may go on: %o', async (metadata) => {
    const session = createSession();
    await session.configure();
    await session.receive(presence('Disconnect', 'Outbound', metadata));
    expect(session.messaging.state).toBe('configured');
    expect(session.of('session.disconnected')).toEqual([
      { type: 'session.disconnected', readOnly: false, sentAt },
    ]);
    expect(session.told.at(-1)).toMatchObject({ type: 'conversation.opened' });
    await expect(type(session, session.messaging.conversationId as string)).resolves.toBeDefined();
    session.messaging.stop();
  });

  it('a Join and a SignIn of the guest are told', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(presence('Join', 'Inbound'));
    await session.receive(
      structured({
        id: 'e1',
        type: 'Event',
        direction: 'Inbound',
        channel: { ...channel, from: { firstName: 'Kim', lastName: 'Doe' } },
        events: [{ eventType: 'Presence', presence: { type: 'SignIn' } }],
      }),
    );
    expect(session.emitted.slice(-2)).toEqual([
      { type: 'session.joined', sentAt },
      { type: 'session.signedIn', firstName: 'Kim', lastName: 'Doe', sentAt },
    ]);
    session.messaging.stop();
  });
});

function type(session: ReturnType<typeof createSession>, conversationId: string) {
  const call = { conversationId, isTyping: true, attempt: 1, keepalive: false };
  return session.messaging.sendTyping(call, { signal: new AbortController().signal });
}

function configWith(conversations: object): typeof fetch {
  const config = {
    status: 'Active',
    messenger: { apps: { conversations: { showUserTypingIndicator: true, ...conversations } } },
  };
  return () => Promise.resolve(Response.json(config));
}
