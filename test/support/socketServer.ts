import type { WebSocketConstructor } from 'genesys-conversation-machine';
import type { SteppedClock } from 'genesys-conversation-machine/testing';
import { createSockets, type PlayedSocket, sessionResponse, structured } from './socketScript.ts';

/** One message that the messenger accepted. */
interface AcceptedMessage {
  readonly token: string;
  readonly customMessageId: string;
  readonly messageId: string;
  readonly time: string;
}

/** How a connection is cut: whether what the client has under way still arrives. */
export type Cut = 'loses' | 'delivers';

/**
 * A messenger in memory, on a stepped clock: sessions by token, an echo for every message, history behind a
 * JWT, and connections that can be cut while frames are under way in both directions. A frame that such a
 * connection still delivers is taken up `lag` ms late.
 */
export function createMessenger(clock: SteppedClock, latency = 40, lag = 3000) {
  const accepted: AcceptedMessage[] = [];
  const typing: number[] = [];
  const tokens = new Set<string>();
  const frames: { readonly at: number; readonly frame: Record<string, unknown> }[] = [];
  let open: Connection | null = null;
  let most = 0;
  let live = 0;
  let ids = 0;

  interface Connection {
    readonly socket: PlayedSocket;
    cut: Cut | null;
  }

  const later = (work: () => void, ms = latency): unknown => clock.setTimeout(work, ms);
  const reply = (connection: Connection, frame: object): void => {
    later(() => {
      if (connection.cut === null && connection.socket.readyState === 1) connection.socket.receive(frame);
    });
  };

  const handle = (connection: Connection, frame: Record<string, unknown>): void => {
    const token = frame.token as string;
    switch (frame.action) {
      case 'configureSession':
        reply(connection, sessionResponse({ newSession: !tokens.has(token) }));
        tokens.add(token);
        return;
      case 'getJwt':
        reply(connection, {
          type: 'response',
          class: 'JwtResponse',
          code: 200,
          body: { jwt: `jwt-${token}`, exp: Math.floor(clock.wallNow() / 1000) + 600 },
        });
        return;
      case 'echo':
        reply(connection, {
          ...structured({ type: 'Text', text: 'ping', direction: 'Inbound', id: 'echo' }),
          type: 'response',
          tracingId: frame.tracingId,
        });
        return;
      case 'onMessage': {
        const message = frame.message as {
          type: string;
          text: string;
          metadata?: { customMessageId: string };
        };
        if (message.type !== 'Text') {
          typing.push(clock.now());
          return;
        }
        ids += 1;
        const entry = {
          token,
          customMessageId: message.metadata?.customMessageId ?? '',
          messageId: `message-${ids}`,
          time: new Date(clock.wallNow()).toISOString(),
        };
        accepted.push(entry);
        const echo = structured(
          {
            id: entry.messageId,
            type: 'Text',
            text: message.text,
            direction: 'Inbound',
            channel: { time: entry.time, messageId: entry.messageId },
          },
          frame.tracingId as string,
        );
        // A session's echo goes to whichever of its connections is up.
        later(() => {
          if (open !== null && open.cut === null && open.socket.readyState === 1) open.socket.receive(echo);
        });
        return;
      }
    }
  };

  const { sockets, Socket } = createSockets((socket) => {
    const connection: Connection = { socket, cut: null };
    live += 1;
    most = Math.max(most, live);
    const closable = socket as PlayedSocket & { close(code?: number): void };
    const close = closable.close.bind(socket);
    let isGone = false;
    const gone = (): void => {
      if (!isGone) live -= 1;
      isGone = true;
    };
    closable.close = (code) => {
      gone();
      close(code);
    };
    const end = socket.end.bind(socket);
    socket.end = (code, error) => {
      gone();
      end(code, error);
    };
    const { sent } = socket;
    const push = sent.push.bind(sent);
    sent.push = (...added) => {
      for (const frame of added) {
        frames.push({ at: clock.now(), frame });
        later(() => {
          if (connection.cut === null) handle(connection, frame);
          if (connection.cut === 'delivers') later(() => handle(connection, frame), lag);
        });
      }
      return push(...added);
    };
    later(() => {
      if (socket.readyState !== 0) return;
      open = connection;
      socket.open();
    });
  });

  const fetchHistory: typeof fetch = (input, init) =>
    new Promise((resolve, reject) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      const header = new Headers(input instanceof Request ? input.headers : init?.headers).get(
        'authorization',
      );
      later(() => {
        if (!pathname.endsWith('/webmessaging/messages')) return reject(new TypeError('not found'));
        const token = header?.replace(/^bearer jwt-/, '');
        const entities = accepted
          .filter((entry) => entry.token === token)
          .map(({ messageId, customMessageId, time }) => ({
            id: messageId,
            type: 'Text',
            direction: 'Inbound',
            channel: { time, messageId },
            metadata: { customMessageId },
          }))
          .reverse();
        resolve(
          Response.json({ entities, pageSize: 25, pageNumber: 1, total: entities.length, pageCount: 1 }),
        );
      });
    });

  return {
    sockets,
    Socket: Socket as WebSocketConstructor,
    fetch: fetchHistory,
    accepted,
    typing,
    frames,
    /** Most sockets that were alive at a time. */
    get most() {
      return most;
    },
    /** Cuts the connection, if there is one, with close code 1006. */
    cut: (how: Cut): void => {
      const socket = sockets.at(-1);
      if (socket === undefined || socket.readyState > 1) return;
      if (open !== null && open.socket === socket) {
        open.cut = how;
        open = null;
      }
      socket.end(1006);
    },
  };
}
