import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { BASE, post, read, start, startStepped, typing } from '../support/sandboxGuest.ts';

describe('starting a conversation', () => {
  it.each([BASE, `${BASE}/`])('answers POST %s with ids, a token and its expiry', async (path) => {
    const { sandbox } = await startStepped();
    const response = await post(sandbox, path, {});
    expect(response.status).toBe(200);
    const started = (await response.json()) as Record<string, string>;
    expect(started).toEqual({
      conversationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      guestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      guestToken: expect.stringMatching(/^sandbox-guest-[0-9a-f-]{36}$/),
      expiresIn: 3600,
      expiresAt: '2026-01-01T01:00:00.000Z',
    });
    expect(sandbox.conversation(started.conversationId ?? '')).toMatchObject({
      guestId: started.guestId,
      ended: false,
    });
  });
});

describe('typing', () => {
  it('answers 204 and shows on the server until it is stopped', async () => {
    const { sandbox, guest } = await startStepped();
    const started = await typing(sandbox, guest);
    expect([started.status, await started.text()]).toEqual([204, '']);
    expect(sandbox.conversation(guest.conversationId).typing).toEqual([guest.guestId]);
    expect((await typing(sandbox, guest, { isTyping: false })).status).toBe(204);
    expect(sandbox.conversation(guest.conversationId).typing).toEqual([]);
  });

  it('expires on the server after its time to live, counted from the last word', async () => {
    const { clock, sandbox, guest } = await startStepped({ typingTimeToLive: 3000 });
    await typing(sandbox, guest);
    clock.advance(2000);
    await typing(sandbox, guest);
    clock.advance(2999);
    expect(sandbox.conversation(guest.conversationId).typing).toEqual([guest.guestId]);
    clock.advance(1);
    expect(sandbox.conversation(guest.conversationId).typing).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('ends with the message', async () => {
    const { sandbox, guest } = await startStepped();
    await typing(sandbox, guest);
    const path = `${BASE}/participants/${guest.guestId}/messages`;
    const message = { conversationId: guest.conversationId, text: 'Hello' };
    const sent = await post(sandbox, path, message, { token: guest.guestToken });
    expect(await sent.json()).toEqual({ messageId: expect.any(String), position: 1 });
    expect(sandbox.conversation(guest.conversationId).typing).toEqual([]);
  });
});

describe('reading', () => {
  it('marks messages up to the named one, and never back', async () => {
    const { sandbox, guest } = await startStepped({ rateLimit: { calls: 9, window: 1000 } });
    const { conversationId } = guest;
    const ids = ['one', 'two', 'three'].map((text) => sandbox.agent.say(conversationId, text).messageId);
    const readBy = () => sandbox.conversation(conversationId).messages.map((m) => m.readBy.length);
    expect((await read(sandbox, guest, { messageId: ids[1] })).status).toBe(204);
    expect(readBy()).toEqual([1, 1, 0]);
    expect((await read(sandbox, guest, { messageId: ids[0] })).status).toBe(204);
    expect(readBy()).toEqual([1, 1, 0]);
    expect((await read(sandbox, guest)).status).toBe(204);
    expect(readBy()).toEqual([1, 1, 1]);
    expect((await read(sandbox, guest, { messageId: 'unknown' })).status).toBe(400);
  });

  it('takes everything up to now when there is nothing yet', async () => {
    const { sandbox, guest } = await startStepped();
    expect((await read(sandbox, guest)).status).toBe(204);
    sandbox.agent.say(guest.conversationId, 'later');
    expect(sandbox.conversation(guest.conversationId).messages[0]?.readBy).toEqual([]);
  });
});

describe('the history', () => {
  it('is given to the guest of the conversation alone', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.agent.say(guest.conversationId, 'Hello');
    const url = `${sandbox.url}${BASE}/${guest.conversationId}/messages`;
    const ask = (token: string) => fetch(url, { headers: { authorization: `Bearer ${token}` } });
    expect(await (await ask(guest.guestToken)).json()).toMatchObject({
      messages: [{ text: 'Hello', position: 1 }],
    });
    expect((await ask(sandbox.startConversation().guestToken)).status).toBe(404);
    expect((await fetch(url)).status).toBe(401);
  });
});

describe('refusals', () => {
  it('come in the order 401, 403, 429, 400, 404, 409', async () => {
    const { clock, sandbox, guest } = await startStepped({ rateLimit: { calls: 1, window: 1000 } });
    const { conversationId } = guest;
    const stranger = sandbox.startConversation();
    sandbox.endConversation(conversationId);
    sandbox.setTypingEnabled(false);
    const malformed = { body: '{"conversationId":' };
    expect((await typing(sandbox, guest, { ...malformed, token: 'nonsense' })).status).toBe(401);
    expect((await typing(sandbox, guest, malformed)).status).toBe(403);
    sandbox.setTypingEnabled(true);
    expect((await typing(sandbox, guest, malformed)).status).toBe(400);
    expect((await typing(sandbox, guest, malformed)).status).toBe(429);
    clock.advance(1000);
    expect((await typing(sandbox, guest, { participantId: stranger.guestId })).status).toBe(404);
    clock.advance(1000);
    expect((await typing(sandbox, guest)).status).toBe(409);
  });

  it('carry the error body and echo a sane request id', async () => {
    const { sandbox, guest } = await startStepped();
    const headers = { 'x-genesys-request-id': 'a1b2-c3' };
    const response = await typing(sandbox, guest, { token: 'nonsense', headers });
    expect(response.headers.get('x-genesys-request-id')).toBe('a1b2-c3');
    expect(await response.json()).toEqual({
      message: expect.any(String),
      code: 'unauthorized',
      status: 401,
      contextId: 'a1b2-c3',
      details: [],
      errors: [],
    });
  });

  it.each(['no spaces', 'x'.repeat(129), '<b>'])('replace an odd request id: %s', async (id) => {
    const { sandbox, guest } = await startStepped();
    const response = await typing(sandbox, guest, { headers: { 'x-genesys-request-id': id } });
    expect(response.headers.get('x-genesys-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(sandbox.calls()[0]?.requestId).toBeNull();
  });

  it.each([
    ['no conversation', { isTyping: true }],
    ['a wrong conversation id', { conversationId: 7, isTyping: true }],
    ['no isTyping', { conversationId: 'x' }],
    ['a string for isTyping', { conversationId: 'x', isTyping: 'true' }],
    ['an array', []],
    ['null', null],
  ])('answer %s with 400', async (_what, body) => {
    const { sandbox, guest } = await startStepped();
    const response = await typing(sandbox, guest, { body: JSON.stringify(body) });
    expect(response.status).toBe(400);
  });

  it('answer an unknown conversation, an unknown participant and another guest’s with 404', async () => {
    const { sandbox, guest } = await startStepped({ rateLimit: { calls: 9, window: 1000 } });
    const other = sandbox.startConversation();
    const status = async (change: object) => (await typing(sandbox, guest, change)).status;
    expect(await status({ body: { conversationId: 'unknown', isTyping: true } })).toBe(404);
    expect(await status({ participantId: 'unknown' })).toBe(404);
    expect(await status({ token: other.guestToken })).toBe(404);
    expect(await status({ body: { conversationId: other.conversationId, isTyping: true } })).toBe(404);
    expect(await status({})).toBe(204);
  });

  it('answer an ended conversation with 409 until it is reopened', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.endConversation(guest.conversationId);
    const refused = await typing(sandbox, guest);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
      409,
      'conversation.inactive',
    ]);
    sandbox.reopenConversation(guest.conversationId);
    expect((await typing(sandbox, guest)).status).toBe(204);
  });

  it('answer a path nobody knows with 404', async () => {
    const { sandbox } = await startStepped();
    expect((await post(sandbox, `${BASE}/participants/x/dance`, {})).status).toBe(404);
    expect(sandbox.calls()).toMatchObject([{ lane: 'other', status: 404 }]);
  });
});

describe('tokens', () => {
  it('expire by the clock, and a fresh one is accepted', async () => {
    const { clock, sandbox, guest } = await startStepped({ tokenLifetime: 60_000 });
    clock.advance(59_999);
    expect((await typing(sandbox, guest)).status).toBe(204);
    clock.advance(1);
    expect((await typing(sandbox, guest)).status).toBe(401);
    const { guestToken, expiresIn } = sandbox.issueToken(guest.conversationId);
    expect(expiresIn).toBe(60);
    expect((await typing(sandbox, guest, { token: guestToken })).status).toBe(204);
  });

  it('expire on demand, for one conversation or for all', async () => {
    const { sandbox, guest } = await startStepped();
    const other = sandbox.startConversation();
    sandbox.expireTokens(guest.conversationId);
    expect((await typing(sandbox, guest)).status).toBe(401);
    expect((await typing(sandbox, other)).status).toBe(204);
    sandbox.expireTokens();
    expect((await typing(sandbox, other)).status).toBe(401);
  });

  it('lose and regain their scope', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.revokeScope(guest.conversationId);
    const refused = await typing(sandbox, guest);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
      403,
      'missing.scope',
    ]);
    expect((await typing(sandbox, sandbox.startConversation())).status).toBe(204);
    sandbox.grantScope(guest.conversationId);
    expect((await typing(sandbox, guest)).status).toBe(204);
  });

  it('of the bot speak for any participant', async () => {
    const { sandbox, guest } = await startStepped();
    const basic = Buffer.from(`${sandbox.clientId}:${sandbox.clientSecret}`).toString('base64');
    const issued = await fetch(`${sandbox.url}/api/v2/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const answer = (await issued.json()) as { access_token: string };
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^sandbox-bot-/),
      token_type: 'bearer',
      expires_in: 3600,
    });
    const { agentId } = sandbox.conversation(guest.conversationId);
    const change = { participantId: agentId, token: answer.access_token };
    expect((await typing(sandbox, guest, change)).status).toBe(204);
    expect(sandbox.conversation(guest.conversationId).typing).toEqual([agentId]);
    expect((await typing(sandbox, guest, { ...change, participantId: 'unknown' })).status).toBe(404);
  });

  it('of the bot need the right credentials and the right grant', async () => {
    const sandbox = await start();
    const ask = async (body: object) => {
      const response = await post(sandbox, '/api/v2/oauth/token', body);
      return [response.status, ((await response.json()) as { error?: string }).error];
    };
    const client = { client_id: sandbox.clientId, client_secret: sandbox.clientSecret };
    expect(await ask({ grant_type: 'client_credentials', ...client })).toEqual([200, undefined]);
    const wrong = { ...client, client_secret: 'guessed' };
    expect(await ask({ grant_type: 'client_credentials', ...wrong })).toEqual([401, 'invalid_client']);
    const stranger = { ...client, client_id: 'guessed' };
    expect(await ask({ grant_type: 'client_credentials', ...stranger })).toEqual([401, 'invalid_client']);
    expect(await ask({ grant_type: 'password', ...client })).toEqual([400, 'unsupported_grant_type']);
  });
});

describe('the rate limit', () => {
  it('is a sliding window per participant and lane', async () => {
    const { clock, sandbox, guest } = await startStepped();
    const other = sandbox.startConversation();
    const status = async () => (await typing(sandbox, guest)).status;
    expect(await status()).toBe(204);
    clock.advance(600);
    expect(await status()).toBe(204);
    expect(await status()).toBe(429);
    expect((await read(sandbox, guest)).status).toBe(204);
    expect((await typing(sandbox, other)).status).toBe(204);
    clock.advance(399);
    expect(await status()).toBe(429);
    clock.advance(1);
    expect(await status()).toBe(204);
    expect(await status()).toBe(429);
  });

  it('says how long to wait, in the header and in the body', async () => {
    const { sandbox, guest } = await startStepped({ rateLimit: { calls: 1, window: 41_001 } });
    await read(sandbox, guest);
    const response = await read(sandbox, guest);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('42');
    expect(await response.json()).toMatchObject({
      code: 'too.many.requests.retry.after',
      status: 429,
      message: expect.stringContaining('Retry the request in [42] seconds'),
    });
  });
});

describe('the handle', () => {
  it.each([
    [{ port: 70_000 }, /port/],
    [{ tokenLifetime: Number.NaN }, /tokenLifetime/],
    [{ rateLimit: { calls: 0, window: 1 } }, /rateLimit.calls/],
    [{ pages: '/no/such/folder' }, /pages/],
    [{ allowedOrigins: ['http://x/path'] }, /allowedOrigins/],
    [{ originRefused: true }, /originRefused/],
    [{ clock: {} }, /clock/],
    [{ host: '0.0.0.0' }, /no option "host"/],
  ])('refuses the options %j by a rejection', async (options, message) => {
    await expect(startSandbox(options as object)).rejects.toThrow(message);
  });

  it('refuses odd arguments and unknown conversations', async () => {
    const { sandbox, guest } = await startStepped();
    expect(() => sandbox.endConversation('unknown')).toThrow('no such conversation');
    expect(() => sandbox.agent.typing(guest.conversationId, 'yes' as never)).toThrow(TypeError);
    expect(() => sandbox.agent.say(guest.conversationId, '')).toThrow(TypeError);
    expect(() => sandbox.setRateLimit({ calls: 1.5, window: 1 })).toThrow(TypeError);
    sandbox.endConversation(guest.conversationId);
    expect(() => sandbox.agent.say(guest.conversationId, 'hello')).toThrow('no longer active');
  });
});
