import { createWebSocketReceiver } from '@xstate/inspect';
import { inspect } from '@xstate/inspect/lib/server.js';
import { WebSocket, WebSocketServer } from 'ws';
import type { Bridge } from './bridge.ts';

/** A server that tells what a bridge sees. */
export interface InspectorServer {
  readonly port: number;
  close(): void;
}

/**
 * Tells what a bridge sees over a WebSocket server on loopback. A browser may open a socket to anywhere, so a page gets
 * in only where its origin is named. Nothing comes back: the package's own verbs end at the bridge.
 */
export async function serveInspector(
  bridge: Bridge,
  { port = 0, origins = [] }: { readonly port?: number; readonly origins?: readonly string[] } = {},
): Promise<InspectorServer> {
  const server = new WebSocketServer({
    ...{ host: '127.0.0.1', port, maxPayload: 65_536 },
    verifyClient: ({ origin }: { origin?: string }) => origin === undefined || origins.includes(origin),
  });
  await new Promise((resolve) => server.once('listening', resolve));
  inspect({ server: server as never });
  // This half of the package takes no registry: it makes one of its own, under this name.
  const { __xstate__: registry } = globalThis as unknown as { __xstate__: Bridge['devTools'] };
  bridge.devTools.onRegister((service) => registry.register(service));
  return { port: (server.address() as { port: number }).port, close: () => server.close() };
}

/** Looks at such a server from Node, by the package's own receiver. */
export function receive(port: number): ReturnType<typeof createWebSocketReceiver> {
  Object.assign(globalThis, { WebSocket: globalThis.WebSocket ?? WebSocket });
  return createWebSocketReceiver({ server: `127.0.0.1:${port}`, serialize: undefined });
}
