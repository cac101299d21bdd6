import { invalidOption } from './errors.ts';
import { longestJson } from './json.ts';

/** What is asked of a WebSocket by type: the platform's has it, and that of the `ws` package. */
export interface WebSocketLike {
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes that were handed over and have not left. */
  readonly bufferedAmount: number;
  /** Hands a text frame over; throws where the socket is not open yet. */
  send(data: string): void;
  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void;
}

/** Makes a socket. The third argument is for `ws`; the platform's WebSocket takes no notice of it. */
export type WebSocketConstructor = new (
  url: string,
  protocols?: undefined,
  // biome-ignore lint/suspicious/noExplicitAny: the options differ from one implementation to the next.
  options?: any,
) => WebSocketLike;

/** What it has besides, in every implementation, each with event types of its own. */
interface Listening extends WebSocketLike {
  addEventListener(type: string, listener: (event: never) => void): void;
  removeEventListener(type: string, listener: (event: never) => void): void;
}

/** What a socket tells. */
export interface SocketListener {
  opened(): void;
  message(data: unknown): void;
  /** 1006 where it was this side that took offence. `refused`: HTTP status of a refused handshake, where the implementation tells it. */
  closed(end: { readonly code: number; readonly wasClean: boolean; readonly refused?: number }): void;
}

/** A socket that is being opened or is open. */
export interface OpenSocket {
  /** Hands a frame over. False where it surely did not leave: not open, too much before it, refused (never throws). */
  send(frame: string): boolean;
  /** Lets go in good order: no listener is left, the peer is told 1000, nobody waits. */
  close(): void;
  /** Lets go of a dead link: the same, and without a farewell where the implementation can do that. */
  drop(): void;
}

const open = 1;
const closed = 3;
/** How much may wait in the socket's own buffer before a frame is not handed to it. */
const bufferCap = 64 * 1024;
const refusal = /Unexpected server response: (\d{3})/;

/** Opens a socket. Throws what the constructor throws. */
export function openSocket(
  Socket: WebSocketConstructor,
  url: string,
  origin: string | undefined,
  listener: SocketListener,
): OpenSocket {
  const socket = new Socket(url, undefined, {
    ...(origin !== undefined && { origin }),
    maxPayload: 4 * longestJson,
    perMessageDeflate: false,
    followRedirects: false,
    closeTimeout: 1000,
  }) as Listening;
  let refused: number | undefined;
  let isFlooded = false;

  const listeners: Readonly<Record<string, (event: never) => void>> = {
    open: () => listener.opened(),
    message: (event: { readonly data: unknown }) => listener.message(event.data),
    error: (event: { readonly message?: unknown }) => {
      const words = typeof event?.message === 'string' ? event.message : '';
      const status = refusal.exec(words)?.[1];
      if (status !== undefined) refused = Number(status);
      if (words.includes('Max payload size exceeded')) isFlooded = true;
    },
    close: (event: { readonly code?: unknown; readonly wasClean?: unknown }) => {
      detach();
      const code = Number.isInteger(event?.code) && !isFlooded ? (event.code as number) : 1006;
      listener.closed({
        code,
        wasClean: event?.wasClean === true,
        ...(refused !== undefined && { refused }),
      });
    },
  };
  for (const [type, listen] of Object.entries(listeners)) socket.addEventListener(type, listen);

  const detach = (): void => {
    for (const [type, listen] of Object.entries(listeners)) socket.removeEventListener(type, listen);
  };
  const letGo = (end: () => void): void => {
    detach();
    if (socket.readyState === closed) return;
    muteUntilClosed(socket);
    try {
      end();
    } catch {
      // A socket that will not close is let go of all the same.
    }
  };

  return {
    send: (frame) => {
      try {
        if (socket.readyState !== open || socket.bufferedAmount > bufferCap) return false;
        socket.send(frame);
        return true;
      } catch {
        return false;
      }
    },
    close: () => letGo(() => socket.close(1000)),
    drop: () =>
      letGo(() => {
        const { terminate } = socket as { terminate?: () => void };
        if (terminate) terminate.call(socket);
        else socket.close(1000);
      }),
  };
}

/** Where errors without a listener are thrown (a Node event emitter), a last one swallows them until the end. */
function muteUntilClosed(socket: Listening): void {
  if (typeof (socket as { emit?: unknown }).emit !== 'function') return;
  const ignore = (): void => {};
  const end = (): void => {
    socket.removeEventListener('error', ignore);
    socket.removeEventListener('close', end);
  };
  socket.addEventListener('error', ignore);
  socket.addEventListener('close', end);
}

/**
 * The WebSocket that an application gave as its option `option`, else the platform's.
 * @throws ConversationError `invalid-option` where there is none, or what was given is no constructor.
 */
export function checkSocket(Socket: unknown, option = 'webSocket'): WebSocketConstructor {
  if (Socket !== undefined && typeof Socket !== 'function') {
    throw invalidOption(option, 'a WebSocket constructor', Socket);
  }
  const chosen = Socket ?? (globalThis as { WebSocket?: unknown }).WebSocket;
  if (typeof chosen !== 'function') {
    throw invalidOption(
      option,
      "given, since this platform has none of its own: install ws and pass its WebSocket (import WebSocket from 'ws')",
      Socket,
    );
  }
  return chosen as WebSocketConstructor;
}
