import type { WebSocketConstructor } from 'genesys-conversation-machine';
import type { SteppedClock } from 'genesys-conversation-machine/testing';
import { bare, createSockets, type PlayedSocket, sessionResponse, structured } from './socketScript.ts';

/** One message that the messenger accepted. */
interface AcceptedMessage {
  readonly token: string;
  readonly customMessageId: string;
  readonly messageId: string;
  readonly time: string;
}

/** A message of either side, as history keeps it. */
type Entity = Record<string, unknown> & { readonly token: string };

/** How a connection is cut: whether what the client has under way still arrives. */
export type Cut = 'loses' | 'delivers';

/**
 * A messenger in memory, on a stepped clock: sessions by token, an echo for every message, history behind a
 * JWT, and connections that can be cut while frames are under way in both directions. A frame that such a
 * connection still delivers is taken up `lag` ms late.
 */
export function createMessenger(clock: SteppedClock, latency = 40, lag = 3000) {
  const accepted: AcceptedMessage[] = [];
  const history: Entity[] = [];
  const typing: number[] = [];
  const tokens = new Set<string>();
  const frames: { readonly at: number; readonly frame: Record<string, unknown> }[] = [];
  let open: Connection | null = null;
  let most = 0;
  let live = 0;
  let ids = 0;
  let historyFails = 0;
  let historyAnswer: (() => Response | Promise<Response>) | null = null;

  interface Connection {
    readonly socket: PlayedSocket;
    cut: Cut | null;
    isDeaf?: boolean;
  }

  let inFlight = 0;
  const later = (work: () => void, ms = latency): void => {
    inFlight += 1;
    clock.setTimeout(() => {
      inFlight -= 1;
      work();
    }, ms);
  };
  const reply = (connection: Connection, frame: object): void => {
    later(() => {
      if (connection.cut === null && connection.socket.readyState === 1 && connection.isDeaf !== true)
        connection.socket.receive(frame);
    });
  };

  const handle = (connection: Connection, frame: Record<string, unknown>): void => {
    const token = frame.token as string;
    switch (frame.action) {
      case 'configureSession':
        reply(connection, sessionResponse({ newSession: !tokens.has(token) || frame.startNew === true }));
        tokens.add(token);
        return;
      case 'closeSession':
        reply(connection, sessionResponse({ connected: false, newSession: false, readOnly: true }));
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
        history.push({
          token,
          id: entry.messageId,
          type: 'Text',
          text: message.text,
          direction: 'Inbound',
          channel: { time: entry.time, messageId: entry.messageId },
          metadata: { customMessageId: entry.customMessageId },
        });
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
          if (connection.cut === null && connection.isDeaf !== true) handle(connection, frame);
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

  const asked: number[] = [];
  /** The agent says something to the guest with this token, by default the newest. */
  const say = (text: string, token = [...tokens].at(-1) ?? ''): void => {
    ids += 1;
    const messageId = `message-${ids}`;
    const body = {
      id: messageId,
      type: 'Text',
      text,
      direction: 'Outbound',
      channel: { time: new Date(clock.wallNow()).toISOString(), messageId },
    };
    history.push({ token, ...body });
    const connection = open;
    later(() => {
      if (connection?.cut === null && connection.socket.readyState === 1 && connection.isDeaf !== true)
        connection.socket.receive(structured(body));
    });
  };

  /** The session is over at the server, where there is one; who is connected is told so. */
  const endSession = (...told: readonly object[]): void => {
    if (tokens.size === 0) return;
    tokens.clear();
    history.length = 0;
    for (const frame of told) if (open !== null) reply(open, frame);
  };

  const fetchHistory: typeof fetch = (input, init) =>
    new Promise((resolve, reject) => {
      const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input);
      const header = new Headers(input instanceof Request ? input.headers : init?.headers).get(
        'authorization',
      );
      later(() => {
        if (!pathname.endsWith('/webmessaging/messages')) return reject(new TypeError('not found'));
        if (historyFails > 0) {
          historyFails -= 1;
          return reject(new TypeError('history is down'));
        }
        if (historyAnswer !== null) return resolve(historyAnswer());
        const token = header?.replace(/^bearer jwt-/, '');
        const pageNumber = Number(searchParams.get('pageNumber'));
        const pageSize = Number(searchParams.get('pageSize'));
        const all = history
          .filter((entity) => entity.token === token)
          .map(({ token: _, ...entity }) => entity)
          .reverse();
        const entities = all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
        asked.push(pageNumber);
        resolve(Response.json({ entities, pageSize, pageNumber, total: all.length }));
      });
    });

  return {
    sockets,
    Socket: Socket as WebSocketConstructor,
    fetch: fetchHistory,
    accepted,
    /** What was said, the oldest first. */
    history,
    /** Pages of history that were asked for. */
    asked,
    say,
    /** History answers the next calls with nothing. */
    failHistory: (times: number): void => {
      historyFails = times;
    },
    /** History answers every call with this, until it is null. */
    answerHistory: (answer: (() => Response | Promise<Response>) | null): void => {
      historyAnswer = answer;
    },
    /** Everybody who was here, by their token. */
    tokens: (): readonly string[] => [...tokens],
    /** The connection goes on, but nothing of it arrives, either way. */
    deafen: (): void => {
      if (open !== null) open.isDeaf = true;
    },
    /** The server forgets the guest: the next session is another one. */
    forget: (): void => {
      tokens.clear();
      history.length = 0;
    },
    /** The session's time is over. */
    expire: (): void => endSession(bare('SessionExpiredEvent')),
    /** The conversation is wiped. */
    clear: (): void => endSession(bare('SessionClearedEvent'), bare('ConnectionClosedEvent')),
    typing,
    frames,
    /** How many frames and replies are under way, each on a timer of the messenger's own. */
    get inFlight() {
      return inFlight;
    },
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
