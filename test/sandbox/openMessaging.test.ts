import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { post, start, startStepped } from '../support/sandboxGuest.ts';

type Sandbox = Awaited<ReturnType<typeof start>>;

const from = { id: 'guest-1', idType: 'Opaque' };
const time = '2026-01-01T00:00:00.000Z';
const channel = { from, time };
const typingBody = { channel, events: [{ eventType: 'Typing' }] };

async function tokenOf(sandbox: Sandbox): Promise<string> {
  const basic = Buffer.from(`${sandbox.clientId}:${sandbox.clientSecret}`).toString('base64');
  const reply = await fetch(sandbox.openMessaging.tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  return (await reply.json()).access_token;
}

/** A gateway's calls: each answers with its status and its body. */
async function signIn(sandbox: Sandbox) {
  const token = await tokenOf(sandbox);
  const root = '/api/v2/conversations/messages';
  const call = async (path: string, body: unknown) => {
    const reply = await post(sandbox, path, body, { token });
    return { status: reply.status, headers: reply.headers, body: await reply.json() };
  };
  const inbound = (kind: string, body: unknown) =>
    call(`${root}/${sandbox.openMessaging.integrationId}/inbound/open/${kind}`, body);
  return { token, call, inbound };
}

/** A server that takes webhooks, and answers each with the next status: 200 when there is none. */
async function receiveWebhooks(sandbox: Sandbox, ...statuses: number[]) {
  const hooks: { readonly body: string; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    hooks.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  sandbox.openMessaging.configure({ webhookUrl: `http://127.0.0.1:${port}/hook` });
  const bodies = () => hooks.map(({ body }) => JSON.parse(body));
  return { hooks, bodies, arrived: (count: number) => expect.poll(() => hooks.length).toBe(count) };
}

describe('an inbound call of Open Messaging', () => {
  it('opens a conversation with a message, whose id comes only where it is asked for', async () => {
    const sandbox = await start();
    const { inbound } = await signIn(sandbox);
    const first = await inbound('message', { channel: { ...channel, messageId: 'mine-1' }, text: 'Hello' });
    expect(first).toMatchObject({
      status: 200,
      body: {
        type: 'Text',
        direction: 'Inbound',
        text: 'Hello',
        channel: { from, messageId: 'mine-1', time },
      },
    });
    expect(first.body).not.toHaveProperty('conversationId');
    const second = await inbound('message?prefetchConversationId=true', { channel, text: 'Still there?' });
    expect(second.body.conversationId).toBe(sandbox.openMessaging.live('guest-1'));
    const { messages, guestId } = sandbox.conversation(second.body.conversationId);
    expect(messages.map(({ text, participantId }) => [text, participantId])).toEqual([
      ['Hello', guestId],
      ['Still there?', guestId],
    ]);
  });

  it.each([
    ['event', { ...typingBody, events: [{ eventType: 'Presence' }] }, 'invalid.value'],
    ['event', { ...typingBody, events: [] }, 'bad.request'],
    ['event', { events: typingBody.events }, 'bad.request'],
    ['event', { ...typingBody, channel: { ...channel, messageId: 'm1' } }, 'bad.request'],
    ['event', { ...typingBody, channel: { from, time: 'today' } }, 'bad.request'],
    ['event', { ...typingBody, channel: { from: { id: 'g', idType: 'opaque' }, time } }, 'invalid.value'],
    ['message', { channel }, 'bad.request'],
    ['message', { channel, text: 'hi', metadata: { count: 1 } }, 'bad.request'],
    ['receipt', { id: 'm1', channel: { to: from, time }, status: 'Read' }, 'invalid.value'],
    ['receipt', { id: 'm1', channel, status: 'Delivered' }, 'bad.request'],
    ['structured/response', { channel, buttonResponse: { type: 'Button', text: 'a' } }, 'bad.request'],
  ])('%s is held against its schema: %j', async (kind, body, code) => {
    const sandbox = await start();
    const { inbound } = await signIn(sandbox);
    expect(await inbound(kind, body)).toMatchObject({ status: 400, body: { code, status: 400 } });
    expect(sandbox.conversations()).toEqual([]);
  });

  it('wants the token of the client, and the id of the integration', async () => {
    const sandbox = await start();
    const { call, token } = await signIn(sandbox);
    const path = (id: string) => `/api/v2/conversations/messages/${id}/inbound/open/event`;
    expect(await call(path('another'), typingBody)).toMatchObject({ status: 404 });
    const { integrationId } = sandbox.openMessaging;
    expect((await post(sandbox, path(integrationId), typingBody)).status).toBe(401);
    const { guestToken } = sandbox.startConversation();
    expect((await post(sandbox, path(integrationId), typingBody, { token: guestToken })).status).toBe(403);
    sandbox.expireTokens();
    expect((await post(sandbox, path(integrationId), typingBody, { token })).status).toBe(401);
  });

  it('shows the agent that the guest types only where that is switched on, for 5 s', async () => {
    const { sandbox, clock } = await startStepped();
    const { inbound } = await signIn(sandbox);
    const typists = () => sandbox.conversation(sandbox.openMessaging.live('guest-1') ?? '').typing;
    const answered = await inbound('event', typingBody);
    expect(answered).toMatchObject({
      status: 200,
      body: { type: 'Event', events: [{ eventType: 'Typing' }] },
    });
    expect(typists()).toEqual([]);
    sandbox.openMessaging.configure({ typingInbound: true, acceptedStatus: 202 });
    expect((await inbound('event', typingBody)).status).toBe(202);
    expect(typists()).toEqual(['guest-1']);
    clock.advance(5000);
    expect(typists()).toEqual([]);
  });

  it('opens no conversation by typing where the org does not', async () => {
    const sandbox = await start();
    const { inbound } = await signIn(sandbox);
    sandbox.openMessaging.configure({ typingOpens: false, typingInbound: true });
    expect((await inbound('event', typingBody)).status).toBe(200);
    expect(sandbox.conversations()).toEqual([]);
  });

  it.each([
    ['retry-after', { header: '60', reset: null, says: false }],
    ['inin-ratelimit-reset', { header: null, reset: '60', says: false }],
    ['message', { header: null, reset: null, says: true }],
  ] as const)(
    'is refused beyond the budget of the client, and says when to come back by %s',
    async (hint, due) => {
      const { sandbox } = await startStepped();
      const { inbound } = await signIn(sandbox);
      sandbox.openMessaging.configure({ callsPerMinute: 2, retryHints: [hint] });
      const first = await inbound('event', typingBody);
      expect(first.headers.get('inin-ratelimit-count')).toBe('1');
      expect(first.headers.get('inin-ratelimit-allowed')).toBe('2');
      await inbound('message', { channel: { from: { ...from, id: 'guest-2' }, time }, text: 'hi' });
      const refused = await inbound('event', typingBody);
      expect(refused.status).toBe(429);
      expect({
        header: refused.headers.get('retry-after'),
        reset: refused.headers.get('inin-ratelimit-reset'),
        says: /\[60\] seconds/.test(refused.body.message),
      }).toEqual(due);
    },
  );

  it('notes what a gateway says of a message: delivered or failed, once delivered for good', async () => {
    const sandbox = await start();
    const { inbound } = await signIn(sandbox);
    const { conversationId } = (await inbound('message?prefetchConversationId=true', { channel, text: 'hi' }))
      .body;
    const { messageId: id } = sandbox.agent.say(conversationId, 'Hello');
    const receipt = (status: string) => inbound('receipt', { id, channel: { to: from, time }, status });
    const shown = () => sandbox.conversation(conversationId).messages.at(-1)?.delivery;
    expect((await receipt('Failed')).body).toMatchObject({ type: 'Receipt', status: 'Failed' });
    expect(shown()).toBe('Failed');
    await receipt('Delivered');
    await receipt('Failed');
    expect(shown()).toBe('Delivered');
    const unknown = await inbound('receipt', {
      id: 'none',
      channel: { to: from, time },
      status: 'Delivered',
    });
    expect(unknown.status).toBe(404);
  });
});

describe('the threading window', () => {
  it.each([
    [72 * 3_600_000, 3_600_000, true],
    [72 * 3_600_000, 73 * 3_600_000, false],
    [0, 0, false],
  ])(
    'of %s ms: a message %s ms after the end joins the old conversation: %s',
    async (window, later, joins) => {
      const { sandbox, clock } = await startStepped({ tokenLifetime: 100 * 3_600_000 });
      const { inbound } = await signIn(sandbox);
      sandbox.openMessaging.configure({ threadingWindow: window });
      const say = async () =>
        (await inbound('message?prefetchConversationId=true', { channel, text: 'hi' })).body.conversationId;
      const before = await say();
      sandbox.endConversation(before);
      expect(sandbox.openMessaging.live('guest-1')).toBeUndefined();
      clock.advance(later);
      expect((await say()) === before).toBe(joins);
    },
  );
});

describe('a webhook', () => {
  const openConversation = async (...statuses: number[]) => {
    const stepped = await startStepped();
    const { sandbox } = stepped;
    const { inbound } = await signIn(sandbox);
    const { conversationId, id } = (
      await inbound('message?prefetchConversationId=true', { channel, text: 'hi' })
    ).body;
    const received = await receiveWebhooks(sandbox, ...statuses);
    return { ...stepped, ...received, inbound, conversationId, id };
  };

  it('brings what the agent says, signed over its bytes in base64', async () => {
    const { sandbox, conversationId, hooks, bodies, arrived } = await openConversation();
    sandbox.openMessaging.configure({
      webhookSecret: 'sixteen letters!',
      webhookHeaders: { 'x-mine': 'yes' },
    });
    const { messageId } = sandbox.agent.say(conversationId, 'Grüße', { bot: true });
    await arrived(1);
    const [hook] = hooks;
    const due = createHmac('sha256', 'sixteen letters!')
      .update(hook?.body ?? '')
      .digest('base64');
    expect(hook?.headers).toMatchObject({ 'x-hub-signature-256': `sha256=${due}`, 'x-mine': 'yes' });
    expect(bodies()[0]).toMatchObject({
      id: messageId,
      type: 'Text',
      text: 'Grüße',
      direction: 'Outbound',
      originatingEntity: 'Bot',
      conversationId,
      channel: { messageId, platform: 'Open', type: 'Private', to: from, from: { idType: 'Opaque' } },
    });
  });

  it('brings the agent’s typing only where that is switched on, and never its end', async () => {
    const { sandbox, conversationId, bodies, arrived } = await openConversation();
    sandbox.agent.typing(conversationId, true);
    sandbox.openMessaging.configure({ typingOutbound: true });
    sandbox.agent.typing(conversationId, true, { duration: 4000 });
    sandbox.agent.typing(conversationId, false);
    await arrived(1);
    expect(bodies()).toMatchObject([
      { type: 'Event', events: [{ eventType: 'Typing', typing: { type: 'On', duration: 4000 } }] },
    ]);
  });

  it('brings a receipt for a message of the guest’s', async () => {
    const { inbound, bodies, arrived } = await openConversation();
    const { id } = (await inbound('message', { channel, text: 'more' })).body;
    await arrived(1);
    expect(bodies()).toMatchObject([{ id, type: 'Receipt', status: 'Published', direction: 'Inbound' }]);
  });

  it('is tried again after 5 s on a 429 or a 5xx, at most five times, and never on another refusal', async () => {
    const { sandbox, clock, conversationId, arrived } = await openConversation(
      503,
      429,
      500,
      500,
      500,
      500,
      404,
    );
    sandbox.agent.say(conversationId, 'one');
    for (let tries = 1; tries <= 6; tries += 1) {
      await arrived(tries);
      await expect.poll(() => sandbox.openMessaging.webhooks()[0]?.tries.length).toBe(tries);
      clock.advance(5000);
    }
    expect(sandbox.openMessaging.webhooks()).toMatchObject([{ isSettled: true }]);
    sandbox.agent.say(conversationId, 'two');
    await arrived(7);
    await expect
      .poll(() => sandbox.openMessaging.webhooks()[1])
      .toMatchObject({ tries: [404], isSettled: true });
  });

  it('may come twice, or late and in the wrong order', async () => {
    const { sandbox, conversationId, bodies, arrived } = await openConversation();
    sandbox.openMessaging.disturb({ duplicate: true });
    sandbox.agent.say(conversationId, 'one');
    await arrived(2);
    sandbox.openMessaging.disturb({ hold: true });
    sandbox.agent.say(conversationId, 'two');
    sandbox.agent.say(conversationId, 'three');
    sandbox.openMessaging.disturb({});
    sandbox.agent.say(conversationId, 'four');
    await arrived(3);
    sandbox.openMessaging.release();
    await arrived(5);
    const [first, second, third, ...rest] = bodies().map(({ text }) => text);
    expect([first, second, third, ...rest.sort()]).toEqual(['one', 'one', 'four', 'three', 'two']);
  });
});

describe('the end of a conversation', () => {
  it('can be heard of for as many conversations as a channel takes, at one call', async () => {
    const { call } = await signIn(await start());
    const { id } = (await call('/api/v2/notifications/channels', {})).body;
    const topics = Array.from({ length: 1000 }, () => ({
      id: `v2.detail.events.conversation.${randomUUID()}.user.end`,
    }));
    const path = `/api/v2/notifications/channels/${id}/subscriptions`;
    expect((await call(path, topics)).status).toBe(200);
    expect((await call(path, topics.slice(0, 1))).status).toBe(400);
  });

  it('is no webhook: a notification channel tells of it', async () => {
    const sandbox = await start();
    const { call, inbound } = await signIn(sandbox);
    const { bodies } = await receiveWebhooks(sandbox);
    const { conversationId } = (await inbound('message?prefetchConversationId=true', { channel, text: 'hi' }))
      .body;
    const { id, connectUri } = (await call('/api/v2/notifications/channels', {})).body;
    const topic = `v2.detail.events.conversation.${conversationId}.user.end`;
    expect((await call(`/api/v2/notifications/channels/${id}/subscriptions`, [{ id: topic }])).status).toBe(
      200,
    );
    const socket = new WebSocket(connectUri);
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    const told: unknown[] = [];
    socket.on('message', (data) => told.push(JSON.parse(String(data))));
    socket.send(JSON.stringify({ message: 'ping' }));
    await expect
      .poll(() => told)
      .toEqual([{ topicName: 'channel.metadata', eventBody: { message: 'pong' } }]);
    sandbox.endConversation(conversationId);
    await expect.poll(() => told.at(-1)).toMatchObject({ topicName: topic, eventBody: { conversationId } });
    expect(bodies().map(({ type }) => type)).toEqual(['Receipt']);
  });

  it('comes by the guest who leaves, too', async () => {
    const sandbox = await start();
    const { token, inbound } = await signIn(sandbox);
    const { conversationId } = (await inbound('message?prefetchConversationId=true', { channel, text: 'hi' }))
      .body;
    const url = `${sandbox.url}/api/v2/conversations/messages/${conversationId}`;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const { participants } = await (await fetch(url, { headers })).json();
    const { id } = participants.find(({ purpose }: { purpose: string }) => purpose === 'customer');
    const body = JSON.stringify({ state: 'disconnected' });
    expect((await fetch(`${url}/participants/${id}`, { method: 'PATCH', headers, body })).status).toBe(204);
    expect(sandbox.conversation(conversationId).ended).toBe(true);
  });
});

it('tells of each message of a conversation what the gateway called it, so that a lost answer can be asked for', async () => {
  const sandbox = await start();
  const { token, inbound } = await signIn(sandbox);
  const said = { channel: { ...channel, messageId: 'ours' }, text: 'hi' };
  const { conversationId, id } = (await inbound('message?prefetchConversationId=true', said)).body;
  const root = `${sandbox.url}/api/v2/conversations/messages/${conversationId}`;
  const get = (path: string) => fetch(`${root}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const { participants } = await (await get('')).json();
  expect(participants).toMatchObject([
    { purpose: 'customer', messages: [{ messageId: id, messageTime: expect.any(String) }] },
    { purpose: 'agent', messages: [] },
  ]);
  const seen = { id, providerMessageId: 'ours', direction: 'inbound', textBody: 'hi' };
  expect(await (await get(`/messages/${id}`)).json()).toMatchObject(seen);
  expect((await get('/messages/another')).status).toBe(404);
});
