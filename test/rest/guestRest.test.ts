import type { IncomingHttpHeaders } from 'node:http';
import { type GuestRestOptions, guestRest } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { attempt, canary, expectNoCanary, failureOf, readCall, typingCall } from '../support/guestCalls.ts';
import { httpServer } from '../support/rawServer.ts';

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function accepting(): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const { url, close } = await httpServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    response.writeHead(204).end();
  });
  closers.push(close);
  return { url, seen };
}

const guest = (options: Partial<GuestRestOptions> = {}) =>
  guestRest({ orgUrl: 'https://api.example.org', participantId: 'guest-1', token: canary, ...options });

interface Recorded {
  readonly url: string;
  readonly init: RequestInit;
}

function recordingFetch(answer: () => Promise<Response> = async () => new Response(null, { status: 204 })) {
  const calls: Recorded[] = [];
  const fetch = ((url: string, init: RequestInit) => {
    calls.push({ url, init });
    return answer();
  }) as unknown as typeof globalThis.fetch;
  return { calls, fetch };
}

const hanging = (): Promise<Response> => new Promise(() => {});

function watched(controller: AbortController): { signal: AbortSignal; listeners: () => number } {
  const { signal } = controller;
  let count = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    count += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    count -= 1;
    remove(...args);
  };
  return { signal, listeners: () => count };
}

describe('what a call says (S1, S10)', () => {
  test('typing', async () => {
    const server = await accepting();
    const accepted = await guest({ orgUrl: server.url }).sendTyping(
      typingCall({ isTyping: false }),
      attempt(),
    );
    const [seen] = server.seen;
    expect(seen?.method).toBe('POST');
    expect(seen?.url).toBe('/api/v2/conversations/messaging/participants/guest-1/typing');
    expect(JSON.parse(seen?.body ?? '')).toEqual({ conversationId: 'conversation-1', isTyping: false });
    expect(seen?.headers).toMatchObject({
      authorization: `Bearer ${canary}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'x-genesys-request-id': expect.stringMatching(uuidV4),
    });
    expect(accepted).toEqual({ status: 204, requestId: seen?.headers['x-genesys-request-id'] });
  });

  test('read, with and without a message', async () => {
    const server = await accepting();
    const transport = guest({ orgUrl: `${server.url}//` });
    await transport.sendRead(readCall({ messageId: 'm-7' }), attempt());
    await transport.sendRead(readCall(), attempt());
    expect(server.seen.map(({ url }) => url)).toEqual(
      Array(2).fill('/api/v2/conversations/messaging/participants/guest-1/read'),
    );
    expect(server.seen.map(({ body }) => JSON.parse(body))).toEqual([
      { conversationId: 'conversation-1', messageId: 'm-7' },
      { conversationId: 'conversation-1' },
    ]);
  });

  test('the token is in no place but its header, and every attempt has an id of its own', async () => {
    const server = await accepting();
    const transport = guest({ orgUrl: server.url });
    await transport.sendTyping(typingCall(), attempt());
    await transport.sendTyping(typingCall(), attempt());
    for (const { url, body, headers } of server.seen) {
      const { authorization, ...others } = headers;
      expect(authorization).toBe(`Bearer ${canary}`);
      expectNoCanary({ url, body, others });
    }
    expect(new Set(server.seen.map(({ headers }) => headers['x-genesys-request-id'])).size).toBe(2);
  });

  test('a path prefix stays, and ids are escaped', async () => {
    const { calls, fetch } = recordingFetch();
    const transport = guest({
      orgUrl: 'https://gate.example.org/genesys/',
      participantId: 'ö & __proto__',
      fetch,
    });
    await transport.sendTyping(typingCall(), attempt());
    expect(calls[0]?.url).toBe(
      'https://gate.example.org/genesys/api/v2/conversations/messaging/participants/%C3%B6%20%26%20__proto__/typing',
    );
  });

  test('no cookie, no referrer, no cache, no redirect; a stop on leaving outlives the page', async () => {
    const { calls, fetch } = recordingFetch();
    const transport = guest({ fetch });
    await transport.sendTyping(typingCall(), attempt());
    await transport.sendTyping(typingCall({ isTyping: false, keepalive: true }), attempt());
    await transport.sendRead(readCall(), attempt());
    for (const { init } of calls) {
      expect(init).toMatchObject({
        method: 'POST',
        redirect: 'error',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
        mode: 'cors',
      });
    }
    expect(calls.map(({ init }) => init.keepalive)).toEqual([false, true, false]);
  });

  test('a call leaves before the function returns, so that the last one of a page does', () => {
    const { calls, fetch } = recordingFetch();
    void guest({ fetch }).sendTyping(typingCall(), attempt());
    expect(calls).toHaveLength(1);
  });

  test('one call is one request, whatever the reply', async () => {
    for (const status of [408, 425, 429, 500, 503]) {
      const { calls, fetch } = recordingFetch(async () => new Response(null, { status }));
      await failureOf(guest({ fetch }).sendRead(readCall(), attempt()));
      expect(calls).toHaveLength(1);
    }
  });
});

describe('what a transport says of itself', () => {
  test('its capabilities, by default and as told', () => {
    expect(guest().capabilities).toEqual({
      stopTyping: true,
      readReceipts: true,
      messageEndsTyping: true,
      spacing: 1000,
      timeToLive: 5000,
    });
    const told = { messageEndsTyping: false, stopTyping: false, spacing: 0, timeToLive: 1 };
    expect(guest(told).capabilities).toMatchObject({
      messageEndsTyping: false,
      stopTyping: false,
      spacing: 0,
      timeToLive: 1,
    });
    expect(guest().participantId).toBe('guest-1');
  });

  test('it is frozen, and no look at it finds the token', async () => {
    for (const token of [canary, () => canary]) {
      const { fetch } = recordingFetch();
      const transport = guest({ token, fetch });
      await transport.sendTyping(typingCall(), attempt());
      expect(Object.isFrozen(transport) && Object.isFrozen(transport.capabilities)).toBe(true);
      expectNoCanary(transport);
      for (const member of Object.values(transport)) expectNoCanary(member);
    }
  });
});

describe('an error tells what happened, and nothing secret (S4, S14, S17)', () => {
  const refusing = (status: number, headers: Record<string, string> = {}) =>
    recordingFetch(async () => new Response(null, { status, headers })).fetch;

  test('status, attempt, request id and wait', async () => {
    const { calls, fetch } = recordingFetch(
      async () => new Response(null, { status: 429, headers: { 'Retry-After': '7' } }),
    );
    const failure = await failureOf(guest({ fetch }).sendTyping(typingCall({ attempt: 3 }), attempt()));
    expect(failure).toMatchObject({ code: 'rate-limited', status: 429, attempt: 3, retryAfterMs: 7000 });
    expect(failure.requestId).toBe(new Headers(calls[0]?.init.headers).get('x-genesys-request-id'));
    expect(failure.message).toContain('POST /participants/{participantId}/typing');
    expect(failure.cause).toBeUndefined();
  });

  test('no id and no URL of the caller', async () => {
    const secretIds = { participantId: 'participant-secret', orgUrl: 'https://org-secret.example.org' };
    for (const fetch of [
      refusing(400),
      refusing(500),
      (() => Promise.reject(new Error('x'))) as typeof globalThis.fetch,
    ]) {
      const call = readCall({ conversationId: 'conversation-secret', messageId: 'message-secret' });
      const failure = await failureOf(guest({ ...secretIds, fetch }).sendRead(call, attempt()));
      expect(`${failure.message}${failure.stack}${JSON.stringify(failure)}`).not.toMatch(
        /(?:participant|org|conversation|message)-secret/,
      );
    }
  });

  test('a dated wait is measured by the given clock where the reply has no date', async () => {
    const options = {
      fetch: refusing(429, { 'Retry-After': 'Sun, 06 Nov 1994 08:49:37 GMT' }),
      clock: createSteppedClock({ wall: Date.UTC(1994, 10, 6, 8, 49, 30) }),
    };
    expect(await failureOf(guest(options).sendRead(readCall(), attempt()))).toMatchObject({
      retryAfterMs: 7000,
    });
  });

  test('a dated wait beside a date that cannot be read is believed for half a minute (I-2)', async () => {
    const clock = createSteppedClock({ wall: Date.UTC(1994, 10, 6, 8, 49, 30) });
    for (const [until, retryAfterMs] of [
      ['Sun, 06 Nov 1994 09:49:37 GMT', 30_000],
      ['Sun, 06 Nov 1994 07:49:37 GMT', undefined],
    ] as const) {
      const fetch = refusing(429, { 'Retry-After': until, Date: 'Sun, 06 Nov 1994' });
      const failure = await failureOf(guest({ fetch, clock }).sendRead(readCall(), attempt()));
      expect(failure).toMatchObject({ code: 'rate-limited', status: 429 });
      expect(failure.retryAfterMs).toBe(retryAfterMs);
    }
  });

  test('a wait is cut to the given cap', async () => {
    const options = { fetch: refusing(429, { 'Retry-After': '60' }), retryAfterCap: 20_000 };
    expect(await failureOf(guest(options).sendRead(readCall(), attempt()))).toMatchObject({
      retryAfterMs: 20_000,
    });
  });
});

describe('a call that cannot be right is refused before it leaves (S8)', () => {
  test.each([
    '',
    ' ',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '%2e%2e',
    '?x=1',
    '#f',
    'a\nb',
    'a\u202eb',
    '\ud800',
    'x'.repeat(257),
    7,
    null,
    undefined,
    {},
  ])('conversation %j', async (conversationId) => {
    const { calls, fetch } = recordingFetch();
    const transport = guest({ fetch });
    const wrong = { conversationId: conversationId as string };
    for (const call of [
      transport.sendTyping(typingCall(wrong), attempt()),
      transport.sendRead(readCall(wrong), attempt()),
    ]) {
      expect(await failureOf(call)).toMatchObject({
        code: 'bad-request',
        option: 'conversationId',
        attempt: 1,
      });
    }
    expect(calls).toHaveLength(0);
  });

  test('a message, or a typing state', async () => {
    const { calls, fetch } = recordingFetch();
    const transport = guest({ fetch });
    const read = transport.sendRead(readCall({ messageId: '' }), attempt());
    expect(await failureOf(read)).toMatchObject({ code: 'bad-request', option: 'messageId' });
    const typing = transport.sendTyping(typingCall({ isTyping: 'yes' as unknown as boolean }), attempt());
    expect(await failureOf(typing)).toMatchObject({ code: 'bad-request', option: 'isTyping' });
    expect(calls).toHaveLength(0);
  });
});

describe('giving an attempt up', () => {
  test('before it starts, it never leaves', async () => {
    const { calls, fetch } = recordingFetch();
    const controller = new AbortController();
    controller.abort();
    const failure = await failureOf(guest({ fetch }).sendTyping(typingCall(), attempt(controller)));
    expect(failure.code).toBe('timeout');
    expect(calls).toHaveLength(0);
  });

  test('while it is under way, even where the fetch does not listen', async () => {
    const { calls, fetch } = recordingFetch(hanging);
    const controller = new AbortController();
    const call = failureOf(guest({ fetch }).sendTyping(typingCall(), attempt(controller)));
    controller.abort();
    expect((await call).code).toBe('timeout');
    expect(calls[0]?.init.signal?.aborted).toBe(true);
  });

  test('a reply that comes later is not read', async () => {
    let answer: (response: Response) => void = () => {};
    let cancelled: () => void = () => {};
    const cancel = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    const { fetch } = recordingFetch(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const controller = new AbortController();
    const call = failureOf(guest({ fetch }).sendRead(readCall(), attempt(controller)));
    controller.abort();
    await call;
    answer(new Response(new ReadableStream({ cancel: cancelled })));
    await cancel;
  });

  test('in the middle of a body, the body is cancelled', async () => {
    const controller = new AbortController();
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (stream) => stream.enqueue(new Uint8Array(3)),
        pull: () => controller.abort(),
        cancel: () => {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const { fetch } = recordingFetch(async () => new Response(body));
    const failure = await failureOf(guest({ fetch }).sendRead(readCall(), attempt(controller)));
    expect(failure.code).toBe('timeout');
    expect(cancelled).toBe(true);
  });

  test('after it settled, nothing changes and nothing listens any more', async () => {
    for (const answer of [204, 500]) {
      const { fetch } = recordingFetch(async () => new Response(null, { status: answer }));
      const controller = new AbortController();
      const { signal, listeners } = watched(controller);
      const call = guest({ fetch })
        .sendRead(readCall(), { signal })
        .catch(({ status }) => ({ status }));
      expect(listeners()).toBe(1);
      expect(await call).toMatchObject({ status: answer });
      expect(listeners()).toBe(0);
      controller.abort();
      controller.abort();
      expect(await call).toMatchObject({ status: answer });
    }
  });

  test('with a failure in the same tick, it settles once, as given up', async () => {
    let fail: (error: Error) => void = () => {};
    const { fetch } = recordingFetch(
      () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    );
    const controller = new AbortController();
    const call = failureOf(guest({ fetch }).sendRead(readCall(), attempt(controller)));
    fail(new Error('late'));
    controller.abort();
    expect((await call).code).toBe('timeout');
  });
});

describe('a fetch that breaks its interface', () => {
  const abuses: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error(`Bearer ${canary}`);
      },
    ],
    [
      'throws what is no error',
      () => {
        throw canary;
      },
    ],
    ['returns nothing', () => undefined],
    ['resolves to null', async () => null],
    ['resolves to a string', async () => canary],
    ['resolves to an object', async () => ({ ok: true, status: 200, note: canary })],
    [
      'resolves to a response over a Node stream',
      async () => ({ status: 200, headers: new Headers(), body: { pipe() {} } }),
    ],
    [
      'has a status that throws',
      async () => ({
        get status() {
          throw new Error(canary);
        },
      }),
    ],
    [
      'has headers that throw',
      async () => ({
        status: 200,
        headers: {
          get() {
            throw new Error(canary);
          },
        },
      }),
    ],
  ];

  test.each(abuses)('%s', async (_name, fetch) => {
    const failure = await failureOf(
      guest({ fetch: fetch as typeof globalThis.fetch }).sendRead(readCall(), attempt()),
    );
    expect(failure.code).toBe('unexpected');
  });

  const failures: [string, unknown][] = [
    [
      'an error that quotes the request',
      new TypeError(`Headers.append: "Bearer ${canary}" is an invalid header value.`),
    ],
    ['a string', canary],
    ['nothing', undefined],
    ['an abort that nobody asked for', new DOMException(canary, 'AbortError')],
    ['a cause with a made-up code', new TypeError('x', { cause: { code: canary, message: canary } })],
    [
      'something whose every look throws',
      new Proxy(
        {},
        {
          get() {
            throw new Error(canary);
          },
        },
      ),
    ],
  ];

  test.each(failures)('rejects with %s', async (_name, rejection) => {
    const { fetch } = recordingFetch(() => Promise.reject(rejection));
    expect((await failureOf(guest({ fetch }).sendRead(readCall(), attempt()))).code).toMatch(
      /^(?:network|unexpected)$/,
    );
  });

  test('a known reason of the platform is named', async () => {
    const rejection = new TypeError('fetch failed', {
      cause: Object.assign(new Error(), { code: 'CERT_HAS_EXPIRED' }),
    });
    const { fetch } = recordingFetch(() => Promise.reject(rejection));
    const failure = await failureOf(guest({ fetch }).sendRead(readCall(), attempt()));
    expect(failure).toMatchObject({ code: 'network', message: expect.stringContaining('CERT_HAS_EXPIRED') });
  });
});
