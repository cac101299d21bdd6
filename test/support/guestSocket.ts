import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { startStepped } from './sandboxGuest.ts';

export type Wire = {
  type: string;
  class: string;
  code: number;
  tracingId?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a body by asserting it.
  body: any;
};

/** A web messaging guest that knows nothing but `ws` and the published protocol. */
export class Guest {
  readonly socket: WebSocket;
  readonly token: string;
  readonly deploymentId: string;
  readonly texts: string[] = [];
  readonly closed: Promise<number>;
  readonly opened: Promise<'open' | number>;
  #taken = 0;
  #wake: () => void = () => {};

  constructor(address: string, deploymentId: string, token: string, options: ClientOptions = {}) {
    this.token = token;
    this.deploymentId = deploymentId;
    this.socket = new WebSocket(`${address}?deploymentId=${deploymentId}`, options);
    this.socket.on('message', (data) => {
      this.texts.push(String(data));
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code) => {
        resolve(code);
        this.#wake();
      });
    });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', () => resolve('open'));
      this.socket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      });
      this.socket.on('error', reject);
    });
    this.opened.catch(() => {});
    onTestFinished(() => this.socket.terminate());
  }

  /** Sends what the guest means, under its token; a string is sent as it is. */
  send(frame: Record<string, unknown> | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify({ token: this.token, ...frame }));
  }

  /** The next text frame that was not taken yet. */
  async nextText(): Promise<string> {
    for (;;) {
      const text = this.texts[this.#taken];
      if (text !== undefined) {
        this.#taken += 1;
        return text;
      }
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('closed without another frame');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async next(): Promise<Wire> {
    return JSON.parse(await this.nextText());
  }

  /** Sends a frame and returns the next one to come. */
  ask(frame: Record<string, unknown> | string): Promise<Wire> {
    this.send(frame);
    return this.next();
  }

  /** The minimal form: action, token and deployment. */
  async configure(extra: Record<string, unknown> = {}): Promise<Wire> {
    await this.opened;
    return this.ask({ action: 'configureSession', deploymentId: this.deploymentId, ...extra });
  }

  say(text: string, extra: Record<string, unknown> = {}): void {
    this.send({ action: 'onMessage', message: { type: 'Text', text }, ...extra });
  }

  event(event: object, extra: Record<string, unknown> = {}): void {
    this.send({ action: 'onMessage', message: { type: 'Event', events: [event] }, ...extra });
  }

  typing(extra: Record<string, unknown> = {}): void {
    this.event({ eventType: 'Typing', typing: { type: 'On' } }, extra);
  }

  presence(type: string, extra: Record<string, unknown> = {}): void {
    this.event({ eventType: 'Presence', presence: { type } }, extra);
  }
}

export function connect(sandbox: Sandbox, token: string = randomUUID(), options: ClientOptions = {}): Guest {
  return new Guest(sandbox.webMessaging.endpoint, sandbox.deploymentId, token, options);
}

/** A guest whose session is configured, on a sandbox with a stepped clock. */
export async function startGuest() {
  const { clock, sandbox } = await startStepped();
  const guest = connect(sandbox);
  const session = await guest.configure();
  const [{ conversationId = '', guestId = '' } = {}] = sandbox.webMessaging.sessions();
  const again = async (token = guest.token) => {
    const other = connect(sandbox, token);
    await other.configure();
    return other;
  };
  return { clock, sandbox, guest, session, conversationId, guestId, again };
}
