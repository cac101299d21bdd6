import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long a client may take over a request, and keep a connection that it does not use. */
export const timeouts = { requestTimeout: 10_000, keepAliveTimeout: 30_000 };

/** What Node's own server refuses before a route is looked for. */
export const httpOptions = {
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5000,
  maxHeaderSize: 16 * 1024,
  // A missing Host is answered by the guard, with 403.
  requireHostHeader: false,
};

/** A listening server; `close` destroys every connection and resolves when the ports are free. */
interface Listening {
  port: number;
  close(): Promise<void>;
}

/** Lets the server listen on the loopback. Rejects when the port is taken. */
export async function listen(
  app: FastifyInstance,
  wanted: { port: number; maxConnections: number },
): Promise<Listening> {
  const sockets = new Set<Socket>();
  guardConnections(app.server, sockets, wanted.maxConnections);
  await app.listen({ host: '127.0.0.1', port: wanted.port });
  const { port } = app.server.address() as AddressInfo;
  const second = await listenOnSecondLoopback(app.server, sockets, wanted.maxConnections, port);
  return {
    port,
    close: async () => {
      const closed = [app.close(), second === undefined ? undefined : closeServer(second)];
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

function guardConnections(server: Server, sockets: Set<Socket>, maxConnections: number): void {
  server.maxConnections = maxConnections;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
}

async function listenOnSecondLoopback(
  main: Server,
  sockets: Set<Socket>,
  maxConnections: number,
  port: number,
): Promise<Server | undefined> {
  const second = createServer({ ...timeouts, ...httpOptions });
  for (const event of ['request', 'upgrade', 'clientError']) {
    second.on(event, (...details: unknown[]) => main.emit(event, ...details));
  }
  guardConnections(second, sockets, maxConnections);
  return new Promise((resolve) => {
    // Not every machine has IPv6, and the port may be another program's there: 127.0.0.1 alone will do.
    second.once('error', () => resolve(undefined));
    second.listen({ host: '::1', port }, () => resolve(second));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
