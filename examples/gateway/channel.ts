import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Platform } from './platform.ts';

/** A notification channel of the platform's, as far as the end of conversations is told by it. */
export interface Channel {
  /** The conversations that it tells the end of. */
  readonly topics: ReadonlySet<string>;
  readonly size: number;
  /** It tells the end of these, too. */
  subscribe(platformIds: readonly string[]): Promise<void>;
  close(): void;
}

const channelsPath = '/api/v2/notifications/channels';
const topicOf = (platformId: string): string => `v2.detail.events.conversation.${platformId}.user.end`;

/** How long it is waited for the socket of a channel, ms. */
const openTime = 10_000;

/** Opens a channel, which tells nothing while its socket is not open, and calls `onEnd` for each conversation that ends; `onLost` where its socket is. */
export async function openChannel(
  platform: Platform,
  onEnd: (platformId: string) => void,
  onLost: (channel: Channel) => void,
): Promise<Channel> {
  const topics = new Set<string>();
  const { id, connectUri } = await platform.call<{ id: string; connectUri: string }>('other', channelsPath, {
    body: {},
  });
  const socket = new WebSocket(connectUri, { handshakeTimeout: openTime });
  let isClosed = false;
  const channel: Channel = {
    topics,
    get size() {
      return topics.size;
    },
    subscribe: async (platformIds) => {
      await platform.call('other', `${channelsPath}/${id}/subscriptions`, {
        body: platformIds.map((platformId) => ({ id: topicOf(platformId) })),
      });
      for (const platformId of platformIds) topics.add(platformId);
    },
    close: () => {
      isClosed = true;
      socket.terminate();
    },
  };
  socket.on('message', (data) => {
    const { topicName = '', eventBody } = JSON.parse(String(data));
    if (topicName === topicOf(eventBody?.conversationId)) onEnd(eventBody.conversationId);
  });
  await once(socket, 'open');
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    if (!isClosed) onLost(channel);
  });
  return channel;
}
