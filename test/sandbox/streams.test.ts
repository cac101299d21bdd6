import { describe, expect, it } from 'vitest';
import {
  BASE,
  Client,
  control,
  openFeed,
  openStream,
  post,
  start,
  startStepped,
  typing,
} from '../support/sandboxGuest.ts';

describe('the event stream', () => {
  it('tells every device of the conversation, and nobody else', async () => {
    const { sandbox, guest } = await startStepped();
    const { conversationId, guestId } = guest;
    const { agentId } = sandbox.conversation(conversationId);
    const other = sandbox.startConversation();
    const devices = [
      await openStream(sandbox, guest.guestToken),
      await openStream(sandbox, guest.guestToken),
    ];
    const stranger = await openStream(sandbox, other.guestToken);
    for (const device of devices) {
      expect(await device.next()).toEqual({ type: 'authenticated', conversationId, participantId: guestId });
    }
    expect(await stranger.next()).toMatchObject({ type: 'authenticated', participantId: other.guestId });

    await typing(sandbox, guest);
    sandbox.agent.typing(conversationId, true);
    const { messageId } = sandbox.agent.say(conversationId, 'Hello');
    const path = `${BASE}/participants/${guestId}/read`;
    await post(sandbox, path, { conversationId, messageId }, { token: guest.guestToken });
    sandbox.endConversation(conversationId);
    sandbox.agent.say(other.conversationId, 'Elsewhere');

    for (const device of devices) {
      const who = { conversationId, participantId: guestId };
      expect(await device.next()).toEqual({ type: 'conversation:typing', ...who, isTyping: true });
      const agent = { conversationId, participantId: agentId };
      expect(await device.next()).toEqual({ type: 'conversation:typing', ...agent, isTyping: true });
      expect(await device.next()).toEqual({
        type: 'conversation:message',
        ...agent,
        messageId,
        position: 1,
        text: 'Hello',
        sentAt: '2026-01-01T00:00:00.000Z',
      });
      expect(await device.next()).toEqual({ type: 'conversation:read', ...who, messageId });
      expect(await device.next()).toEqual({ type: 'conversation:ended', conversationId });
    }
    expect(await stranger.next()).toMatchObject({ type: 'conversation:message', text: 'Elsewhere' });
  });

  it('leaves the expiry of typing to the receiver; the feed hears of it', async () => {
    const { clock, sandbox, guest } = await startStepped();
    const { conversationId } = guest;
    const [device, feed] = [await openStream(sandbox, guest.guestToken), await openFeed(sandbox)];
    await device.next('authenticated');
    await feed.next('authenticated');
    sandbox.agent.typing(conversationId, true);
    clock.advance(5000);
    sandbox.agent.say(conversationId, 'Hello');
    expect(await device.next()).toMatchObject({ type: 'conversation:typing', isTyping: true });
    expect(await device.next()).toMatchObject({ type: 'conversation:message' });
    expect(await feed.next()).toMatchObject({ type: 'conversation:typing', isTyping: true });
    expect(await feed.next()).toMatchObject({ type: 'conversation:typing', isTyping: false });
    expect(await feed.next()).toMatchObject({ type: 'conversation:message' });
  });

  it('says at once that a conversation has ended', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.endConversation(guest.conversationId);
    const device = await openStream(sandbox, guest.guestToken);
    expect((await device.next()).type).toBe('authenticated');
    expect((await device.next()).type).toBe('conversation:ended');
  });

  it('takes a bot’s token with the conversation it is to hear', async () => {
    const { sandbox, guest } = await startStepped();
    const client = { client_id: sandbox.clientId, client_secret: sandbox.clientSecret };
    const issued = await post(sandbox, '/api/v2/oauth/token', {
      grant_type: 'client_credentials',
      ...client,
    });
    const { access_token } = (await issued.json()) as { access_token: string };
    const { conversationId } = guest;
    const bot = await openStream(sandbox, access_token, { conversationId });
    const { agentId } = sandbox.conversation(conversationId);
    expect(await bot.next()).toEqual({ type: 'authenticated', conversationId, participantId: agentId });
    const lost = await openStream(sandbox, access_token, { conversationId: 'unknown' });
    expect(await lost.closed).toBe(4401);
  });

  it.each([
    ['an unknown token', { type: 'authenticate', token: 'sandbox-guest-unknown' }],
    ['a real-looking token', { type: 'authenticate', token: 'eyJhbGciOiJIUzI1NiJ9.e30.x' }],
    ['no token', { type: 'authenticate' }],
    ['another frame first', { type: 'hello' }],
    ['no JSON', 'hello'],
    ['null', 'null'],
  ])('is closed with 4401 for %s', async (_what, frame) => {
    const { sandbox } = await startStepped();
    const client = new Client(`${sandbox.url.replace('http', 'ws')}${BASE}/events`);
    await client.say(frame);
    expect(await client.closed).toBe(4401);
    expect(client.frames).toEqual([]);
  });

  it('is closed with 4401 for an expired token', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.expireTokens();
    expect(await (await openStream(sandbox, guest.guestToken)).closed).toBe(4401);
  });

  it('is closed with 4408 when nobody authenticates within five seconds', async () => {
    const { clock, sandbox } = await startStepped();
    const client = new Client(`${sandbox.url.replace('http', 'ws')}${BASE}/events`);
    await client.opened;
    await sandbox.waitForCall({ lane: 'stream' });
    clock.advance(4999);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    expect(await client.closed).toBe(4408);
  });

  it('refuses frames above 64 KiB', async () => {
    const { sandbox } = await startStepped();
    const client = new Client(`${sandbox.url.replace('http', 'ws')}${BASE}/events`);
    await client.say('x'.repeat(64 * 1024 + 1));
    expect(await client.closed).toBe(1009);
  });

  it('is recorded, once', async () => {
    const { sandbox, guest } = await startStepped();
    await (await openStream(sandbox, guest.guestToken)).next();
    expect(sandbox.calls()).toMatchObject([{ lane: 'stream', status: 101, path: `${BASE}/events` }]);
  });

  it('can be fed odd frames and be dropped', async () => {
    const { sandbox, guest } = await startStepped();
    const { conversationId } = guest;
    const polite = await openStream(sandbox, guest.guestToken);
    await polite.next('authenticated');
    sandbox.pushFrame(conversationId, { type: 'conversation:unheard' });
    expect(await polite.next()).toEqual({ type: 'conversation:unheard' });
    sandbox.dropStreams(conversationId, 1012, 'restart');
    expect(await polite.closed).toBe(1012);
    const broken = await openStream(sandbox, guest.guestToken);
    await broken.next('authenticated');
    sandbox.dropStreams(conversationId);
    expect(await broken.closed).toBe(1006);
    expect(() => sandbox.dropStreams(conversationId, 1006)).toThrow('close code');
  });
});

describe('the feed', () => {
  it('tells of every conversation', async () => {
    const { sandbox } = await startStepped();
    const feed = await openFeed(sandbox);
    await feed.next('authenticated');
    const { conversationId, guestId } = sandbox.startConversation();
    const { agentId } = sandbox.conversation(conversationId);
    sandbox.endConversation(conversationId);
    sandbox.reopenConversation(conversationId);
    expect(await feed.next()).toEqual({
      type: 'conversation:started',
      conversationId,
      guestId,
      agentId,
      transport: 'http',
    });
    expect(await feed.next()).toEqual({ type: 'conversation:ended', conversationId });
    expect(await feed.next()).toEqual({ type: 'conversation:reopened', conversationId });
  });

  it('is closed with 4401 for a wrong secret', async () => {
    const sandbox = await start();
    expect(await (await openFeed(sandbox, 'guessed')).closed).toBe(4401);
  });
});

describe('the agent over HTTP', () => {
  it('types, speaks and reads', async () => {
    const { sandbox, guest } = await startStepped();
    const { conversationId } = guest;
    const act = (verb: string, body: object) => control(sandbox, 'POST', `/sandbox/agent/${verb}`, body);
    expect((await act('typing', { conversationId, isTyping: true })).status).toBe(204);
    const { agentId, typing: typists } = sandbox.conversation(conversationId);
    expect(typists).toEqual([agentId]);
    const said = await act('messages', { conversationId, text: 'Hello' });
    expect(await said.json()).toEqual({ messageId: expect.any(String), position: 1 });
    const path = `${BASE}/participants/${guest.guestId}/messages`;
    await post(sandbox, path, { conversationId, text: 'Hi' }, { token: guest.guestToken });
    expect((await act('read', { conversationId })).status).toBe(204);
    expect(sandbox.conversation(conversationId).messages.map((m) => m.readBy)).toEqual([[], [agentId]]);
    expect((await act('typing', { conversationId })).status).toBe(400);
    expect((await act('typing', { conversationId: 'unknown', isTyping: true })).status).toBe(404);
    sandbox.endConversation(conversationId);
    expect((await act('messages', { conversationId, text: 'Hello' })).status).toBe(409);
  });
});

describe('conversations over HTTP', () => {
  it('are started, viewed, ended, reopened, and their tokens expired and renewed', async () => {
    const { sandbox } = await startStepped();
    const started = await control(sandbox, 'POST', '/sandbox/conversations', {});
    const guest = (await started.json()) as ReturnType<typeof sandbox.startConversation>;
    const path = `/sandbox/conversations/${guest.conversationId}`;
    const change = async (verb: string) => (await control(sandbox, 'POST', `${path}/${verb}`, {})).status;
    expect(await (await control(sandbox, 'GET', path)).json()).toMatchObject({
      guestId: guest.guestId,
      ended: false,
    });
    expect(await change('end')).toBe(204);
    expect((await typing(sandbox, guest)).status).toBe(409);
    expect(await change('reopen')).toBe(204);
    expect((await typing(sandbox, guest)).status).toBe(204);
    expect(await change('revoke-scope')).toBe(204);
    expect((await typing(sandbox, guest)).status).toBe(403);
    expect(await change('grant-scope')).toBe(204);
    expect(await change('expire-tokens')).toBe(204);
    expect((await typing(sandbox, guest)).status).toBe(401);
    const issued = await control(sandbox, 'POST', `${path}/token`, {});
    const { guestToken } = (await issued.json()) as { guestToken: string };
    expect((await typing(sandbox, guest, { token: guestToken })).status).not.toBe(401);
    expect((await control(sandbox, 'GET', '/sandbox/conversations/unknown')).status).toBe(404);
  });

  it('take settings', async () => {
    const { sandbox, guest } = await startStepped();
    const rateLimit = { calls: 1, window: 500 };
    const changed = await control(sandbox, 'POST', '/sandbox/settings', { rateLimit });
    expect(await changed.json()).toEqual({ typingEnabled: true, rateLimit });
    expect((await typing(sandbox, guest)).status).toBe(204);
    expect((await typing(sandbox, guest)).status).toBe(429);
    await control(sandbox, 'POST', '/sandbox/settings', { typingEnabled: false });
    expect((await typing(sandbox, guest)).status).toBe(403);
    const odd = { typingEnabled: true, rateLimit: { calls: 0, window: 1 } };
    expect((await control(sandbox, 'POST', '/sandbox/settings', odd)).status).toBe(400);
    expect((await typing(sandbox, guest)).status).toBe(403);
  });

  it('give the OAuth client to whoever holds the secret', async () => {
    const sandbox = await start();
    const answer = await control(sandbox, 'GET', '/sandbox/credentials');
    expect(await answer.json()).toEqual({ clientId: sandbox.clientId, clientSecret: sandbox.clientSecret });
  });
});
