import type { ConversationFrame } from '../shared/frames.ts';
import { RecentIds } from '../shared/recentIds.ts';
import type { FrameRead } from '../shared/streamFrame.ts';
import type { TransportEvent } from '../shared/transport.ts';

/** How many messages each listener is known to have heard of. */
const remembered = 2000;

/** Takes what is told; a function of its own for each call. */
type Listener<Told> = (told: Told) => void;

/** What an application hears of an event stream, beside what a conversation is told. */
export type StreamTold =
  | ConversationFrame
  /** The stream is open. `reopened`: after it was lost; what was missed follows as messages that are `caughtUp`. */
  | { readonly type: 'stream.opened'; readonly reopened: boolean }
  /** The stream is lost; it is opened again in `msLeft`, or when there is a network and a page again. */
  | { readonly type: 'stream.lost'; readonly attempt: number; readonly msLeft: number }
  /** No token works: nothing is heard until a call is accepted with a fresh one, or the page is shown again. */
  | { readonly type: 'stream.unauthorized' };

/** A frame that came in, and what of it a conversation is told; null where only that could be read. */
export interface HeardFrame extends Pick<FrameRead, 'events'> {
  readonly frame: ConversationFrame | null;
}

/** Everybody who listens: conversations, and the application itself. */
export interface Audience {
  /** Adds a conversation. */
  subscribe(listener: Listener<TransportEvent>): () => void;
  /** Adds a listener of the application's. */
  listen(listener: Listener<StreamTold>): () => void;
  /** Tells conversations, then the application, of a frame; nobody hears of a message twice (I-1). */
  frame(heard: HeardFrame): void;
  /** Tells the application alone. */
  tell(told: StreamTold): void;
  /** Tells conversations alone. */
  evidence(event: TransportEvent): void;
}

/** Makes an {@link Audience}. */
export function createAudience(): Audience {
  const conversations = new Set<Listener<TransportEvent>>();
  const applications = new Set<Listener<StreamTold>>();
  const joining = <Told>(all: Set<Listener<Told>>, listener: Listener<Told>): (() => void) => {
    all.add(listener);
    return () => void all.delete(listener);
  };
  const tellAll = <Told>(all: Set<Listener<Told>>, told: Told): void => {
    for (const listener of [...all]) listener(told);
  };
  const evidence = (event: TransportEvent): void => tellAll(conversations, event);
  const tell = (told: StreamTold): void => tellAll(applications, told);

  return {
    subscribe: (listener) => joining(conversations, onceEach(listener)),
    listen: (listener) => joining(applications, onceEach(listener)),
    frame: ({ frame, events }) => {
      events.forEach(evidence);
      if (frame !== null) tell(frame);
    },
    tell,
    evidence,
  };
}

/** The same listener, but for messages that it has heard of. */
function onceEach<Told extends { readonly type: string; readonly messageId?: string }>(
  listener: Listener<Told>,
): Listener<Told> {
  const heard = new RecentIds(remembered);
  return (told) => {
    const isMessage = told.type === 'conversation:message' || told.type === 'message.received';
    if (!isMessage || told.messageId === undefined || heard.note(told.messageId)) listener(told);
  };
}
