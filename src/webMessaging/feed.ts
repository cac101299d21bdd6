import type { SessionMessage } from '../../machines/session/events.ts';
import type { TransportEvent } from '../shared/transport.ts';
import type { SessionActor, SessionState } from './webMessaging.types.ts';

/** Tells conversations what comes in over a session. */
export interface Feed {
  subscribe(listener: (event: TransportEvent) => void): () => void;
  stop(): void;
}

/** What a feed looks at. */
export interface FeedSource {
  readonly actor: SessionActor;
  state(): SessionState;
  conversationId(): string | null;
  typingIsOff(): boolean;
}

/** Everybody on the other side is one participant: the product names no other, and any message hides the indicator. */
const participantId = 'agent';

/** Makes the {@link Feed} of a session; what a listener throws is the caller's to guard. */
export function createFeed({ actor, state, conversationId, typingIsOff }: FeedSource): Feed {
  const listeners = new Set<(event: TransportEvent) => void>();
  let opened: string | null = null;
  let isOver = false;
  let isForbidden = false;

  const tell = (event: TransportEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const standing = (): readonly TransportEvent[] => {
    const id = conversationId();
    if (id !== null && isOver) return [{ type: 'ended', conversationId: id }];
    if (id === null || state() !== 'configured') return [{ type: 'down' }];
    const open: TransportEvent = { type: 'opened', conversationId: id };
    return isForbidden || typingIsOff() ? [open, { type: 'typingForbidden' }] : [open];
  };
  const open = (): void => {
    isOver = false;
    opened = conversationId();
    for (const event of standing()) tell(event);
  };
  const end = (): void => {
    const id = opened ?? conversationId();
    if (isOver || id === null) return;
    isOver = true;
    tell({ type: 'ended', conversationId: id });
  };
  const goDown = (): void => {
    if (!isOver) tell({ type: 'down' });
  };
  /** The other side ended the conversation, and somebody writes in it again. */
  const goOn = (): void => {
    if (isOver && state() === 'configured') open();
  };
  const accepted = ({ messageId }: Pick<SessionMessage, 'messageId'>): void => {
    const id = conversationId();
    goOn();
    if (id !== null) tell({ type: 'accepted', conversationId: id, messageId });
  };

  actor.on('session.configured', () => {
    isForbidden = false;
    open();
  });
  actor.on('session.readOnly', end);
  actor.on('session.disconnected', end);
  actor.on('session.cleared', end);
  actor.on('session.reconnecting', goDown);
  actor.on('session.closed', goDown);
  actor.on('session.failed', ({ failure }) => {
    if (failure.code === 'conversation-ended' || failure.code === 'not-found') end();
    else goDown();
  });
  actor.on('session.limited', ({ msLeft }) => tell({ type: 'limited', retryAfterMs: msLeft }));
  actor.on('typing.forbidden', () => {
    isForbidden = true;
    tell({ type: 'typingForbidden' });
  });
  actor.on('typing.received', ({ isTyping, durationMs, sentAt }) => {
    const id = conversationId();
    if (id === null) return;
    tell({
      type: 'typing',
      conversationId: id,
      participantId,
      isTyping,
      ...(durationMs !== undefined && { durationMs }),
      ...(sentAt !== undefined && { sentAt }),
    });
  });
  actor.on('message.received', ({ message: { messageId, sentAt } }) => {
    const id = conversationId();
    if (id === null) return;
    goOn();
    tell({
      type: 'message',
      conversationId: id,
      participantId,
      messageId,
      ...(sentAt !== undefined && { sentAt }),
    });
  });
  actor.on('message.mirrored', ({ message }) => accepted(message));
  actor.on('message.sent', accepted);

  return {
    subscribe: (listener) => {
      const own = (event: TransportEvent): void => listener(event);
      for (const event of standing()) own(event);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    stop: () => listeners.clear(),
  };
}
