import type { WebSocket } from 'ws';
import type { Conversations } from '../conversations/conversations.ts';
import type { StreamEvent } from '../conversations/events.ts';
import { admitByFirstFrame, deliver, parseFrame } from '../http/sockets.ts';
import type { SandboxClock } from '../shared/clock.ts';
import { ContractError } from '../shared/contractError.ts';
import type { Tokens } from './tokens.ts';

/** The authenticated event streams, by conversation. */
export class EventStreams {
  readonly #clock: SandboxClock;
  readonly #sockets = new Map<string, Set<WebSocket>>();
  readonly #stalled = new WeakSet<WebSocket>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** Serves a guest's or a bot's stream: nothing is sent before a valid token has come in the first frame. */
  open(socket: WebSocket, tokens: Tokens, conversations: Conversations): void {
    admitByFirstFrame(
      this.#clock,
      socket,
      ({ token, conversationId }) => identify(tokens, conversations, token, conversationId),
      ({ conversationId }) => {
        this.#join(conversationId, socket);
        socket.on('message', (data, isBinary) => {
          const isPing = !isBinary && parseFrame(String(data))?.type === 'ping';
          if (isPing && !this.#stalled.has(socket)) deliver(socket, JSON.stringify({ type: 'pong' }));
        });
        if (conversations.view(conversationId).ended) {
          deliver(socket, JSON.stringify({ type: 'conversation:ended', conversationId }));
        }
      },
    );
  }

  /** Sends a conversation's event to its streams. */
  publish(event: StreamEvent): void {
    this.push(event.conversationId, JSON.stringify(event));
  }

  /** Sends a text frame, whatever it holds, to the streams of a conversation. */
  push(conversationId: string, frame: string): void {
    for (const socket of this.#sockets.get(conversationId) ?? []) {
      if (!this.#stalled.has(socket)) deliver(socket, frame);
    }
  }

  /** Closes the streams of a conversation with `code`; without one, breaks their connections. */
  drop(conversationId: string, code?: number, reason?: string): void {
    for (const socket of this.#sockets.get(conversationId) ?? []) {
      if (code === undefined) socket.terminate();
      else socket.close(code, reason);
    }
  }

  /** From now on the streams of a conversation that are open say nothing, and answer no ping, as half-open ones do. */
  stall(conversationId: string): void {
    for (const socket of this.#sockets.get(conversationId) ?? []) this.#stalled.add(socket);
  }

  #join(conversationId: string, socket: WebSocket): void {
    const sockets = this.#sockets.get(conversationId) ?? new Set();
    this.#sockets.set(conversationId, sockets.add(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0 && this.#sockets.get(conversationId) === sockets)
        this.#sockets.delete(conversationId);
    });
  }
}

function identify(
  tokens: Tokens,
  conversations: Conversations,
  token: unknown,
  wanted: unknown,
): { conversationId: string; participantId: string } | undefined {
  if (typeof token !== 'string') return undefined;
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
