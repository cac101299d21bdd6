import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { connect, Guest, startGuest } from '../support/guestSocket.ts';
import { openFeed, start, startStepped } from '../support/sandboxGuest.ts';

const HEX = /^[0-9a-f]{32}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NOW = '2026-01-01T00:00:00.000Z';
const NOW_SECONDS = Date.UTC(2026, 0, 1) / 1000;

describe('a guest written from the protocol alone', () => {
  it('connects, sends and receives', async () => {
    const { sandbox } = await startStepped();
    const guest = connect(sandbox);
    expect(await guest.opened).toBe('open');
    expect(await guest.configure()).toEqual({
      type: 'response',
      class: 'SessionResponse',
      code: 200,
      body: {
        connected: true,
        newSession: true,
        readOnly: false,
        maxCustomDataBytes: 2048,
        allowedMedia: { inbound: { fileTypes: [{ type: '*/*' }], maxFileSizeKB: 10_240 } },
        blockedExtensions: ['.exe'],
        clearedExistingSession: false,
        durationSeconds: 259_200,
        expirationDate: NOW_SECONDS + 259_200,
        autoStarted: false,
      },
    });

    guest.say('hello', { channel: { metadata: { customAttributes: { k: 'v' } } } });
    const echo = await guest.next();
    expect(echo).toEqual({
      type: 'message',
      class: 'StructuredMessage',
      code: 200,
      body: {
        id: expect.stringMatching(HEX),
        type: 'Text',
        text: 'hello',
        direction: 'Inbound',
        channel: { time: NOW, messageId: expect.stringMatching(UUID) },
        metadata: { correlationId: expect.stringMatching(UUID) },
      },
    });

    const [{ conversationId = '' } = {}] = sandbox.webMessaging.sessions();
    const { messageId } = sandbox.agent.say(conversationId, 'Hi there', { nickname: 'Ann' });
    expect(await guest.next()).toEqual({
      type: 'message',
      class: 'StructuredMessage',
      code: 200,
      body: {
        id: messageId.replaceAll('-', ''),
        type: 'Text',
        text: 'Hi there',
        direction: 'Outbound',
        originatingEntity: 'Human',
        channel: { time: NOW, messageId, type: 'Private', from: { nickname: 'Ann' } },
        metadata: { correlationId: expect.stringMatching(UUID) },
      },
    });
  });

  it('may name an application, and send every optional field and unknown ones', async () => {
    const sandbox = await start();
    const { endpoint, deploymentId } = sandbox.webMessaging;
    const query = `${deploymentId}&application=Other%20SDK-1.2&x=1`;
    const guest = new Guest(endpoint, query, randomUUID());
    await guest.opened;
    const tracingId = randomUUID();
    const answer = await guest.ask({
      action: 'configureSession',
      deploymentId,
      startNew: false,
      tracingId,
      resumeToken: null,
      journeyContext: {
        customer: { id: guest.token, idType: 'cookie' },
        customerSession: { id: '', type: 'web' },
      },
      anything: { else: [1] },
    });
    expect(answer).toMatchObject({ class: 'SessionResponse', tracingId, body: { newSession: true } });
  });

  it('correlates its message by the tracing id or by its own metadata', async () => {
    const { guest } = await startGuest();
    const message = { type: 'Text', text: 'hi', metadata: { customMessageId: 'c1', id: 'm1' } };
    const echo = await guest.ask({ action: 'onMessage', tracingId: 't1', message });
    expect(echo.tracingId).toBe('t1');
    expect(echo.body.metadata).toEqual({
      customMessageId: 'c1',
      id: 'm1',
      correlationId: expect.stringMatching(UUID),
    });
  });

  it('sends the answer to a quick reply', async () => {
    const { guest, sandbox, conversationId } = await startGuest();
    const content = [
      { contentType: 'ButtonResponse', buttonResponse: { type: 'QuickReply', text: 'Yes', payload: 'yes' } },
    ];
    const echo = await guest.ask({ action: 'onMessage', message: { type: 'Structured', content } });
    expect(echo.body).toMatchObject({ type: 'Structured', text: 'Yes', content, direction: 'Inbound' });
    expect(sandbox.conversation(conversationId).messages[0]?.text).toBe('Yes');
  });

  it('resumes by its token', async () => {
    const { guest, sandbox, conversationId, clock } = await startGuest();
    guest.socket.close(1000);
    expect(await guest.closed).toBe(1000);
    clock.advance(60_000);
    const back = connect(sandbox, guest.token);
    expect((await back.configure({ startNew: false })).body).toMatchObject({
      connected: true,
      newSession: false,
      readOnly: false,
      expirationDate: NOW_SECONDS + 259_200,
    });
    await expect.poll(() => sandbox.webMessaging.sessions()).toMatchObject([{ connections: 1 }]);
    sandbox.agent.say(conversationId, 'Still here');
    expect((await back.next()).body.text).toBe('Still here');
  });

  it('starts anew with the same token when it asks to', async () => {
    const { guest, sandbox, conversationId } = await startGuest();
    expect((await guest.configure({ startNew: true })).body.newSession).toBe(true);
    const sessions = sandbox.webMessaging.sessions();
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.conversationId).not.toBe(conversationId);
    expect(sandbox.conversation(conversationId).ended).toBe(true);
    guest.say('again');
    expect((await guest.next()).body.text).toBe('again');
  });

  it('closes its session, and starts another', async () => {
    const { guest, sandbox, again } = await startGuest();
    const other = await again();
    const closed = await guest.ask({ action: 'closeSession', tracingId: 'c', closeAllConnections: true });
    expect(closed).toEqual({
      type: 'response',
      class: 'SessionResponse',
      code: 200,
      tracingId: 'c',
      body: { connected: false, newSession: false, readOnly: true, clearedExistingSession: false },
    });
    expect((await other.next()).class).toBe('ConnectionClosedEvent');
    expect(await other.closed).toBe(1000);
    guest.say('too late');
    expect((await guest.next()).code).toBe(409);
    expect((await guest.configure()).body).toMatchObject({ newSession: false, readOnly: true });
    expect((await guest.configure({ startNew: true })).body).toMatchObject({
      newSession: true,
      readOnly: false,
    });
    expect(sandbox.webMessaging.sessions()).toMatchObject([{ state: 'open', readOnly: false }]);
  });

  it('checks its connection by an echo, which is no message', async () => {
    const { guest, sandbox, conversationId } = await startGuest();
    const tracingId = 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=';
    const message = { type: 'Text', text: 'ping' };
    expect(await guest.ask({ action: 'echo', tracingId, message })).toEqual({
      type: 'response',
      class: 'StructuredMessage',
      code: 200,
      tracingId,
      body: {
        id: expect.stringMatching(HEX),
        type: 'Text',
        text: 'ping',
        direction: 'Inbound',
        metadata: { durationSeconds: '259200', expirationDate: String(NOW_SECONDS + 259_200) },
      },
    });
    expect(sandbox.conversation(conversationId).messages).toEqual([]);
  });

  it('joins by a presence event, which is echoed', async () => {
    const { guest } = await startGuest();
    guest.presence('Join', { tracingId: 'j' });
    expect(await guest.next()).toMatchObject({
      class: 'StructuredMessage',
      tracingId: 'j',
      body: {
        type: 'Event',
        direction: 'Inbound',
        events: [{ eventType: 'Presence', presence: { type: 'Join' } }],
      },
    });
  });

  it('asks for the configuration, and gets what the guest schema has in it', async () => {
    const { guest } = await startGuest();
    expect(await guest.ask({ action: 'getConfiguration', tracingId: 'c' })).toEqual({
      type: 'response',
      class: 'GetConfigurationResponse',
      code: 200,
      tracingId: 'c',
      body: {
        allowedMedia: { inbound: { fileTypes: [{ type: '*/*' }], maxFileSizeKB: 10_240 } },
        blockedExtensions: ['.exe'],
        maxCustomDataBytes: 2048,
        messageRoutingEnabled: true,
        sessionDurationSeconds: 259_200,
      },
    });
  });
});

describe('typing', () => {
  it('is told to the agent, to the feed and to every socket, and expires', async () => {
    const { guest, sandbox, conversationId, guestId, again, clock } = await startGuest();
    const [other, feed] = [await again(), await openFeed(sandbox)];
    await feed.next('authenticated');
    guest.typing({ tracingId: 't' });
    for (const socket of [guest, other]) {
      expect(await socket.next()).toEqual({
        type: 'message',
        class: 'StructuredMessage',
        code: 200,
        tracingId: 't',
        body: {
          id: expect.stringMatching(HEX),
          type: 'Event',
          direction: 'Inbound',
          channel: { time: NOW, messageId: expect.stringMatching(UUID) },
          metadata: { correlationId: expect.stringMatching(UUID) },
          events: [{ eventType: 'Typing', typing: { type: 'On' } }],
        },
      });
    }
    expect(sandbox.conversation(conversationId).typing).toEqual([guestId]);
    const who = { conversationId, participantId: guestId };
    expect(await feed.next('conversation:typing')).toMatchObject({ ...who, isTyping: true });
    clock.advance(5000);
    expect(await feed.next('conversation:typing')).toMatchObject({ ...who, isTyping: false });
    expect(sandbox.conversation(conversationId).typing).toEqual([]);
  });

  it('of the agent lasts five seconds, or as long as told; its end is not on the wire', async () => {
    const { guest, sandbox, conversationId } = await startGuest();
    sandbox.agent.typing(conversationId, true);
    expect(await guest.next()).toEqual({
      type: 'message',
      class: 'StructuredMessage',
      code: 200,
      body: {
        id: expect.stringMatching(HEX),
        type: 'Event',
        direction: 'Outbound',
        originatingEntity: 'Human',
        channel: { time: NOW, messageId: expect.stringMatching(UUID) },
        metadata: { correlationId: expect.stringMatching(UUID) },
        events: [{ eventType: 'Typing', typing: { type: 'On', duration: 5000 } }],
      },
    });
    sandbox.agent.typing(conversationId, false);
    sandbox.agent.typing(conversationId, true, { duration: 1200, bot: true });
    expect((await guest.next()).body).toMatchObject({
      originatingEntity: 'Bot',
      events: [{ typing: { type: 'On', duration: 1200 } }],
    });
  });

  it('is refused when it is switched off, by the deployment or for everyone', async () => {
    const { guest, sandbox, conversationId, clock } = await startGuest();
    const forbidden = {
      type: 'response',
      class: 'string',
      code: 403,
      body: 'Turn on the Feature Toggle or fix the configuration.',
    };
    sandbox.webMessaging.configureDeployment({ showUserTypingIndicator: false });
    guest.typing();
    expect(await guest.next()).toEqual(forbidden);
    sandbox.webMessaging.configureDeployment({ showUserTypingIndicator: true });
    sandbox.setTypingEnabled(false);
    clock.advance(6000);
    guest.typing({ tracingId: 't' });
    expect(await guest.next()).toEqual({ ...forbidden, tracingId: 't' });
    expect(sandbox.conversation(conversationId).typing).toEqual([]);
  });

  it('is ignored instead when the deployment says so', async () => {
    const { guest, sandbox, conversationId } = await startGuest();
    sandbox.webMessaging.configureDeployment({ showUserTypingIndicator: false, typingWhenOff: 'ignore' });
    guest.typing();
    guest.say('hello');
    expect((await guest.next()).body.type).toBe('Text');
    expect(sandbox.conversation(conversationId).typing).toEqual([]);
    expect(sandbox.calls({ lane: 'typing' })).toMatchObject([{ status: null, durationMs: 0 }]);
  });

  it.each([
    [{ eventType: 'Typing', typing: { type: 'Off' } }, 400],
    [{ eventType: 'Typing' }, 400],
    [{ eventType: 'Presence', presence: { type: 'Away' } }, 400],
    [{ eventType: 'Receipt' }, 400],
    [{ eventType: 'CoBrowse', coBrowse: {} }, 4000],
    [null, 400],
  ])('knows no other events: %j', async (event, code) => {
    const { guest, sandbox, conversationId } = await startGuest();
    guest.event(event as object, { tracingId: 't' });
    expect(await guest.next()).toMatchObject({ type: 'response', class: 'string', code, tracingId: 't' });
    expect(sandbox.conversation(conversationId).typing).toEqual([]);
  });
});

describe('a session on several sockets', () => {
  it('tells each of them what any of them says', async () => {
    const { guest, again, sandbox, conversationId } = await startGuest();
    const other = await again();
    other.say('from the phone', { tracingId: 'p' });
    expect(await guest.next()).toEqual(await other.next());
    sandbox.agent.say(conversationId, 'Hi');
    expect(await guest.next()).toEqual(await other.next());
  });

  it('closes the oldest when a fourth comes', async () => {
    const { guest, again, sandbox, conversationId } = await startGuest();
    const later = [await again(), await again(), await again()];
    expect(await guest.next()).toEqual({
      type: 'message',
      class: 'ConnectionClosedEvent',
      code: 200,
      body: {},
    });
    expect(await guest.closed).toBe(1000);
    sandbox.agent.say(conversationId, 'Hi');
    for (const socket of later) expect((await socket.next()).body.text).toBe('Hi');
    expect(sandbox.webMessaging.sessions()).toMatchObject([{ connections: 3 }]);
  });

  it('tells no other session', async () => {
    const { guest, again, sandbox } = await startGuest();
    const stranger = await again(randomUUID());
    guest.say('secret');
    await guest.next();
    const [, { conversationId = '' } = {}] = sandbox.webMessaging.sessions();
    sandbox.agent.say(conversationId, 'yours');
    expect((await stranger.next()).body.text).toBe('yours');
  });
});
