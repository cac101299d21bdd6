import { type GuestRestOptions, guestRest } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../support/guestCalls.ts';

const route = 'POST /participants/{participantId}/messages';

/** A guest whose messages are answered one after the other, the last answer again and again; and what was sent. */
function guestOf(answers: readonly (() => unknown)[], options: Partial<GuestRestOptions> = {}) {
  const sent: {
    url: string;
    authorization: string | null;
    keepalive: boolean | undefined;
    body: unknown;
    aborted: () => boolean;
  }[] = [];
  const left = [...answers];
  const fetch = async (url: unknown, init: RequestInit = {}) => {
    sent.push({
      url: String(url),
      authorization: new Headers(init.headers).get('authorization'),
      keepalive: init.keepalive,
      body: JSON.parse(String(init.body)),
      aborted: () => init.signal?.aborted === true,
    });
    return (left.length > 1 ? left.shift() : left[0])?.() as Response;
  };
  const clock = createSteppedClock();
  const { sendMessage } = guestRest({
    orgUrl: 'https://api.example.org',
    participantId: 'me',
    token: 'plain',
    clock,
    fetch: fetch as typeof globalThis.fetch,
    ...options,
  });
  return { clock, sent, send: (text = 'hello') => sendMessage(text, { conversationId: 'c1' }), sendMessage };
}

const status = (code: number) => () => new Response(null, { status: code });
const accepted =
  (more: object = {}) =>
  () =>
    Response.json({ messageId: 'm1', ...more });
const rotating = () => {
  let issued = 0;
  return () => `token-${++issued}`;
};

describe('a message that is accepted', () => {
  test('says what was sent, and comes back with its id', async () => {
    const { send, sent } = guestOf([accepted()]);
    expect(await send('x'.repeat(4096))).toEqual({ messageId: 'm1' });
    expect(sent).toMatchObject([
      {
        url: 'https://api.example.org/api/v2/conversations/messaging/participants/me/messages',
        authorization: 'Bearer plain',
        keepalive: false,
        body: { conversationId: 'c1', text: 'x'.repeat(4096) },
      },
    ]);
  });

  test.each<[string, unknown, object]>([
    ['in ISO 8601', '1970-01-01T00:00:07Z', { sentAt: 7000 }],
    ['in words', 'soon', {}],
    ['as a number', 7000, {}],
    ['as nothing', null, {}],
  ])('has a time where that was said %s', async (_how, sentAt, time) => {
    expect(await guestOf([accepted({ sentAt })]).send()).toEqual({ messageId: 'm1', ...time });
  });

  test.each<[string, () => Response]>([
    ['without an id', () => Response.json({})],
    ['with an id that is none', () => Response.json({ messageId: '' })],
    ['with nothing', status(204)],
    ['for another conversation', accepted({ conversationId: 'c2' })],
  ])('%s is not', async (_what, answer) => {
    const failure = await failureOf(guestOf([answer]).send());
    expect(failure).toMatchObject({ code: 'unreadable-reply', unsure: true });
    expect(failure.status).toBeGreaterThanOrEqual(200);
  });
});

describe('a message that is not', () => {
  test.each<[string, () => unknown, boolean]>([
    ['unavailable', status(503), true],
    ['unreadable-reply', () => new Response('<p>'), true],
    ['network', () => Promise.reject(new TypeError('x')), true],
    ['rate-limited', status(429), false],
    ['bad-request', status(400), false],
    ['forbidden', status(403), false],
    ['not-found', status(404), false],
    ['unauthorized', status(401), false],
    ['redirected', status(302), false],
    ['unexpected', () => 7, false],
  ])('%s: says whether it may have been, and is tried once', async (code, answer, unsure) => {
    const { send, sent } = guestOf([answer]);
    const failure = await failureOf(send());
    expect(failure.code).toBe(code);
    expect(failure.unsure).toBe(unsure ? true : undefined);
    expect(failure.message).toMatch(/^POST \/participants\/\{participantId\}\/messages /);
    expect(failure).not.toHaveProperty('tokenGeneration');
    expect(sent).toHaveLength(1);
  });

  test('in ten seconds is given up, and may have been', async () => {
    const { clock, send, sent } = guestOf([() => new Promise(() => {})]);
    const failure = failureOf(send());
    await clock.advance(9999);
    expect(sent[0]?.aborted()).toBe(false);
    await clock.advance(1);
    expect(await failure).toMatchObject({ code: 'timeout', unsure: true });
    expect(sent[0]?.aborted()).toBe(true);
    expect(clock.timers).toBe(0);
  });

  test('before its caller gives it up, may have been', async () => {
    const { clock, sendMessage, sent } = guestOf([() => new Promise(() => {})]);
    const controller = new AbortController();
    const failure = failureOf(sendMessage('x', { conversationId: 'c1', signal: controller.signal }));
    await clock.settle();
    controller.abort();
    expect(await failure).toMatchObject({ code: 'timeout', unsure: true });
    expect(sent[0]?.aborted()).toBe(true);
    expect(clock.timers).toBe(0);
  });

  test('since the clock breaks, says what to do', async () => {
    const clock = createSteppedClock();
    const broken = {
      ...clock,
      setTimeout: () => {
        throw new Error('x');
      },
    };
    expect(await failureOf(guestOf([accepted()], { clock: broken }).send())).toMatchObject({
      code: 'unexpected',
      message: `${route} failed in an unexpected way; check the fetch option, then report this as a bug.`,
    });
  });
});

describe('its token (A-1)', () => {
  test('is had anew once, where it was rejected', async () => {
    const { send, sent } = guestOf([status(401), accepted()], { token: rotating() });
    expect(await send()).toEqual({ messageId: 'm1' });
    expect(sent.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  test('and no second time', async () => {
    const { send, sent } = guestOf([status(401)], { token: rotating() });
    expect(await failureOf(send())).toMatchObject({ code: 'unauthorized', status: 401, tokenGeneration: 2 });
    expect(sent).toHaveLength(2);
  });

  test('stays, where something else is why', async () => {
    const { send, sent } = guestOf([status(503)], { token: rotating() });
    expect(await failureOf(send())).toMatchObject({ code: 'unavailable', tokenGeneration: 1 });
    expect(sent).toHaveLength(1);
  });
});
