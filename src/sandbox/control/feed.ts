import type { WebSocket } from 'ws';
import type { StreamEvent } from '../conversations/events.ts';
import { admitByFirstFrame, deliver } from '../http/sockets.ts';
import type { SandboxClock } from '../shared/clock.ts';
import { sameSecret } from '../shared/secrets.ts';
import type { FeedOnlyEvent } from './feedEvent.ts';

/** The control feed: the authenticated sockets that are told of everything. */
export class Feed {
  readonly #clock: SandboxClock;
  readonly #secret: string;
  readonly #sockets = new Set<WebSocket>();

  constructor(clock: SandboxClock, secret: string) {
    this.#clock = clock;
    this.#secret = secret;
  }

  /** Serves a socket of the feed: nothing is sent before the secret has come in the first frame. */
  open(socket: WebSocket): void {
    admitByFirstFrame(
      this.#clock,
      socket,
      ({ secret }) => (typeof secret === 'string' && sameSecret(secret, this.#secret) ? {} : undefined),
      () => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      },
    );
  }

  /** Tells the feed of an event. */
  publish(event: StreamEvent | FeedOnlyEvent): void {
    if (this.#sockets.size === 0) return;
    const frame = JSON.stringify(event);
    for (const socket of this.#sockets) deliver(socket, frame);
  }
}
