import { guestRest } from 'genesys-conversation-machine';
import { describe, expect, test } from 'vitest';
import { jsonGetter } from '../../src/webMessaging/getJson.ts';
import { attempt, failureOf, readCall } from '../support/guestCalls.ts';

const json = { 'content-type': 'application/json' };

const guestOf = (answer: () => unknown) =>
  guestRest({
    orgUrl: 'https://api.example.org',
    participantId: 'me',
    token: 'abc',
    fetch: (async () => answer()) as typeof fetch,
  });
const outcomeOf = (answer: () => unknown) =>
  guestOf(answer)
    .sendRead(readCall(), attempt())
    .then(
      ({ status }) => status,
      ({ code }: { code: string }) => code,
    );

/** A body that says these pieces one by one and then nothing more, or its end; and whether it was cancelled. */
function pieces(said: readonly (string | readonly number[])[], isEnding = true) {
  const seen = { cancelled: false };
  const left = [...said];
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const next = left.shift();
        if (next !== undefined) {
          controller.enqueue(
            typeof next === 'string' ? new TextEncoder().encode(next) : Uint8Array.from(next),
          );
        } else if (isEnding) controller.close();
        else return new Promise(() => {});
      },
      cancel: () => {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, seen };
}

describe('a reply in several pieces', () => {
  test('is one: what it says counts, wherever it is cut', async () => {
    const answer =
      (...said: string[]) =>
      () =>
        new Response(pieces(said).stream, { headers: json });
    expect(await outcomeOf(answer('{"a"', ':', '1}'))).toBe(200);
    expect(await outcomeOf(answer(' ', '{"conversationId":"con', 'versation-1"}'))).toBe(200);
    expect(await outcomeOf(answer('{"conversationId":"con', 'versation-2"}'))).toBe('unreadable-reply');
    expect(await outcomeOf(answer('{"a":1', ''))).toBe('unreadable-reply');
  });

  const mark = [0xef, 0xbb, 0xbf];
  test.each<[string, readonly (string | readonly number[])[], string]>([
    ['what is no page', [' ', '{'], 'not-found'],
    ['what is no page, in one piece with the space before it', [' \r\n{'], 'not-found'],
    ['a page', ['\r\n', ' ', '<p>'], 'unreadable-reply'],
    ['a page behind a byte order mark', [mark, '<p>'], 'unreadable-reply'],
    [
      'a page in UTF-16, little end first',
      [
        [0xff, 0xfe],
        [0x3c, 0],
      ],
      'unreadable-reply',
    ],
    [
      'a page in UTF-16, big end first',
      [
        [0xfe, 0xff],
        [0, 0x3c],
      ],
      'unreadable-reply',
    ],
  ])('that ends something is read until it shows %s, and no further (A-0)', async (_what, said, code) => {
    const { stream, seen } = pieces(said, false);
    expect(await outcomeOf(() => new Response(stream, { status: 404, headers: json }))).toBe(code);
    expect(seen.cancelled).toBe(true);
  });
});

describe('a body that nobody needs is not waited for, and cancelled', () => {
  test.each<[string, number, Record<string, string>, string]>([
    ['a status that passes', 500, json, 'unavailable'],
    ['a status that passes, whose type is not said', 502, {}, 'unavailable'],
    ['a limit whose header says how long', 429, { ...json, 'retry-after': '5' }, 'rate-limited'],
    ['a page by its head', 404, { 'content-type': 'text/html' }, 'unreadable-reply'],
    ['a redirect', 302, json, 'redirected'],
  ])('%s', async (_what, status, headers, code) => {
    const { stream, seen } = pieces([], false);
    expect(await outcomeOf(() => new Response(stream, { status, headers }))).toBe(code);
    expect(seen.cancelled).toBe(true);
  });

  test.each([429, 503, 500])('by whoever asks only for the status, %d say', async (status) => {
    const { stream, seen } = pieces([], false);
    const get = jsonGetter(
      async () => new Response(stream, { status, headers: { ...json, 'retry-after': 'soon' } }),
    );
    const { signal } = new AbortController();
    expect(await get('https://api.example.org/', {}, signal, { route: 'GET /' })).toEqual({
      status,
      value: undefined,
      isForeign: false,
      retryAfter: 'soon',
    });
    expect(seen.cancelled).toBe(true);
  });

  test('where cancelling it fails, nobody hears', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const cancel = () => Promise.reject(new Error('x'));
    const endless = new ReadableStream({ cancel });
    const long = new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(65_537)), cancel });
    expect(await outcomeOf(() => new Response(endless, { status: 500 }))).toBe('unavailable');
    expect(await outcomeOf(() => new Response(long))).toBe('unreadable-reply');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

test('a refusal that is too long is still what its status says', async () => {
  const answer = (status: number) => () => new Response('x'.repeat(65_537), { status, headers: json });
  expect(await outcomeOf(answer(429))).toBe('rate-limited');
  expect(await outcomeOf(answer(404))).toBe('not-found');
});

describe('where the platform shows no stream, a reply is looked at afterwards (S11)', () => {
  const answer =
    (text: (() => Promise<string>) | undefined, headers: Record<string, string> = {}, status = 200) =>
    () => ({ status, headers: new Headers(headers), text });
  const never = async () => {
    throw new Error('read');
  };

  test.each<[string, () => unknown, number | string]>([
    [
      'what it says counts',
      answer(async () => '{"conversationId":"conversation-2"}', json),
      'unreadable-reply',
    ],
    ['64 KiB are read', answer(async () => 'x'.repeat(65_536), { 'content-length': '65536' }), 200],
    ['64 KiB and a byte are not', answer(async () => 'x'.repeat(65_537)), 'unreadable-reply'],
    ['bytes are counted, and not letters', answer(async () => 'é'.repeat(32_769)), 'unreadable-reply'],
    [
      '64 KiB and a byte that are declared are not even taken',
      answer(never, { 'content-length': '65537' }),
      'unreadable-reply',
    ],
    ['a body that breaks off is no reply', answer(never), 'network'],
    ['a refusal whose body breaks off is one', answer(never, json, 404), 'not-found'],
    ['a reply that cannot be read has nothing to say', answer(undefined, json), 200],
  ])('%s', async (_what, reply, outcome) => {
    expect(await outcomeOf(reply)).toBe(outcome);
  });
});

test('a reply of no known shape is no response', async () => {
  const bare = { headers: new Headers(), body: null };
  for (const answer of [
    { ...bare, status: '204' },
    { status: 204, body: null },
    { status: 204, headers: {}, body: null },
    { ...bare, status: 204, body: {} },
  ]) {
    expect(await failureOf(guestOf(() => answer).sendRead(readCall(), attempt()))).toMatchObject({
      code: 'unexpected',
      message: expect.stringContaining('(the fetch option returned something that is no Response)'),
    });
  }
});

describe('of why no reply came, only what a platform says is told (S4)', () => {
  const because = (thrown: unknown) =>
    failureOf(
      guestOf(() => {
        throw thrown;
      }).sendRead(readCall(), attempt()),
    );
  const known = [
    ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOSTUNREACH'],
    ...['ENETUNREACH', 'EPROTO', 'ENOTFOUND', 'UND_ERR_SOCKET', 'HPE_INVALID_CONSTANT'],
    ...['ERR_TLS_HANDSHAKE_TIMEOUT', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_TLSV1_ALERT'],
    ...['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ];

  test.each(known)('%s is named, by whichever error has it', async (code) => {
    for (const thrown of [
      new TypeError('fetch failed', { cause: { code } }),
      Object.assign(new Error('x'), { code }),
      Object.assign(new Error('x', { cause: { code: 'x' } }), { code }),
    ]) {
      const failure = await because(thrown);
      expect(failure.code).toBe('network');
      expect(failure.message).toContain(`got no whole reply (${code}); `);
    }
  });

  test.each([
    ...known.flatMap((code) => [`X${code}`, `${code}.`, `${code} `, code.toLowerCase()]),
    ...['ECONN', 'CERT_', 'ERR_SSL_', 'UND_ERR_', 'HPE_', 'UNABLE_TO_'],
    ...[7, null, Symbol('ECONNRESET'), { toString: () => 'ECONNRESET' }],
  ])('%j is not', async (code) => {
    const failure = await because(new TypeError('fetch failed', { cause: { code } }));
    expect(failure).toMatchObject({
      code: 'network',
      message:
        'POST /participants/{participantId}/read got no whole reply; check the connection, CORS and orgUrl, and try again.',
    });
  });
});
