import type { FeedOnlyEvent, StreamEvent } from 'genesys-conversation-machine/sandbox';

const told = new Set<string>(['typing', 'message', 'read', 'ended'].map((what) => `conversation:${what}`));

/** Whether an event of the feed is one that guests and agents are told as well. */
export function isTold(event: StreamEvent | FeedOnlyEvent): event is StreamEvent {
  return told.has(event.type);
}

/** What the sandbox's feed is listened to with. */
export interface FeedOptions {
  readonly secret: string;
  readonly onOpen: () => void;
  readonly onEvent: (event: StreamEvent | FeedOnlyEvent) => void;
  readonly onLost: () => void;
}

/** Listens to the sandbox's own record of everything, for as long as the sandbox runs. */
export function openFeed({ secret, onOpen, onEvent, onLost }: FeedOptions): void {
  const socket = new WebSocket(new URL('/sandbox/feed', location.origin.replace(/^http/, 'ws')));
  socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'authenticate', secret })));
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === 'authenticated') onOpen();
    else onEvent(frame);
  });
  socket.addEventListener('close', onLost);
}
