import type { FrameEvent } from '../../machines/session/events.ts';
import type { Clock } from '../shared/clock.ts';
import { RecentIds } from './recentIds.ts';

/** Tells what an error or an echo is about, from what left. */
export interface Attribution {
  /** A typing frame left. */
  typingLeft(tracingId: string): void;
  /** A frame came in: the same event, with what it is about; `frame.ignored` where it repeats one that was told before. */
  complete(event: FrameEvent): FrameEvent;
}

/** How long after a typing frame a refusal without an id is held to be its own. */
const typingWindow = 10_000;
const most = 256;

/** Makes an {@link Attribution}. */
export function attribution(clock: Clock): Attribution {
  const typed = new RecentIds(16);
  const messages = new RecentIds(most);
  let typedAt = Number.NEGATIVE_INFINITY;

  return {
    typingLeft: (tracingId) => {
      typed.note(tracingId);
      typedAt = clock.now();
    },
    complete: (event) => {
      if (event.type === 'frame.message') {
        return messages.note(`${event.direction} ${event.message.messageId}`)
          ? event
          : { type: 'frame.ignored' };
      }
      if (event.type !== 'frame.error' || event.code !== 403 || event.wantsSignIn) return event;
      const isTyping = event.id === undefined ? clock.now() - typedAt <= typingWindow : typed.has(event.id);
      return isTyping ? { ...event, about: 'typing' } : event;
    },
  };
}
