import { Worker } from 'node:worker_threads';
import { createConversation, type WebMessaging, webMessaging } from 'genesys-conversation-machine';
import { describe, expect, it, onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { sample } from '../support/sample.ts';
import { createSession, deploymentId, echoOf, sessionResponse, structured } from '../support/socketScript.ts';

/** Configures whoever comes, and tells when each typing frame arrived; on a thread that no load of ours slows down. */
const serverOfItsOwn = `
  const { parentPort } = require('node:worker_threads');
  const { WebSocketServer } = require('ws');
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('listening', () => parentPort.postMessage(server.address().port));
  server.on('connection', (peer) => peer.on('message', (data) => {
    const frame = JSON.parse(String(data));
    if (frame.action === 'configureSession') peer.send(JSON.stringify(${JSON.stringify(sessionResponse())}));
    if (frame.message?.type === 'Event') parentPort.postMessage(performance.now());
  }));
`;

const isTyping = (frame: unknown): boolean =>
  (frame as { message?: { type?: string } }).message?.type === 'Event';

const type = (messaging: WebMessaging) =>
  messaging.sendTyping(
    { conversationId: String(messaging.conversationId), isTyping: true, attempt: 1, keepalive: false },
    { signal: new AbortController().signal },
  );

describe('typing frames of one session (W-5)', () => {
  it('keep their distance whoever asks, and who is early is told for how long', async () => {
    const session = createSession();
    const socket = await session.configure();
    const frames = () => socket.sent.filter(isTyping).length;
    await type(session.messaging);
    await expect(type(session.messaging)).rejects.toMatchObject({ code: 'rate-limited', unsent: true });
    await session.clock.advance(5000);
    const refusal = await type(session.messaging).catch((error) => error);
    expect(frames()).toBe(1);
    await session.clock.advance(refusal.retryAfterMs);
    await type(session.messaging);
    expect(frames()).toBe(2);
    session.messaging.stop();
  });

  it('over a reconnect as well: the other side does not know of sockets', async () => {
    const session = createSession();
    await session.configure();
    await type(session.messaging);
    session.socket().end(1006);
    await session.clock.advance(2000);
    session.socket().open();
    await session.receive(sessionResponse({ newSession: false }));
    await expect(type(session.messaging)).rejects.toMatchObject({ code: 'rate-limited' });
    session.messaging.stop();
  });

  it('may follow at once after the own message, whichever device it came from, and after no other', async () => {
    const session = createSession();
    const socket = await session.configure();
    await type(session.messaging);
    await session.receive(structured({ id: 'a', type: 'Text', text: 'hi', direction: 'Outbound' }));
    await expect(type(session.messaging)).rejects.toMatchObject({ code: 'rate-limited' });
    await session.receive(structured({ id: 'b', type: 'Text', text: 'hi', direction: 'Inbound' }));
    await type(session.messaging);
    session.messaging.sendMessage('hello');
    await session.clock.settle();
    await session.receive(echoOf(socket.sent.at(-1) as never, 'c'));
    await type(session.messaging);
    expect(socket.sent.filter(isTyping)).toHaveLength(3);
    session.messaging.stop();
  });

  it('that leave in the instant of the own message, but after it, keep their distance too', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(structured({ id: 'a', type: 'Text', text: 'hi', direction: 'Inbound' }));
    await type(session.messaging);
    await session.clock.advance(400);
    await expect(type(session.messaging)).rejects.toMatchObject({ code: 'rate-limited', unsent: true });
    session.messaging.stop();
  });

  it('of two conversations that share it are more than five seconds apart', async () => {
    const session = createSession();
    const { messaging, clock } = session;
    const options = { transport: messaging, clock, random: () => 0.5 };
    const conversations = [createConversation(options).start(), createConversation(options).start()];
    const socket = await session.configure();
    const times: number[] = [];
    const push = socket.sent.push.bind(socket.sent);
    socket.sent.push = (...frames) => {
      if (frames.some(isTyping)) times.push(clock.now());
      return push(...frames);
    };
    for (let at = 0; at < 60_000; at += 150) {
      conversations[(at / 150) % 2]?.keystroke();
      await clock.advance(150);
    }
    const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
    expect(gaps.length).toBeGreaterThan(6);
    expect(Math.min(...gaps)).toBeGreaterThan(5000);
    for (const conversation of conversations) conversation.stop();
    messaging.stop();
  });

  it('arrive more than five seconds apart, in real time, under load, with a slow listener', async () => {
    const server = new Worker(serverOfItsOwn, { eval: true });
    const port = await new Promise<number>((resolve) => server.once('message', resolve));
    const arrivals: number[] = [];
    const enough = new Promise<void>((resolve) => {
      server.on('message', (at: number) => {
        arrivals.push(at);
        if (arrivals.length > sample(1, 11)) resolve();
      });
    });
    const messaging = webMessaging({
      deploymentId,
      endpoint: `http://127.0.0.1:${port}`,
      config: 'skip',
      webSocket: WebSocket,
    });
    const conversations = [messaging, messaging].map((transport) =>
      createConversation({ transport }).start(),
    );
    const busy = (ms: number): void => {
      const until = performance.now() + ms;
      while (performance.now() < until);
    };
    for (const { actor } of conversations) actor.subscribe({ next: () => busy(30), error: () => {} });
    const typing = setInterval(() => {
      for (const conversation of conversations) conversation.keystroke();
      busy(10 + 40 * Math.random());
    }, 100);
    onTestFinished(() => {
      clearInterval(typing);
      for (const conversation of conversations) conversation.stop();
      messaging.stop();
      server.terminate();
    });
    await messaging.connect();
    await enough;
    const gaps = arrivals.slice(1).map((time, index) => time - (arrivals[index] as number));
    expect(Math.min(...gaps)).toBeGreaterThan(5000);
  }, 120_000);
});
