import type { WebSocketConstructor } from '../shared/platformSocket.ts';

type Listener = (event: never) => void;

/** The server's end of one socket: a test plays it. */
export interface ScriptedSocket {
  /** The address that it was opened with. */
  readonly url: string;
  /** 0 connecting, 1 open, 2 closing, 3 closed, as in the browser. */
  readonly readyState: number;
  /** What waits in the socket's own buffer, bytes; from 64 KiB on nothing is handed to it. */
  bufferedAmount: number;
  /** Frames that the client sent, parsed. */
  readonly sent: readonly Record<string, unknown>[];
  /** Codes that the client closed with. */
  readonly closes: readonly (number | undefined)[];
  /** How many listeners are attached. */
  readonly listeners: number;
  /**
   * The handshake is done.
   * @example
   * genesys.sockets.at(-1)?.open(); // one that was made while handshakes were held
   */
  open(): void;
  /**
   * A frame from the server; an object is sent as JSON.
   * @example
   * genesys.sockets.at(-1)?.receive('{ not JSON');
   */
  receive(frame: unknown): void;
  /**
   * The connection ends; `error` is what an error event before it says.
   * @example
   * genesys.sockets.at(-1)?.end(1011);
   */
  end(code: number, error?: string): void;
}

/** What happens to the sockets of one constructor. */
export interface SocketHooks {
  made(socket: ScriptedSocket): void;
  sent(socket: ScriptedSocket, frame: Record<string, unknown>): void;
  closed(socket: ScriptedSocket): void;
}

/** A WebSocket constructor whose sockets are played by hand. */
export function createScriptedSockets(hooks: SocketHooks): WebSocketConstructor {
  return class Socket implements ScriptedSocket {
    readyState = 0;
    bufferedAmount = 0;
    readonly sent: Record<string, unknown>[] = [];
    readonly closes: (number | undefined)[] = [];
    readonly url: string;
    readonly #listeners = new Map<string, Set<Listener>>();

    constructor(url: string) {
      this.url = url;
      hooks.made(this);
    }
    get listeners(): number {
      return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
    }
    send(data: string): void {
      if (this.readyState !== 1) throw new Error('InvalidStateError');
      const frame: Record<string, unknown> = JSON.parse(data);
      this.sent.push(frame);
      hooks.sent(this, frame);
    }
    close(code?: number): void {
      this.closes.push(code);
      if (this.readyState < 2) this.readyState = 2;
      hooks.closed(this);
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
      if (this.readyState === 3) return;
      this.readyState = 3;
      if (error !== undefined) this.#dispatch('error', { message: error });
      this.#dispatch('close', { code, wasClean: code === 1000, reason: '' });
    }
  };
}
