import type { WebSocketConstructor } from 'genesys-conversation-machine';
import { createSockets, type PlayedSocket } from '../support/socketScript.ts';
import type { Settlements } from './settlements.ts';

/** The one conversation that is streamed. */
export const conversationId = 'c1';

interface Message {
  readonly messageId: string;
  readonly participantId: string;
  readonly text: string;
  readonly sentAt: string;
  readonly position?: number;
}

/** The server's side of the stream: what was said, who may hear it, and how it gets there. */
export function createStreamServer(
  { clock, later }: Settlements,
  latency: number,
  hasPositions: boolean,
  isToken: (token: unknown) => boolean,
) {
  const record: Message[] = [];
  const reads = new Map<string, string>();
  const silent = new Set<PlayedSocket>();
  const admitted = new Set<PlayedSocket>();
  const fate = { twice: 0, refused: 0, history: 0 };
  /** How often history failed in a row, and the most often that it did. */
  const failed = { now: 0, most: 0 };
  /** What a socket carries one way comes in order. */
  const along = (socket: PlayedSocket, way: 'up' | 'down', work: () => void): unknown =>
    later(way, latency, work, `${way} ${sockets.indexOf(socket)}`);
  const reply = (socket: PlayedSocket, frame: unknown): unknown =>
    along(socket, 'down', () => {
      if (socket.readyState === 1 && !silent.has(socket)) socket.receive(frame);
    });
  const { sockets, Socket } = createSockets((socket) => {
    const { send, close } = socket as unknown as WebSocket;
    Object.assign(socket, {
      send: (data: string) => {
        send.call(socket, data);
        along(socket, 'up', () => take(socket, JSON.parse(data)));
      },
      close: (code?: number) => {
        close.call(socket, code);
        along(socket, 'up', () => end(socket, 1000));
      },
    });
    along(socket, 'down', () => {
      if (socket.readyState !== 0) return;
      if (fate.refused > 0) {
        fate.refused -= 1;
        end(socket, 1006);
      } else socket.open();
    });
  });
  const end = (socket: PlayedSocket, code: number): void => {
    if (socket.readyState !== 3) socket.end(code);
  };
  const take = (
    socket: PlayedSocket,
    { type, token }: { readonly type?: string; readonly token?: string },
  ): void => {
    if (socket.readyState !== 1 || silent.has(socket)) return;
    if (type === 'ping') reply(socket, { type: 'pong' });
    else if (!isToken(token)) end(socket, 4401);
    else {
      admitted.add(socket);
      reply(socket, { type: 'authenticated', conversationId, participantId: 'guest' });
    }
  };
  const tell = (frame: object): void => {
    for (const socket of admitted) {
      reply(socket, frame);
      if (fate.twice > 0) reply(socket, frame);
    }
    fate.twice = Math.max(0, fate.twice - 1);
  };
  const page = (address: string): Response => {
    if (fate.history > 0) {
      fate.history -= 1;
      failed.now += 1;
      failed.most = Math.max(failed.most, failed.now);
      return Response.json({}, { status: 503 });
    }
    failed.now = 0;
    const { searchParams } = new URL(address);
    const after = searchParams.get('after');
    const limit = Number(searchParams.get('limit'));
    const from = record.findIndex(({ messageId }) => messageId === after) + 1;
    const messages = after === null ? record.slice(-limit) : record.slice(from, from + limit);
    const all = [...reads].map(([participantId, messageId]) => ({ participantId, messageId }));
    return Response.json({ conversationId, messages, reads: all });
  };
  return {
    Socket: Socket as unknown as WebSocketConstructor,
    sockets,
    record,
    fate,
    failed,
    tell,
    history: (address: string): Promise<Response> =>
      new Promise((resolve) => {
        later('history', latency, () => resolve(page(address)));
      }),
    say: (participantId: string, messageId = `m${record.length + 1}`): void => {
      const sentAt = new Date(clock.wallNow()).toISOString();
      const position = record.length + 1;
      const message = {
        ...{ messageId, participantId, text: 'words', sentAt },
        ...(hasPositions && { position }),
      };
      record.push(message);
      tell({ type: 'conversation:message', conversationId, ...message });
    },
    read: (participantId: string, messageId: string): void => {
      reads.set(participantId, messageId);
      tell({ type: 'conversation:read', conversationId, participantId, messageId });
    },
    drop: (code: number): void => {
      const socket = sockets.at(-1);
      if (socket && socket.readyState < 2) end(socket, code);
    },
    goSilent: (): void => {
      const socket = sockets.at(-1);
      if (socket) silent.add(socket);
    },
  };
}
