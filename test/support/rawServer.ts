import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** One request as it came over the wire. */
interface RawRequest {
  /** Request line and headers. */
  readonly head: string;
  readonly body: string;
  /** From 1, over all connections. */
  readonly nth: number;
}

/** Writes whatever bytes a test wants to see answered. */
export type Script = (socket: Socket, request: RawRequest) => void;

/** A server on loopback that says exactly the bytes of its script. */
export interface RawServer {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Every request so far. */
  readonly requests: readonly RawRequest[];
  /** Resolves when the client has closed a connection, with the bytes that were written on it. */
  readonly hangUp: Promise<number>;
  /** Ends every connection and stops listening. */
  readonly close: () => Promise<void>;
}

/** A {@link RawServer} that closes when the test ends. */
export async function serving(script: Script): Promise<RawServer> {
  const server = await rawServer(script);
  onTestFinished(() => server.close());
  return server;
}

/** Starts a {@link RawServer}. The script runs once per complete request. */
export async function rawServer(script: Script): Promise<RawServer> {
  const requests: RawRequest[] = [];
  let hungUp: (bytes: number) => void = () => {};
  const hangUp = new Promise<number>((resolve) => {
    hungUp = resolve;
  });
  const server = createServer((socket) => {
    let unread = '';
    socket.on('error', () => {});
    socket.on('close', () => hungUp(socket.bytesWritten));
    socket.on('data', (chunk) => {
      unread += chunk.toString('latin1');
      for (let cut = endOfRequest(unread); cut !== undefined; cut = endOfRequest(unread)) {
        const request = { head: unread.slice(0, cut.head), body: unread.slice(cut.head + 4, cut.end) };
        unread = unread.slice(cut.end);
        requests.push({ ...request, nth: requests.length + 1 });
        script(socket, { ...request, nth: requests.length });
      }
    });
  });
  return { ...(await listening(server)), requests, hangUp };
}

/** Starts an ordinary HTTP server on loopback. */
export function httpServer(listener: RequestListener): Promise<Pick<RawServer, 'url' | 'close'>> {
  return listening(createHttpServer(listener));
}

/** The bytes of a reply with the given status, header lines and body. */
export function reply(status: number, headers: readonly string[] = [], body = ''): string {
  const length = headers.some((line) => /^(?:content-length|transfer-encoding):/i.test(line))
    ? []
    : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [`HTTP/1.1 ${status} Said`, ...headers, ...length, '', body].join('\r\n');
}

function endOfRequest(text: string): { head: number; end: number } | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = Number(/^content-length: *(\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return text.length < end ? undefined : { head, end };
}

/** Has a server listen on a free port of loopback. */
export async function listening(server: Server | HttpServer): Promise<Pick<RawServer, 'url' | 'close'>> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
