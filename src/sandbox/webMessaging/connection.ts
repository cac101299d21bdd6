import type { Socket } from 'node:net';
import { v4 as uuid } from 'uuid';
import type { WebSocket } from 'ws';
import { deliver } from '../http/sockets.ts';
import type { ServerFrame } from './frames.ts';

const normal = 1000;

/** One guest's socket. */
export class Connection {
  readonly id = uuid();
  readonly deploymentId: string;
  readonly #socket: WebSocket;
  readonly #tcp: Socket;
  #frozen = false;
  /** When its guest last told of typing, by the clock; undefined again once a message was sent. */
  lastTyping: number | undefined;
  /** While true, nothing is sent: a fault takes the answer's place. */
  muted = false;

  constructor(socket: WebSocket, tcp: Socket, deploymentId: string) {
    this.#socket = socket;
    this.#tcp = tcp;
    this.deploymentId = deploymentId;
  }

  /** Whether it neither reads nor answers any more. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /** Sends a frame; text is sent as it is. */
  send(frame: ServerFrame | string): void {
    if (this.#frozen || this.muted) return;
    deliver(this.#socket, typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Closes in good order, after what was sent. */
  close(code = normal, reason = ''): void {
    if (!this.#frozen) this.#socket.close(code, reason);
  }

  /** Breaks the connection without a word of the WebSocket protocol. */
  cut(): void {
    this.#socket.terminate();
  }

  /** Resets the connection. */
  reset(): void {
    this.#tcp.resetAndDestroy();
  }

  /** Stops reading and answering, pings included, but keeps the connection. */
  freeze(): void {
    this.#frozen = true;
    this.#socket.pause();
  }
}
