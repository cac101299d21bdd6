import { kindOf } from '../../machines/failure.ts';
import type { StreamCommand, StreamEvent, StreamReadings } from '../../machines/stream/types.ts';
import type { Clock } from '../shared/clock.ts';
import { ConversationError, toFailure } from '../shared/errors.ts';
import { floodCounter } from '../shared/floodCounter.ts';
import { type ConversationFrame, evidenceOf } from '../shared/frames.ts';
import { type OpenSocket, openSocket, type WebSocketConstructor } from '../shared/platformSocket.ts';
import { readStreamFrame } from '../shared/streamFrame.ts';
import type { HeardFrame } from './audience.ts';
import { catchUp, type GetHistory } from './catchUp.ts';

/** What hands tokens out; see the keeper of `guestRest`. */
interface TokenSource {
  readonly use: (signal: AbortSignal) => NumberedToken | Promise<NumberedToken>;
  readonly refresh?: (rejected: number, signal: AbortSignal) => Promise<NumberedToken>;
}

interface NumberedToken {
  readonly value: string;
  readonly generation: number;
}

/** What a {@link StreamWire} is made of. */
export interface StreamWireOptions {
  /** `wss:`, or `ws:` for loopback hosts; without a token (S1, S2). */
  readonly url: string;
  readonly Socket: WebSocketConstructor;
  /** The conversation to ask for; undefined where the token says it. */
  readonly conversationId: string | undefined;
  readonly clock: Clock;
  readonly tokens: TokenSource;
  readonly history: GetHistory;
  /** Takes what comes in, in order. */
  readonly tell: (told: HeardFrame) => void;
}

/** What the chart's actors work with. It holds the token and the socket; the chart holds neither (S5). */
export interface StreamWire {
  readonly readings: StreamReadings;
  /** Makes one connection and tells what comes of it, until the returned function is called. */
  connect(
    tell: (event: StreamEvent) => void,
    receive: (listener: (command: StreamCommand) => void) => void,
  ): () => void;
  /** Tells what was said while nobody listened; meanwhile what comes in waits, so that nothing overtakes it. */
  catchUp(signal: AbortSignal): Promise<void>;
  /** The conversation that is heard of; undefined before the first connection. */
  conversationId(): string | undefined;
  /** From now on the newest page of the history is new to somebody, who is the only one or comes to others. */
  beginAnew(isAlone: boolean): void;
}

/** A message, and where it stands. */
interface Place {
  readonly messageId: string;
  readonly position: number;
}

/** How many frames wait while the history is asked for (S11); beyond that they are told at once. */
const mostHeld = 1000;

/** Makes the {@link StreamWire} of one stream. */
export function createStreamWire(options: StreamWireOptions): StreamWire {
  const { url, Socket, clock, tokens, history, tell } = options;
  let conversationId: string | undefined;
  let rejected: number | undefined;
  let isBlamed = false;
  let lastFrameAt = 0;
  let frameCount = 0;
  /** The newest message that was heard of, and that up to which none is missing. */
  let newest: Place | undefined;
  let whole: Place | undefined;
  /** Up to where others had caught up when somebody came in the middle of it; what follows is still theirs. */
  let left: Place | undefined;
  /** Whether something may be missing that was said while nobody listened. */
  let isOwed = true;
  /** Frames that wait for the history; null where none is asked for. */
  let held: HeardFrame[] | null = null;

  const take = (told: HeardFrame, isOfRecord = false): void => {
    const { frame } = told;
    if (frame?.type === 'conversation:message') {
      const position = frame.position ?? (newest?.position ?? 0) + 1;
      const place = { messageId: frame.messageId, position };
      if (position > (newest?.position ?? 0)) newest = place;
      // What is said before the rest was caught up with stands above a gap.
      if (isOfRecord) whole = place;
      else if (!isOwed) whole = newest;
    }
    tell(told);
  };
  const release = (): void => {
    const waiting = held ?? [];
    held = null;
    for (const told of waiting) take(told);
  };
  const tokenFor = async (signal: AbortSignal): Promise<NumberedToken> => {
    if (rejected === undefined) return tokens.use(signal);
    if (tokens.refresh === undefined) throw noOther();
    const fresh = await tokens.refresh(rejected, signal);
    rejected = undefined;
    return fresh;
  };
  /** By 4401 the server says that the token is why; 1008 before its first answer may mean it, which is tried once. */
  const isAboutToken = (code: number, wasAdmitted: boolean): boolean => {
    if (code !== 1008 || wasAdmitted || isBlamed || tokens.refresh === undefined) return code === 4401;
    isBlamed = true;
    return true;
  };

  return {
    readings: { now: () => clock.now(), lastFrameAt: () => lastFrameAt, frameCount: () => frameCount },
    conversationId: () => conversationId,
    beginAnew: (isAlone) => {
      left = isAlone ? undefined : (left ?? (isOwed ? whole : undefined));
      newest = undefined;
      whole = undefined;
    },
    connect: (report, receive) => {
      const isFlood = floodCounter(clock);
      const controller = new AbortController();
      let socket: OpenSocket | null = null;
      let isAdmitted = false;
      let generation = 0;
      const end = (letGo: (open: OpenSocket) => void): void => {
        controller.abort();
        held = null;
        if (socket !== null) letGo(socket);
      };
      const dial = ({ value, generation: number }: NumberedToken): void => {
        generation = number;
        socket = openSocket(Socket, url, undefined, {
          opened: () => socket?.send(firstFrame(value, options.conversationId)),
          message: (data) => {
            lastFrameAt = clock.now();
            frameCount += 1;
            const { type, frame, events } = readStreamFrame(data);
            if (isFlood(type !== null)) {
              end((open) => open.drop());
              return report({ type: 'socket.closed', code: 1006 });
            }
            if (frame?.type === 'authenticated') {
              if (isAdmitted) return;
              isAdmitted = true;
              isBlamed = false;
              conversationId = frame.conversationId;
              held = [];
              isOwed = true;
              return report({ type: 'frame.authenticated' });
            }
            if (!isAdmitted || frame?.type === 'pong') return;
            if (held !== null && held.length < mostHeld) held.push({ frame, events });
            else take({ frame, events });
          },
          closed: (closed) => {
            if (isAboutToken(closed.code, isAdmitted)) rejected = generation;
            report({ type: 'socket.closed', ...closed });
          },
        });
      };

      receive((command) => {
        if (command.type === 'drop') end((dead) => dead.drop());
        else socket?.send('{"type":"ping"}');
      });
      tokenFor(controller.signal).then(
        (token) => {
          if (controller.signal.aborted) return;
          try {
            dial(token);
          } catch {
            report({ type: 'socket.closed', code: 1006 });
          }
        },
        (thrown: unknown) => {
          const failure = toFailure(thrown);
          const isFinal = kindOf(failure) === 'unauthorized';
          report(isFinal ? { type: 'token.missing', failure } : { type: 'socket.closed', code: 1006 });
        },
      );
      return () => end((open) => open.close());
    },
    catchUp: async (signal) => {
      try {
        if (conversationId !== undefined) {
          const tellLate = (frame: ConversationFrame): void => {
            if (frame.type === 'conversation:message' && frame.messageId === left?.messageId)
              left = undefined;
            take({ frame, events: [evidenceOf(frame)] }, true);
          };
          await catchUp(history, conversationId, whole?.messageId, tellLate, signal);
          if (left !== undefined) await catchUp(history, conversationId, left.messageId, tellLate, signal);
          if (!signal.aborted) {
            left = undefined;
            isOwed = false;
            whole = newest;
          }
        }
      } finally {
        if (!signal.aborted) release();
      }
    },
  };
}

/** The only frame with a token in it (S2). */
function firstFrame(token: string, conversationId: string | undefined): string {
  return JSON.stringify({ type: 'authenticate', token, conversationId });
}

const noOther = (): ConversationError =>
  new ConversationError({
    code: 'unauthorized',
    message: 'The event stream refused the token, and no fresh one can be had; give guestRest a function.',
  });
