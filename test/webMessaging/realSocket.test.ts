import { createServer, type Server } from 'node:http';
import { type WebMessaging, type WebMessagingOptions, webMessaging } from 'genesys-conversation-machine';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { deploymentId, echoOf, sessionResponse } from '../support/socketScript.ts';

const opened: { stop(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.stop();
});

/** A messenger on loopback: sessions, echoes, history, and a switch that refuses handshakes. */
async function createLoopback() {
  const accepted: { id: string; messageId: string }[] = [];
  const refusal = { status: 0 };
  const cuts = { left: 0, texts: 0 };
  const origins: (string | undefined)[] = [];
  const http: Server = createServer((request, response) => {
    const entities = accepted.map(({ id, messageId }) => ({
      id: messageId,
      metadata: { customMessageId: id },
    }));
    const isHistory = request.url?.startsWith('/api/v2/webmessaging/messages?') ?? false;
    const isAllowed = request.headers.authorization === 'bearer j.w.t';
    response.statusCode = isHistory && isAllowed ? 200 : 404;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ entities: entities.reverse() }));
  });
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    origins.push(request.headers.origin);
    if (refusal.status > 0) {
      socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => {});
      client.on('message', (data) => {
        const frame = JSON.parse(String(data));
        const send = (reply: object) => client.send(JSON.stringify(reply));
        if (frame.action === 'configureSession') send(sessionResponse({ newSession: accepted.length === 0 }));
        if (frame.action === 'getJwt')
          send({ class: 'JwtResponse', code: 200, body: { jwt: 'j.w.t', exp: 2e9 } });
        if (frame.action === 'onMessage' && frame.message.type === 'Text') {
          cuts.texts += 1;
          const isCut = cuts.left > 0 && cuts.texts % 3 === 0;
          if (isCut) {
            cuts.left -= 1;
            client.terminate();
            if (cuts.left % 2 === 0) return;
          }
          const messageId = `message-${accepted.length + 1}`;
          accepted.push({ id: frame.tracingId, messageId });
          if (!isCut) send(echoOf(frame, messageId));
        }
      });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as { port: number };
  opened.push({
    stop: () => {
      for (const client of sockets.clients) client.terminate();
      http.close();
    },
  });
  const connect = (options: Partial<WebMessagingOptions> = {}): WebMessaging => {
    const messaging = webMessaging({
      deploymentId,
      endpoint: `http://127.0.0.1:${port}`,
      webSocket: WebSocket,
      config: 'skip',
      timing: { reconnectBase: 5, reconnectCap: 20, settle: 20, minUptime: 10 },
      ...options,
    });
    opened.push(messaging);
    return messaging;
  };
  const end = (): Promise<void> => new Promise((resolve) => http.close(() => resolve()));
  return { accepted, refusal, origins, cuts, connect, end, clients: sockets.clients };
}

describe('over the ws package and loopback', () => {
  it('connects, types, sends, closes with 1000', async () => {
    const server = await createLoopback();
    const messaging = server.connect({ origin: 'https://www.example.org' });
    await messaging.connect();
    expect(server.origins).toEqual(['https://www.example.org']);
    await messaging.sendTyping(
      { conversationId: messaging.conversationId as string, isTyping: true, attempt: 1, keepalive: false },
      { signal: new AbortController().signal },
    );
    await expect(messaging.sendMessage('hello')).resolves.toMatchObject({ messageId: 'message-1' });
    const [client] = server.clients;
    const code = new Promise((resolve) => client?.on('close', resolve));
    messaging.close();
    expect(await code).toBe(1000);
    expect(messaging.state).toBe('closed');
  });

  it('a handshake refused with 403 is asked once more, and then the end (A-0)', async () => {
    const server = await createLoopback();
    server.refusal.status = 403;
    const messaging = server.connect();
    await expect(messaging.connect()).rejects.toMatchObject({ code: 'forbidden', status: 403 });
    expect(server.origins).toHaveLength(2);
  });

  it('comes back after ten cuts, before a message was taken and after, and every message arrives once', async () => {
    const server = await createLoopback();
    const messaging = server.connect();
    await messaging.connect();
    const announced: string[] = [];
    messaging.on('message.sent', ({ id }) => announced.push(id));
    server.cuts.left = 10;
    const sent = Array.from({ length: 30 }, (_, count) => messaging.sendMessage(`text ${count}`));
    const settled = await Promise.all(sent);
    expect(server.cuts.left).toBe(0);
    expect(server.accepted).toHaveLength(30);
    expect(new Set(server.accepted.map(({ id }) => id)).size).toBe(30);
    expect(settled.map(({ messageId }) => messageId)).toEqual(
      server.accepted.map(({ messageId }) => messageId),
    );
    expect(announced.sort()).toEqual(server.accepted.map(({ id }) => id).sort());
  });

  it('can be stopped while it connects, without an error that nobody hears', async () => {
    const server = await createLoopback();
    const messaging = server.connect();
    const up = messaging.connect();
    await new Promise((resolve) => setImmediate(resolve));
    messaging.stop();
    await expect(up).rejects.toMatchObject({ code: 'stopped' });
    await server.end();
    expect(server.clients.size).toBe(0);
  });

  it('a frame of any size costs the connection, and no message', async () => {
    const server = await createLoopback();
    const messaging = server.connect();
    await messaging.connect();
    for (const client of server.clients) client.send('x'.repeat(2_000_000));
    const sent = messaging.sendMessage('hello');
    await expect(sent).resolves.toMatchObject({ messageId: 'message-1' });
    expect(server.accepted).toHaveLength(1);
  });
});
