import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import {
  type Conversation,
  type ConversationEmitted,
  createConversation,
  type EventsOptions,
  eventStream,
  type GuestRest,
  type GuestRestOptions,
  guestRest,
  type LogEntry,
  type SessionEmitted,
  type StreamTold,
  type WebMessaging,
  type WebSocketConstructor,
  webMessaging,
} from 'genesys-conversation-machine';
import { createSteppedClock, type SteppedClock } from 'genesys-conversation-machine/testing';
import { onTestFinished } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { canary, expectNoCanary } from './guestCalls.ts';
import { listening } from './rawServer.ts';
import { deploymentId, echoOf, sessionResponse } from './socketScript.ts';

/** What becomes of one handshake: bytes in its place, or a socket that a test plays. */
export type Handshake = string | Buffer | ((client: WebSocket) => void);

/** What the server answers at present in place of what it should. */
interface Trouble {
  /** To everything, handshakes included. */
  portal: string | null;
  /** To whoever asks for the history; nothing at all, ever, where it is empty. */
  history: string | null;
}

/** What the server does with a frame of the client's; true where nothing else is done with it. */
export type OnFrame = (client: WebSocket, frame: Record<string, unknown>) => boolean;

const conversationId = 'conversation-1';

/**
 * A server on loopback whose handshakes go as `handshakes` say, one after the other, and then well; what it does on
 * an open socket is what a session and an event stream expect, unless `onFrame` says otherwise. All calls are
 * accepted, the history is empty; `portal` in place of everything, where that is set. Time is stepped, and waits for
 * calls; a socket is waited for by what it tells.
 */
export async function besiegeSockets(handshakes: readonly Handshake[] = [], onFrame: OnFrame = () => false) {
  const underWay = new Set<Promise<unknown>>();
  const clock = createSteppedClock({
    settle: async () => {
      await nextTurn();
      while (underWay.size > 0) {
        await Promise.race(underWay);
        await nextTurn();
      }
    },
  });
  /** The platform's fetch, which the clock waits for. */
  const watchedFetch: typeof fetch = (...request) => {
    const reply = wholeReply(...request);
    if (state.history === '' && request[1]?.method !== 'POST') return reply;
    const settled: Promise<unknown> = reply.then(
      () => underWay.delete(settled),
      () => underWay.delete(settled),
    );
    underWay.add(settled);
    return reply;
  };
  const left = [...handshakes];
  const clients: WebSocket[] = [];
  const waiting: ((client: WebSocket) => void)[] = [];
  const calls: string[] = [];
  const logged: LogEntry[] = [];
  let count = 0;
  const state: Trouble = { portal: null, history: null };

  const http = createServer((request, response) => {
    if (state.portal !== null) {
      request.socket.end(state.portal);
      return;
    }
    if (request.method === 'GET' && state.history !== null) {
      calls.push('GET messages');
      if (state.history !== '') request.socket.end(state.history);
      return;
    }
    calls.push(`${request.method} ${request.url?.split('/').at(-1)?.split('?')[0]}`);
    response.setHeader('Content-Type', 'application/json');
    if (request.method === 'GET') response.end(JSON.stringify({ conversationId, messages: [], reads: [] }));
    else response.writeHead(204).end();
  });
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket: Socket, head) => {
    count += 1;
    if (state.portal !== null) {
      socket.end(state.portal);
      return;
    }
    const next = left.shift();
    if (typeof next === 'string' || Buffer.isBuffer(next)) {
      socket.end(next);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => {});
      clients.push(client);
      client.on('message', (data) => {
        const frame = JSON.parse(String(data));
        if (!onFrame(client, frame)) answer(client, frame);
      });
      next?.(client);
      for (const resolve of waiting.splice(0)) resolve(client);
    });
  });
  const { url, close } = await listening(http);

  const session = (): WebMessaging => {
    const made = webMessaging({
      deploymentId,
      endpoint: url,
      webSocket: WebSocket,
      config: 'skip',
      clock,
      random: () => 0.5,
      logger: (entry) => logged.push(entry),
    });
    onTestFinished(() => made.stop());
    return made;
  };
  const stream = (events: EventsOptions = {}, guest: Partial<GuestRestOptions> = {}) => {
    const transport: GuestRest = guestRest({
      orgUrl: url,
      participantId: 'guest-1',
      token: canary,
      clock,
      fetch: watchedFetch,
      events: eventStream({ webSocket: WebSocket as WebSocketConstructor, random: () => 0.5, ...events }),
      ...guest,
    });
    const conversation = createConversation({
      transport,
      conversationId,
      clock,
      random: () => 0.5,
      logger: (entry) => logged.push(entry),
    });
    onTestFinished(() => conversation.stop());
    return { transport, conversation };
  };
  onTestFinished(async () => {
    for (const client of clients) client.terminate();
    await close();
    expectNoCanary(logged);
  });

  return {
    clock,
    clients,
    calls,
    logged,
    state,
    session,
    stream,
    /** How many handshakes were asked for. */
    handshakes: () => count,
    /** Resolves with the next client whose handshake went well. */
    nextClient: () => new Promise<WebSocket>((resolve) => waiting.push(resolve)),
  };
}

async function wholeReply(...request: Parameters<typeof fetch>): Promise<Response> {
  const { status, headers, body } = await fetch(...request);
  return new Response(body && (await new Response(body).arrayBuffer()), { status, headers });
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a session, or an event stream, expects to hear. */
function answer(client: WebSocket, frame: Record<string, unknown>): void {
  const say = (reply: object) => client.send(JSON.stringify(reply));
  if (frame.action === 'configureSession') say(sessionResponse());
  if (frame.action === 'onMessage' && (frame.message as { type: string }).type === 'Text') {
    say(echoOf(frame, 'message-1'));
  }
  if (frame.action === 'getJwt') say({ class: 'JwtResponse', code: 200, body: { jwt: 'j.w.t', exp: 2e9 } });
  if (frame.type === 'authenticate') say({ type: 'authenticated', conversationId });
  if (frame.type === 'ping') say({ type: 'pong' });
}

/** The bytes of a frame as RFC 6455 has it, whatever its code and content. */
export function rawFrame(opcode: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const size = payload.length;
  if (size < 126) return Buffer.concat([Buffer.from([0x80 | opcode, size]), payload]);
  return Buffer.concat([Buffer.from([0x80 | opcode, 126, size >> 8, size & 0xff]), payload]);
}

/** Writes bytes past the library that would refuse to. */
export function writeRaw(client: WebSocket, bytes: Buffer): void {
  (client as unknown as { readonly _socket: Socket })._socket.write(bytes);
}

/** Closes with a code, also one that nobody may send. */
export function closeWith(client: WebSocket, code: number, reason = ''): void {
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
  writeRaw(client, rawFrame(0x8, payload));
}

/** Resolves with what is told next of one of these kinds. */
function nextOf<Told extends { readonly type: string }>(
  source: { on(type: never, listener: (told: never) => void): unknown },
  ...types: readonly Told['type'][]
): Promise<Told> {
  return new Promise((resolve) => {
    const ends: unknown[] = [];
    const take = (told: Told): void => {
      for (const end of ends) {
        if (typeof end === 'function') end();
        else (end as { unsubscribe(): void }).unsubscribe();
      }
      resolve(told);
    };
    for (const type of types) ends.push(source.on(type as never, take as never));
  });
}

export const nextOfSession = (
  session: WebMessaging,
  ...types: readonly SessionEmitted['type'][]
): Promise<SessionEmitted> => nextOf<SessionEmitted>(session, ...types);

export const nextOfStream = (
  transport: GuestRest,
  ...types: readonly StreamTold['type'][]
): Promise<StreamTold> => nextOf<StreamTold>(transport, ...types);

export const nextOfConversation = (
  conversation: Conversation,
  ...types: readonly ConversationEmitted['type'][]
): Promise<ConversationEmitted> => nextOf<ConversationEmitted>(conversation, ...types);

/** Lets time pass, a little at a time, until work under way ends. */
export async function during<T>(clock: SteppedClock, work: Promise<T>, step = 100): Promise<T> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  while (!isOver) {
    await clock.advance(step);
  }
  return work;
}
