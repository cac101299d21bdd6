import {
  type SessionEmitted,
  type WebMessagingOptions,
  type WebSocketConstructor,
  webMessaging,
} from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import type { TransportEvent } from '../../src/shared/transport.ts';
import { createScriptedSockets, type ScriptedSocket } from '../../src/testing/scriptedSocket.ts';

export const deploymentId = '22222222-2222-4222-8222-222222222222';

/** One socket of a test, which plays the server's side of it, and may do to the client's what a platform does. */
export interface PlayedSocket extends ScriptedSocket {
  /** What the client gave besides the address. */
  readonly options: Record<string, unknown> | undefined;
  readyState: number;
  readonly sent: Record<string, unknown>[];
  /** Whether `send` throws. */
  throws: boolean;
}

/** A WebSocket constructor whose sockets the test plays, in the order of their making. */
export function createSockets(onMade: (socket: PlayedSocket) => void = () => {}) {
  const sockets: PlayedSocket[] = [];
  const Scripted = createScriptedSockets({
    made: (socket) => {
      sockets.push(socket as PlayedSocket);
      onMade(socket as PlayedSocket);
    },
    sent: () => {},
    closed: () => {},
  });

  class Socket extends Scripted {
    throws = false;
    readonly options: Record<string, unknown> | undefined;

    constructor(url: string, protocols?: undefined, options?: Record<string, unknown>) {
      super(url, protocols, options);
      this.options = options;
    }
    override send(data: string): void {
      if (this.throws) throw new Error('InvalidStateError');
      super.send(data);
    }
  }

  return { sockets, Socket: Socket as WebSocketConstructor };
}

/** A session on a stepped clock whose server the test plays. */
export function createSession(options: Partial<WebMessagingOptions> = {}, resolution = 0) {
  const clock = createSteppedClock({ resolution });
  const { sockets, Socket } = createSockets();
  const logged: string[] = [];
  const messaging = webMessaging({
    deploymentId,
    endpoint: 'http://127.0.0.1:4870',
    config: 'skip',
    webSocket: Socket,
    clock,
    random: () => 0.5,
    logger: ({ message, error }) => {
      logged.push(message);
      if (message.startsWith('The machine failed')) queueMicrotask(() => Promise.reject(error));
    },
    fetch: () => Promise.reject(new TypeError('no network in this test')),
    ...options,
  });
  const emitted: SessionEmitted[] = [];
  messaging.actor.on('*', (event) => emitted.push(event));
  const told: TransportEvent[] = [];
  messaging.subscribe((event) => told.push(event));

  const socket = (): PlayedSocket => sockets.at(-1) as PlayedSocket;
  const of = <T extends SessionEmitted['type']>(type: T) =>
    emitted.filter((event): event is Extract<SessionEmitted, { type: T }> => event.type === type);
  const connect = async (): Promise<PlayedSocket> => {
    messaging.connect().catch(() => {});
    await clock.settle();
    socket().open();
    await clock.settle();
    return socket();
  };
  const configure = async (body: object = {}): Promise<PlayedSocket> => {
    const made = await connect();
    made.receive(sessionResponse(body));
    await clock.settle();
    return made;
  };
  const receive = async (frame: unknown): Promise<void> => {
    socket().receive(frame);
    await clock.settle();
  };
  const kinds = (): string[] => emitted.map(({ type }) => type);
  return { clock, sockets, socket, messaging, emitted, of, kinds, told, logged, connect, configure, receive };
}

/** The answer to configureSession. */
export const sessionResponse = (body: object = {}) => ({
  type: 'response',
  class: 'SessionResponse',
  code: 200,
  body: { connected: true, newSession: true, readOnly: false, ...body },
});

/** A StructuredMessage frame. */
export const structured = (body: object, tracingId?: string) => ({
  type: 'message',
  class: 'StructuredMessage',
  code: 200,
  ...(tracingId !== undefined && { tracingId }),
  body,
});

/** An error in plain words. */
export const plainError = (code: number, body = 'Request failed.', tracingId?: string) => ({
  type: 'response',
  class: 'string',
  code,
  body,
  ...(tracingId !== undefined && { tracingId }),
});

/** An event without a body of its own. */
export const bare = (name: string, body: object = {}) => ({ type: 'message', class: name, code: 200, body });

/** The echo of a frame that the client sent. */
export const echoOf = (frame: Record<string, unknown>, messageId: string) =>
  structured(
    {
      id: `server-${messageId}`,
      type: 'Text',
      text: (frame.message as { text: string }).text,
      direction: 'Inbound',
      channel: { time: '2026-01-01T00:00:00.000Z', messageId },
    },
    frame.tracingId as string,
  );

/** How many health checks left. */
export const echoes = (session: ReturnType<typeof createSession>) =>
  session.sockets.flatMap(({ sent }) => sent).filter(({ action }) => action === 'echo').length;

/** The answer to a health check. */
export const health = (metadata: object = {}) => ({
  ...structured({ type: 'Text', text: 'ping', direction: 'Inbound', id: 'h', metadata }),
  type: 'response',
  tracingId: 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=',
});
