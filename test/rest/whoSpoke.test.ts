import {
  clientCredentials,
  createConversation,
  guestRest,
  openGuestConversation,
} from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, test } from 'vitest';
import { attempt, canary, failureOf, readCall } from '../support/guestCalls.ts';
import { createHarness } from '../support/harness.ts';

const orgUrl = 'https://api.example.org';
const page = '<!DOCTYPE html><title>Just a moment...</title>';
const html = 'text/html; charset=UTF-8';

/** A reply with just this content type, or with none. */
function saying(status: number, contentType: string | null, body: BodyInit | null): Response {
  const response = new Response(body, { status });
  if (contentType === null) response.headers.delete('content-type');
  else response.headers.set('content-type', contentType);
  return response;
}

const always =
  (reply: () => Response): typeof fetch =>
  async () =>
    reply();

const guestOf = (reply: () => Response) =>
  guestRest({ orgUrl, participantId: 'me', token: canary, fetch: always(reply) });
const refusalOf = async (reply: () => Response) => {
  const { code, status } = await failureOf(guestOf(reply).sendRead(readCall(), attempt()));
  return { code, status };
};

/** Every status that ends something. */
const verdicts = [
  ...[400, 402, 405, 406, 413, 415, 418, 422, 431, 451, 499].map(
    (status) => [status, 'bad-request'] as const,
  ),
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [409, 'conversation-ended'],
  [410, 'not-found'],
] as const;

describe('a status that ends something, said by nobody that can be told (A-0)', () => {
  test.each([...verdicts.map(([status]) => status), 407])(
    '%d is unreadable with a page, however that is declared',
    async (status) => {
      const unreadable = { code: 'unreadable-reply', status };
      expect(await refusalOf(() => saying(status, html, page))).toEqual(unreadable);
      expect(await refusalOf(() => saying(status, 'application/xhtml+xml', null))).toEqual(unreadable);
      expect(await refusalOf(() => saying(status, 'text/plain', '404 page not found'))).toEqual(unreadable);
      expect(await refusalOf(() => saying(status, 'application/xml', '<Error/>'))).toEqual(unreadable);
      expect(await refusalOf(() => saying(status, null, ` \r\n${page}`))).toEqual(unreadable);
      expect(await refusalOf(() => saying(status, null, `\ufeff${page}`))).toEqual(unreadable);
      expect(await refusalOf(() => saying(status, 'application/json', page))).toEqual(unreadable);
    },
  );

  test.each(verdicts)('%d counts with JSON, and with nothing: %s', async (status, code) => {
    expect(await refusalOf(() => saying(status, null, null))).toEqual({ code, status });
    for (const type of ['application/json', 'application/problem+json; charset=utf-8']) {
      expect(await refusalOf(() => saying(status, type, '{"code":"x"}'))).toEqual({ code, status });
      expect(await refusalOf(() => saying(status, type, ''))).toEqual({ code, status });
      expect(await refusalOf(() => saying(status, type, '{"message":"<b>no</b>"}'))).toEqual({
        code,
        status,
      });
    }
  });

  test('a proxy that asks for its own password is not the back end, whatever it says', async () => {
    expect((await refusalOf(() => saying(407, 'application/json', '{}'))).code).toBe('unreadable-reply');
  });

  test('what ends nothing keeps its meaning: to wait is right whoever says so', async () => {
    const limited = () => new Response(page, { status: 429, headers: { 'retry-after': '7' } });
    expect((await failureOf(guestOf(limited).sendRead(readCall(), attempt()))).retryAfterMs).toBe(7000);
    for (const status of [408, 421, 425, 500, 502, 503, 599]) {
      expect((await refusalOf(() => saying(status, html, page))).code).toBe('unavailable');
    }
  });
});

describe('a 2xx (A-0)', () => {
  const accepted = async (reply: () => Response) =>
    (await guestOf(reply).sendRead(readCall(), attempt())).status;

  test.each<[string, string | null, BodyInit]>([
    ['a page as plain text', 'text/plain', page],
    ['a page behind a byte order mark', null, `\ufeff${page}`],
    ['a page in UTF-16', null, new Uint8Array([0xff, 0xfe, 0x3c, 0x00, 0x68, 0x00])],
    ['XML', 'application/xml', '<ok/>'],
    ['a picture', 'image/gif', 'GIF89a'],
    ['a script', 'text/javascript', 'location = "/login"'],
    ['a type that only speaks of plain text', 'application/octet-stream; was=text/plain', 'OK'],
    ['a type that only begins like plain text', 'text/plainest', 'OK'],
    ['XHTML of no length', 'application/xhtml+xml', ''],
  ])('with %s is no acceptance', async (_name, type, body) => {
    expect((await refusalOf(() => saying(200, type, body))).code).toBe('unreadable-reply');
  });

  test('with JSON behind a byte order mark is one', async () => {
    expect(await accepted(() => saying(200, 'application/json', '\ufeff{}'))).toBe(200);
    const opened = JSON.stringify({ conversationId: 'c1', guestId: 'g1', guestToken: 'abc' });
    const fetch = always(() => saying(200, 'application/json', `\ufeff${opened}`));
    expect(await openGuestConversation({ orgUrl, fetch })).toMatchObject({ conversationId: 'c1' });
  });

  test('with plain text or nothing is one', async () => {
    expect(await accepted(() => saying(200, 'text/plain', 'OK'))).toBe(200);
    expect(await accepted(() => saying(200, 'text/plain', '1 < 2'))).toBe(200);
    expect(await accepted(() => saying(200, null, 'OK'))).toBe(200);
    expect(await accepted(() => saying(200, 'application/octet-stream', null))).toBe(200);
  });
});

describe('204 and 205 (A-0)', () => {
  /** A response as a `fetch` of one's own may make it: the platform's has no body there. */
  const withBody = (status: number, contentType: string, text: string) => {
    const headers = new Headers({ 'content-type': contentType });
    return { status, headers, text: async () => text } as Response;
  };

  test.each([204, 205])('%d counts, whatever comes with it', async (status) => {
    for (const [contentType, text] of [
      ['application/json', '{'],
      ['application/json', '{"conversationId":"c2"}'],
      [html, page],
      ['image/gif', 'GIF89a'],
      ['text/plain', 'x'.repeat(70_000)],
    ] as const) {
      const transport = guestOf(() => withBody(status, contentType, text));
      expect((await transport.sendRead(readCall(), attempt())).status).toBe(status);
    }
  });
});

describe('one page of a middlebox costs one call (A-0)', () => {
  test.each([400, 403, 404, 407, 409, 410])('%d: the mark is kept and typing goes on', async (status) => {
    const clock = createSteppedClock();
    const calls: string[] = [];
    const fetch = (async (url: string) => {
      calls.push(String(url).split('/').at(-1) ?? '');
      return calls.length === 1 ? saying(status, html, page) : new Response(null, { status: 204 });
    }) as typeof globalThis.fetch;
    const conversation = createConversation({
      transport: guestRest({ orgUrl, participantId: 'me', token: 't', fetch, clock }),
      conversationId: 'c1',
      clock,
      random: () => 0.5,
    }).start();
    const ended: unknown[] = [];
    conversation.on('conversation.ended', (event) => ended.push(event));
    conversation.on('read.failed', ({ willRetry }) => {
      if (!willRetry) ended.push('undeliverable');
    });
    conversation.messageReceived({ messageId: 'm1', participantId: 'a' });
    conversation.viewed('m1');
    await clock.advance(10_000);
    conversation.keystroke();
    await clock.advance(1);
    expect(calls).toEqual(['read', 'read', 'typing']);
    expect(ended).toEqual([]);
    expect(conversation.actor.getSnapshot().context.receipts.ledgers[0]?.acknowledged?.messageId).toBe('m1');
    conversation.stop();
  });

  test('a redirect to a portal does not refuse the mark for good: nobody proved to be the back end', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.answer('read', { code: 'redirected', message: 'x', status: 302 });
    told('m1');
    const reading = conversation.markAsRead('m1');
    await at(10_000);
    await reading;
    expect(transport.log).toHaveLength(2);
  });

  test.each([400, 401, 403])('a page with %d in place of credentials is no word on them', async (status) => {
    const provider = clientCredentials({
      ...{ orgUrl, clientId: 'id', clientSecret: 'secret' },
      fetch: always(() => saying(status, html, page)),
    });
    expect((await failureOf(provider())).code).toBe('unreadable-reply');
    const transport = guestRest({ orgUrl, participantId: 'me', token: provider });
    expect((await failureOf(transport.sendRead(readCall(), attempt()))).code).toBe('unreadable-reply');
  });

  test('a page with 404 in place of a new conversation says nothing about ids', async () => {
    const fetch = always(() => saying(404, html, page));
    expect((await failureOf(openGuestConversation({ orgUrl, fetch }))).code).toBe('unreadable-reply');
  });
});

describe('an end that a reply said is lifted by a later acceptance in the same conversation (A-0)', () => {
  const gone = { code: 'not-found', message: 'x', status: 404 } as const;

  test('both lanes go on, and the mark that was given up is delivered', async () => {
    const { conversation, transport, told, at, states, trace } = createHarness();
    told('m1', 'm2');
    transport.answer('read', { afterMs: 500, answer: 'accept' });
    conversation.viewed('m1');
    await at(210);
    transport.answer('typing', gone);
    conversation.keystroke();
    conversation.viewed('m2');
    await at(300);
    expect(states()).toMatchObject({ link: 'ended' });
    await at(2000);
    expect(states()).toMatchObject({ link: 'ready' });
    expect(trace.of('conversation.resumed')).toEqual([
      { type: 'conversation.resumed', conversationId: 'c1' },
    ]);
    conversation.keystroke();
    await at(2100);
    expect(transport.log).toEqual(['0.2 READ m1', '0.2 ON', '1.2 READ m2', '2.0 ON']);
  });

  test('not by one in another conversation, and not what the application or the stream said', async () => {
    for (const end of ['told', 'elsewhere'] as const) {
      const { conversation, transport, told, at, states, trace } = createHarness();
      told('m1');
      transport.answer('read', { afterMs: 500, answer: 'accept' });
      conversation.viewed('m1');
      await at(210);
      if (end === 'told') conversation.end();
      else {
        conversation.open('c2');
        transport.answer('typing', gone);
        conversation.keystroke();
      }
      await at(2000);
      expect(states()).toMatchObject({ link: 'ended' });
      expect(trace.of('conversation.resumed')).toEqual([]);
    }
  });
});
