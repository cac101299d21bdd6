import {
  type SessionEmitted,
  type WebMessagingOptions,
  type WebSocketConstructor,
  webMessaging,
} from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import type { TransportEvent } from '../../src/shared/transport.ts';

export const deploymentId = '22222222-2222-4222-8222-222222222222';

type Listener = (event: never) => void;

/** One socket of a test: the test plays the server's side of it. */
export interface PlayedSocket {
  readonly url: string;
  readonly options: Record<string, unknown> | undefined;
  readyState: number;
  bufferedAmount: number;
  /** Frames that the client handed over, parsed. */
  readonly sent: Record<string, unknown>[];
  /** Codes that the client closed with. */
  readonly closes: (number | undefined)[];
  /** How many listeners are attached. */
  readonly listeners: number;
  /** Whether `send` throws. */
  throws: boolean;
  open(): void;
  /** A frame from the server; an object is sent as JSON. */
  receive(frame: unknown): void;
  /** The connection ends; `error` is what an error event before it says. */
  end(code: number, error?: string): void;
}

/** A WebSocket constructor whose sockets the test plays, in the order of their making. */
export function createSockets(onMade: (socket: PlayedSocket) => void = () => {}) {
  const sockets: PlayedSocket[] = [];

  class Socket implements PlayedSocket {
    readyState = 0;
    bufferedAmount = 0;
    throws = false;
    readonly sent: Record<string, unknown>[] = [];
    readonly closes: (number | undefined)[] = [];
    readonly url: string;
    readonly options: Record<string, unknown> | undefined;
    readonly #listeners = new Map<string, Set<Listener>>();

    constructor(url: string, _protocols?: undefined, options?: Record<string, unknown>) {
      this.url = url;
      this.options = options;
      sockets.push(this);
      onMade(this);
    }
    get listeners(): number {
      return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
    }
    send(data: string): void {
      if (this.throws || this.readyState !== 1) throw new Error('InvalidStateError');
      this.sent.push(JSON.parse(data));
    }
    close(code?: number): void {
      this.closes.push(code);
      if (this.readyState < 2) this.readyState = 2;
    }
    addEventListener(type: string, listener: Listener): void {
      this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
    }
    removeEventListener(type: string, listener: Listener): void {
      this.#listeners.get(type)?.delete(listener);
    }
    #dispatch(type: string, event: object): void {
      for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event as never);
    }
    open(): void {
      this.readyState = 1;
      this.#dispatch('open', {});
    }
    receive(frame: unknown): void {
      const data = typeof frame === 'object' && !ArrayBuffer.isView(frame) ? JSON.stringify(frame) : frame;
      this.#dispatch('message', { data });
    }
    end(code: number, error?: string): void {
      this.readyState = 3;
      if (error !== undefined) this.#dispatch('error', { message: error });
      this.#dispatch('close', { code, wasClean: code === 1000, reason: '' });
    }
  }

  return { sockets, Socket: Socket as unknown as WebSocketConstructor };
}

/** A session on a stepped clock whose server the test plays. */
export function createSession(options: Partial<WebMessagingOptions> = {}) {
  const clock = createSteppedClock();
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
