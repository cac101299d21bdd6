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
  /** How many of them are what a probe is answered with. */
  answerCount(): number;
  /** Counts and reads one frame. Never throws. */
  read(data: unknown): ReadFrame;
  /**
   * One event of a frame as the chart is to get it: with what it is about, and `frame.ignored` where it repeats
   * one that was told before. Null for a token, which goes to its keeper and never to the chart (S5).
   */
  take(event: FrameEvent | JwtFrame): FrameEvent | null;
  /** configureSession left: its answer is news, whatever was answered over this connection before. */
  configureLeft(): void;
  /** A typing frame left: what comes in may be about it. */
  typingLeft(tracingId: string): void;
  /**
   * A connection begins: its messages and typing wait until `release`, since history may have to tell first, but not
   * long. `tell` gets them then, unless history told them meanwhile.
   */
  begin(tell: (event: FrameEvent) => void): void;
  /** Tells what waited, and lets pass what comes from now on. */
  release(): void;
  /** The connection is over: what still waits counts as never heard, so that history tells it in its place. */
  discard(): void;
  /** Whether a message was told already, by either of its ids. */
  knows(message: MessageFrame): boolean;
  /** Notes messages as told. */
  noteKnown(messages: readonly (MessageFrame | MessageIds)[]): void;
  /** Whether everything that was said in this conversation came in here, or can be found to be missing. */
  isFromTheStart(): boolean;
  /** How many of the guest's own messages came in live. */
  ownMessages(): number;
}

/** The ids that a message is known by. */
type MessageIds = Pick<MessageFrame, 'direction' | 'otherId'> & { readonly messageId: string };
type MessageFrame = Of<'frame.message'>;
type Of<Type extends FrameEvent['type']> = Extract<FrameEvent, { readonly type: Type }>;

/** What waits for history. */
interface Held {
  readonly events: FrameEvent[];
  /** Whether the session is up over this connection: before that no history can be asked. */
  isUp: boolean;
  /** Set with the first of them, once it is up. */
  timer?: unknown;
  tell(event: FrameEvent): void;
}

/** What a health check, or what is asked in its place, is answered with. */
const answers: ReadonlySet<string> = new Set(['frame.health', 'jwt', 'frame.limited', 'frame.error']);
/** Errors by which the server says that the session is over, or not there. */
const endings: ReadonlySet<number> = new Set([4006, 4007]);
/** How long after a typing frame a refusal without an id is held to be its own, ms. */
const typingWindow = 10_000;
/** How long what is live waits for history, ms: longer would be worse than out of order. */
const holdFor = 3000;

/** Makes an {@link Intake}. `bodyOf` finds what a message of ours says that is not settled; `warn` gets each kind of frame that nobody knows, once. */
export function createIntake(
  clock: Clock,
  identity: IdentityKeeper,
  jwts: JwtKeeper,
  bodyOf: (id: string) => unknown,
  warn: (message: string) => void,
): Intake {
  const warned = new RecentIds(64);
  const typed = new RecentIds(16);
  const told = new RecentIds(2000);
  let typedAt = Number.NEGATIVE_INFINITY;
  let lastFrameAt = 0;
  let frameCount = 0;
  let answerCount = 0;
  let isFromTheStart = false;
  /** Whether the session ended: whatever the server resumes by its token began since, and was heard by nobody. */
  let hasEnded = false;
  /** What this connection's session may do, as the server said last; `none` before it did. */
  let standing: 'none' | 'readOnly' | 'writable' = 'none';
  let ownMessages = 0;
  let held: Held | null = null;

  const idsOf = ({ direction, otherId, message: { messageId } }: MessageFrame): MessageIds => ({
    direction,
    messageId,
    ...(otherId !== undefined && { otherId }),
  });
  const keysOf = ({ direction, otherId, messageId }: MessageIds): readonly string[] => {
    const key = `${direction} ${messageId}`;
    return otherId === undefined ? [key] : [key, `${direction} ${otherId}`];
  };
  const knows = (frame: MessageFrame): boolean => keysOf(idsOf(frame)).some((key) => told.has(key));
  /** The server brings some messages twice, after a reconnect say. */
  const once = (frame: MessageFrame): FrameEvent => {
    const keys = keysOf(idsOf(frame));
    if (keys.some((key) => told.has(key))) return { type: 'frame.ignored' };
    for (const key of keys) told.note(key);
    return frame;
  };
  const discard = (): readonly FrameEvent[] => {
    const events = held?.events ?? [];
    if (held?.timer !== undefined) clock.clearTimeout(held.timer);
    held = null;
    return events;
  };
  const release = (): void => {
    const tell = held?.tell;
    for (const event of discard()) tell?.(event.type === 'frame.message' ? once(event) : event);
  };
  /** The echo of a message that left here waits for nothing: somebody waits for it. */
  const isOurs = ({ direction, id }: MessageFrame): boolean =>
    direction === 'inbound' && id !== undefined && bodyOf(id) !== undefined;
  /** History is asked now: what waits for it waits no longer than this. */
  const holdNoLonger = (): void => {
    if (held?.isUp && held.events.length > 0) held.timer ??= clock.setTimeout(release, holdFor);
  };
  /** Whether the event waits for history. */
  const waits = (event: FrameEvent): boolean => {
    if (held === null) return false;
    held.events.push(event);
    holdNoLonger();
    return true;
  };
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
    answerCount: () => answerCount,
    read: (data) => {
      frameCount += 1;
      lastFrameAt = clock.now();
      const frame = readFrame(data);
      if (frame.events.some(({ type }) => answers.has(type))) answerCount += 1;
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
          if (event.connected) {
            // An answer that comes again, or says less than before, begins nothing.
            const isNews = standing === 'none' || (standing === 'readOnly' && !event.readOnly);
            if (isNews && !identity.noteSession(event.newSession || hasEnded)) isFromTheStart = true;
            hasEnded = false;
          }
          if (event.connected) standing = event.readOnly ? 'readOnly' : 'writable';
          if (event.newSession) release();
          else if (held !== null && event.connected) held.isUp = true;
          holdNoLonger();
          return event;
        case 'frame.message':
          if (event.direction === 'inbound' && !knows(event)) ownMessages += 1;
          return !isOurs(event) && waits(event) ? null : once(event);
        case 'frame.typing':
          return waits(event) ? null : event;
        case 'frame.expired':
          hasEnded = true;
          return event;
        case 'frame.disconnected':
          if (event.readOnly) standing = 'readOnly';
          return event;
        case 'frame.error':
          if (endings.has(event.code)) hasEnded = true;
          return attributed(event);
        default:
          return event;
      }
    },
    begin: (tell) => {
      discard();
      held = { events: [], isUp: false, tell };
    },
    release,
    discard,
    knows,
    noteKnown: (messages) => {
      for (const each of messages)
        for (const key of keysOf('message' in each ? idsOf(each) : each)) told.note(key);
    },
    isFromTheStart: () => isFromTheStart,
    ownMessages: () => ownMessages,
    configureLeft: () => {
      standing = 'none';
    },
    typingLeft: (tracingId) => {
      typed.note(tracingId);
      typedAt = clock.now();
    },
  };
}

/** A server's word, fit for a log: without characters that a terminal acts on (S14). */
function printable(name: string): string {
  return name.replaceAll(/[^\w .-]/g, '?');
}
