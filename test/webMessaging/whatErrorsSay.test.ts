import { type WebMessaging, type WebMessagingOptions, webMessaging } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import { createSession, createSockets, deploymentId, echoOf, plainError } from '../support/socketScript.ts';

const { Socket } = createSockets();
const fine = { deploymentId, region: 'eu-west-1', webSocket: Socket } as const;
const signal = new AbortController().signal;
const typing = (messaging: WebMessaging, more: object = {}) =>
  messaging.sendTyping(
    {
      conversationId: messaging.conversationId ?? 'none',
      isTyping: true,
      attempt: 1,
      keepalive: false,
      ...more,
    },
    { signal },
  );

type Session = ReturnType<typeof createSession>;

describe('an option that cannot be right is told what it must be', () => {
  const origin = 'an origin such as https://chat.example.org (http and ws for loopback only)';
  it.each<[unknown, string]>([
    [null, 'options must be an object with a deploymentId and a region; got null.'],
    [{ ...fine, deploymentId: 'x' }, "deploymentId must be the deployment's UUID; got a string of length 1."],
    [{ deploymentId }, 'region must be given, or else endpoint; one of the two and not both; got undefined.'],
    [
      { ...fine, endpoint: 'https://x.example' },
      'region must be given, or else endpoint; one of the two and not both; got a string of length 9.',
    ],
    [{ deploymentId, endpoint: 'x.example' }, `endpoint must be ${origin}; got a string of length 9.`],
    [{ deploymentId, endpoint: 'ftp://x.org' }, `endpoint must be ${origin}; got a string of length 11.`],
    [{ deploymentId, endpoint: 'a-wss://x.org' }, `endpoint must be ${origin}; got a string of length 13.`],
    [{ deploymentId, endpoint: ['https://x.org'] }, `endpoint must be ${origin}; got an array.`],
    [{ deploymentId, endpoint: 'https://x.org/p' }, `endpoint must be ${origin}; got a string of length 15.`],
    [{ deploymentId, endpoint: 'http://x.org' }, `endpoint must be ${origin}; got a string of length 12.`],
    [
      { deploymentId, endpoint: `https://x.org/v1?deploymentId=1${deploymentId.slice(1)}` },
      'endpoint must be the address of the deployment that deploymentId names; got a string of length 66.',
    ],
    [
      { ...fine, customAttributes: [] },
      'customAttributes must be an object whose values are strings; got an array.',
    ],
    [
      { ...fine, customAttributes: null },
      'customAttributes must be an object whose values are strings; got null.',
    ],
    [
      { ...fine, customAttributes: 'text' },
      'customAttributes must be an object whose values are strings; got a string of length 4.',
    ],
    [
      { ...fine, customAttributes: { a: 'x'.repeat(2041) } },
      'customAttributes must be at most 2048 bytes as JSON; got a value of type object.',
    ],
    [
      { ...fine, application: 'x'.repeat(129) },
      'application must be a name of at most 128 characters; got a string of length 129.',
    ],
    [
      { ...fine, application: 'a\u200bb' },
      'application must be a name of at most 128 characters; got a string of length 3.',
    ],
    [
      { ...fine, origin: 'https://x.org/path' },
      'origin must be an origin such as https://www.example.org; got a string of length 18.',
    ],
    [
      { ...fine, origin: 'my https://x.org' },
      'origin must be an origin such as https://www.example.org; got a string of length 16.',
    ],
    [
      { ...fine, origin: ['https://x.org'] },
      'origin must be an origin such as https://www.example.org; got an array.',
    ],
    [{ ...fine, config: 'maybe' }, "config must be 'load' or 'skip'; got a string of length 5."],
    [{ ...fine, logger: 1 }, 'logger must be a function; got 1.'],
    [{ ...fine, reportRead: 1 }, 'reportRead must be a function; got 1.'],
  ])('%#', (options, message) => {
    expect(() => webMessaging(options as WebMessagingOptions)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message }),
    );
  });

  it('and is taken where it just fits', () => {
    const options = {
      application: 'x'.repeat(128),
      customAttributes: { a: 'x'.repeat(2040) },
      origin: 'HTTPS://www.example.org:8443',
    };
    expect(() => webMessaging({ ...fine, ...options })).not.toThrow();
    expect(() => webMessaging({ ...fine, origin: 'http://localhost:3000' })).not.toThrow();
  });
});

describe('a message or an answer that cannot be right is told what it must be', () => {
  const words = 'well-formed text of 1 to 4096 bytes of UTF-8';
  it.each<[string, (messaging: WebMessaging) => unknown]>([
    [`text must be ${words}; got an empty string.`, ({ sendMessage }) => sendMessage('')],
    [
      `text must be ${words}; got a string of length 4097.`,
      ({ sendMessage }) => sendMessage('x'.repeat(4097)),
    ],
    ['options must be an object; got null.', ({ sendMessage }) => sendMessage('x', null as never)],
    [
      'metadata must be an object whose values are strings; got a value of type object.',
      ({ sendMessage }) => sendMessage('x', { metadata: { a: '1', b: 2 as never } }),
    ],
    [
      'metadata must be at most 4096 bytes as JSON; got a value of type object.',
      ({ sendMessage }) => sendMessage('x', { metadata: { a: 'x'.repeat(4089) } }),
    ],
    [
      'customAttributes must be at most 2048 bytes as JSON; got a value of type object.',
      ({ sendMessage }) => sendMessage('x', { customAttributes: { b: 'x'.repeat(2033) } }),
    ],
    [
      'customAttributes must be an object whose values are strings; got a value of type object.',
      ({ sendMessage }) => sendMessage('x', { customAttributes: { a: '1', b: 2 as never } }),
    ],
    [
      'answer must be an object with text and payload; got null.',
      ({ sendAnswer }) => sendAnswer(null as never),
    ],
    [
      'answer must be an object with text and payload; got a string of length 3.',
      ({ sendAnswer }) => sendAnswer('yes' as never),
    ],
    [
      "answer.kind must be 'quickReply' or 'button'; got a string of length 4.",
      ({ sendAnswer }) => sendAnswer({ text: 'x', payload: 'p', kind: 'link' as never }),
    ],
    [
      `answer.text must be ${words}; got undefined.`,
      ({ sendAnswer }) => sendAnswer({ payload: 'p' } as never),
    ],
    [
      `answer.payload must be ${words}; got 1.`,
      ({ sendAnswer }) => sendAnswer({ text: 'x', payload: 1 as never }),
    ],
    ['listener must be a function; got undefined.', ({ subscribe }) => subscribe(undefined as never)],
    ['event must be an event of the page; got null.', ({ notePage }) => notePage?.(null as never)],
    [
      'options must be an object with before and limit, or nothing; got null.',
      ({ history }) => history(null as never),
    ],
    ['limit must be a whole number from 1 to 100; got 101.', ({ history }) => history({ limit: 101 })],
  ])('%s', (message, ask) => {
    const { messaging } = createSession({ customAttributes: { a: '1' } });
    expect(() => ask(messaging)).toThrow(expect.objectContaining({ code: 'invalid-option', message }));
    messaging.stop();
  });

  it('and leaves without what was not given', async () => {
    const session = createSession();
    const socket = await session.configure();
    session.messaging.sendMessage('x', {}).catch(() => {});
    await session.clock.settle();
    const { tracingId, message } = socket.sent.at(-1) ?? {};
    expect(message).toEqual({ type: 'Text', text: 'x', metadata: { customMessageId: tracingId } });
    session.messaging.stop();
  });

  it('and leaves whole where it just fits', async () => {
    const session = createSession({ customAttributes: { a: '1', b: '2' } });
    const socket = await session.configure();
    const customAttributes = { b: 'x'.repeat(2032) };
    const metadata = { a: 'x'.repeat(4088) };
    session.messaging.sendMessage('x'.repeat(4096), { customAttributes, metadata }).catch(() => {});
    await session.clock.settle();
    expect(socket.sent.at(-1)).toMatchObject({
      message: {
        text: 'x'.repeat(4096),
        metadata,
        channel: { metadata: { customAttributes: { a: '1', ...customAttributes } } },
      },
    });
    session.messaging.stop();
  });
});

describe('what is refused says why, and what to do', () => {
  const up = async (session: Session) => void (await session.configure());
  const idle = async () => {};
  const notUp = 'The session is not up; the typing signal was dropped.';
  const stopped = 'The session was stopped; create another one.';
  it.each<
    [
      string,
      string,
      (session: Session) => Promise<void>,
      (messaging: WebMessaging) => Promise<unknown>,
      object?,
    ]
  >([
    ['network', notUp, idle, typing, { unsent: true }],
    [
      'network',
      'The session is not up; its history can be had once connect() has resolved.',
      idle,
      ({ history }) => history(),
      { unsent: true },
    ],
    [
      'bad-request',
      'Web messaging has no "stopped typing"; silence says it.',
      up,
      (messaging) => typing(messaging, { isTyping: false }),
    ],
    [
      'bad-request',
      'Web messaging has no read receipts; keep read marks local.',
      up,
      ({ sendRead }) => sendRead({} as never, { signal }),
    ],
    [
      'conversation-ended',
      'The conversation is not the one of this session; open the present one.',
      up,
      (messaging) => typing(messaging, { conversationId: 'another' }),
    ],
    [
      'rate-limited',
      'The server asked for silence; the typing signal was dropped.',
      async (session) => {
        await session.configure();
        await session.receive(plainError(429));
      },
      typing,
      { retryAfterMs: expect.any(Number) },
    ],
    [
      'rate-limited',
      'The server asked for silence; ask for the history again when that is over.',
      async (session) => {
        await session.configure();
        await session.receive(plainError(429));
      },
      ({ history }) => history(),
      { retryAfterMs: expect.any(Number) },
    ],
    [
      'rate-limited',
      'The last typing signal of this session is too fresh; this one was dropped.',
      async (session) => {
        await session.configure();
        await typing(session.messaging);
        await session.clock.advance(1000);
      },
      typing,
      { retryAfterMs: 4250, unsent: true },
    ],
    [
      'rate-limited',
      '50 messages wait already; wait until some of them were sent.',
      async (session) => {
        session.messaging.connect().catch(() => {});
        for (let count = 0; count < 50; count += 1) session.messaging.sendMessage('x').catch(() => {});
      },
      ({ sendMessage }) => sendMessage('x'),
    ],
    [
      'network',
      'The session was closed before it was up; connect again.',
      idle,
      ({ connect, close }) => {
        const up = connect();
        close();
        return up;
      },
    ],
    ...(
      [
        ['connect', ({ connect }) => connect()],
        ['startNew', ({ startNew }) => startNew()],
        ['sendMessage', ({ sendMessage }) => sendMessage('x')],
        ['sendTyping', typing],
        ['history', ({ history }) => history()],
      ] satisfies [string, (messaging: WebMessaging) => Promise<unknown>][]
    ).map(([, ask]): [string, string, (session: Session) => Promise<void>, typeof ask] => [
      'stopped',
      stopped,
      async ({ messaging }) => messaging.stop(),
      ask,
    ]),
    [
      'stopped',
      stopped,
      idle,
      ({ connect, stop }) => {
        const up = connect();
        stop();
        return up;
      },
    ],
  ])('%s: %s', async (code, message, begin, ask, more = {}) => {
    const session = createSession();
    await begin(session);
    await expect(ask(session.messaging)).rejects.toMatchObject({ code, message, ...more });
    session.messaging.stop();
  });

  it('a socket that cannot be made, at the first failure', async () => {
    class Broken {
      constructor() {
        throw new Error('blocked');
      }
    }
    const session = createSession({ webSocket: Broken as never });
    await expect(session.messaging.connect()).rejects.toMatchObject({
      code: 'unexpected',
      message:
        'The WebSocket could not be made; check the webSocket option, and the content security policy.',
    });
    session.messaging.stop();
  });

  it('the fifty that may wait are counted anew once one of them was sent', async () => {
    const session = createSession();
    const socket = await session.configure();
    const sent = Array.from({ length: 50 }, () => session.messaging.sendMessage('x'));
    for (const each of sent) each.catch(() => {});
    await session.receive(echoOf(socket.sent.at(-1) as never, 'm1'));
    await sent[0];
    let refused: unknown = null;
    session.messaging.sendMessage('x').catch((error) => {
      refused = error;
    });
    await session.clock.settle();
    expect(refused).toBe(null);
    session.messaging.stop();
  });

  it('an odd frame, by a name that is fit for a log, once', async () => {
    const session = createSession();
    await session.configure();
    for (const name of ['Odd-1 .x_', 'Odd-1 .x_', 'an\u001b[31m "odd" one', 'Other'.repeat(12)])
      await session.receive({ class: name });
    await session.receive('no JSON');
    expect(session.logged.filter((line) => line.includes('left out'))).toEqual([
      'Frames of a kind that is not known were left out: Odd-1 .x_.',
      'Frames of a kind that is not known were left out: an??31m ?odd? one.',
      `Frames of a kind that is not known were left out: ${'Other'.repeat(12)}.`,
      'Frames of a kind that is not known were left out: unreadable.',
    ]);
    session.messaging.stop();
  });
});
