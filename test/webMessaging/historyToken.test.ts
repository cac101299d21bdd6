import { describe, expect, it } from 'vitest';
import { bare, createSession, sessionResponse } from '../support/socketScript.ts';

/** A session that is up; each call for its history is answered by the test. */
async function createAsked() {
  const answers: ((response: Response) => void)[] = [];
  const session = createSession({ fetch: () => new Promise((resolve) => answers.push(resolve)) });
  const socket = await session.configure();
  const { clock, receive } = session;
  const answer = async (response: Response = Response.json({ entities: [] })): Promise<void> => {
    await clock.settle();
    answers.shift()?.(response);
    for (let turn = 0; turn < 5; turn += 1) await clock.settle();
  };
  return {
    ...session,
    answer,
    waiting: () => answers.length,
    /** How many tokens were asked for. */
    tokens: () => socket.sent.filter(({ action }) => action === 'getJwt').length,
    /** A token that is good for so many seconds. */
    token: (seconds: number) =>
      receive(bare('JwtResponse', { jwt: 'j', exp: clock.wallNow() / 1000 + seconds })),
    /** A call, and how it ends. */
    ask: () => {
      const asked = session.messaging.history();
      asked.catch(() => {});
      return asked;
    },
  };
}

type Asked = Awaited<ReturnType<typeof createAsked>>;

const refusal = (status: number, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  new Response(headers['content-type'] === 'text/html' ? '<html>' : '{}', { status, headers });

describe('the token of the history', () => {
  it.each([
    [20, 15_000],
    [3600, 300_000],
  ])('for %i s is used for %i ms, and then another is asked for', async (seconds, ms) => {
    const { clock, ask, answer, token, tokens, receive, messaging } = await createAsked();
    const first = ask();
    await token(seconds);
    await answer();
    await first;
    for (let left = ms - 1; left > 0; left -= 15_000) {
      await clock.advance(Math.min(left, 15_000));
      await receive(bare('Anything'));
    }
    const second = ask();
    await answer();
    await second;
    expect(tokens()).toBe(1);
    await clock.advance(1);
    ask();
    await clock.settle();
    expect(tokens()).toBe(2);
    messaging.stop();
  });

  it('is asked for once by calls that come together', async () => {
    const { ask, answer, token, tokens, waiting, messaging } = await createAsked();
    const both = [ask(), ask()];
    await token(0);
    expect([tokens(), waiting()]).toEqual([1, 2]);
    await answer();
    await answer();
    for (const each of both) await expect(each).resolves.toEqual({ entries: [], before: null });
    ask();
    expect(tokens()).toBe(2);
    messaging.stop();
  });

  it('that does not come is asked for anew by the next call', async () => {
    const { clock, ask, answer, token, tokens, messaging } = await createAsked();
    const late = ask();
    await clock.advance(15_000);
    await expect(late).rejects.toMatchObject({
      code: 'timeout',
      message: 'The history did not come in time; ask again.',
    });
    const next = ask();
    expect(tokens()).toBe(2);
    await token(60);
    await answer();
    await expect(next).resolves.toBeDefined();
    messaging.stop();
  });

  it('cannot be asked for over a socket that takes nothing', async () => {
    const { socket, ask, answer, token, tokens, messaging } = await createAsked();
    socket().bufferedAmount = 1_000_000;
    await expect(ask()).rejects.toMatchObject({
      code: 'network',
      message: 'No token for the message history came; the connection is not up.',
    });
    socket().bufferedAmount = 0;
    const next = ask();
    expect(tokens()).toBe(1);
    await token(60);
    await answer();
    await expect(next).resolves.toBeDefined();
    messaging.stop();
  });

  it.each([
    ['that is asked for anew', async ({ messaging }: Asked) => void messaging.startNew().catch(() => {})],
    [
      'that comes back over another socket',
      async ({ clock, socket }: Asked) => {
        socket().end(1006);
        await clock.advance(2000);
        socket().open();
      },
    ],
  ])('is not asked for in a session %s, before that is configured (W-1)', async (_, begin) => {
    const asked = await createAsked();
    const history = asked.ask();
    await asked.token(60);
    await begin(asked);
    await asked.answer(refusal(401));
    const sent = asked.sockets.map((each) => each.sent.map(({ action }) => action));
    expect(sent.flat().filter((action) => action === 'getJwt')).toHaveLength(1);
    expect(asked.messaging.state).toBe('configuring');
    await expect(history).rejects.toMatchObject({ code: 'network' });
    asked.messaging.stop();
  });

  it.each([401, 403])('that is refused with %i is replaced once', async (status) => {
    const { ask, answer, token, tokens, messaging } = await createAsked();
    const asked = ask();
    await token(60);
    await answer(refusal(status));
    expect(tokens()).toBe(2);
    await token(60);
    await answer(refusal(status));
    await expect(asked).rejects.toMatchObject({
      code: 'unauthorized',
      status,
      message: `GET /api/v2/webmessaging/messages was refused: the token is expired, invalid or missing (status ${status}); get a fresh token.`,
    });
    ask();
    expect(tokens()).toBe(3);
    messaging.stop();
  });

  it.each([401, 403])('is kept where a page of who knows whom refuses with %i (A-0)', async (status) => {
    const { ask, answer, token, tokens, messaging } = await createAsked();
    const asked = ask();
    await token(60);
    await answer(refusal(status, { 'content-type': 'text/html' }));
    await expect(asked).rejects.toMatchObject({ code: 'unreadable-reply', status });
    ask();
    expect(tokens()).toBe(1);
    messaging.stop();
  });

  it('is another one for another session', async () => {
    const { ask, answer, token, tokens, receive, messaging } = await createAsked();
    const asked = ask();
    await token(60);
    await answer();
    await asked;
    await receive(sessionResponse());
    ask();
    expect(tokens()).toBe(2);
    messaging.stop();
  });
});

describe('a page of the history', () => {
  it('is asked for as JSON, by a GET with the token', async () => {
    const calls: Parameters<typeof fetch>[] = [];
    const session = createSession({
      fetch: async (...call) => {
        calls.push(call);
        return Response.json({ entities: [] });
      },
    });
    await session.configure();
    const asked = session.messaging.history();
    await session.receive(bare('JwtResponse', { jwt: 'j.w.t', exp: 4_000_000_000 }));
    await asked;
    const [[url, init] = []] = calls;
    const headers = new Headers(init?.headers);
    expect(String(url)).toBe('http://127.0.0.1:4870/api/v2/webmessaging/messages?pageNumber=1&pageSize=25');
    expect(init?.method).toBe('GET');
    expect([headers.get('accept'), headers.get('authorization')]).toEqual([
      'application/json',
      'bearer j.w.t',
    ]);
    session.messaging.stop();
  });

  it.each<[unknown]>([[{}], [null], [[]], [{ entities: {} }]])('that is %j cannot be read', async (body) => {
    const { ask, answer, token, messaging } = await createAsked();
    const asked = ask();
    await token(60);
    await answer(Response.json(body));
    await expect(asked).rejects.toMatchObject({
      code: 'unreadable-reply',
      status: 200,
      message: expect.stringContaining('GET /api/v2/webmessaging/messages got a reply that is not'),
    });
    messaging.stop();
  });

  it.each([
    ['20', 20_000],
    ['999999', 999_999_000],
    ['0', 0],
    ['1000000', undefined],
    ['20 s', undefined],
    ['in 20', undefined],
    ['1.5', undefined],
    [undefined, undefined],
  ])('that comes too often says for how long: %s', async (hint, retryAfterMs) => {
    const { ask, answer, token, messaging } = await createAsked();
    const asked = ask();
    await token(60);
    await answer(refusal(429, hint === undefined ? {} : { 'retry-after': hint }));
    const error = await asked.catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'rate-limited', status: 429 });
    expect(error.retryAfterMs).toBe(retryAfterMs);
    messaging.stop();
  });

  it('is not asked for before the longest silence is over that a server asked for', async () => {
    const { clock, ask, answer, token, messaging } = await createAsked();
    const all = [ask(), ask(), ask()];
    await token(60);
    for (const seconds of ['soon', '20', '5']) await answer(refusal(429, { 'retry-after': seconds }));
    for (const each of all) await expect(each).rejects.toMatchObject({ code: 'rate-limited' });
    await clock.advance(19_999);
    await expect(ask()).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 1 });
    await clock.advance(1);
    const asked = ask();
    await answer();
    await expect(asked).resolves.toBeDefined();
    messaging.stop();
  });

  it('of the conversation before this one is not shown as one of it', async () => {
    const { ask, answer, token, receive, messaging } = await createAsked();
    const asked = ask();
    await token(60);
    messaging.startNew().catch(() => {});
    await receive(sessionResponse({ connected: false }));
    await receive(sessionResponse());
    await answer();
    await expect(asked).rejects.toMatchObject({ code: 'conversation-ended' });
    messaging.stop();
  });

  it('that nobody waits for harms nobody by its failure', async () => {
    const { clock, messaging } = await createAsked();
    messaging.history();
    messaging.stop();
    await clock.settle();
    messaging.history();
    await clock.settle();
    expect(messaging.state).toBe('closed');
  });
});
