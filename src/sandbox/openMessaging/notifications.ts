import type { FastifyInstance, FastifyRequest } from 'fastify';
import { v4 as uuid } from 'uuid';
import type { WebSocket } from 'ws';
import { bodyOf } from '../http/body.ts';
import type { Answer } from '../http/calls.ts';
import { deliver, parseFrame } from '../http/sockets.ts';
import { ContractError } from '../shared/contractError.ts';

/** Where channels are opened. */
export const channelsPath = '/api/v2/notifications/channels';
const mostTopics = 1000;

interface Channel {
  readonly topics: Set<string>;
  readonly sockets: Set<WebSocket>;
}

/** The platform's notification channels, as far as the end of a conversation is told by them. */
export class Notifications {
  readonly #channels = new Map<string, Channel>();

  /** Opens a channel; answers with the address of its socket. */
  open(request: FastifyRequest): Answer {
    const id = uuid();
    this.#channels.set(id, { topics: new Set(), sockets: new Set() });
    const connectUri = `ws://${request.headers.host ?? ''}/channels/${id}`;
    return { status: 200, body: { id, connectUri } };
  }

  /** Subscribes a channel to topics, besides those that it has. Throws a 400 or 404 `ContractError`. */
  subscribe(request: FastifyRequest): Answer {
    const channel = this.#find((request.params as { id?: string }).id ?? '');
    const body = bodyOf(request);
    const topics = body === undefined || body.malformed ? undefined : body.value;
    if (
      !Array.isArray(topics) ||
      topics.some((topic) => typeof (topic as { id?: unknown })?.id !== 'string')
    ) {
      throw new ContractError(400, 'bad.request', 'The body must be an array of { id }, one for each topic.');
    }
    if (channel.topics.size + topics.length > mostTopics) {
      throw new ContractError(400, 'bad.request', `A channel takes at most ${mostTopics} topics.`);
    }
    for (const { id } of topics as { id: string }[]) channel.topics.add(id);
    return { status: 200, body: { entities: [...channel.topics].map((id) => ({ id })) } };
  }

  /** Serves the socket of a channel: it is told of its topics, and answers a ping. */
  connect(id: string, socket: WebSocket): void {
    const channel = this.#channels.get(id);
    if (channel === undefined) {
      socket.close(4404, 'no such channel');
      return;
    }
    channel.sockets.add(socket);
    socket.once('close', () => channel.sockets.delete(socket));
    socket.on('message', (data, isBinary) => {
      if (isBinary || parseFrame(String(data))?.message !== 'ping') return;
      deliver(socket, JSON.stringify({ topicName: 'channel.metadata', eventBody: { message: 'pong' } }));
    });
  }

  /** Tells of the end of a conversation: the agent has left it, and nobody else is there. */
  tellEnd(conversationId: string): void {
    const topicName = `v2.detail.events.conversation.${conversationId}.user.end`;
    const eventBody = { conversationId, disconnectType: 'PEER', mediaType: 'MESSAGE' };
    for (const { topics, sockets } of this.#channels.values()) {
      if (!topics.has(topicName)) continue;
      for (const socket of sockets) deliver(socket, JSON.stringify({ topicName, eventBody }));
    }
  }

  /** Breaks the connections of all channels, which are kept. */
  drop(): void {
    for (const { sockets } of this.#channels.values()) for (const socket of sockets) socket.terminate();
  }

  #find(id: string): Channel {
    const channel = this.#channels.get(id);
    if (channel === undefined) throw new ContractError(404, 'not.found', 'There is no such channel.');
    return channel;
  }
}

/** Adds the socket of the channels; the id in its address is what lets one in, as in the platform. */
export function installChannels(app: FastifyInstance, notifications: Notifications): void {
  app.get('/channels/:id', { websocket: true }, (socket, request) =>
    notifications.connect((request.params as { id: string }).id, socket),
  );
}
