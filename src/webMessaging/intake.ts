import type { FrameEvent } from '../../machines/session/events.ts';
import type { Clock } from '../shared/clock.ts';
import { RecentIds } from '../shared/recentIds.ts';
import type { IdentityKeeper } from './identity.ts';
import { type JwtFrame, type ReadFrame, readFrame } from './incoming.ts';
import type { JwtKeeper } from './jwtKeeper.ts';

/** Takes what comes in over a session's sockets, one after the other, and hands on what is for the chart. */
export interface Intake {
  /** When the last frame came in, monotonic ms: any frame at all. */
  lastFrameAt(): number;
  /** How many frames came in. */
  frameCount(): number;
  /** Counts and reads one frame. Never throws. */
  read(data: unknown): ReadFrame;
  /**
   * One event of a frame as the chart is to get it: with what it is about, and `frame.ignored` where it repeats
   * one that was told before. Null for a token, which goes to its keeper and never to the chart (S5).
   */
  take(event: FrameEvent | JwtFrame): FrameEvent | null;
  /** A typing frame left: what comes in may be about it. */
  typingLeft(tracingId: string): void;
}

type Of<Type extends FrameEvent['type']> = Extract<FrameEvent, { readonly type: Type }>;

/** How long after a typing frame a refusal without an id is held to be its own, ms. */
const typingWindow = 10_000;

/** Makes an {@link Intake}. `warn` gets each kind of frame that nobody knows, once. */
export function createIntake(
  clock: Clock,
  identity: IdentityKeeper,
  jwts: JwtKeeper,
  warn: (message: string) => void,
): Intake {
  const warned = new RecentIds(64);
  const typed = new RecentIds(16);
  const messages = new RecentIds(256);
  let typedAt = Number.NEGATIVE_INFINITY;
  let lastFrameAt = 0;
  let frameCount = 0;

  /** The server brings some messages twice, after a reconnect say. */
  const isRepeated = ({ direction, message }: Of<'frame.message'>): boolean =>
    !messages.note(`${direction} ${message.messageId}`);
  /** A refusal does not always say what it refuses: without an id its words must, and something must have left. */
  const isAboutTyping = ({ code, wantsSignIn, id, about }: Of<'frame.error'>): boolean => {
    if (code !== 403 || wantsSignIn) return false;
    if (id !== undefined) return typed.has(id);
    return about === 'typing' && clock.now() - typedAt <= typingWindow;
  };

  const attributed = (event: Of<'frame.error'>): FrameEvent => {
    const { about: _, ...error } = event;
    return isAboutTyping(event) ? { ...error, about: 'typing' } : error;
  };

  return {
    lastFrameAt: () => lastFrameAt,
    frameCount: () => frameCount,
    read: (data) => {
      frameCount += 1;
      lastFrameAt = clock.now();
      const frame = readFrame(data);
      if (frame.isUnknown && warned.note(frame.name))
        warn(`Frames of a kind that is not known were left out: ${printable(frame.name)}.`);
      return frame;
    },
    take: (event) => {
      switch (event.type) {
        case 'jwt':
          jwts.arrived(event.jwt, event.exp);
          return null;
        case 'frame.session':
          jwts.clear();
          if (event.connected) identity.noteSession(event.newSession);
          return event;
        case 'frame.message':
          return isRepeated(event) ? { type: 'frame.ignored' } : event;
        case 'frame.error':
          return attributed(event);
        default:
          return event;
      }
    },
    typingLeft: (tracingId) => {
      typed.note(tracingId);
      typedAt = clock.now();
    },
  };
}

/** A server's word, fit for a log: short, and without characters that a terminal acts on (S14). */
function printable(name: string): string {
  return name.replaceAll(/[^\w .-]/g, '?').slice(0, 64);
}
