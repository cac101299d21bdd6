import { describe, expect, it } from 'vitest';
import type { FeedOnlyEvent, Sandbox, StreamEvent } from '../../src/sandbox/index.ts';
import { connect, startGuest } from '../support/guestSocket.ts';
import {
  BASE,
  control,
  openFeed,
  openStream,
  post,
  raw,
  start,
  startStepped,
  typing,
} from '../support/sandboxGuest.ts';

const configPath = (id: string) => `/webdeployments/v1/deployments/${id}/config.json`;

describe('the deployment’s configuration', () => {
  it('is public, and says where the socket is', async () => {
    const sandbox = await start();
    const { status, headers, text } = await raw(sandbox, {
      path: configPath(sandbox.deploymentId),
      headers: { origin: sandbox.url },
    });
    expect(status).toBe(200);
    expect(headers['access-control-allow-origin']).toBe(sandbox.url);
    expect(headers['content-type']).toContain('application/json');
    const host = `127.0.0.1:${sandbox.port}`;
    expect(JSON.parse(text)).toEqual({
      id: sandbox.deploymentId,
      version: '1',
      languages: ['en-us'],
      defaultLanguage: 'en-us',
      apiEndpoint: `http://${host}`,
      messenger: {
        enabled: true,
        apps: {
          conversations: {
            messagingEndpoint: `ws://${host}`,
            showUserTypingIndicator: true,
            showAgentTypingIndicator: true,
            autoStart: { enabled: false },
            conversationDisconnect: { enabled: true, type: 'ReadOnly' },
            conversationClear: { enabled: true },
            notifications: { enabled: false },
            sessionDurationSeconds: 259_200,
          },
        },
        styles: { primaryColor: expect.any(String) },
        launcherButton: { visibility: 'On' },
        fileUpload: { modes: [] },
      },
      journeyEvents: { enabled: false },
      status: 'Active',
      auth: { enabled: false, allowSessionUpgrade: false },
    });
  });

  it('is 404 for an unknown deployment, and 403 for a foreign origin', async () => {
    const sandbox = await start();
    expect((await fetch(sandbox.url + configPath('x'))).status).toBe(404);
    const path = configPath(sandbox.deploymentId);
    expect((await raw(sandbox, { path, headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });

  it('follows the settings, and typing switched off for everyone', async () => {
    const sandbox = await start({ deployments: ['second'] });
    const { webMessaging } = sandbox;
    webMessaging.configureDeployment({
      autoStart: { enabled: true },
      conversationDisconnect: { enabled: false, type: 'Send' },
    });
    sandbox.setTypingEnabled(false);
    const conversations = async (id: string) => {
      const config = (await (await fetch(sandbox.url + configPath(id))).json()) as {
        messenger: { apps: { conversations: object } };
      };
      return config.messenger.apps.conversations;
    };
    expect(await conversations(sandbox.deploymentId)).toMatchObject({
      showUserTypingIndicator: false,
      autoStart: { enabled: true },
      conversationDisconnect: { enabled: false, type: 'Send' },
    });
    expect(await conversations('second')).toMatchObject({ autoStart: { enabled: false } });
    expect(() => webMessaging.configureDeployment({}, 'third')).toThrow('deploymentId');
    const wrong = { autoStart: { enabled: false }, sessionDurationSeconds: 0 };
    expect(() => webMessaging.configureDeployment(wrong)).toThrow('sessionDurationSeconds');
    expect(webMessaging.configureDeployment({}).autoStart).toEqual({ enabled: true });
  });
});

describe('the message history', () => {
  const history = (sandbox: Sandbox, jwt: string, query = '') =>
    fetch(`${sandbox.url}/api/v2/webmessaging/messages${query}`, {
      headers: { authorization: `bearer ${jwt}` },
    });

  async function withMessages() {
    const world = await startGuest();
    const { guest, sandbox, conversationId } = world;
    guest.say('first', { tracingId: 't' });
    const echo = await guest.next();
    sandbox.agent.typing(conversationId, true);
    sandbox.agent.say(conversationId, 'second');
    sandbox.agent.say(conversationId, 'third', { bot: true });
    for (let i = 0; i < 3; i += 1) await guest.next();
    const answer = await guest.ask({ action: 'getJwt', tracingId: 'j' });
    return { ...world, echo, answer, jwt: String(answer.body.jwt) };
  }

  it('is told to the bearer of a token from the socket, newest first and by pages', async () => {
    const { sandbox, answer, jwt, echo, clock } = await withMessages();
    const exp = clock.now() / 1000 + 900;
    expect(answer).toEqual({
      type: 'response',
      class: 'JwtResponse',
      code: 200,
      tracingId: 'j',
      body: { jwt, exp },
    });
    expect(jwt).toMatch(/^sandbox-jwt-/);
    const all = (await (await history(sandbox, jwt)).json()) as { entities: { text: string }[] };
    expect(all).toMatchObject({ pageSize: 25, pageNumber: 1, total: 3, pageCount: 1 });
    expect(all.entities.map(({ text }) => text)).toEqual(['third', 'second', 'first']);
    expect(all.entities[2]).toEqual(echo.body);
    const page = (await (await history(sandbox, jwt, '?pageNumber=2&pageSize=2')).json()) as object;
    expect(page).toMatchObject({
      entities: [{ text: 'first' }],
      pageSize: 2,
      pageNumber: 2,
      total: 3,
      pageCount: 2,
    });
    expect((await history(sandbox, jwt, '?pageSize=0')).status).toBe(400);
  });

  it('is refused without a token that holds', async () => {
    const { sandbox, jwt, conversationId, guest, clock } = await withMessages();
    expect((await history(sandbox, 'sandbox-jwt-x')).status).toBe(401);
    const real = await history(sandbox, `eyJ${'a'.repeat(40)}.b.c`);
    expect([real.status, await real.text()]).toEqual([401, expect.stringContaining('Never send one here')]);
    sandbox.expireTokens(conversationId);
    expect((await history(sandbox, jwt)).status).toBe(401);
    const fresh = String((await guest.ask({ action: 'getJwt' })).body.jwt);
    expect((await history(sandbox, fresh)).status).toBe(200);
    clock.advance(900_000);
    expect((await history(sandbox, fresh)).status).toBe(401);
  });

  it('is limited, takes faults and is recorded without the token', async () => {
    const { sandbox, jwt, conversationId, guest } = await withMessages();
    guest.say(`look: ${jwt}`);
    await guest.next();
    sandbox.fault({ lane: 'other', status: 503 });
    expect((await history(sandbox, jwt)).status).toBe(503);
    for (let i = 0; i < 10; i += 1) expect((await history(sandbox, jwt)).status).toBe(200);
    const refused = await history(sandbox, jwt);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect(sandbox.calls({ status: 429 })).toMatchObject([
      { conversationId, lane: 'other', transport: 'http' },
    ]);
    expect(JSON.stringify(sandbox.calls())).not.toContain(jwt);
  });
});

describe('the record of the socket', () => {
  it('holds the handshake and every frame, without the token', async () => {
    const { guest, sandbox, conversationId, guestId, clock } = await startGuest();
    const journeyContext = { customer: { id: guest.token, idType: 'cookie' } };
    await guest.configure({ journeyContext, tracingId: 'c1' });
    guest.typing({ tracingId: 't1' });
    await guest.next();
    guest.say(guest.token);
    await guest.next();
    await guest.ask({ action: 'echo' });
    await guest.ask('Hi, not JSON');
    await guest.ask({ action: 'configureAuthenticatedSession', data: { code: `eyJ${'a'.repeat(20)}` } });
    expect(
      sandbox.calls().map(({ lane, action, status, transport }) => [lane, action, status, transport]),
    ).toEqual([
      ['session', null, 101, 'http'],
      ['session', 'configureSession', 200, 'socket'],
      ['session', 'configureSession', 200, 'socket'],
      ['typing', 'onMessage', 200, 'socket'],
      ['message', 'onMessage', 200, 'socket'],
      ['other', 'echo', 200, 'socket'],
      ['other', null, 400, 'socket'],
      ['session', 'configureAuthenticatedSession', 403, 'socket'],
    ]);
    expect(sandbox.calls({ lane: 'typing' })).toEqual([
      {
        n: 4,
        time: clock.now(),
        at: '2026-01-01T00:00:00.000Z',
        method: 'SOCKET',
        route: '/v1',
        path: '/v1',
        lane: 'typing',
        participantId: guestId,
        conversationId,
        body: {
          action: 'onMessage',
          token: '[redacted]',
          tracingId: 't1',
          message: { type: 'Event', events: [{ eventType: 'Typing', typing: { type: 'On' } }] },
        },
        requestId: 't1',
        transport: 'socket',
        action: 'onMessage',
        tooSoon: false,
        headers: { authorization: false, origin: false },
        faulted: false,
        status: 200,
        durationMs: 0,
      },
    ]);
    expect(sandbox.calls({ transport: 'socket', action: 'configureSession' })[1]).toMatchObject({
      conversationId,
      body: { journeyContext: { customer: { id: '[redacted]' } } },
    });
    expect(sandbox.calls({ isTyping: true })).toHaveLength(1);
    expect(sandbox.calls({ isTyping: false })).toHaveLength(0);
    expect(JSON.stringify(sandbox.calls())).not.toMatch(new RegExp(`${guest.token}|eyJ`));
  });

  it('marks typing that no official client would send', async () => {
    const { guest, sandbox, clock } = await startGuest();
    const send = async (ms: number) => {
      clock.advance(ms);
      guest.typing();
      await guest.next();
    };
    await send(0);
    await send(4999);
    await send(5000);
    guest.say('hello');
    await guest.next();
    await send(0);
    const marks = sandbox.calls({ lane: 'typing' }).map(({ tooSoon }) => tooSoon);
    expect(marks).toEqual([false, true, false, false]);
  });

  it('is streamed by the feed, with the conversation', async () => {
    const { sandbox } = await startStepped();
    const feed = await openFeed(sandbox);
    await feed.next('authenticated');
    const guest = connect(sandbox);
    await guest.configure();
    guest.say('hello');
    await guest.next();
    const seen = [];
    for (let i = 0; i < 8; i += 1) {
      const event = (await feed.next()) as StreamEvent | FeedOnlyEvent;
      if (event.type === 'call') seen.push(['call', event.call.action, event.call.status]);
      else if (event.type === 'conversation:started') seen.push([event.type, event.transport]);
      else seen.push([event.type, event.type === 'conversation:message' && event.text]);
    }
    expect(seen).toEqual([
      ['call', null, null],
      ['call', null, 101],
      ['call', 'configureSession', null],
      ['conversation:started', 'socket'],
      ['call', 'configureSession', 200],
      ['call', 'onMessage', null],
      ['conversation:message', 'hello'],
      ['call', 'onMessage', 200],
    ]);
  });
});

describe('one world for both transports', () => {
  it('lets the agent’s control reach the guest on the socket, and see it', async () => {
    const { guest, sandbox, conversationId, guestId } = await startGuest();
    const say = {
      conversationId,
      text: 'Hi',
      bot: true,
      nickname: 'Robo',
      image: 'https://example.org/r.png',
    };
    expect((await control(sandbox, 'POST', '/sandbox/agent/messages', say)).status).toBe(200);
    expect((await guest.next()).body).toMatchObject({
      text: 'Hi',
      originatingEntity: 'Bot',
      channel: { from: { nickname: 'Robo', image: 'https://example.org/r.png' } },
    });
    await control(sandbox, 'POST', '/sandbox/agent/typing', {
      conversationId,
      isTyping: true,
      duration: 900,
    });
    expect((await guest.next()).body.events[0].typing.duration).toBe(900);
    guest.say('hello');
    await guest.next();
    const view = sandbox.conversation(conversationId);
    expect(view).toMatchObject({ guestId, ended: false });
    expect(view.messages.map(({ participantId, text }) => [participantId, text])).toEqual([
      [view.agentId, 'Hi'],
      [guestId, 'hello'],
    ]);
    await control(sandbox, 'POST', `/sandbox/conversations/${conversationId}/end`, {});
    expect((await guest.next()).body.events[0].presence.type).toBe('Disconnect');
  });

  it('lets the guest act by calls as well, and listen on the event stream', async () => {
    const { guest, sandbox, conversationId, guestId } = await startGuest();
    const token = sandbox.issueToken(conversationId);
    const stream = await openStream(sandbox, token.guestToken);
    await stream.next('authenticated');
    guest.say('by socket');
    const { messageId } = (await guest.next()).body.channel;
    expect(await stream.next()).toMatchObject({ type: 'conversation:message', text: 'by socket', messageId });
    const path = `${BASE}/participants/${guestId}`;
    const body = { conversationId, text: 'by call' };
    await post(sandbox, `${path}/messages`, body, { token: token.guestToken });
    expect((await guest.next()).body).toMatchObject({ direction: 'Inbound', text: 'by call' });
    const second = sandbox.agent.say(conversationId, 'Hi');
    const read = { conversationId, messageId: (await guest.next()).body.channel.messageId };
    expect(read.messageId).toBe(second.messageId);
    expect((await post(sandbox, `${path}/read`, read, { token: token.guestToken })).status).toBe(204);
    expect(sandbox.conversation(conversationId).messages[2]?.readBy).toEqual([guestId]);
    sandbox.agent.read(conversationId);
    await typing(sandbox, { ...token, conversationId, guestId });
    expect((await guest.next()).body).toMatchObject({ type: 'Event', direction: 'Inbound' });
  });

  it('leaves the conversations of calls alone', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.agent.say(guest.conversationId, 'Hi');
    expect(sandbox.webMessaging.sessions()).toEqual([]);
    expect(() => sandbox.webMessaging.expire(guest.conversationId)).toThrow('no such web messaging session');
  });
});

describe('the control of web messaging over HTTP', () => {
  const root = '/sandbox/web-messaging';

  it('needs the secret', async () => {
    const sandbox = await start();
    expect((await fetch(sandbox.url + root)).status).toBe(401);
  });

  it('shows the sessions and changes the settings', async () => {
    const { sandbox, guest, conversationId, guestId } = await startGuest();
    const { deploymentId, endpoint } = sandbox.webMessaging;
    const shown = await (await control(sandbox, 'GET', root)).json();
    expect(shown).toEqual({
      deploymentId,
      endpoint,
      sessions: [
        {
          conversationId,
          guestId,
          deploymentId,
          state: 'open',
          readOnly: false,
          expiresAt: '2026-01-04T00:00:00.000Z',
          connections: 1,
        },
      ],
    });
    expect(JSON.stringify(shown)).not.toContain(guest.token);
    const changed = await control(sandbox, 'POST', `${root}/deployment`, { showUserTypingIndicator: false });
    expect(await changed.json()).toMatchObject({ showUserTypingIndicator: false, status: 'Active' });
    const wrong = await control(sandbox, 'POST', `${root}/deployment`, { typing: false });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('no option')]);
    const limits = await control(sandbox, 'POST', `${root}/limits`, { messagesPerSecond: 2 });
    expect(await limits.json()).toMatchObject({ messagesPerSecond: 2, requestsPerMinute: 60 });
    const unknown = await control(sandbox, 'POST', `${root}/sessions/nowhere/expire`, {});
    expect(unknown.status).toBe(404);
  });

  it.each([
    ['expire', {}, 'SessionExpiredEvent'],
    ['clear', {}, 'SessionClearedEvent'],
    ['logout', {}, 'LogoutEvent'],
    ['sign-in', {}, 'ConnectionClosedEvent'],
    ['push', { frame: { class: 'Anything' } }, 'Anything'],
  ])('acts on a session: %s', async (order, body, expected) => {
    const { sandbox, guest, conversationId } = await startGuest();
    const answer = await control(sandbox, 'POST', `${root}/sessions/${conversationId}/${order}`, body);
    expect(answer.status).toBe(204);
    expect((await guest.next()).class).toBe(expected);
  });

  it('makes a session read-only, drops it, and plays faults', async () => {
    const { sandbox, guest, conversationId } = await startGuest();
    const session = `${root}/sessions/${conversationId}`;
    await control(sandbox, 'POST', `${session}/read-only`, { readOnly: true });
    guest.say('x');
    expect((await guest.next()).code).toBe(409);
    const fault = { on: 'getJwt', action: 'unknownClass' };
    expect((await control(sandbox, 'POST', `${root}/faults`, fault)).status).toBe(200);
    expect((await guest.ask({ action: 'getJwt' })).class).toBe('NotSupportedClassName');
    await control(sandbox, 'POST', `${root}/faults`, fault);
    await control(sandbox, 'DELETE', `${root}/faults`);
    expect((await guest.ask({ action: 'getJwt' })).class).toBe('JwtResponse');
    await control(sandbox, 'POST', `${session}/drop`, { code: 4001 });
    expect(await guest.closed).toBe(4001);
  });
});
