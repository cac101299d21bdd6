import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { SocketFaultSpec } from '../../src/sandbox/index.ts';
import { connect, Guest, startGuest } from '../support/guestSocket.ts';
import { Client, start, startStepped } from '../support/sandboxGuest.ts';

const string = (code: number) => ({ type: 'response', class: 'string', code, body: expect.any(String) });

describe('the handshake', () => {
  it.each([
    ['an unknown deployment', `?deploymentId=${randomUUID()}`],
    ['a malformed one', '?deploymentId=x%00y'],
    ['none', ''],
    ['two', '?deploymentId=a&deploymentId=b'],
  ])('is refused with 403 for %s', async (_case, query) => {
    const sandbox = await start();
    expect(await new Client(sandbox.webMessaging.endpoint + query).opened).toBe(403);
    expect(sandbox.webMessaging.sessions()).toEqual([]);
  });

  it('is refused for an inactive deployment, and for a foreign origin', async () => {
    const sandbox = await start({
      allowedOrigins: ['https://shop.example', 'webmessaging.mypurecloud.com'],
    });
    const open = (origin?: string) =>
      connect(sandbox, randomUUID(), origin === undefined ? {} : { headers: { origin } }).opened;
    expect(await open('https://evil.example')).toBe(403);
    expect(await open('webmessaging.evil.example')).toBe(403);
    expect(await open('null')).toBe(403);
    for (const origin of [undefined, sandbox.url, 'https://shop.example', 'webmessaging.mypurecloud.com']) {
      expect(await open(origin)).toBe('open');
    }
    sandbox.webMessaging.configureDeployment({ status: 'Inactive' });
    expect(await open()).toBe(403);
  });

  it('takes the deployments of the options too', async () => {
    const sandbox = await start({ deployments: ['deploymentId'] });
    const guest = new Guest(sandbox.webMessaging.endpoint, 'deploymentId', randomUUID());
    expect((await guest.configure()).body.connected).toBe(true);
    expect(sandbox.webMessaging.sessions()).toMatchObject([{ deploymentId: 'deploymentId' }]);
    await expect(start({ deployments: ['no spaces'] })).rejects.toThrow('deployment id');
  });

  it('must be followed by a session in time', async () => {
    const { sandbox, clock } = await startStepped();
    const [idle, busy] = [connect(sandbox), connect(sandbox)];
    await idle.opened;
    await busy.configure();
    clock.advance(30_000);
    expect(await idle.closed).toBe(1008);
    busy.say('still here');
    expect((await busy.next()).body.text).toBe('still here');
  });
});

describe('a frame is refused', () => {
  it.each([
    ['not JSON', 'Hi', 400],
    ['an array', '[1]', 400],
    ['null', 'null', 400],
    ['no action', { deploymentId: 'x' }, 400],
    ['an unknown action', { action: 'dance' }, 400],
    ['an inherited action', { action: 'constructor' }, 400],
    ['a token that is no UUID', { action: 'configureSession', token: 'abc' }, 400],
    ['no token', { action: 'configureSession', token: undefined }, 400],
    ['no deployment', { action: 'configureSession' }, 400],
    ['another deployment', { action: 'configureSession', deploymentId: 'x' }, 400],
    ['a message before the session', { action: 'onMessage', message: { type: 'Text', text: 'x' } }, 401],
    ['an echo before the session', { action: 'echo' }, 401],
    ['sign-in', { action: 'configureAuthenticatedSession', data: { code: 'x' } }, 403],
  ])('before the session: %s', async (_case, frame, code) => {
    const { sandbox } = await startStepped();
    const guest = connect(sandbox);
    await guest.opened;
    expect(await guest.ask(frame as Record<string, unknown>)).toEqual(string(code));
    expect((await guest.configure()).class).toBe('SessionResponse');
  });

  it.each([
    ['an empty text', { type: 'Text', text: '' }, 4011],
    ['a text of 4097 bytes', { type: 'Text', text: `${'é'.repeat(2048)}x` }, 4011],
    ['a text that is none', { type: 'Text', text: 7 }, 400],
    ['no message', undefined, 400],
    ['an unknown type', { type: 'Receipt', status: 'Read' }, 400],
    ['no events', { type: 'Event', events: [] }, 400],
    ['an attachment', { type: 'Text', text: 'x', content: [{ contentType: 'Attachment' }] }, 4009],
    [
      'custom attributes inside the message',
      { type: 'Text', text: 'x', channel: { metadata: { customAttributes: { k: 'x'.repeat(2048) } } } },
      4013,
    ],
  ])('as a message: %s', async (_case, message, code) => {
    const { guest, sandbox, conversationId } = await startGuest();
    expect(await guest.ask({ action: 'onMessage', message, tracingId: 't' })).toEqual({
      ...string(code),
      tracingId: 't',
    });
    expect(sandbox.conversation(conversationId).messages).toEqual([]);
  });

  it('for custom attributes at its root, one byte above the limit', async () => {
    const { guest } = await startGuest();
    const channel = (length: number) => ({ metadata: { customAttributes: { k: 'x'.repeat(length) } } });
    guest.say('fits', { channel: channel(2048 - 8) });
    expect((await guest.next()).code).toBe(200);
    guest.say('does not', { channel: channel(2049 - 8) });
    expect((await guest.next()).code).toBe(4013);
  });

  it('but a text of 4096 bytes is taken', async () => {
    const { guest } = await startGuest();
    guest.say('é'.repeat(2048));
    expect((await guest.next()).code).toBe(200);
  });

  it.each(['onAttachment', 'getAttachment', 'deleteAttachment', 'resumeToken'])(
    'since the feature is not there: %s',
    async (action) => {
      const { guest } = await startGuest();
      expect(await guest.ask({ action })).toEqual(string(4000));
    },
  );

  it('under another token than that of the session', async () => {
    const { guest } = await startGuest();
    expect(await guest.ask({ action: 'echo', token: randomUUID() })).toEqual(string(401));
  });

  it('when it is larger than 64 KiB, by a close', async () => {
    const { guest } = await startGuest();
    guest.say('x'.repeat(64 * 1024));
    expect(
      await Promise.race([
        guest.closed,
        guest.next().then(
          () => 'a frame',
          () => guest.closed,
        ),
      ]),
    ).not.toBe('a frame');
  });

  it('however deeply it is nested, and the session lives on', async () => {
    const { guest } = await startGuest();
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    guest.send(
      `{"action":"onMessage","token":"${guest.token}","message":{"type":"Text","text":"x","content":${deep}}}`,
    );
    expect([200, 5000]).toContain((await guest.next()).code);
    guest.say('on');
    expect((await guest.next()).body.text).toBe('on');
  });
});

describe('the limits', () => {
  const tooMany = (errorMessage: string, retryAfter: number) => ({
    type: 'response',
    class: 'TooManyRequestsErrorMessage',
    code: 429,
    body: { retryAfter, errorCode: 4029, errorMessage },
  });

  it('hold for messages of a session, typing included, on whichever socket', async () => {
    const { guest, again, clock, sandbox, conversationId } = await startGuest();
    const other = await again();
    guest.typing();
    for (const text of ['1', '2', '3']) guest.say(text);
    for (let i = 0; i < 4; i += 1) {
      expect((await guest.next()).code).toBe(200);
      expect((await other.next()).code).toBe(200);
    }
    other.say('4');
    expect([(await other.next()).code, (await guest.next()).code]).toEqual([200, 200]);
    other.say('5', { tracingId: 't' });
    const refused = tooMany('Message rate too high for this session', 1);
    expect(await other.next()).toEqual({ ...refused, tracingId: 't' });
    guest.typing();
    expect(await guest.next()).toEqual(refused);
    clock.advance(1000);
    guest.say('6');
    expect((await guest.next()).body.text).toBe('6');
    const said = sandbox.conversation(conversationId).messages.map(({ text }) => text);
    expect(said).toEqual(['1', '2', '3', '4', '6']);
  });

  it('hold for the frames of a connection', async () => {
    const { guest, again, clock } = await startGuest();
    for (let i = 1; i < 60; i += 1) guest.send({ action: 'getJwt' });
    for (let i = 1; i < 60; i += 1) expect((await guest.next()).code).toBe(200);
    clock.advance(20_000);
    expect(await guest.ask({ action: 'getJwt' })).toEqual(
      tooMany('Request rate too high for this connection', 40),
    );
    expect((await (await again()).ask({ action: 'getJwt' })).code).toBe(200);
    clock.advance(40_000);
    expect((await guest.ask({ action: 'getJwt' })).code).toBe(200);
  });

  it('hold for echoes of a connection and sessions of a token', async () => {
    const { guest, sandbox } = await startGuest();
    expect((await guest.ask({ action: 'echo' })).code).toBe(200);
    expect((await guest.ask({ action: 'echo' })).code).toBe(200);
    expect(await guest.ask({ action: 'echo' })).toEqual(
      tooMany('Health check rate too high for this connection', 60),
    );
    sandbox.webMessaging.setLimits({ configuresPerMinute: 1 });
    expect(await guest.configure()).toEqual(tooMany('Configure rate too high for this session', 60));
    expect(() => sandbox.webMessaging.setLimits({ messagesPerSecond: 0 })).toThrow('messagesPerSecond');
  });
});

describe('the end', () => {
  it('by the agent makes the session read-only', async () => {
    const { guest, sandbox, conversationId, again } = await startGuest();
    sandbox.endConversation(conversationId);
    expect((await guest.next()).body).toMatchObject({
      type: 'Event',
      direction: 'Outbound',
      metadata: { readOnly: 'true' },
      events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }],
    });
    guest.typing();
    expect(await guest.next()).toEqual(string(409));
    guest.say('x');
    expect(await guest.next()).toEqual(string(409));
    const back = connect(sandbox, guest.token);
    expect((await back.configure()).body).toMatchObject({ newSession: false, readOnly: true });
    sandbox.reopenConversation(conversationId);
    expect((await (await again()).configure()).body.readOnly).toBe(false);
  });

  it('by the agent may leave the session open: the next message reopens the conversation', async () => {
    const { guest, sandbox, conversationId } = await startGuest();
    sandbox.webMessaging.configureDeployment({ conversationDisconnect: { enabled: true, type: 'Send' } });
    sandbox.endConversation(conversationId);
    expect((await guest.next()).body.metadata.readOnly).toBe('false');
    guest.typing();
    expect((await guest.next()).body.events[0].eventType).toBe('Typing');
    expect(sandbox.conversation(conversationId).ended).toBe(true);
    guest.say('one more thing');
    expect((await guest.next()).body.text).toBe('one more thing');
    expect(sandbox.conversation(conversationId).ended).toBe(false);
  });

  it('by the guest', async () => {
    const { guest, sandbox, conversationId } = await startGuest();
    const frame = await guest.ask({ action: 'disconnectCustomer', tracingId: 'd' });
    expect(frame).toMatchObject({
      tracingId: 'd',
      body: { events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }] },
    });
    expect(sandbox.conversation(conversationId).ended).toBe(true);
    expect(await guest.ask({ action: 'disconnectCustomer' })).toEqual(string(409));
  });

  it('can be said of the session alone', async () => {
    const { guest, sandbox, conversationId } = await startGuest();
    sandbox.webMessaging.setReadOnly(conversationId, true);
    guest.say('x');
    expect(await guest.next()).toEqual(string(409));
    sandbox.webMessaging.setReadOnly(guest.token, false);
    guest.say('y');
    expect((await guest.next()).code).toBe(200);
  });

  it('of old age comes by the clock, and messages in either direction put it off', async () => {
    const { guest, sandbox, clock, conversationId } = await startGuest();
    sandbox.webMessaging.configureDeployment({ sessionDurationSeconds: 900 });
    guest.say('hello');
    await guest.next();
    clock.advance(899_000);
    sandbox.agent.say(conversationId, 'Hi');
    await guest.next();
    clock.advance(899_000);
    guest.typing();
    expect((await guest.next()).body.type).toBe('Event');
    clock.advance(1000);
    expect(await guest.next()).toEqual({
      type: 'response',
      class: 'SessionExpiredEvent',
      code: 200,
      body: {},
    });
    guest.say('late');
    expect(await guest.next()).toEqual({ ...string(4006), body: 'session expired' });
    expect((await guest.ask({ action: 'echo' })).class).toBe('SessionExpiredEvent');
    expect(await guest.ask({ action: 'getJwt' })).toEqual(string(4006));
    expect(sandbox.conversation(conversationId).ended).toBe(true);
    expect((await guest.configure()).body).toMatchObject({ newSession: true, readOnly: false });
    guest.say('anew');
    expect((await guest.next()).body.text).toBe('anew');
  });

  it('of a very long session is not hurried by the longest timer', async () => {
    const { guest, sandbox, clock } = await startGuest();
    const days = 30 * 24 * 3600;
    sandbox.webMessaging.configureDeployment({ sessionDurationSeconds: days });
    guest.say('hello');
    await guest.next();
    clock.advance(days * 1000 - 1);
    expect(sandbox.webMessaging.sessions()[0]?.state).toBe('open');
    clock.advance(1);
    expect(sandbox.webMessaging.sessions()[0]?.state).toBe('expired');
  });

  it('is ordered by hand: expiry', async () => {
    const { guest, sandbox } = await startGuest();
    sandbox.webMessaging.expire(guest.token);
    expect((await guest.next()).class).toBe('SessionExpiredEvent');
  });

  it.each([
    ['clear', ['SessionClearedEvent', 'ConnectionClosedEvent'], {}],
    ['logout', ['LogoutEvent'], {}],
    ['signIn', ['ConnectionClosedEvent'], { reason: 'signedIn' }],
  ] as const)('is ordered by hand: %s', async (order, classes, body) => {
    const { guest, sandbox, conversationId } = await startGuest();
    sandbox.webMessaging[order](conversationId);
    for (const name of classes) {
      expect(await guest.next()).toMatchObject({ type: 'message', class: name, code: 200 });
    }
    expect(JSON.parse(guest.texts.at(-1) ?? '').body).toEqual(body);
    expect(await guest.closed).toBe(1000);
    expect(sandbox.webMessaging.sessions()).toEqual([]);
    expect(() => sandbox.webMessaging[order](conversationId)).toThrow('no such web messaging session');
    expect((await connect(sandbox, guest.token).configure()).body.newSession).toBe(true);
  });

  it('is the guest’s wish when it clears the conversation', async () => {
    const { guest, again, conversationId, sandbox } = await startGuest();
    const other = await again();
    guest.presence('Clear', { tracingId: 'c' });
    for (const socket of [guest, other]) {
      expect((await socket.next()).body.events).toEqual([
        { eventType: 'Presence', presence: { type: 'Clear' } },
      ]);
      expect((await socket.next()).class).toBe('SessionClearedEvent');
      expect((await socket.next()).class).toBe('ConnectionClosedEvent');
      expect(await socket.closed).toBe(1000);
    }
    expect(sandbox.conversation(conversationId).ended).toBe(true);
  });

  it('is not, when the deployment forbids clearing', async () => {
    const { guest, sandbox } = await startGuest();
    sandbox.webMessaging.configureDeployment({ conversationClear: { enabled: false } });
    guest.presence('Clear');
    expect(await guest.next()).toEqual({
      ...string(403),
      body: 'Presence events Conversation Clear are not supported',
    });
  });
});

describe('the sockets of a session', () => {
  it('can be sent anything', async () => {
    const { guest, sandbox, conversationId } = await startGuest();
    sandbox.webMessaging.push(conversationId, 'Hi, not JSON');
    sandbox.webMessaging.push(guest.token, { class: 'NotSupportedClassName' });
    expect([await guest.nextText(), await guest.nextText()]).toEqual([
      'Hi, not JSON',
      '{"class":"NotSupportedClassName"}',
    ]);
  });

  it.each([
    [4000, 4000],
    [undefined, 1006],
    ['reset', 1006],
  ] as const)('can be dropped: %s', async (code, expected) => {
    const { guest, sandbox, conversationId } = await startGuest();
    const { _socket: tcp } = guest.socket as unknown as { _socket: Socket };
    const failed = once(tcp, 'error').then(([{ code: reason }]) => reason);
    sandbox.webMessaging.drop(conversationId, code);
    expect(await guest.closed).toBe(expected);
    if (code === 'reset') expect(await failed).toBe('ECONNRESET');
    expect(() => sandbox.webMessaging.drop(conversationId, 1005)).toThrow('close code');
    expect((await connect(sandbox, guest.token).configure()).body.newSession).toBe(false);
  });

  it('can hang half open: nothing is read or answered any more', async () => {
    const { guest, again, sandbox, conversationId } = await startGuest();
    sandbox.webMessaging.halfOpen(conversationId);
    let pongs = 0;
    guest.socket.on('pong', () => {
      pongs += 1;
    });
    guest.say('lost');
    guest.socket.ping();
    const other = await again();
    sandbox.agent.say(conversationId, 'Hi');
    expect((await other.next()).body.text).toBe('Hi');
    expect([guest.texts.length, pongs, guest.socket.readyState]).toEqual([1, 0, guest.socket.OPEN]);
    expect(sandbox.conversation(conversationId).messages.map(({ text }) => text)).toEqual(['Hi']);
  });
});

describe('a fault of the socket', () => {
  const onConnect = async (spec: Omit<SocketFaultSpec, 'on'>) => {
    const { sandbox, clock } = await startStepped();
    sandbox.webMessaging.fault({ on: 'connect', ...spec });
    return { sandbox, clock, guest: connect(sandbox) };
  };

  it('refuses the handshake, once', async () => {
    const { sandbox, guest } = await onConnect({ action: 'refuse403' });
    expect(await guest.opened).toBe(403);
    expect(await connect(sandbox).opened).toBe('open');
    expect(sandbox.calls().map(({ status, faulted }) => [status, faulted])).toEqual([
      [403, true],
      [101, false],
    ]);
    sandbox.webMessaging.fault({ on: 'connect', action: 'refuse403', code: 503 });
    expect(await connect(sandbox).opened).toBe(503);
  });

  it('resets the handshake', async () => {
    const { guest } = await onConnect({ action: 'drop' });
    await expect(guest.opened).rejects.toThrow(/ECONNRESET|hang up/);
  });

  it('leaves the handshake hanging until the faults are cleared', async () => {
    const { sandbox, guest } = await onConnect({ action: 'hang' });
    expect(await sandbox.waitForCall({ lane: 'session' })).toMatchObject({ status: 'hang', faulted: true });
    sandbox.clearFaults();
    await expect(guest.opened).rejects.toThrow();
  });

  it('delays the handshake', async () => {
    const { sandbox, clock, guest } = await onConnect({ action: 'delay', delay: 3000 });
    await sandbox.waitForCall({ lane: 'session' }, { until: 'arrived' });
    expect(sandbox.calls()[0]?.status).toBeNull();
    clock.advance(3000);
    expect(await guest.opened).toBe('open');
    expect(sandbox.calls()[0]).toMatchObject({ status: 101, durationMs: 3000 });
  });

  it('closes or speaks nonsense right after the handshake', async () => {
    const { sandbox, guest } = await onConnect({ action: 'close', code: 1012 });
    expect(await guest.closed).toBe(1012);
    sandbox.webMessaging.fault({ on: 'connect', action: 'garbage' });
    expect(await connect(sandbox).nextText()).toBe('Hi, not JSON');
  });

  it.each([
    ['close', 'closed', 1011],
    ['drop', 'reset', 1006],
  ] as const)('on a frame: %s', async (action, status, code) => {
    const { guest, sandbox, conversationId } = await startGuest();
    guest.socket.on('error', () => {});
    sandbox.webMessaging.fault({ on: 'onMessage', action });
    guest.say('lost');
    expect(await guest.closed).toBe(code);
    expect(sandbox.conversation(conversationId).messages).toEqual([]);
    expect(sandbox.calls({ lane: 'message' })).toMatchObject([{ status, faulted: true }]);
  });

  it.each([
    [{ action: 'garbage' }, 'Hi, not JSON', 'raw'],
    [{ action: 'garbage', body: '{' }, '{', 'raw'],
    [{ action: 'wrongTypes' }, expect.stringContaining('"code":"200"'), 'raw'],
    [{ action: 'unknownClass' }, expect.stringContaining('"class":"NotSupportedClassName"'), 'raw'],
    [{ action: 'oversized' }, expect.stringMatching(/x{1048576}/), 'raw'],
    [{ action: 'errorFrame', code: 4007, body: 'session not found' }, expect.stringContaining('4007'), 4007],
    [{ action: 'refuse403' }, expect.stringContaining('"code":403'), 403],
  ] as const)('on a frame: %j', async (spec, text, status) => {
    const { guest, sandbox, conversationId } = await startGuest();
    sandbox.webMessaging.fault({ on: 'typing', ...spec });
    guest.say('not meant');
    expect((await guest.next()).body.text).toBe('not meant');
    guest.typing();
    expect(await guest.nextText()).toEqual(text);
    expect(sandbox.conversation(conversationId).typing).toEqual([]);
    expect(sandbox.calls({ lane: 'typing' })).toMatchObject([{ status, faulted: true }]);
    guest.typing();
    expect((await guest.next()).code).toBe(200);
  });

  it('loses an answer, with its effect or without', async () => {
    const { guest, again, sandbox, conversationId } = await startGuest();
    const other = await again();
    sandbox.webMessaging.fault({ on: 'onMessage', action: 'noAnswer', applied: true });
    sandbox.webMessaging.fault({ on: 'onMessage', action: 'noAnswer' });
    guest.say('taken');
    guest.say('lost');
    guest.say('echoed');
    expect((await guest.next()).body.text).toBe('echoed');
    expect([(await other.next()).body.text, (await other.next()).body.text]).toEqual(['taken', 'echoed']);
    const said = sandbox.conversation(conversationId).messages.map(({ text }) => text);
    expect(said).toEqual(['taken', 'echoed']);
  });

  it('hangs from a frame on, until the faults are cleared', async () => {
    const { guest, sandbox, conversationId } = await startGuest();
    sandbox.webMessaging.fault({ on: 'echo', action: 'hang' });
    guest.send({ action: 'echo' });
    guest.say('unread');
    expect((await sandbox.waitForCall({ action: 'echo' })).status).toBe('hang');
    sandbox.clearFaults();
    expect(await guest.closed).toBe(1006);
    expect(sandbox.conversation(conversationId).messages).toEqual([]);
  });

  it('delays an answer by the clock', async () => {
    const { guest, sandbox, clock } = await startGuest();
    sandbox.webMessaging.fault({ on: 'configureSession', action: 'delay', delay: 2000, times: null });
    guest.send({ action: 'configureSession', deploymentId: guest.deploymentId });
    guest.say('overtakes');
    expect((await guest.next()).body.text).toBe('overtakes');
    clock.advance(2000);
    expect((await guest.next()).class).toBe('SessionResponse');
    expect(sandbox.calls({ action: 'configureSession' }).at(-1)).toMatchObject({
      status: 200,
      durationMs: 2000,
    });
  });

  it('is taken away again', async () => {
    const { guest, sandbox } = await startGuest();
    sandbox.webMessaging.fault({ action: 'garbage', times: Number.POSITIVE_INFINITY })();
    sandbox.webMessaging.fault({ on: 'other', action: 'garbage' });
    sandbox.webMessaging.clearFaults();
    guest.say('fine');
    expect((await guest.next()).code).toBe(200);
    expect((await guest.ask({ action: 'getConfiguration' })).code).toBe(200);
  });

  it.each([
    [{}, 'fault.action'],
    [{ action: 'explode' }, 'fault.action'],
    [{ action: 'close', code: 1006 }, 'close code'],
    [{ action: 'drop', on: 'message' }, 'fault.on'],
    [{ action: 'drop', times: 0 }, 'fault.times'],
    [{ action: 'close', body: 'x'.repeat(124) }, '123 bytes'],
    [{ action: 'drop', lane: 'typing' }, 'no option "lane"'],
  ])('must be well formed: %j', async (spec, message) => {
    const sandbox = await start();
    expect(() => sandbox.webMessaging.fault(spec as SocketFaultSpec)).toThrow(message);
  });
});
