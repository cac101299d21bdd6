import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openGuestConversation } from 'genesys-conversation-machine';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { joinGateway, openGateway, post, rootOf, sendHook, signed } from '../../support/gateway.ts';

type Guest = Awaited<ReturnType<typeof openGuestConversation>>;

/** Every route of a gateway that needs a token, as `token` calls it about `guest`; each resolves to a status. */
const routes: Readonly<Record<string, (orgUrl: string, token: string, guest: Guest) => Promise<number>>> = {
  typing: (orgUrl, token, { guestId, conversationId }) =>
    statusOf(orgUrl, `participants/${guestId}/typing`, token, { conversationId, isTyping: true }),
  read: (orgUrl, token, { guestId, conversationId }) =>
    statusOf(orgUrl, `participants/${guestId}/read`, token, { conversationId }),
  messages: (orgUrl, token, { guestId, conversationId }) =>
    statusOf(orgUrl, `participants/${guestId}/messages`, token, { conversationId, text: 'hi' }),
  history: (orgUrl, token, { conversationId }) => statusOf(orgUrl, `${conversationId}/messages`, token),
};

async function statusOf(orgUrl: string, path: string, token: string, body?: object): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const url = `${rootOf(orgUrl)}/${path}`;
  return (await (body ? post(url, body, headers) : fetch(url, { headers }))).status;
}

/** Opens an event stream and shows a token; resolves to the first frame that comes, or to the code of the close. */
async function stream(
  orgUrl: string,
  first: object | undefined,
  headers: Record<string, string> = {},
): Promise<{ readonly socket: WebSocket; readonly answer: Promise<Record<string, unknown> | number> }> {
  const socket = new WebSocket(`${rootOf(orgUrl).replace(/^http/, 'ws')}/events`, { headers });
  onTestFinished(() => socket.terminate());
  const answer = Promise.race([
    once(socket, 'message').then(([data]) => JSON.parse(String(data))),
    once(socket, 'close').then(([code]) => Number(code)),
  ]);
  answer.catch(() => {});
  await once(socket, 'open');
  if (first !== undefined) socket.send(JSON.stringify(first));
  return { socket, answer };
}
const authenticate = (token: string, more: object = {}) => ({ type: 'authenticate', token, ...more });

describe('a guest reaches no conversation but their own', () => {
  it.each(Object.keys(routes))('by %s', async (name) => {
    const { gateway } = await openGateway();
    const { url } = gateway;
    const call = routes[name] ?? (async () => 0);
    const [one, other] = [
      await openGuestConversation({ orgUrl: url }),
      await openGuestConversation({ orgUrl: url }),
    ];
    expect(await call(url, one.guestToken, one)).toBeLessThan(300);
    expect(await call(url, one.guestToken, other)).toBe(404);
    expect(await call(url, one.guestToken, { ...one, conversationId: other.conversationId })).toBe(404);
    if (name !== 'history')
      expect(await call(url, one.guestToken, { ...one, guestId: other.guestId })).toBe(404);
  });

  it('by the event stream, whatever they ask for', async () => {
    const { gateway } = await openGateway();
    const [one, other] = [await joinGateway(gateway.url), await joinGateway(gateway.url)];
    await Promise.all([one.listening, other.listening]);
    const { answer, socket } = await stream(
      gateway.url,
      authenticate(one.guestToken, { conversationId: other.conversationId, participantId: other.guestId }),
    );
    expect(await answer).toMatchObject({ conversationId: one.conversationId, participantId: one.guestId });
    const heard: string[] = [];
    socket.on('message', (data) => heard.push(String(data)));
    await other.conversation.sendMessage('for nobody else');
    await one.conversation.sendMessage('mine');
    await expect.poll(() => heard.join()).toContain('mine');
    expect(heard.join()).not.toContain('for nobody else');
  });

  it('by an id that they guess: what is not there and what is somebody else’s look the same', async () => {
    const { gateway } = await openGateway({ limits: { startsOfAddress: 1000 } });
    const root = rootOf(gateway.url);
    const guests = await Promise.all(
      Array.from({ length: 50 }, () => openGuestConversation({ orgUrl: gateway.url })),
    );
    const ids = guests.flatMap(({ guestId, conversationId }) => [guestId, conversationId]);
    expect(new Set(ids).size).toBe(100);
    for (const id of ids)
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    const [one, other] = guests;
    const look = async (id = '') => {
      const reply = await fetch(`${root}/${id}/messages`, {
        headers: { authorization: `Bearer ${one?.guestToken}` },
      });
      return [reply.status, await reply.text()];
    };
    expect(await look(other?.conversationId)).toEqual(await look('11111111-1111-4111-8111-111111111111'));
  });
});

describe('a token', () => {
  it('that is missing, changed, unsigned, of another gateway or of another use opens nothing', async () => {
    const key = randomBytes(32);
    const { gateway } = await openGateway({ signingKey: key });
    const guest = await openGuestConversation({ orgUrl: gateway.url });
    const [header = '', payload = '', signature = ''] = guest.guestToken.split('.');
    const claims = JSON.parse(atob(payload));
    const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const jwt = (alg: 'HS256' | 'HS512', secret: Uint8Array, changes: object = {}) => {
      const text = `${base64({ alg })}.${base64({ ...claims, ...changes })}`;
      return `${text}.${createHmac(alg.replace('HS', 'sha'), secret).update(text).digest('base64url')}`;
    };
    expect(await statusOf(gateway.url, 'token', jwt('HS256', key), {})).toBe(200);
    const tokens = {
      missing: '',
      garbage: 'garbage',
      'of somebody else': `${header}.${base64({ ...claims, sub: 'another' })}.${signature}`,
      'without a signature': `${base64({ alg: 'none' })}.${payload}.`,
      'by another key': jwt('HS256', randomBytes(32)),
      'by another algorithm': jwt('HS512', Buffer.concat([key, key])),
      'of another issuer': jwt('HS256', key, { iss: 'somebody' }),
      'that has expired': jwt('HS256', key, { exp: Math.floor(Date.now() / 1000) - 10 }),
      'without a session': jwt('HS256', key, { sessionId: undefined }),
    };
    for (const [what, token] of Object.entries(tokens)) {
      for (const [name, call] of Object.entries(routes)) {
        expect(await call(gateway.url, token, guest), `${name} by a token ${what}`).toBe(401);
      }
      expect(await (await stream(gateway.url, authenticate(token))).answer, what).toBe(4401);
      if (what === 'that has expired') continue;
      expect(await statusOf(gateway.url, 'token', token, {}), `renewed by a token ${what}`).toBe(401);
    }
    const old = jwt('HS256', key, { exp: Math.floor(Date.now() / 1000) - 25 * 3600 });
    expect(await statusOf(gateway.url, 'token', old, {})).toBe(401);
  });

  it('dies with the logout of its guest, and so do all that came from it; nobody else’s does', async () => {
    const { gateway } = await openGateway();
    const { url } = gateway;
    const [one, other] = [
      await openGuestConversation({ orgUrl: url }),
      await openGuestConversation({ orgUrl: url }),
    ];
    const renewed = await post(`${rootOf(url)}/token`, {}, { authorization: `Bearer ${one.guestToken}` });
    const { guestToken: second } = (await renewed.json()) as { guestToken: string };
    const { socket, answer } = await stream(url, authenticate(second));
    expect(await answer).toMatchObject({ type: 'authenticated' });
    const closed = once(socket, 'close');
    expect(await statusOf(url, 'logout', one.guestToken, {})).toBe(204);
    expect((await closed)[0]).toBe(4401);
    for (const token of [one.guestToken, second]) {
      for (const call of Object.values(routes)) expect(await call(url, token, one)).toBe(401);
      for (const path of ['token', 'logout']) expect(await statusOf(url, path, token, {})).toBe(401);
      expect(await (await stream(url, authenticate(token))).answer).toBe(4401);
    }
    for (const call of Object.values(routes))
      expect(await call(url, other.guestToken, other)).toBeLessThan(300);
  });
});

describe('too much is refused', () => {
  it('a body, a text, a frame', async () => {
    const { gateway, calls } = await openGateway();
    const guest = await openGuestConversation({ orgUrl: gateway.url });
    const path = `participants/${guest.guestId}/messages`;
    const send = (text: string) =>
      statusOf(gateway.url, path, guest.guestToken, { conversationId: guest.conversationId, text });
    expect(await send('x'.repeat(70_000))).toBe(413);
    expect(await send('x'.repeat(4097))).toBe(400);
    expect(await send('')).toBe(400);
    expect(calls('message')).toEqual([]);
    const large = JSON.stringify({ id: 'x'.repeat(70_000) });
    expect(await sendHook(gateway.webhookUrl, large)).toBe(413);
    const { answer } = await stream(gateway.url, authenticate('x'.repeat(70_000)));
    expect(await answer).toBe(1009);
  });

  it('calls of a guest, of an address, and conversations that an address begins', async () => {
    const limits = { callsOfGuest: 5, callsOfAddress: 20, startsOfAddress: 2 };
    const { gateway } = await openGateway({ limits });
    const { url } = gateway;
    const [one, other] = [
      await openGuestConversation({ orgUrl: url }),
      await openGuestConversation({ orgUrl: url }),
    ];
    const started = await post(rootOf(url), {});
    expect([started.status, Number(started.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    const history = routes.history ?? (async () => 0);
    const of = async (guest: Guest, times: number) => {
      const statuses: number[] = [];
      for (let n = 0; n < times; n += 1) statuses.push(await history(url, guest.guestToken, guest));
      return statuses;
    };
    expect(await of(one, 6)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await of(other, 5)).toEqual([200, 200, 200, 200, 200]);
    expect((await of(other, 20)).at(-1)).toBe(429);
    const refused = await fetch(`${rootOf(url)}/capabilities`);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect((await refused.json()).message).toMatch(/^Retry the request in \[\d+\] seconds$/);
  });

  it('event streams of a guest, and of an address', async () => {
    const { gateway } = await openGateway({ limits: { streamsOfAddress: 12 } });
    const guest = await openGuestConversation({ orgUrl: gateway.url });
    const answers: unknown[] = [];
    for (let n = 0; n < 11; n += 1) {
      const answer = await (await stream(gateway.url, authenticate(guest.guestToken))).answer;
      answers.push(typeof answer === 'number' ? answer : answer.type);
    }
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 'authenticated'), 1013]);
    const silent = [await stream(gateway.url, undefined), await stream(gateway.url, undefined)];
    expect(await (await stream(gateway.url, undefined)).answer).toBe(1013);
    silent[0]?.socket.close();
    await silent[0]?.answer;
    await expect
      .poll(async () => {
        const { answer } = await stream(gateway.url, authenticate('none'));
        return answer;
      })
      .toBe(4401);
  });
});

describe('a page of an origin that is not allowed', () => {
  const origin = 'https://evil.example';
  it('begins no conversation, opens no stream, and is told nothing', async () => {
    const allowed = 'https://shop.example';
    const { gateway } = await openGateway({ allowedOrigins: [allowed] });
    const { url } = gateway;
    const refused = await post(rootOf(url), {}, { origin });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    expect((await post(rootOf(url), {}, { origin: 'null' })).status).toBe(403);
    const opened = await post(rootOf(url), {}, { origin: allowed });
    expect([opened.status, opened.headers.get('access-control-allow-origin')]).toEqual([200, allowed]);
    expect(opened.headers.get('vary')?.toLowerCase()).toContain('origin');
    expect(opened.headers.get('access-control-allow-credentials')).toBeNull();
    await expect(stream(url, undefined, { origin })).rejects.toThrow('403');
    const { guestToken } = (await opened.json()) as { guestToken: string };
    const { answer } = await stream(url, authenticate(guestToken), { origin: allowed });
    expect(await answer).toMatchObject({ type: 'authenticated' });
  });

  it('nor does a form, which no preflight is asked for', async () => {
    const { gateway } = await openGateway();
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const reply = await post(rootOf(gateway.url), '{}', { 'content-type': type });
      expect(reply.status, type).toBe(415);
    }
  });
});

describe('what the gateway logs and answers', () => {
  it('holds no token, no secret, no signature and no word of a guest’s, whatever goes wrong', async () => {
    const spoken = 'my card is 4111 1111 1111 1111';
    const signingKey = randomBytes(32);
    const { gateway, genesys, lines, platformId } = await openGateway({ signingKey });
    const { url } = gateway;
    const said: string[] = [];
    const { log, warn, error } = console;
    const listen = (...args: unknown[]) => void said.push(args.map(String).join(' '));
    Object.assign(console, { log: listen, warn: listen, error: listen });
    onTestFinished(() => void Object.assign(console, { log, warn, error }));

    const { guestToken, guestId, conversationId, conversation } = await joinGateway(url);
    const answers: string[] = [];
    const note = async (reply: Response) => {
      answers.push(`${reply.status} ${await reply.text()} ${JSON.stringify([...reply.headers])}`);
    };
    const headers = { authorization: `Bearer ${guestToken}` };
    const path = `${rootOf(url)}/participants/${guestId}/messages`;
    await conversation.sendMessage(spoken);
    for (const status of [400, 401, 403, 404, 409, 413, 429, 500, 503]) {
      genesys.fault({ lane: 'open-messaging', status, times: 2, body: { message: `no ${spoken}` } });
      await note(await post(path, { conversationId, text: spoken }, headers));
      genesys.clearFaults();
    }
    genesys.fault({ lane: 'token', status: 401, body: { error: genesys.clientSecret } });
    genesys.expireTokens();
    await note(await post(path, { conversationId, text: spoken }, headers));
    genesys.clearFaults();
    await note(await post(path, `{"text":"${spoken}"`, headers));
    await note(await post(path, { conversationId }, { authorization: `Bearer ${guestToken}x` }));
    const body = JSON.stringify({ id: 'x', type: 'Text', text: spoken, channel: { to: { id: guestId } } });
    const hook = (text: string, signature: string) =>
      post(gateway.webhookUrl, text, { 'x-hub-signature-256': signature }).then(note);
    await hook(body, signed(body, 'another secret of a stranger'));
    await hook(`${body}}`, signed(`${body}}`));
    await hook(body.replace(guestId, 'nobody'), signed(body.replace(guestId, 'nobody')));
    await hook(
      JSON.stringify({ channel: null, type: 7 }),
      signed(JSON.stringify({ channel: null, type: 7 })),
    );
    await expect.poll(() => lines.length).toBeGreaterThan(5);

    const out = [...lines, ...said].join('\n');
    const secrets = {
      ...{ guestToken, clientSecret: genesys.clientSecret, webhookSecret: 'a secret of the org' },
      ...{ signature: signed(body).slice(7, 40), key: signingKey.toString('base64'), spoken },
      ...{ 'a JWT': /eyJ[\w-]{10}/, 'a bearer': /bearer/i, 'a signature': /sha256=/ },
    };
    for (const [what, secret] of Object.entries(secrets)) {
      for (const [where, text] of Object.entries({ out, answers: answers.join('\n') })) {
        const isThere = typeof secret === 'string' ? text.includes(secret) : secret.test(text);
        expect(isThere, `${what} in ${where}: ${text}`).toBe(false);
      }
    }
    expect(platformId(guestId)).not.toBe('');
  });
});
