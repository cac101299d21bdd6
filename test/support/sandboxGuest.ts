import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Sandbox,
  type SandboxClock,
  type SandboxOptions,
  type StartedConversation,
  startSandbox,
} from '../../src/sandbox/index.ts';

export const BASE = '/api/v2/conversations/messaging';

/** A clock that stands still until `advance` is called, and then runs due timers in order. */
export class SteppedClock implements SandboxClock {
  #now = Date.UTC(2026, 0, 1);
  #next = 1;
  readonly #timers = new Map<number, { at: number; fn: () => void }>();

  now(): number {
    return this.#now;
  }

  setTimeout(fn: () => void, ms: number): number {
    const id = this.#next++;
    this.#timers.set(id, { at: this.#now + ms, fn });
    return id;
  }

  clearTimeout(id: unknown): void {
    this.#timers.delete(id as number);
  }

  get pending(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [due] = [...this.#timers].filter(([, t]) => t.at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (due === undefined) break;
      const [id, { at, fn }] = due;
      this.#timers.delete(id);
      this.#now = at;
      fn();
    }
    this.#now = end;
  }
}

export async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

export async function startStepped(options: SandboxOptions = {}) {
  const clock = new SteppedClock();
  const sandbox = await start({ clock, ...options });
  const guest = sandbox.startConversation();
  return { clock, sandbox, guest };
}

export interface PostOptions {
  token?: string | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export function post(
  sandbox: Sandbox,
  path: string,
  body: unknown,
  { token, headers, signal }: PostOptions = {},
) {
  return fetch(sandbox.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  });
}

/** A guest's typing call; `change` replaces parts of what a correct one sends. */
export function typing(
  sandbox: Sandbox,
  guest: StartedConversation,
  change: { body?: unknown; participantId?: string; token?: string; isTyping?: boolean } & PostOptions = {},
) {
  const { body, participantId = guest.guestId, token = guest.guestToken, isTyping = true, ...rest } = change;
  const path = `${BASE}/participants/${participantId}/typing`;
  return post(sandbox, path, body ?? { conversationId: guest.conversationId, isTyping }, { token, ...rest });
}

export function read(sandbox: Sandbox, guest: StartedConversation, body: object = {}) {
  const path = `${BASE}/participants/${guest.guestId}/read`;
  return post(sandbox, path, { conversationId: guest.conversationId, ...body }, { token: guest.guestToken });
}

export function control(
  sandbox: Sandbox,
  method: string,
  path: string,
  body?: unknown,
  secret = sandbox.secret,
) {
  return fetch(sandbox.url + path, {
    method,
    headers: {
      'x-sandbox-secret': secret,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** A request that says exactly what the test wants, `Host` and `Origin` included. */
export function raw(
  sandbox: Sandbox,
  options: {
    method?: string;
    path: string;
    headers?: Record<string, string>;
    host?: string | null;
    body?: string;
  },
): Promise<RawAnswer> {
  const { method = 'GET', path, headers = {}, host = `127.0.0.1:${sandbox.port}`, body } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: sandbox.port,
        method,
        path,
        setHost: false,
        headers: { ...(host !== null && { host }), ...headers },
        agent: false,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Writes bytes to a plain socket and gathers what comes back until it ends, or the code of the error that ends it. */
export function plain(sandbox: Sandbox, bytes: string): Promise<{ text: string; error: string | undefined }> {
  return new Promise((resolve) => {
    const socket = connect(sandbox.port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('end', () => resolve({ text, error: undefined }));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve({ text, error: code }));
    socket.write(bytes);
  });
}

export type Frame = Record<string, unknown>;

/** A WebSocket client whose frames and close code can be awaited. */
export class Client {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  readonly closed: Promise<number>;
  readonly opened: Promise<'open' | number>;
  #taken = 0;
  #wake: () => void = () => {};

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)));
      this.#wake();
    });
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
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

  async say(frame: unknown): Promise<void> {
    await this.opened;
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The next frame not yet taken, of the given type. */
  async next(type?: string): Promise<Frame> {
    for (;;) {
      const frame = this.frames[this.#taken];
      if (frame !== undefined) {
        this.#taken += 1;
        if (type === undefined || frame.type === type) return frame;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}

export async function openStream(sandbox: Sandbox, token: string, extra: object = {}): Promise<Client> {
  const client = new Client(`${sandbox.url.replace('http', 'ws')}${BASE}/events`);
  await client.say({ type: 'authenticate', token, ...extra });
  return client;
}

export async function openFeed(sandbox: Sandbox, secret = sandbox.secret): Promise<Client> {
  const client = new Client(`${sandbox.url.replace('http', 'ws')}/sandbox/feed`);
  await client.say({ type: 'authenticate', secret });
  return client;
}
