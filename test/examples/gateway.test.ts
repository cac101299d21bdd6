import { openGuestConversation } from 'genesys-conversation-machine';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { GatewayOptions } from '../../examples/gateway/options.ts';
import { joinGateway as join, openGateway, post, sendHook, signed } from '../support/gateway.ts';

/** A gateway in front of a sandbox; of its calls those that were accepted. */
async function open(options: Partial<GatewayOptions> = {}) {
  const opened = await openGateway(options);
  const calls = (kind: string) => opened.calls(kind).filter(({ status }) => status === 200);
  return { ...opened, calls };
}

describe('the gateway in front of Open Messaging', () => {
  it('carries a conversation: typing, messages and their delivery both ways, its end and another beginning', async () => {
    const { genesys, gateway, calls, lines } = await open();
    const { conversation, guestId, said } = await join(gateway.url);
    const typists: number[] = [];
    conversation.on('roster.changed', ({ participantIds }) => typists.push(participantIds.length));
    await conversation.sendMessage('Hello');
    const platformId = genesys.openMessaging.live(guestId) ?? '';
    const seen = () => genesys.conversation(platformId);
    expect(seen().messages.map(({ text }) => text)).toEqual(['Hello']);
    await expect.poll(() => said).toEqual(['Hello']);

    conversation.keystroke();
    await expect.poll(() => seen().typing).toEqual([guestId]);
    await conversation.sendMessage('How are you?');
    expect(seen().typing).toEqual([]);

    genesys.agent.typing(platformId, true);
    await expect.poll(() => typists).toEqual([1]);
    genesys.agent.say(platformId, 'Fine');
    await expect.poll(() => said).toEqual(['Hello', 'How are you?', 'Fine']);
    await expect.poll(() => typists).toEqual([1, 0]);
    await expect.poll(() => seen().messages.at(-1)?.delivery).toBe('Delivered');
    await conversation.markAsRead();

    genesys.openMessaging.configure({ threadingWindow: 0 });
    const ended = new Promise((resolve) => conversation.on('conversation.ended', resolve));
    genesys.endConversation(platformId);
    await ended;
    conversation.reopen();
    await conversation.sendMessage('One more thing');
    const next = genesys.openMessaging.live(guestId) ?? '';
    expect(next).not.toBe(platformId);
    genesys.agent.say(next, 'Yes?');
    await expect.poll(() => said.at(-1)).toBe('Yes?');
    await expect.poll(() => genesys.conversation(next).messages.at(-1)?.delivery).toBe('Delivered');

    // Nothing that left was refused, and nothing was called read: there is no such word.
    expect(genesys.calls().map(({ status }) => status)).not.toContain(400);
    expect(calls('receipt').map(({ body }) => (body as { status: string }).status)).toEqual([
      'Delivered',
      'Delivered',
    ]);
    expect(lines).toEqual([]);
  });

  it('tells typing only in a live conversation, at most once in 5 s, and never its end', async () => {
    const { genesys, gateway, calls } = await open();
    const { conversation, conversationId, guestId, guestToken } = await join(gateway.url);
    const typing = (isTyping: boolean) =>
      post(
        `${gateway.url}/api/v2/conversations/messaging/participants/${guestId}/typing`,
        { conversationId, isTyping },
        { authorization: `Bearer ${guestToken}` },
      );
    expect((await typing(true)).status).toBe(204);
    expect(genesys.conversations()).toEqual([]);
    await conversation.sendMessage('Hello');
    for (const isTyping of [true, true, false, true]) expect((await typing(isTyping)).status).toBe(204);
    expect(calls('event')).toHaveLength(1);
  });

  it('takes a webhook once, whenever it comes, and only with the signature of its bytes', async () => {
    const { genesys, gateway } = await open();
    const { conversation, guestId, said, transport } = await join(gateway.url);
    await conversation.sendMessage('Hello');
    const platformId = genesys.openMessaging.live(guestId) ?? '';
    genesys.openMessaging.disturb({ duplicate: true });
    genesys.agent.say(platformId, 'once');
    await expect.poll(() => said).toEqual(['Hello', 'once']);
    genesys.openMessaging.disturb({ hold: true });
    const { messageId } = genesys.agent.say(platformId, 'early');
    genesys.agent.say(platformId, 'late');
    genesys.openMessaging.disturb({});
    genesys.openMessaging.release();
    await expect.poll(() => [...said].sort()).toEqual(['Hello', 'early', 'late', 'once']);
    expect(transport.participantId).toBe(guestId);

    const taken = genesys.openMessaging.webhooks().find(({ id }) => id === messageId);
    const forged = { ...taken?.body, text: 'forged', id: 'another' };
    const right = JSON.stringify(taken?.body);
    expect(await sendHook(gateway.webhookUrl, JSON.stringify(forged), signed(right))).toBe(403);
    expect(await sendHook(gateway.webhookUrl, JSON.stringify(taken?.body, null, 1), signed(right))).toBe(403);
    expect(await sendHook(gateway.webhookUrl, right, signed(right, undefined, 'hex'))).toBe(403);
    expect(await sendHook(gateway.webhookUrl, right, '')).toBe(403);
    expect(await sendHook(gateway.webhookUrl, right, signed(right))).toBe(200); // A replay is answered, and changes nothing.
    genesys.agent.say(platformId, 'behind it');
    await expect.poll(() => said.at(-1)).toBe('behind it');
    expect(said).toHaveLength(5);
  });

  it('keeps reads, tells them to the guest’s other devices and to the operator, and never takes one back', async () => {
    const reads: unknown[] = [];
    const operator = await startOperator((body) => reads.push(body));
    const { genesys, gateway } = await open({ readWebhookUrl: operator });
    const { conversation, guestId, guestToken, conversationId, said } = await join(gateway.url);
    const { messageId: own } = await conversation.sendMessage('Hello');
    const platformId = genesys.openMessaging.live(guestId) ?? '';
    const { messageId } = genesys.agent.say(platformId, 'Hi');
    await expect.poll(() => said).toEqual(['Hello', 'Hi']);
    await conversation.markAsRead(messageId);
    await expect.poll(() => reads).toEqual([{ conversationId, guestId, messageId }]);
    const root = `${gateway.url}/api/v2/conversations/messaging`;
    const authorization = `Bearer ${guestToken}`;
    const back = await post(
      `${root}/participants/${guestId}/read`,
      { conversationId, messageId: own },
      { authorization },
    );
    expect(back.status).toBe(204);
    const history = await fetch(`${root}/${conversationId}/messages`, { headers: { authorization } });
    expect(await history.json()).toMatchObject({
      messages: [{ text: 'Hello' }, { text: 'Hi' }],
      reads: [{ participantId: guestId, messageId }],
    });
    expect(reads).toHaveLength(1);
  });

  it('asks the platform for a message whose answer was lost, and tells it no second time', async () => {
    const { genesys, gateway, calls } = await open();
    const { conversation, guestId } = await join(gateway.url);
    genesys.fault({ lane: 'open-messaging', applied: true, action: 'reset' });
    await conversation.sendMessage('lost on the way back');
    await conversation.sendMessage('behind it');
    const told = () => genesys.conversation(genesys.openMessaging.live(guestId) ?? '').messages;
    await expect.poll(() => told().map(({ text }) => text)).toEqual(['lost on the way back', 'behind it']);
    expect(calls('message')).toHaveLength(1);
  });

  it('waits for the receipt of a first message whose answer was lost before it is told again', async () => {
    const { genesys, gateway, calls } = await open();
    const { conversation, guestId } = await join(gateway.url);
    genesys.openMessaging.disturb({ hold: true });
    genesys.fault({ lane: 'open-messaging', applied: true, action: 'reset' });
    await conversation.sendMessage('lost on the way back');
    await conversation.sendMessage('behind it');
    expect(calls('message')).toEqual([]);
    genesys.openMessaging.disturb({});
    genesys.openMessaging.release();
    const told = () => genesys.conversation(genesys.openMessaging.live(guestId) ?? '').messages;
    const texts = ['lost on the way back', 'behind it'];
    await expect.poll(() => told().map(({ text }) => text), { timeout: 10_000 }).toEqual(texts);
  });

  it('takes a message once, however often it is sent with the same Idempotency-Key', async () => {
    const { genesys, gateway } = await open();
    const { conversationId, guestId, guestToken, said, listening } = await join(gateway.url);
    await listening;
    const send = async (key: string) => {
      const headers = { authorization: `Bearer ${guestToken}`, 'idempotency-key': key };
      const url = `${gateway.url}/api/v2/conversations/messaging/participants/${guestId}/messages`;
      return (await post(url, { conversationId, text: 'once' }, headers)).json();
    };
    const [first, again, other] = [
      ...[await send('a key of the page'), await send('a key of the page'), await send('another key of it')],
    ];
    expect(again).toEqual(first);
    expect(other.messageId).not.toBe(first.messageId);
    await expect.poll(() => said).toEqual(['once', 'once']);
    expect(genesys.conversation(genesys.openMessaging.live(guestId) ?? '').messages).toHaveLength(2);
  });

  it('keeps guests apart, and a token ends with its logout', async () => {
    const { gateway } = await open();
    const [one, other] = [await join(gateway.url), await join(gateway.url)];
    const root = `${gateway.url}/api/v2/conversations/messaging`;
    const authorization = `Bearer ${one.guestToken}`;
    const asOne = async (path: string, body: unknown) =>
      (await post(`${root}${path}`, body, { authorization })).status;
    const { guestId, conversationId } = other;
    expect(await asOne(`/participants/${guestId}/messages`, { conversationId, text: 'hi' })).toBe(404);
    expect(await asOne(`/participants/${one.guestId}/messages`, { conversationId, text: 'hi' })).toBe(404);
    expect((await fetch(`${root}/${conversationId}/messages`, { headers: { authorization } })).status).toBe(
      404,
    );
    const renewed = await (await post(`${root}/token`, {}, { authorization })).json();
    await one.listening;
    const closed = new Promise((resolve) => one.transport.on('stream.unauthorized', () => resolve(null)));
    expect(await asOne('/logout', {})).toBe(204);
    await closed;
    for (const token of [one.guestToken, renewed.guestToken]) {
      expect((await post(`${root}/token`, {}, { authorization: `Bearer ${token}` })).status).toBe(401);
    }
    await other.conversation.sendMessage('still here');
  });

  it('takes a token that has expired for a fresh one, and for nothing else', async () => {
    const { gateway } = await open({ tokenLifetime: 4000 });
    const { guestToken, guestId, conversationId } = await openGuestConversation({ orgUrl: gateway.url });
    const root = `${gateway.url}/api/v2/conversations/messaging`;
    const history = (token: string) =>
      fetch(`${root}/${conversationId}/messages`, { headers: { authorization: `Bearer ${token}` } });
    expect((await history(guestToken)).status).toBe(200);
    await expect.poll(async () => (await history(guestToken)).status, { timeout: 15_000 }).toBe(401);
    const renewed = await post(`${root}/token`, {}, { authorization: `Bearer ${guestToken}` });
    const { guestToken: fresh } = await renewed.json();
    expect((await history(fresh)).status).toBe(200);
    expect(JSON.parse(atob(fresh.split('.')[1]))).toMatchObject({ sub: guestId, conversationId });
  });

  it('drops typing first where the budget runs low, and keeps what a guest writes', async () => {
    const { genesys, gateway, calls } = await open({ callsPerMinute: 30 });
    const [first, second] = [await join(gateway.url), await join(gateway.url)];
    const send = (guest: typeof first, text: string) => guest.conversation.sendMessage(text);
    // Each beginning takes a message; the first one a channel and a topic besides, the second a topic.
    await send(first, 'one');
    await expect.poll(() => genesys.calls().filter(({ route }) => route.includes('channels')).length).toBe(2);
    first.conversation.keystroke();
    await send(first, 'two');
    await send(first, 'three');
    first.conversation.keystroke();
    await send(first, 'four');
    await send(second, 'waits');
    const kept = await fetch(
      `${gateway.url}/api/v2/conversations/messaging/${second.conversationId}/messages`,
      { headers: { authorization: `Bearer ${second.guestToken}` } },
    );
    expect(await kept.json()).toMatchObject({ messages: [{ text: 'waits' }] });
    const told = calls('message').map(({ body }) => (body as { text: string }).text);
    expect(told.length).toBeLessThan(5);
    expect(['one', 'two', 'three', 'four'].slice(0, told.length)).toEqual(told);
    expect(calls('event').length).toBeLessThanOrEqual(1);
    expect(genesys.calls().map(({ status }) => status)).not.toContain(429);
  });
});

/** A server of the operator's, which is told of reads. */
async function startOperator(onRead: (body: unknown) => void): Promise<string> {
  const { createServer } = await import('node:http');
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    onRead(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/read`;
}
