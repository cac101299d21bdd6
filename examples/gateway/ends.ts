import { WebSocket } from 'ws';
import type { Platform } from './platform.ts';

/** Hears of the end of conversations, which no webhook tells of. */
export interface Ends {
  /** From now on the end of a conversation of the platform's is heard of. */
  watch(platformId: string): void;
  close(): void;
}

const channelsPath = '/api/v2/notifications/channels';
const pause = 5000;

/**
 * Listens to one notification channel. It is opened with the first conversation that is watched, and again, with all its
 * topics, whenever its socket is lost; a conversation that ended meanwhile is then asked about.
 */
export function createEnds(
  platform: Platform,
  onEnd: (platformId: string) => void,
  log: (line: string) => void,
): Ends {
  const watched = new Set<string>();
  let channel: Promise<{ readonly id: string; readonly socket: WebSocket }> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  const topicOf = (platformId: string): string => `v2.detail.events.conversation.${platformId}.user.end`;
  const ended = (platformId: string): void => {
    if (watched.delete(platformId)) onEnd(platformId);
  };

  const open = async () => {
    const { id, connectUri } = await platform.call<{ id: string; connectUri: string }>(
      'other',
      channelsPath,
      { body: {} },
    );
    const socket = new WebSocket(connectUri);
    socket.on('error', () => socket.terminate());
    socket.on('close', lost);
    socket.on('message', (data) => {
      const { topicName = '', eventBody } = JSON.parse(String(data));
      if (topicName === topicOf(eventBody?.conversationId)) ended(eventBody.conversationId);
    });
    return { id, socket };
  };

  const subscribe = async (platformIds: readonly string[]): Promise<void> => {
    channel ??= open();
    const { id } = await channel;
    await platform.call('other', `${channelsPath}/${id}/subscriptions`, {
      body: platformIds.map((platformId) => ({ id: topicOf(platformId) })),
    });
  };

  const lost = (): void => {
    channel = undefined;
    if (isClosed || watched.size === 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => void resume(), pause);
  };

  const resume = async (): Promise<void> => {
    try {
      await subscribe([...watched]);
      for (const platformId of [...watched]) {
        const { participants = [] } = await platform.call<{
          participants?: { purpose?: string; state?: string }[];
        }>('other', `/api/v2/conversations/messages/${platformId}`, { method: 'GET' });
        const isThere = ({ purpose, state }: { purpose?: string; state?: string }): boolean =>
          purpose !== 'customer' && state !== 'disconnected';
        if (!participants.some(isThere)) ended(platformId);
      }
    } catch {
      log('ends: the notification channel is lost; tried again.');
      lost();
    }
  };

  return {
    watch: (platformId) => {
      if (watched.has(platformId)) return;
      watched.add(platformId);
      subscribe([platformId]).catch(lost);
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      channel?.then(({ socket }) => socket.terminate()).catch(() => {});
    },
  };
}
