import type { FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { FeedOnlyEvent, StreamEvent } from '../conversations/events.ts';
import type { Core } from '../core.ts';
import { sameSecret } from '../http/guard.ts';
import { callOf } from '../http/recording.ts';
import { ContractError } from '../shared/contractError.ts';

const AUTHENTICATION_TIME = 5000;
const UNAUTHENTICATED = 4401;
const TOO_LATE = 4408;
const OPEN = 1;
const MOST_UNREAD = 8 * 1024 * 1024;

/** The authenticated sockets: event streams by conversation, and the control feed. */
export class Streams {
  readonly #guests = new Map<string, Set<WebSocket>>();
  readonly #feed = new Set<WebSocket>();

  /** Subscribes a socket to one conversation until it closes. */
  join(conversationId: string, socket: WebSocket): void {
    const sockets = this.#guests.get(conversationId) ?? new Set();
    this.#guests.set(conversationId, sockets.add(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0 && this.#guests.get(conversationId) === sockets)
        this.#guests.delete(conversationId);
    });
  }

  /** Subscribes a socket to everything until it closes. */
  joinFeed(socket: WebSocket): void {
    this.#feed.add(socket);
    socket.once('close', () => this.#feed.delete(socket));
  }

  /** Sends a conversation's event to its streams and to the feed. */
  publish(event: StreamEvent): void {
    this.push(event.conversationId, JSON.stringify(event));
    this.publishToFeed(event);
  }

  /** Sends an event to the feed alone. */
  publishToFeed(event: StreamEvent | FeedOnlyEvent): void {
    if (this.#feed.size === 0) return;
    const frame = JSON.stringify(event);
    for (const socket of this.#feed) deliver(socket, frame);
  }

  /** Sends a text frame, whatever it holds, to the streams of a conversation. */
  push(conversationId: string, frame: string): void {
    for (const socket of this.#guests.get(conversationId) ?? []) deliver(socket, frame);
  }

  /** Closes the streams of a conversation with `code`; without one, breaks their connections. */
  drop(conversationId: string, code?: number, reason?: string): void {
    for (const socket of this.#guests.get(conversationId) ?? []) {
      if (code === undefined) socket.terminate();
      else socket.close(code, reason);
    }
  }
}

/** Serves a guest's or a bot's event stream: nothing is sent before a valid token has come in the first frame. */
export function openEventStream(core: Core, socket: WebSocket, request: FastifyRequest): void {
  const call = callOf(request);
  core.journal.decide(call, 101);
  core.journal.settle(call);
  onFirstFrame(core, socket, (frame) => {
    const who =
      typeof frame.token === 'string' ? identify(core, frame.token, frame.conversationId) : undefined;
    if (who === undefined) return socket.close(UNAUTHENTICATED, 'unauthorized');
    deliver(socket, JSON.stringify({ type: 'authenticated', ...who }));
    core.streams.join(who.conversationId, socket);
    if (core.conversations.view(who.conversationId).ended) {
      deliver(socket, JSON.stringify({ type: 'conversation:ended', conversationId: who.conversationId }));
    }
  });
}

/** Serves the control feed: nothing is sent before the secret has come in the first frame. */
export function openFeed(core: Core, socket: WebSocket): void {
  onFirstFrame(core, socket, ({ secret }) => {
    if (typeof secret !== 'string' || !sameSecret(secret, core.secret)) {
      return socket.close(UNAUTHENTICATED, 'unauthorized');
    }
    deliver(socket, JSON.stringify({ type: 'authenticated' }));
    core.streams.joinFeed(socket);
  });
}

function onFirstFrame(
  { clock }: Core,
  socket: WebSocket,
  accept: (frame: Record<string, unknown>) => void,
): void {
  const timer = clock.setTimeout(() => socket.close(TOO_LATE, 'no authentication'), AUTHENTICATION_TIME);
  socket.once('close', () => clock.clearTimeout(timer));
  socket.once('message', (data, isBinary) => {
    clock.clearTimeout(timer);
    const frame = isBinary ? undefined : parseFrame(String(data));
    if (frame?.type === 'authenticate') accept(frame);
    else socket.close(UNAUTHENTICATED, 'the first frame must authenticate');
  });
}

function parseFrame(text: string): Record<string, unknown> | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === 'object' && frame !== null ? (frame as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function identify({ tokens, conversations }: Core, token: string, wanted: unknown) {
  const bearer = tokens.bearer(token);
  if (bearer?.kind === 'guest') {
    return { conversationId: bearer.conversationId, participantId: bearer.participantId };
  }
  if (bearer === undefined || typeof wanted !== 'string') return undefined;
  try {
    return { conversationId: wanted, participantId: conversations.view(wanted).agentId };
  } catch (error) {
    if (error instanceof ContractError) return undefined;
    throw error;
  }
}

/** Sends a frame on an open socket; breaks the connection of a client that reads nothing. */
export function deliver(socket: WebSocket, frame: string): void {
  if (socket.readyState !== OPEN) return;
  if (socket.bufferedAmount > MOST_UNREAD) socket.terminate();
  else socket.send(frame);
}
