import type { SessionMessage } from '../../machines/session/events.ts';
import { RecentIds } from '../shared/recentIds.ts';
import type { ToldMessage, TransportEvent } from '../shared/transport.ts';
import { OwnMessages, type PastMessage } from './ownMessages.ts';
import { guestId, participantOf } from './participants.ts';
import type { SessionActor } from './sessionActor.ts';
import type { SessionState } from './sessionState.ts';

/** Tells conversations what comes in over a session. */
export interface Feed {
  /** Tells `listener`, a function of its own for each call, how things stand, and what comes until it is unsubscribed. */
  subscribe(listener: (event: TransportEvent) => void): () => void;
  /** Tells messages of the past, the oldest first. */
  past(messages: readonly PastMessage[]): void;
  /** Nobody is told anything any more. */
  stop(): void;
}

/** What a feed looks at. */
export interface FeedSource {
  readonly actor: SessionActor;
  /** How the session stands. */
  state(): SessionState;
  /** Local name of the conversation; null before the first connection. */
  conversationId(): string | null;
  /** Whether the deployment's configuration forbids typing signals. */
  typingIsOff(): boolean;
}

/**
 * How the session's conversation stands. The session's chart does not say it alone: a conversation that the
 * other side ended is over while its session is configured, and stays over while that reconnects.
 */
type Phase = 'down' | 'open' | 'over';

/** How many typists are remembered; more are not believed. */
const mostTypists = 16;

/**
 * Makes the {@link Feed} of a session; what a listener throws is the caller's to guard.
 *
 * | phase  | meaning                              | left by                                                     |
 * | ------ | ------------------------------------ | ----------------------------------------------------------- |
 * | `down` | no conversation yet, or no way to it | configured → `open` · its end → `over`                      |
 * | `open` | it can be talked in                  | its end → `over` · a session that is not up → `down`        |
 * | `over` | it ended, or may only be looked at   | configured, or a message in a configured session → `open`   |
 */
export function createFeed({ actor, state, conversationId, typingIsOff }: FeedSource): Feed {
  const listeners = new Set<(event: TransportEvent) => void>();
  let phase: Phase = 'down';
  /** The conversation that was open last: its end is told after the session has another. */
  let lastOpen: string | null = null;
  let refusesTyping = false;
  /** Who was told to type since the last message of the other side. */
  const typists = new RecentIds(mostTypists);
  const own = new OwnMessages();

  const tell = (...events: readonly TransportEvent[]): void => {
    for (const listener of [...listeners]) for (const event of events) listener(event);
  };
  const standing = (): readonly TransportEvent[] => {
    const id = conversationId();
    if (id === null || phase === 'down') return [{ type: 'network.offline' }];
    if (phase === 'over') return [{ type: 'conversation.ended', conversationId: id }];
    const open = [{ type: 'network.online' }, { type: 'conversation.opened', conversationId: id }] as const;
    return refusesTyping || typingIsOff() ? [...open, { type: 'typing.forbidden' }] : open;
  };

  const open = (): void => {
    phase = 'open';
    lastOpen = conversationId();
    tell(...standing());
  };
  const end = (): void => {
    const id = lastOpen ?? conversationId();
    if (phase === 'over' || id === null) return;
    phase = 'over';
    tell({ type: 'conversation.ended', conversationId: id });
  };
  const goDown = (): void => {
    if (phase === 'over') return;
    phase = 'down';
    tell({ type: 'network.offline' });
  };
  const goOn = (): void => {
    if (phase === 'over' && state() === 'configured') open();
  };

  /** Whoever wrote it, a message hides every indicator, since a typing frame need not say who types. */
  const nobodyTypes = (author?: string): void => {
    const id = conversationId();
    for (const participantId of typists.clear()) {
      if (id !== null && participantId !== author)
        tell({ type: 'remote.typing', conversationId: id, participantId, isTyping: false });
    }
  };

  actor.on('session.gap', () => {
    const id = conversationId();
    if (id !== null) tell({ type: 'messages.missed', conversationId: id });
  });
  actor.on('session.disconnected', () => nobodyTypes());
  actor.on('session.configured', () => {
    refusesTyping = false;
    open();
  });
  actor.on('session.readOnly', end);
  actor.on('session.cleared', end);
  actor.on('session.reconnecting', goDown);
  actor.on('session.closed', goDown);
  actor.on('session.failed', ({ failure }) => {
    if (failure.code === 'conversation-ended' || failure.code === 'not-found') end();
    else goDown();
  });
  actor.on('session.limited', ({ msLeft }) => tell({ type: 'limit.announced', retryAfterMs: msLeft }));
  actor.on('typing.forbidden', () => {
    refusesTyping = true;
    tell({ type: 'typing.forbidden' });
  });
  actor.on('remote.typing', (typing) => {
    const id = conversationId();
    if (id === null) return;
    const participantId = participantOf(typing);
    const { type, isTyping, durationMs, sentAt } = typing;
    typists.note(participantId);
    tell({
      type,
      conversationId: id,
      participantId,
      isTyping,
      ...(durationMs !== undefined && { durationMs }),
      ...(sentAt !== undefined && { sentAt }),
    });
  });
  actor.on('message.received', ({ message }) => {
    const id = conversationId();
    if (id === null) return;
    goOn();
    nobodyTypes(participantOf(message));
    tell(toldOf(id, { direction: 'outbound', message }));
  });
  actor.on('message.mirrored', ({ message }) => {
    const id = conversationId();
    goOn();
    if (id === null) return;
    const told = toldOf(id, { direction: 'inbound', message });
    own.note([told]);
    tell(told);
  });
  actor.on('message.sent', ({ messageId, sentAt }) => {
    const id = conversationId();
    goOn();
    if (id === null) return;
    own.note([
      toldOf(id, { direction: 'inbound', message: { messageId, ...(sentAt !== undefined && { sentAt }) } }),
    ]);
    tell({ type: 'message.accepted', conversationId: id, messageId });
  });

  return {
    subscribe: (listener) => {
      // A session that begins anew tells nobody before it is configured, but who comes meanwhile may not talk.
      if (phase === 'open' && state() !== 'configured') phase = 'down';
      for (const event of standing()) listener(event);
      const id = conversationId();
      const messages = id === null ? [] : own.of(id);
      if (id !== null && messages.length > 0)
        listener({ type: 'history.received', conversationId: id, messages });
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    past: (messages) => {
      const id = conversationId();
      if (id === null || messages.length === 0) return;
      const told = messages.map((message) => toldOf(id, message));
      own.note(told);
      tell({ type: 'history.received', conversationId: id, messages: told });
    },
    stop: () => listeners.clear(),
  };
}

/** A message in a conversation's words. */
function toldOf(
  conversationId: string,
  {
    direction,
    message,
  }: {
    readonly direction: PastMessage['direction'];
    readonly message: Pick<SessionMessage, 'messageId' | 'sentAt' | 'isCaughtUp'> & Partial<SessionMessage>;
  },
): ToldMessage {
  const { messageId, sentAt, isCaughtUp } = message;
  return {
    type: 'message.received',
    conversationId,
    participantId: direction === 'inbound' ? guestId : participantOf(message),
    messageId,
    ...(sentAt !== undefined && { sentAt }),
    ...(direction === 'inbound' && { isOwn: true }),
    ...(isCaughtUp && { isCaughtUp }),
  };
}
