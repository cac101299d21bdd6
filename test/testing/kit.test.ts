import { createConversation, webMessaging } from 'genesys-conversation-machine';
import {
  countAsPerson,
  createRecorder,
  createScriptedGenesys,
  createScriptedTransport,
  createSteppedClock,
  exposeTrace,
  randomAnswers,
  traceOfPage,
  typeText,
} from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';

const deploymentId = '22222222-2222-4222-8222-222222222222';

function startChat() {
  const clock = createSteppedClock();
  const transport = createScriptedTransport({ clock });
  const conversation = createConversation({
    transport,
    clock,
    conversationId: 'c1',
    random: () => 0.5,
  }).start();
  return { clock, transport, conversation };
}

async function startSession() {
  const clock = createSteppedClock();
  const genesys = createScriptedGenesys({ clock });
  const session = webMessaging({
    deploymentId,
    region: 'eu-west-1',
    clock,
    random: () => 0.5,
    webSocket: genesys.webSocket,
    fetch: genesys.fetch,
  });
  const conversation = createConversation({ transport: session, clock }).start();
  session.connect().catch(() => {});
  await clock.advance(100);
  return { clock, genesys, session, conversation };
}

describe('a suite that is written in the kit', () => {
  it('says that the indicator appears, then clears, in under 10 ms and without sleeping', async () => {
    let fastest = Number.POSITIVE_INFINITY;
    for (let time = 0; time < 25; time += 1) {
      const started = performance.now();
      const { clock, transport, conversation } = startChat();
      conversation.keystroke();
      await clock.settle();
      expect(transport.remote.isTyping()).toBe(true);
      await clock.advance(5000);
      expect(transport.remote.isTyping()).toBe(false);
      expect(transport.remote.log).toEqual(['0.0 typing', '3.0 not typing']);
      conversation.stop();
      clock.end();
      fastest = Math.min(fastest, performance.now() - started);
    }
    expect(fastest).toBeLessThan(10);
  });

  it('types a text as a person does, and sees what the agent sees', async () => {
    const { clock, transport, conversation } = startChat();
    await typeText('how are you', { clock, press: () => conversation.keystroke() });
    expect(transport.remote.typingSince('c1')).toBe(0);
    conversation.messageSent();
    transport.tell({ type: 'message.accepted', conversationId: 'c1', messageId: 'm1' });
    await clock.advance(10);
    expect(transport.remote.log).toEqual(['0.0 typing', '1.3 not typing']);
  });

  it('sees how far the guest has read', async () => {
    const { clock, transport, conversation } = startChat();
    for (const messageId of ['m1', 'm2']) conversation.messageReceived({ messageId, participantId: 'agent' });
    expect(transport.remote.readUpTo()).toBeUndefined();
    conversation.viewed('m2');
    await clock.advance(1000);
    expect(transport.remote.readUpTo()).toBe('m2');
  });

  it('answers late, out of order, or not at all', async () => {
    const { clock, transport, conversation } = startChat();
    transport.answer('read', 'hold');
    transport.answer('typing', 'hold');
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    const reading = conversation.markAsRead('m1');
    await clock.advance(0);
    conversation.keystroke();
    await clock.settle();
    expect(transport.held.map(({ call }) => call.lane)).toEqual(['read', 'typing']);
    transport.held[1]?.release();
    expect(transport.remote.isTyping()).toBe(true);
    transport.held[0]?.release({ code: 'network', message: 'lost' });
    await clock.advance(3000);
    await reading;
    expect(transport.held).toEqual([]);
  });

  it('lets a call arrive whose reply is lost', async () => {
    const { clock, transport, conversation } = startChat();
    transport.answer('typing', { answer: { code: 'network', message: 'lost' }, arrives: true });
    conversation.keystroke();
    await clock.settle();
    expect(transport.remote.isTyping()).toBe(true);
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('fares by chance, the same for the same seed', async () => {
    const play = async (seed: number): Promise<readonly string[]> => {
      const clock = createSteppedClock();
      const transport = createScriptedTransport({ clock, answers: randomAnswers({ seed, failing: 0.5 }) });
      const conversation = createConversation({ transport, clock, conversationId: 'c1', random: () => 0.5 });
      conversation.start();
      for (let key = 0; key < 200; key += 1) {
        conversation.keystroke();
        await clock.advance(300);
      }
      conversation.stop();
      return [...transport.log, ...transport.remote.log];
    };
    expect(await play(7)).toEqual(await play(7));
    expect(await play(7)).not.toEqual(await play(8));
  });
});

describe('the stepped clock', () => {
  it('moves monotonic time, wall time and timers each by itself', async () => {
    const clock = createSteppedClock({ wall: 1000 });
    const fired: number[] = [];
    clock.setTimeout(() => fired.push(clock.now()), 100);
    clock.jump({ now: 50 });
    expect([clock.now(), clock.wallNow()]).toEqual([50, 1000]);
    clock.jump({ wall: -600 });
    expect([clock.now(), clock.wallNow()]).toEqual([50, 400]);
    await clock.advance(99);
    expect(fired).toEqual([]);
    clock.jump({ timers: 30 });
    await clock.advance(31);
    expect(fired).toEqual([180]);
  });

  it('sleeps: what was due meanwhile fires at the next step', async () => {
    const clock = createSteppedClock();
    const fired: number[] = [];
    clock.setTimeout(() => fired.push(clock.now()), 100);
    clock.sleep(5000);
    expect(fired).toEqual([]);
    await clock.advance(0);
    expect(fired).toEqual([5000]);
  });

  it('is as coarse as a browser, where it is told to be', async () => {
    const clock = createSteppedClock({ resolution: 100 });
    await clock.advance(250);
    expect([clock.now(), clock.resolution]).toEqual([200, 100]);
  });

  it('refuses to end with timers left, and says when they are due', () => {
    const { clock, conversation } = startChat();
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    conversation.viewed('m1');
    expect(() => clock.end()).toThrow(/timers? (is|are) still set \(due .*in \d+ ms/);
    conversation.stop();
    clock.end();
  });

  it('refuses to go back, and what it does not know', () => {
    const clock = createSteppedClock();
    expect(() => clock.jump({ now: -1 })).toThrow(/^now must be a whole number of ms/);
    expect(() => clock.jump({ wall: 0.5 })).toThrow(/^wall must be a whole number of ms/);
    // @ts-expect-error there is no such hand
    expect(() => clock.jump({ wal: 1 })).toThrow(/did you mean wall/);
  });
});

describe('a scripted Genesys', () => {
  it('carries a chat over the option for the WebSocket: typing, messages, the agent', async () => {
    const { clock, genesys, session, conversation } = await startSession();
    const said: string[] = [];
    session.on('message.received', ({ message }) => said.push(message.text ?? ''));
    conversation.keystroke();
    await clock.advance(100);
    expect(genesys.remote.isTyping()).toBe(true);
    const sent = session.sendMessage('hello');
    await clock.advance(100);
    expect(await sent).toMatchObject({ messageId: 'message-1' });
    expect(genesys.remote.isTyping()).toBe(false);
    genesys.types(3000);
    await clock.advance(20);
    expect(conversation.actor.getSnapshot().matches({ roster: 'someoneTyping' })).toBe(true);
    genesys.say('hello yourself');
    await clock.advance(20);
    expect(said).toEqual(['hello yourself']);
    expect(conversation.actor.getSnapshot().matches({ roster: 'quiet' })).toBe(true);
    expect(genesys.log).toEqual(['0.0 configureSession', '0.1 typing', '0.2 message']);
    conversation.stop();
    session.stop();
    await clock.advance(20);
    clock.end();
  });

  it('drops, and tells what was said meanwhile by its history', async () => {
    const { clock, genesys, session } = await startSession();
    const heard: string[] = [];
    session.on('message.received', ({ message }) =>
      heard.push(`${message.text} ${message.isCaughtUp ?? false}`),
    );
    genesys.drop();
    genesys.say('while you were away');
    await clock.advance(20_000);
    expect(session.state).toBe('configured');
    expect(heard).toEqual(['while you were away true']);
    session.stop();
  });

  it('goes silent, refuses, limits, expires and signs out', async () => {
    const { clock, genesys, session } = await startSession();
    const told: string[] = [];
    session.actor.on('*', ({ type }) => told.push(type));
    genesys.goSilent();
    genesys.refuse(1, 503);
    await clock.advance(120_000);
    expect(session.state).toBe('configured');
    expect(genesys.sockets.length).toBeGreaterThan(2);
    genesys.limit(2);
    await clock.advance(20);
    expect(told).toContain('session.limited');
    genesys.answer('message', 'ignore');
    genesys.expire();
    await clock.advance(20);
    expect(session.state).toBe('failed');
    await Promise.all([session.connect(), clock.advance(100_000)]);
    genesys.logout();
    await clock.advance(20);
    expect(session.state).toBe('closed');
    session.stop();
  });
});

describe('the helpers for pages', () => {
  it('let what a script does count as a person’s, until they are told to stop (T-9)', () => {
    const element = new EventTarget();
    const heard: boolean[] = [];
    const stop = countAsPerson(element);
    const listener = ({ isTrusted }: Event): unknown => heard.push(isTrusted);
    element.addEventListener('input', listener);
    element.dispatchEvent(new Event('input'));
    element.removeEventListener('input', listener);
    element.dispatchEvent(new Event('input'));
    stop();
    element.addEventListener('input', listener);
    element.dispatchEvent(new Event('input'));
    expect(heard).toEqual([true, false]);
  });

  it('bring the trace of a page to the test that drives it', async () => {
    const page = { evaluate: async <R, G>(work: (given: G) => R, given: G) => work(given) };
    await expect(traceOfPage(page)).rejects.toThrow('exposeTrace');
    const recorder = createRecorder({ clock: createSteppedClock() });
    const hide = exposeTrace(recorder);
    expect(await traceOfPage(page)).toEqual(recorder.trace());
    hide();
  });
});

describe('a recorder', () => {
  it('writes inputs, calls, answers, states and decisions, with times, as plain JSON', async () => {
    const clock = createSteppedClock();
    const recorder = createRecorder({ clock });
    const transport = recorder.watch(createScriptedTransport({ clock }));
    transport.answer('typing', { code: 'rate-limited', message: 'slow down', retryAfterMs: 2000 });
    const conversation = recorder.watch(
      createConversation({ transport, clock: recorder.clock, conversationId: 'c1', random: () => 0.5 }),
    );
    conversation.start();
    conversation.keystroke();
    await clock.advance(10);
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    await Promise.all([conversation.markAsRead('m1'), clock.advance(9000)]);
    clock.shiftWall(60_000);
    conversation.stop();
    const trace = recorder.trace();
    expect(JSON.parse(JSON.stringify(trace))).toEqual(trace);
    const kinds = trace.moments.map((moment) =>
      moment.kind === 'input' || moment.kind === 'kept' ? `${moment.kind} ${moment.verb}` : moment.kind,
    );
    expect(kinds).toEqual(
      expect.arrayContaining([
        'began',
        'input start',
        'input keystroke',
        'call',
        'answer',
        'state',
        'marks',
        'wall',
      ]),
    );
    expect(kinds).toContain('kept markAsRead');
    expect(trace.moments.find(({ kind }) => kind === 'rest')).toMatchObject({ timers: 0, open: 0 });
    expect(
      trace.moments.find((moment) => moment.kind === 'answer' && moment.outcome === 'failed'),
    ).toMatchObject({
      at: 0,
      call: 1,
      failure: { code: 'rate-limited', retryAfterMs: 2000 },
    });
  });

  it('holds no text and no token, and names each token by its number (S5)', async () => {
    const clock = createSteppedClock();
    const recorder = createRecorder({ clock });
    const genesys = createScriptedGenesys({ clock });
    const session = recorder.watch(
      webMessaging({
        deploymentId,
        region: 'eu-west-1',
        clock: recorder.clock,
        webSocket: recorder.webSocket(genesys.webSocket),
        fetch: recorder.fetch(genesys.fetch),
      }),
    );
    session.connect().catch(() => {});
    await clock.advance(100);
    session.sendMessage('my secret diary').catch(() => {});
    genesys.say('no answer to that');
    await clock.advance(100);
    genesys.drop();
    await clock.advance(20_000);
    session.stop();
    const text = JSON.stringify(recorder.trace());
    expect(genesys.frames[0]?.frame.token).toMatch(/^[0-9a-f-]{36}$/);
    expect(text).not.toContain(genesys.frames[0]?.frame.token);
    expect(text).not.toMatch(/diary|no answer/);
    expect(text).toContain('"token":"token-1"');
    expect(text).toContain('"kind":"history"');
  });
});

it('a recorder says how late a timer is as it notices, and how late it was once it fired', async () => {
  const clock = createSteppedClock();
  const recorder = createRecorder({ clock });
  recorder.clock.setTimeout(() => {}, 1000);
  clock.jump({ timers: 500 });
  recorder.clock.setTimeout(() => {}, 1050);
  await clock.advance(5000);
  expect(recorder.trace().moments).toEqual([
    { at: 1050, kind: 'late', ms: 50 },
    { at: 1500, kind: 'late', ms: 500 },
  ]);
});
