import {
  type ClientCredentialsOptions,
  clientCredentials,
  type GuestConversation,
  guestRest,
  type OpenGuestConversationOptions,
  openGuestConversation,
} from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ConversationErrorCode } from '../../src/shared/errors.ts';
import { attempt, canary, expectNoCanary, failureOf, readCall } from '../support/guestCalls.ts';
import { reply, serving } from '../support/rawServer.ts';

afterEach(() => vi.unstubAllGlobals());

const json = 'Content-Type: application/json';
const answering = (value: unknown, headers: string[] = []) =>
  serving((socket) => socket.end(reply(200, [json, ...headers], JSON.stringify(value))));
const body = (text = '') => JSON.parse(text) as unknown;

/**
 * Takes every timer of exactly `ms` into the test's own hands, and leaves all others, which are not this
 * SDK's, alone.
 */
function timersOf(ms: number) {
  const pending = new Map<object, () => void>();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  vi.stubGlobal('setTimeout', (run: () => void, delay: number) => {
    if (delay !== ms) return set(run, delay);
    const timer = {};
    pending.set(timer, run);
    return timer;
  });
  vi.stubGlobal('clearTimeout', (timer: NodeJS.Timeout) => {
    if (!pending.delete(timer)) clear(timer);
  });
  const pass = () => {
    for (const run of pending.values()) run();
  };
  return { pass, pending: () => pending.size };
}

/** A fetch that never answers and counts how often it was called. */
function hangingFetch() {
  const signals: (AbortSignal | null | undefined)[] = [];
  const fetch = ((_url: string, init: RequestInit) => {
    signals.push(init.signal);
    return new Promise(() => {});
  }) as unknown as typeof globalThis.fetch;
  return { fetch, signals };
}

describe('opening a conversation', () => {
  const opened = { conversationId: 'conversation-1', guestId: 'guest-1', guestToken: canary };
  const open = (options: Partial<OpenGuestConversationOptions>) =>
    openGuestConversation({ orgUrl: 'https://api.example.org', ...options });

  async function openedBy(value: unknown, headers: string[] = []): Promise<GuestConversation> {
    return open({ orgUrl: (await answering(value, headers)).url });
  }

  test('posts to the base itself, without a token, and gives what was opened', async () => {
    const server = await answering({ ...opened, extra: 1 });
    expect(await open({ orgUrl: `${server.url}/`, body: { deploymentId: 'd-1' } })).toStrictEqual(opened);
    const [request] = server.requests;
    expect(request?.head).toMatch(/^POST \/api\/v2\/conversations\/messaging HTTP/);
    expect(request?.head).toMatch(/^x-genesys-request-id: [0-9a-f-]{36}$/im);
    expect(request?.head).not.toMatch(/^authorization:/im);
    expect(body(request?.body)).toEqual({ deploymentId: 'd-1' });
  });

  test('says nothing of its own where it is told nothing', async () => {
    const server = await answering(opened);
    await open({ orgUrl: server.url });
    expect(body(server.requests[0]?.body)).toEqual({});
  });

  test.each<[string, object, number | undefined]>([
    ['seconds', { expiresIn: 3600 }, 3_600_000],
    ['no seconds left', { expiresIn: 0 }, 0],
    ['a fraction of a second', { expiresIn: 0.0015 }, 1],
    ['more than a timer takes', { expiresIn: 1e12 }, 2 ** 31 - 1],
    ['a moment', { expiresAt: '2026-11-23T13:00:00.000Z' }, 3_600_000],
    ['a moment elsewhere', { expiresAt: '2026-11-23T14:00:00+01:00' }, 3_600_000],
    ['a moment that has passed', { expiresAt: '2026-11-23T11:00:00Z' }, 0],
    ['a moment west of here', { expiresAt: '2026-11-23T08:00:00-05:00' }, 3_600_000],
    ['a moment to the nanosecond', { expiresAt: '2026-11-23T12:00:00.123456789Z' }, 123],
    ['both', { expiresIn: 60, expiresAt: '2026-11-23T13:00:00Z' }, 60_000],
    ['null', { expiresIn: null, expiresAt: null }, undefined],
    ['nothing', {}, undefined],
  ])('expiry told by %s', async (_name, expiry, expiresInMs) => {
    const conversation = await openedBy({ ...opened, ...expiry }, ['Date: Mon, 23 Nov 2026 12:00:00 GMT']);
    expect(conversation.expiresInMs).toBe(expiresInMs);
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['an array', [opened]],
    ['no conversation', { ...opened, conversationId: undefined }],
    ['a number for a conversation', { ...opened, conversationId: 7 }],
    ['a conversation that steps up', { ...opened, conversationId: '..' }],
    ['a guest that is a path', { ...opened, guestId: 'a/b' }],
    ['no guest', { ...opened, guestId: '' }],
    ['no token', { ...opened, guestToken: undefined }],
    ['a token with a line break', { ...opened, guestToken: `${canary}\nX: y` }],
    ['a token with its scheme', { ...opened, guestToken: `Bearer ${canary}` }],
    ['an expiry in words', { ...opened, expiresIn: 'soon' }],
    ['an expiry before now', { ...opened, expiresIn: -1 }],
    ['a moment in another form', { ...opened, expiresAt: '23 Nov 2026' }],
    ['a moment nowhere', { ...opened, expiresAt: '2026-11-23T13:00:00' }],
    ['a moment with something before it', { ...opened, expiresAt: '+002026-11-23T13:00:00Z' }],
    ['a moment with something behind it', { ...opened, expiresAt: '2026-11-23T13:00:00Z (UTC)' }],
    ['a moment in a list', { ...opened, expiresAt: ['2026-11-23T13:00:00Z'] }],
    ['seconds in a list', { ...opened, expiresIn: [60] }],
    ['a moment that does not exist', { ...opened, expiresAt: '2026-13-45T99:00:00Z' }],
  ])('%s is no conversation', async (_name, value) => {
    expect(await failureOf(openedBy(value))).toMatchObject({ code: 'unreadable-reply', status: 200 });
  });

  test('fields of a prototype are no fields', async () => {
    const server = await serving((socket) =>
      socket.end(reply(200, [json], `{"__proto__":${JSON.stringify(opened)}}`)),
    );
    expect((await failureOf(open({ orgUrl: server.url }))).code).toBe('unreadable-reply');
  });

  test.each<[number, ConversationErrorCode]>([
    [400, 'bad-request'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [503, 'unavailable'],
  ])('%d is %s', async (status, code) => {
    const server = await serving((socket) => socket.end(reply(status)));
    expect(await failureOf(open({ orgUrl: server.url }))).toMatchObject({ code, status });
  });

  test('a limit says how long to wait', async () => {
    const server = await serving((socket) => socket.end(reply(429, ['Retry-After: 9'])));
    expect(await failureOf(open({ orgUrl: server.url }))).toMatchObject({
      code: 'rate-limited',
      retryAfterMs: 9000,
    });
  });

  test('its deadline spans the body', async () => {
    const timers = timersOf(251);
    const endless = new ReadableStream({ pull: timers.pass }, { highWaterMark: 0 });
    const fetch = (async () => new Response(endless)) as typeof globalThis.fetch;
    expect((await failureOf(open({ fetch, timeout: 251 }))).code).toBe('timeout');
    expect(timers.pending()).toBe(0);
  });

  test('its deadline is 10 s where nothing else is said', async () => {
    const timers = timersOf(10_000);
    const { fetch, signals } = hangingFetch();
    const failure = failureOf(open({ fetch }));
    expect(signals[0]?.aborted).toBe(false);
    timers.pass();
    expect((await failure).code).toBe('timeout');
    expect(timers.pending()).toBe(0);
  });

  test('goes by the clock that it is given', async () => {
    const clock = createSteppedClock({ wall: Date.UTC(1994, 10, 6, 8, 49, 30) });
    const { fetch, signals } = hangingFetch();
    const failure = failureOf(open({ fetch, clock, timeout: 251 }));
    await clock.advance(250);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    expect(signals[0]?.aborted).toBe(true);
    expect((await failure).code).toBe('timeout');
    const until = async (expiresAt: string) => {
      const fetch = async () => Response.json({ ...opened, expiresAt });
      return (await open({ fetch, clock })).expiresInMs;
    };
    expect(await until('1994-11-06T08:49:37Z')).toBe(6749);
    expect(await until('1994-11-06T08:49:30.252Z')).toBe(1);
    expect(await until('1994-11-06T08:49:30.251Z')).toBeUndefined();
    expect(clock.timers).toBe(0);
  });

  test('no timer and no listener outlives it', async () => {
    const timers = timersOf(10_000);
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    const added = vi.spyOn(signal, 'addEventListener');
    const fetch = (async () => Response.json(opened)) as typeof globalThis.fetch;
    await open({ fetch, signal });
    await failureOf(open({ fetch: async () => Response.json({}), signal }));
    expect(timers.pending()).toBe(0);
    expect(added).toHaveBeenCalledTimes(2);
    expect(removed.mock.calls.map(([type, listener]) => [type, listener])).toEqual(
      added.mock.calls.map(([type, listener]) => [type, listener]),
    );
  });

  test('the caller can give it up, before and while it runs', async () => {
    const { fetch, signals } = hangingFetch();
    const controller = new AbortController();
    const failure = failureOf(open({ fetch, signal: controller.signal }));
    controller.abort();
    expect((await failure).code).toBe('timeout');
    expect((await failureOf(open({ fetch, signal: controller.signal }))).code).toBe('timeout');
    expect(signals).toHaveLength(1);
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;

  test.each<[string, Record<string, unknown>]>([
    ['orgUrl', { orgUrl: 'http://api.example.org' }],
    ['timeout', { timeout: 0 }],
    ['timeout', { timeout: 2 ** 31 }],
    ['clock', { clock: {} }],
    ['fetch', { fetch: 7 }],
    ['body', { body: 'text' }],
    ['body', { body: [] }],
    ['body', { body: cyclic }],
    ['body', { body: { big: 1n } }],
  ])('%s that cannot be right: %o', async (option, wrong) => {
    expect(await failureOf(open(wrong))).toMatchObject({ code: 'invalid-option', option });
  });
});

describe('client credentials', () => {
  const secret = canary;
  const granted = { access_token: 'bot-token', token_type: 'bearer', expires_in: 3600 };
  const credentials = (options: Partial<ClientCredentialsOptions>) =>
    clientCredentials({
      orgUrl: 'https://api.example.org',
      clientId: 'bot',
      clientSecret: secret,
      ...options,
    });

  test('are sent as HTTP Basic with a form, and bring a token', async () => {
    const server = await answering(granted);
    expect(await credentials({ orgUrl: server.url })()).toBe('bot-token');
    const [request] = server.requests;
    expect(request?.head).toMatch(/^POST \/api\/v2\/oauth\/token HTTP/);
    expect(request?.head).toMatch(/^content-type: application\/x-www-form-urlencoded$/im);
    expect(request?.head).toContain(`Basic ${Buffer.from(`bot:${secret}`).toString('base64')}`);
    expect(request?.body).toBe('grant_type=client_credentials');
    expectNoCanary(request?.head);
  });

  test('go where the server has its tokens: at the login host of Genesys Cloud by another path', async () => {
    const server = await answering(granted);
    expect(await credentials({ orgUrl: server.url, tokenPath: '/oauth/token' })()).toBe('bot-token');
    expect(server.requests[0]?.head).toMatch(/^POST \/oauth\/token HTTP/);
    expect(await credentials({ orgUrl: server.url, tokenPath: '/.a/...' })()).toBe('bot-token');
    for (const tokenPath of [
      'oauth/token',
      '/',
      '/oauth/token?x=1',
      'https://evil.example/',
      '/a//b',
      '/..',
      '/a/./b',
      ['/oauth/token'],
      7,
    ]) {
      const wrong = () => credentials({ tokenPath } as Partial<ClientCredentialsOptions>);
      expect(wrong).toThrow(expect.objectContaining({ code: 'invalid-option', option: 'tokenPath' }));
    }
  });

  test('each call fetches anew; calls that overlap share', async () => {
    let n = 0;
    const server = await serving((socket) => {
      n += 1;
      socket.end(reply(200, [json], JSON.stringify({ ...granted, access_token: `token-${n}` })));
    });
    const provider = credentials({ orgUrl: server.url });
    expect(await Promise.all([provider(), provider()])).toEqual(['token-1', 'token-1']);
    expect(await provider()).toBe('token-2');
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['no token', { token_type: 'bearer' }],
    ['a token that is none', { ...granted, access_token: 'a b' }],
    ['another type', { ...granted, token_type: 'mac' }],
    ['a type that is none', { ...granted, token_type: 7 }],
  ])('%s is no token', async (_name, value) => {
    const server = await answering(value);
    expect((await failureOf(credentials({ orgUrl: server.url })())).code).toBe('unreadable-reply');
  });

  test('a type may be written in any case, or left out', async () => {
    for (const token_type of ['Bearer', undefined]) {
      const server = await answering({ ...granted, token_type });
      expect(await credentials({ orgUrl: server.url })()).toBe('bot-token');
    }
  });

  test.each<[number, ConversationErrorCode]>([
    [400, 'unauthorized'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [429, 'rate-limited'],
    [500, 'unavailable'],
  ])('%d is %s', async (status, code) => {
    const server = await serving((socket) => socket.end(reply(status)));
    expect(await failureOf(credentials({ orgUrl: server.url })())).toMatchObject({ code, status });
  });

  test('a refusal of the credentials is final for a transport, an outage passes', async () => {
    for (const [status, code] of [
      [401, 'unauthorized'],
      [502, 'unavailable'],
    ] as const) {
      const { url } = await serving((socket) => socket.end(reply(status)));
      const transport = guestRest({ orgUrl: url, participantId: 'bot', token: credentials({ orgUrl: url }) });
      expect((await failureOf(transport.sendRead(readCall(), attempt()))).code).toBe(code);
    }
  });

  test('a transport uses them for its calls', async () => {
    const server = await serving((socket, { head }) =>
      socket.end(head.includes('/oauth/') ? reply(200, [json], JSON.stringify(granted)) : reply(204)),
    );
    const provider = credentials({ orgUrl: server.url });
    const transport = guestRest({ orgUrl: server.url, participantId: 'bot', token: provider });
    expect(await transport.sendRead(readCall(), attempt())).toMatchObject({
      status: 204,
      tokenGeneration: 1,
    });
    expect(server.requests[1]?.head).toMatch(/^authorization: Bearer bot-token$/im);
  });

  test('fetching has a deadline, and one who leaves does not spoil it for the others', async () => {
    const timers = timersOf(251);
    const { fetch, signals } = hangingFetch();
    const provider = credentials({ fetch, timeout: 251 });
    const leaving = new AbortController();
    const left = failureOf(provider({ signal: leaving.signal }));
    const staying = failureOf(provider());
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    expect((await left).code).toBe('timeout');
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
    timers.pass();
    expect((await staying).code).toBe('timeout');
    expect(timers.pending()).toBe(0);
  });

  test('fetching goes by the clock that it is given', async () => {
    const clock = createSteppedClock({ wall: Date.UTC(1994, 10, 6, 8, 49, 30) });
    const { fetch } = hangingFetch();
    const hanging = failureOf(credentials({ fetch, clock, timeout: 251 })());
    await clock.advance(251);
    expect((await hanging).code).toBe('timeout');
    const headers = { 'Retry-After': 'Sun, 06 Nov 1994 08:49:37 GMT' };
    const limiting = async () => new Response(null, { status: 429, headers });
    expect(await failureOf(credentials({ fetch: limiting, clock })())).toMatchObject({ retryAfterMs: 6749 });
    expect(clock.timers).toBe(0);
  });

  test('no look at the provider finds the secret', () => {
    expectNoCanary(credentials({}));
    expectNoCanary(credentials({}), btoa(`bot:${secret}`));
  });

  test.each<[string, Record<string, unknown>]>([
    ['orgUrl', { orgUrl: '/api' }],
    ['clientId', { clientId: 'a:b' }],
    ['clientId', { clientId: '' }],
    ['clientId', { clientId: undefined }],
    ['clientSecret', { clientSecret: `${secret}\n` }],
    ['clientSecret', { clientSecret: 'sécret' }],
    ['clientSecret', { clientSecret: 7 }],
    ['clientSecret', { clientSecret: 'x'.repeat(513) }],
    ['timeout', { timeout: -1 }],
    ['clock', { clock: null }],
    ['fetch', { fetch: null }],
  ])('%s that cannot be right: %o', async (option, wrong) => {
    const making = Promise.resolve().then(() => credentials(wrong));
    expect(await failureOf(making)).toMatchObject({ code: 'invalid-option', option });
  });
});
