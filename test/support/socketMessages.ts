import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';

/** A WebSocket server on loopback that keeps every message, until the test ends. */
export async function listenForMessages(): Promise<{ url: string; messages: string[] }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const messages: string[] = [];
  server.on('connection', (socket) => socket.on('message', (data) => messages.push(String(data))));
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return { url: `ws://127.0.0.1:${(server.address() as { port: number }).port}`, messages };
}
