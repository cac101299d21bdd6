import { connect, createServer, type Socket } from 'node:net';
import { createConversation, type WebMessagingOptions, webMessaging } from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import WebSocket from 'ws';
import { createMessengerWorld } from '../support/messengerWorld.ts';
import { sample } from '../support/sample.ts';
import { bare, createSession } from '../support/socketScript.ts';
import type { createMessenger } from '../support/socketServer.ts';

async function createChat(options: Partial<WebMessagingOptions> = {}) {
  const { clock, messenger, makeSession } = createMessengerWorld();
  const session = makeSession({ random: () => 0.999, ...options });
  const conversation = createConversation({ transport: session, clock }).start();
  const heard: (string | undefined)[] = [];
  session.on('message.received', ({ message }) => heard.push(message.text));
  session.connect();
  await clock.advance(10_000);
  const stop = () => {
    conversation.stop();
    session.stop();
  };
  return { clock, messenger, session, conversation, heard, stop };
}

const asked = (messenger: ReturnType<typeof createMessenger>, action: string) =>
  messenger.frames.filter(({ frame }) => frame.action === action).map(({ at }) => at);

describe('a half-open socket', () => {
  it.each([
    ['the session', 'fresh'],
    ['the conversation', 'fresh'],
    ['the session', 'checked a moment ago'],
    ['the conversation', 'checked a moment ago'],
    ['the session', 'being checked'],
    ['the conversation', 'being checked'],
  ])(
    'found by show() of %s, %s, is back within 5 s, with what was said meanwhile, once and in order (W-8)',
    async (whose, when) => {
      const { clock, messenger, session, conversation, heard, stop } = await createChat();
      const show = whose === 'the session' ? session.show : conversation.show;
      if (when === 'checked a moment ago') {
        show();
        await clock.advance(500);
      }
      messenger.say('one');
      await clock.advance(100);
      messenger.deafen();
      messenger.say('two');
      if (when === 'being checked') await clock.advance(46_000);
      messenger.say('three');
      show();
      await clock.advance(5000);
      expect(heard).toEqual(['one', 'two', 'three']);
      expect(session.state).toBe('configured');
      messenger.say('four');
      await clock.advance(100);
      expect(heard).toEqual(['one', 'two', 'three', 'four']);
      expect(conversation.unread).toBe(4);
      stop();
      await clock.settle();
      expect(clock.timers).toBe(messenger.inFlight);
    },
  );

  it('is found although a frame was under way when it died', async () => {
    const { clock, messenger, session, heard, stop } = await createChat();
    messenger.say('one');
    await clock.advance(30);
    session.show();
    await clock.advance(15);
    messenger.deafen();
    messenger.say('two');
    await clock.advance(5000);
    expect(heard).toEqual(['one', 'two']);
    stop();
  });

  it('is not suspected where a message comes in before the answer does', async () => {
    const { clock, messenger, session, stop } = await createChat();
    messenger.say('one');
    await clock.advance(30);
    session.show();
    await clock.advance(20_000);
    expect(asked(messenger, 'echo')).toHaveLength(1);
    expect(asked(messenger, 'getJwt')).toHaveLength(0);
    expect(messenger.sockets).toHaveLength(1);
    stop();
  });

  it.each(['online', 'sleep'])('is found as soon by what else makes the link doubtful: %s', async (what) => {
    const { clock, messenger, session, heard, stop } = await createChat();
    session.hide();
    messenger.deafen();
    messenger.say('one');
    if (what === 'sleep') {
      clock.shiftWall(3_600_000);
      session.hide();
    } else session.online();
    await clock.advance(5000);
    expect(heard).toEqual(['one']);
    stop();
  });

  it('is found by silence with more patience, since nobody waits', async () => {
    const { clock, messenger, session, stop } = await createChat();
    messenger.deafen();
    await clock.advance(45_000);
    const probed = asked(messenger, 'echo').at(-1) ?? 0;
    expect(clock.now() - probed).toBeLessThan(11_000);
    await clock.advance(probed + 9900 - clock.now());
    expect(messenger.sockets).toHaveLength(1);
    await clock.advance(5000);
    expect(messenger.sockets).toHaveLength(2);
    expect(session.state).toBe('configured');
    stop();
  });

  it('that is doubted while silence is probed is waited for no longer than without the doubt (W-4)', async () => {
    const { clock, messenger, session, stop } = await createChat();
    messenger.deafen();
    await clock.advance(40_000);
    const probed = asked(messenger, 'echo').at(-1) ?? 0;
    await clock.advance(probed + 9000 - clock.now());
    session.online();
    session.show();
    await clock.advance(1100);
    expect(session.state).toBe('reconnecting');
    stop();
  });

  it('that slept through the time for its answer is asked once more', async () => {
    const { clock, messenger, session, stop } = await createChat();
    messenger.deafen();
    await clock.advance(40_000);
    clock.jump({ now: 60_000 });
    session.online();
    await clock.advance(2400);
    expect(messenger.sockets).toHaveLength(1);
    await clock.advance(200);
    expect(session.state).toBe('reconnecting');
    stop();
  });

  it('that slept for all the time that its answer had is asked once more', async () => {
    const { clock, configure, messaging } = createSession();
    await configure();
    await clock.advance(45_000);
    clock.sleep(10_000);
    messaging.online();
    await clock.advance(2499);
    expect(messaging.state).toBe('configured');
    await clock.advance(1);
    expect(messaging.state).toBe('reconnecting');
    messaging.stop();
  });

  it('is what a live one is never taken for: doubt costs one question a second at most, a health check in 30 s', async () => {
    const { clock, messenger, session, stop } = await createChat();
    for (let time = 0; time < 20_000; time += 100) {
      session.show();
      session.online();
      await clock.advance(100);
    }
    await clock.advance(5000);
    expect(messenger.sockets).toHaveLength(1);
    expect(asked(messenger, 'echo')).toHaveLength(1);
    const questions = asked(messenger, 'getJwt');
    expect(questions.length).toBeGreaterThan(15);
    expect(questions.every((at, index) => index === 0 || at - (questions[index - 1] ?? 0) >= 1000)).toBe(
      true,
    );
    stop();
  });

  it('is not looked for while the server wants silence (L-1)', async () => {
    const session = createSession();
    const socket = await session.configure();
    await session.receive(bare('TooManyRequestsErrorMessage', { retryAfter: 20, errorCode: 4029 }));
    const before = socket.sent.length;
    session.messaging.show();
    await session.clock.advance(19_000);
    expect(socket.sent).toHaveLength(before);
    await session.clock.advance(2000);
    expect(socket.sent.length).toBe(before + 1);
    session.messaging.stop();
  });

  it('on a real network is back as soon, by the verb of the conversation', async () => {
    const sandbox = await startSandbox();
    const behind = new URL(sandbox.url);
    let isDeaf = false;
    const links = new Set<Socket>();
    const wall = createServer((near) => {
      const wasDeaf = isDeaf;
      const far = connect(Number(behind.port), behind.hostname);
      for (const end of [near, far]) links.add(end.on('error', () => {}));
      let isSocket = false;
      const passes = (): boolean => !isSocket || wasDeaf === isDeaf;
      near.on('data', (data) => {
        isSocket ||= /upgrade: websocket/i.test(String(data));
        if (passes()) far.write(data);
      });
      far.on('data', (data) => passes() && near.write(data));
      near.on('close', () => far.destroy());
    });
    await new Promise<void>((resolve) => wall.listen(0, '127.0.0.1', resolve));
    const { port } = wall.address() as { port: number };
    const session = webMessaging({
      deploymentId: sandbox.deploymentId,
      endpoint: `http://127.0.0.1:${port}`,
      webSocket: WebSocket,
      timing: sample<object>({ doubt: 200, reconnectBase: 100 }, {}),
    });
    const conversation = createConversation({ transport: session }).start();
    onTestFinished(async () => {
      conversation.stop();
      session.stop();
      for (const link of links) link.destroy();
      wall.close();
      await sandbox.close();
    });
    const heard: (string | undefined)[] = [];
    session.on('message.received', ({ message }) => heard.push(message.text));
    await session.connect();
    const { conversationId } = sandbox.webMessaging.sessions()[0] as { conversationId: string };
    sandbox.agent.say(conversationId, 'one');
    await vi.waitFor(() => expect(heard).toEqual(['one']));
    isDeaf = true;
    sandbox.agent.say(conversationId, 'two');
    sandbox.agent.say(conversationId, 'three');
    const start = performance.now();
    conversation.show();
    await vi.waitFor(() => expect(heard).toEqual(['one', 'two', 'three']), { timeout: 10_000, interval: 10 });
    expect(performance.now() - start).toBeLessThan(5000);
  }, 20_000);
});
