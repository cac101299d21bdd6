import type { WebSocket } from 'ws';
import type { GuestClaims, GuestTokens } from './guestTokens.ts';

/** The event streams of the guests that are connected to this process. */
export interface Streams {
  /** Serves a socket: nothing is said before its first frame has shown a token that works. */
  open(socket: WebSocket): void;
  /**
   * Tells every stream of a conversation. Resolves to whether one of them has it: the socket is asked for a pong behind
   * the frame, which a client answers by itself, and in order.
   */
  tell(conversationId: string, frame: object): Promise<boolean>;
  /** Closes the streams of a session that was logged out of. */
  end(sessionId: string): void;
  /** Closes all. */
  close(): void;
}

interface Stream extends GuestClaims {
  readonly socket: WebSocket;
}

const firstFrameTime = 5000;
const acknowledgementTime = 5000;
const mostStreams = 10;
const [noToken, tooLate, tooMany, goingAway] = [4401, 4408, 1013, 1001];

/** Streams whose tokens `tokens` checks; `isOver` says whether a conversation has ended, which a new stream is told. */
export function createStreams(
  tokens: GuestTokens,
  isOver: (conversationId: string) => Promise<boolean>,
): Streams {
  const streams = new Set<Stream>();
  const of = (conversationId: string): Stream[] =>
    [...streams].filter((stream) => stream.conversationId === conversationId);

  const admit = async (socket: WebSocket, text: string): Promise<void> => {
    const frame = objectIn(text);
    const token = frame?.type === 'authenticate' && typeof frame.token === 'string' ? frame.token : undefined;
    const claims = await tokens.verify(token).catch(() => undefined);
    if (claims === undefined) return socket.close(noToken, 'unauthorized');
    const { conversationId, guestId } = claims;
    if (of(conversationId).length >= mostStreams) return socket.close(tooMany, 'too many streams');
    const stream: Stream = { ...claims, socket };
    streams.add(stream);
    socket.once('close', () => streams.delete(stream));
    socket.on('message', (data, isBinary) => {
      if (!isBinary && objectIn(String(data))?.type === 'ping') send(socket, { type: 'pong' });
    });
    send(socket, { type: 'authenticated', conversationId, participantId: guestId });
    if (await isOver(conversationId)) send(socket, { type: 'conversation:ended', conversationId });
  };

  return {
    open: (socket) => {
      const timer = setTimeout(() => socket.close(tooLate, 'no authentication'), firstFrameTime);
      socket.once('close', () => clearTimeout(timer));
      socket.on('error', () => socket.terminate());
      socket.once('message', (data) => {
        clearTimeout(timer);
        admit(socket, String(data)).catch(() => socket.terminate());
      });
    },
    tell: async (conversationId, frame) => {
      const told = of(conversationId).map(({ socket }) => {
        send(socket, frame);
        return acknowledged(socket);
      });
      return Promise.any(told).then(
        () => true,
        () => false,
      );
    },
    end: (sessionId) => {
      for (const stream of streams)
        if (stream.sessionId === sessionId) stream.socket.close(noToken, 'logged out');
    },
    close: () => {
      for (const { socket } of streams) socket.close(goingAway, 'the gateway stops');
    },
  };
}

function send(socket: WebSocket, frame: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
}

/** Resolves when the client has answered a ping that stands behind what it was sent; rejects where it does not. */
function acknowledged(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      socket.off('pong', answered).off('close', lost);
      act();
    };
    const answered = (): void => settle(resolve);
    const lost = (): void => settle(() => reject(new Error('The stream was lost.')));
    const timer = setTimeout(lost, acknowledgementTime);
    socket.on('pong', answered).on('close', lost);
    if (socket.readyState === socket.OPEN) socket.ping();
    else lost();
  });
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
