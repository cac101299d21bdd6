import type { WebSocket } from 'ws';
import { listenForGood } from './backing/backing.ts';
import type { Message } from './conversations.ts';
import type { GuestTokens } from './guestTokens.ts';
import { createRoom, type Notice, type Room, type RoomParts, type Stream, topicOf } from './room.ts';
import { objectIn, send } from './socket.ts';

/** The event streams of the guests, whichever process they are connected to. */
export interface Streams {
  /** Serves a socket: nothing is said before its first frame has shown a token that works. */
  open(socket: WebSocket): void;
  /** Tells every stream of a conversation what is true for the moment. */
  tell(conversationId: string, frame: object): Promise<void>;
  /** Tells every stream of a conversation its message at `place`; what one has missed before it, too. */
  tellMessage(conversationId: string, message: Message, place: number): Promise<void>;
  /** Closes the streams of a session that was logged out of. */
  end(sessionId: string): Promise<void>;
  /** How many are connected to this process. */
  readonly size: number;
  /** Closes those of this process. */
  close(): void;
}

/** What the streams are served from. */
interface Parts extends RoomParts {
  readonly tokens: GuestTokens;
}

const firstFrameTime = 5000;
const mostStreams = 10;
const [noToken, tooLate, tooMany, tryLater, goingAway] = [4401, 4408, 1013, 1013, 1001];
const sessions = 'sessions';

/** Serves the event streams of this process, and tells those of all. */
export function createStreams(parts: Parts): Streams {
  const { backing, conversations, tokens, log } = parts;
  const rooms = new Map<string, Promise<Room>>();
  const all = new Set<Stream>();

  const roomOf = (conversationId: string): Promise<Room> => {
    const known = rooms.get(conversationId);
    if (known !== undefined) return known;
    const room = createRoom(parts, conversationId, () => rooms.delete(conversationId));
    rooms.set(conversationId, room);
    room.catch(() => rooms.delete(conversationId));
    return room;
  };

  const admit = async (socket: WebSocket, text: string): Promise<void> => {
    const frame = objectIn(text);
    const token = frame?.type === 'authenticate' && typeof frame.token === 'string' ? frame.token : undefined;
    const claims = await tokens.verify(token).catch((error: { status?: number }) => {
      if (error.status !== 401) throw error;
    });
    if (claims === undefined) return socket.close(noToken, 'unauthorized');
    const { conversationId } = claims;
    const stream: Stream = { ...claims, socket };
    for (let isIn = false; !isIn && socket.readyState === socket.OPEN; ) {
      const room = await roomOf(conversationId);
      if (room.size >= mostStreams) return socket.close(tooMany, 'too many streams');
      socket.once('close', () => room.leave(stream));
      isIn = await room.join(stream);
      if (socket.readyState !== socket.OPEN) room.leave(stream);
    }
    if (socket.readyState !== socket.OPEN) return;
    all.add(stream);
    socket.once('close', () => all.delete(stream));
    socket.on('message', (data, isBinary) => {
      if (!isBinary && objectIn(String(data))?.type === 'ping') send(socket, { type: 'pong' });
    });
  };

  const endHere = (sessionId: string): void => {
    for (const stream of all) if (stream.sessionId === sessionId) stream.socket.close(noToken, 'logged out');
  };
  const endListening = listenForGood(backing, sessions, ({ sessionId }: { sessionId: string }) =>
    endHere(sessionId),
  );
  backing.onReturn(() => {
    const resume = async (): Promise<void> => {
      for (const { sessionId } of [...all]) if (await conversations.isOver(sessionId)) endHere(sessionId);
      for (const room of [...rooms.values()]) await (await room).catchUp();
    };
    resume().catch(() => log('streams: what was missed could not be read.'));
  });

  const publish = (conversationId: string, notice: Notice): Promise<void> =>
    backing.publish(topicOf(conversationId), notice);

  return {
    open: (socket) => {
      const timer = setTimeout(() => socket.close(tooLate, 'no authentication'), firstFrameTime);
      socket.once('close', () => clearTimeout(timer));
      socket.on('error', () => socket.terminate());
      socket.once('message', (data) => {
        clearTimeout(timer);
        admit(socket, String(data)).catch(() => socket.close(tryLater, 'try again later'));
      });
    },
    tell: (conversationId, frame) => publish(conversationId, { frame }),
    tellMessage: (conversationId, message, place) => publish(conversationId, { message, place }),
    end: (sessionId) => backing.publish(sessions, { sessionId }),
    get size() {
      return all.size;
    },
    close: () => {
      endListening();
      for (const { socket } of all) socket.close(goingAway, 'the gateway stops');
    },
  };
}
