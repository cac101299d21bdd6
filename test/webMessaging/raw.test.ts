import { webMessaging } from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import WebSocket from 'ws';
import { RawFrames } from '../../src/webMessaging/rawFrames.ts';
import { bare, createSession, echoOf, structured } from '../support/socketScript.ts';

describe("session.on('frame')", () => {
  it('has whatever came in, also what this SDK does not know, before its own decision about it', async () => {
    const session = createSession();
    const order: string[] = [];
    await session.configure();
    session.messaging.on('frame', ({ frame }) => order.push((frame as { class: string }).class));
    session.messaging.on('session.cleared', () => order.push('session.cleared'));
    const odd = { type: 'message', class: 'JourneyEvent', code: 200, body: { list: [1, { deep: 'x' }] } };
    const frames: unknown[] = [];
    const end = session.messaging.on('frame', (event) => frames.push(event));
    await session.receive(odd);
    end();
    await session.receive(bare('SessionClearedEvent'));
    await session.receive('Hi, not JSON');
    expect(frames).toEqual([{ type: 'frame', frame: odd }]);
    expect(order).toEqual(['JourneyEvent', 'SessionClearedEvent', 'session.cleared']);
    session.messaging.stop();
  });

  it('holds no token, wherever a server may put one (S5)', async () => {
    const session = createSession();
    const frames: unknown[] = [];
    session.messaging.on('frame', ({ frame }) => frames.push(frame));
    const socket = await session.configure();
    const token = String(socket.sent[0]?.token);
    await session.receive(bare('JwtResponse', { jwt: 'eyJhbGciOi.eyJzdWIiOi.c2ln', exp: 2e9 }));
    await session.receive(bare('ResumeTokenResponse', { resumeToken: 'resume-me', exp: 2e9 }));
    await session.receive(bare('Odd', { token, refreshToken: 'r', text: `it is ${token}!`, [token]: 1 }));
    await session.receive(bare('Odd', { list: ['Bearer eyJhbGciOi.eyJzdWIiOi.c2ln'] }));
    const told = JSON.stringify(frames);
    expect(frames).toHaveLength(5);
    for (const secret of [token, 'eyJ', 'resume-me', '"r"']) expect(told).not.toContain(secret);
    expect(told).toContain('it is [redacted]!');
    session.messaging.stop();
  });

  it.each<[unknown, unknown]>([
    [{ Authorization: 'x', clientSecret: 'x', PASSWORD: 'x', aJwt: 'x', token: 'x' }, 'all'],
    [
      { tokens: { a: 1, secret: 'x' }, jwtCount: 3, password: null },
      { tokens: { a: 1, secret: '[redacted]' }, jwtCount: 3, password: null },
    ],
    [{ text: 'eyJa-_1.b_-2.c, eyJd.e. eyJf.g.h' }, { text: '[redacted], [redacted] [redacted]' }],
    [{ text: 'heyJa.b.c eyJa.b EYJa.b.c' }, { text: 'heyJa.b.c eyJa.b EYJa.b.c' }],
    [{ a: [null, true, 1, 'x', [{}]] }, { a: [null, true, 1, 'x', [{}]] }],
    [{ 'of eyJa.b.c': 'x' }, { 'of [redacted]': 'x' }],
  ])('hides what looks like a token, and nothing else: %j', async (body, expected) => {
    const session = createSession();
    const frames: unknown[] = [];
    await session.configure();
    session.messaging.on('frame', ({ frame }) => frames.push((frame as { body: unknown }).body));
    await session.receive(bare('Odd', body as object));
    const all = Object.fromEntries(Object.keys(body as object).map((name) => [name, '[redacted]']));
    expect(frames).toEqual([expected === 'all' ? all : expected]);
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    expect(isFrozen(frames[0])).toBe(true);
    session.messaging.stop();
  });

  it('leaves text as it is where there is no token', () => {
    const frames = new RawFrames();
    const heard: unknown[] = [];
    frames.listen(({ frame }) => heard.push(frame));
    frames.tell('{"text":"hi"}', '');
    for (const data of [new ArrayBuffer(8), 'no JSON']) frames.tell(data, '');
    expect(heard).toEqual([{ text: 'hi' }]);
    frames.end();
    frames.tell('{}', '');
    expect(heard).toHaveLength(1);
  });

  it('is told to whoever listened when it came, and to nobody who began to listen by it', async () => {
    const session = createSession();
    await session.configure();
    const heard: string[] = [];
    const end = session.messaging.on('frame', () => {
      heard.push('first');
      session.messaging.on('frame', () => heard.push('late'));
      end();
    });
    await session.receive(bare('Odd'));
    expect(heard).toEqual(['first']);
    await session.receive(bare('Odd'));
    expect(heard).toEqual(['first', 'late']);
    session.messaging.stop();
  });

  it('costs nothing while nobody listens, and a listener that throws harms nobody', async () => {
    const session = createSession();
    await session.configure();
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => parse.mockRestore());
    await session.receive(bare('Odd'));
    const usual = parse.mock.calls.length;
    expect(usual).toBe(1);
    const end = session.messaging.on('frame', () => {
      throw new Error('mine');
    });
    await session.receive(structured({ id: 'm1', type: 'Text', text: 'hi', direction: 'Outbound' }));
    expect(session.of('message.received')).toHaveLength(1);
    expect(session.logged.filter((line) => line.includes('frame'))).toHaveLength(1);
    end();
    parse.mockClear();
    await session.receive(bare('Odd'));
    expect(parse.mock.calls).toHaveLength(usual);
    session.messaging.stop();
  });

  it('may not be changed by one listener under the next', async () => {
    const session = createSession();
    const frames: { body: { text: string } }[] = [];
    session.messaging.on('frame', ({ frame }) => {
      (frame as { body: { text: string } }).body.text = 'changed';
    });
    session.messaging.on('frame', ({ frame }) => frames.push(frame as never));
    await session.configure();
    await session.receive(bare('Odd', { text: 'as it was' }));
    expect(frames.at(-1)?.body.text).toBe('as it was');
    session.messaging.stop();
  });
});

describe('an answer with a payload', () => {
  it.each([
    [{ text: 'Yes', payload: 'yes-1' }, { type: 'Text', text: '' }, 'QuickReply'],
    [{ text: 'Buy', payload: 'buy-7', kind: 'button' }, { type: 'Structured', text: 'Buy' }, 'Button'],
  ] as const)(
    'leaves in the published shape, and counts as sent by its echo: %j',
    async (answer, shape, type) => {
      const session = createSession({ customAttributes: { k: 'v' } });
      const socket = await session.configure();
      const sent = session.messaging.sendAnswer(answer, { metadata: { m: '1' } });
      const frame = socket.sent.at(-1) as { tracingId: string; message: object };
      expect(frame).toMatchObject({
        action: 'onMessage',
        message: {
          ...shape,
          content: [
            {
              contentType: 'ButtonResponse',
              buttonResponse: { text: answer.text, payload: answer.payload, type },
            },
          ],
          metadata: { m: '1', customMessageId: frame.tracingId },
          channel: { metadata: { customAttributes: { k: 'v' } } },
        },
      });
      await session.receive(echoOf(frame as never, 'm1'));
      await expect(sent).resolves.toMatchObject({ messageId: 'm1' });
      session.messaging.stop();
    },
  );

  it.each([
    ['answer', 'Yes'],
    ['answer.text', { text: '', payload: 'p' }],
    ['answer.text', { payload: 'p' }],
    ['answer.payload', { text: 'Yes' }],
    ['answer.payload', { text: 'Yes', payload: 'x'.repeat(4097) }],
    ['answer.kind', { text: 'Yes', payload: 'p', kind: 'link' }],
    ['answer.payloud', { text: 'Yes', payload: 'p', payloud: 'p' }],
  ])('is refused by name, at once, where %s is wrong', (option, answer) => {
    const { messaging } = createSession();
    expect(() => messaging.sendAnswer(answer as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', option }),
    );
    messaging.stop();
  });

  it('is rejected like a message where it cannot be sent', async () => {
    const { messaging } = createSession();
    await expect(messaging.sendAnswer({ text: 'Yes', payload: 'p' })).rejects.toMatchObject({
      code: 'network',
    });
    messaging.stop();
    await expect(messaging.sendAnswer({ text: 'Yes', payload: 'p' })).rejects.toMatchObject({
      code: 'stopped',
    });
  });
});

describe('against the sandbox', () => {
  async function createScene() {
    const sandbox = await startSandbox();
    const messaging = webMessaging({
      deploymentId: sandbox.deploymentId,
      endpoint: sandbox.url,
      webSocket: WebSocket,
    });
    onTestFinished(async () => {
      messaging.stop();
      await sandbox.close();
    });
    return { sandbox, messaging };
  }

  it.each(['quickReply', 'button'] as const)('a %s is an answer', async (kind) => {
    const { sandbox, messaging } = await createScene();
    await messaging.connect();
    const { messageId } = await messaging.sendAnswer({ text: 'Yes', payload: 'yes-1', kind });
    const [{ conversationId = '' } = {}] = sandbox.webMessaging.sessions();
    expect(sandbox.conversation(conversationId).messages).toMatchObject([{ messageId, text: 'Yes' }]);
    const { entries } = await messaging.history();
    expect(entries).toMatchObject([
      {
        type: 'message.mirrored',
        message: { kind: 'structured', content: [{ buttonResponse: { payload: 'yes-1' } }] },
      },
    ]);
  });

  it.each([true, false])(
    'says whether an agent’s typing is to be shown, %s, and tells of it all the same',
    async (isShown) => {
      const { sandbox, messaging } = await createScene();
      sandbox.webMessaging.configureDeployment({ showAgentTypingIndicator: isShown });
      expect(messaging.deployment).toBe(null);
      await messaging.connect();
      expect(messaging.deployment).toEqual({
        showUserTypingIndicator: true,
        showAgentTypingIndicator: isShown,
      });
      const typing = vi.fn();
      messaging.on('remote.typing', typing);
      const [{ conversationId = '' } = {}] = sandbox.webMessaging.sessions();
      sandbox.agent.typing(conversationId, true);
      await vi.waitFor(() => expect(typing).toHaveBeenCalledOnce());
    },
  );
});
