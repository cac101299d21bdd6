import type { Clock } from '../shared/clock.ts';
import type { WebSocketConstructor } from '../shared/platformSocket.ts';
import { genesysFrames as frames } from './genesysFrames.ts';
import { createRemoteRecord, type RemoteView } from './remoteView.ts';
import { createScriptedSockets, type ScriptedSocket } from './scriptedSocket.ts';

/** What a guest's frame asks for. */
export type GenesysAction =
  | 'configureSession'
  | 'closeSession'
  | 'message'
  | 'typing'
  | 'join'
  | 'echo'
  | 'getJwt';

/**
 * What one frame of the guest's is answered with: as the server does (`answer`), not at all (`ignore`), with another
 * frame, or by ending the connection.
 */
export type GenesysAnswer = 'answer' | 'ignore' | { readonly frame: object } | { readonly close: number };

/** A frame that the guest sent. */
export interface GuestFrame {
  /** When it arrived, ms of the clock. */
  readonly at: number;
  /** What it asks for. */
  readonly action: GenesysAction;
  /** The frame whole, token and all. */
  readonly frame: Readonly<Record<string, unknown>>;
}

/**
 * The server's side of a Web Messaging session: give `webSocket` and `fetch` to `webMessaging`. It opens every socket,
 * configures the session, echoes messages, keeps history, and says what the test says.
 */
export interface ScriptedGenesys {
  /** For the option `webSocket`. */
  readonly webSocket: WebSocketConstructor;
  /** For the option `fetch`: history, and a deployment that wants typing signals. */
  readonly fetch: typeof fetch;
  /** What the agent sees of the guest. */
  readonly remote: RemoteView;
  /** Every frame that arrived from the guest, in order. */
  readonly frames: readonly GuestFrame[];
  /** The same as short text: `0.1 configureSession`, `0.1 typing`; times in seconds. */
  readonly log: readonly string[];
  /** Every socket, the newest last. */
  readonly sockets: readonly ScriptedSocket[];
  /**
   * Says how the next frames with this action are answered, in order; after that as the server does.
   * @example
   * genesys.answer('typing', 'ignore', { frame: genesysFrames.limited(3) });
   */
  answer(action: GenesysAction, ...answers: readonly GenesysAnswer[]): void;
  /**
   * Forgets every answer that was given: from now on all frames are answered as the server does.
   * @example
   * genesys.forgetAnswers();
   */
  forgetAnswers(): void;
  /**
   * What the answer to configureSession says besides, from now on: `{ durationSeconds: 900 }`, `{ readOnly: true }`.
   * @example
   * genesys.session({ durationSeconds: 900 });
   */
  session(body: object): void;
  /**
   * The agent writes. Returns the id of the message.
   * @example
   * const messageId = genesys.say('How can I help?');
   */
  say(text: string): string;
  /**
   * The agent types; for `durationMs` where that is said.
   * @example
   * genesys.types(5000);
   */
  types(durationMs?: number): void;
  /**
   * The agent stopped typing.
   * @example
   * genesys.stopsTyping();
   */
  stopsTyping(): void;
  /**
   * The agent leaves; `readOnly`: for good.
   * @example
   * genesys.disconnect(true);
   */
  disconnect(readOnly?: boolean): void;
  /**
   * The server asks for silence.
   * @example
   * genesys.limit(30);
   */
  limit(seconds: number): void;
  /**
   * The session's time is over.
   * @example
   * genesys.expire();
   */
  expire(): void;
  /**
   * The conversation is wiped on every device, and this one let go of.
   * @example
   * genesys.clear();
   */
  clear(): void;
  /**
   * The guest was signed out everywhere.
   * @example
   * genesys.logout();
   */
  logout(): void;
  /**
   * Any other frame.
   * @example
   * genesys.receive(genesysFrames.notice('SessionExpiredEvent'));
   */
  receive(frame: unknown): void;
  /**
   * The connection breaks, with a close code. Default: 1006, without a word.
   * @example
   * genesys.drop();
   * await clock.advance(60_000); // the session comes back by itself
   */
  drop(code?: number): void;
  /**
   * From now on nothing arrives over the connection that is open, either way, and nobody is told.
   * @example
   * genesys.goSilent(); // a half-open connection: only a probe finds it
   */
  goSilent(): void;
  /**
   * The next handshakes are refused, with an HTTP status where the platform tells one.
   * @example
   * genesys.refuse(3, 503);
   */
  refuse(times: number, status?: number): void;
  /**
   * History answers the next calls with a status.
   * @example
   * genesys.failHistory(1, 429);
   */
  failHistory(times: number, status?: number): void;
}

/** What a {@link ScriptedGenesys} is made of. */
export interface ScriptedGenesysOptions {
  /** Times everything. */
  readonly clock: Clock;
  /** How long each frame takes, either way, ms. Default: 10. */
  readonly latency?: number;
}

/** How long the agent sees the guest typing after a signal, ms. */
const timeToLive = 5000;

/**
 * Makes a {@link ScriptedGenesys}.
 * @example
 * const genesys = createScriptedGenesys({ clock });
 * const { webSocket, fetch } = genesys;
 * const session = webMessaging({ region: 'eu-west-1', deploymentId, clock, webSocket, fetch });
 */
export function createScriptedGenesys({ clock, latency = 10 }: ScriptedGenesysOptions): ScriptedGenesys {
  const arrived: GuestFrame[] = [];
  const sockets: ScriptedSocket[] = [];
  const silent = new Set<ScriptedSocket>();
  const scripts = new Map<GenesysAction, GenesysAnswer[]>();
  const history: (Record<string, unknown> & { readonly token: string })[] = [];
  const known = new Set<string>();
  const remote = createRemoteRecord(() => clock.now(), { timeToLive, messageEndsTyping: true });
  const refused = { times: 0, status: undefined as number | undefined };
  const historyFails = { times: 0, status: 503 };
  let sessionBody: object = {};
  let token = '';
  let ids = 0;

  const later = (work: () => void): unknown => clock.setTimeout(work, latency);
  const reaches = (socket: ScriptedSocket): boolean => socket.readyState === 1 && !silent.has(socket);
  const reply = (socket: ScriptedSocket, frame: unknown): void => {
    later(() => {
      if (reaches(socket)) socket.receive(frame);
    });
  };
  const now = (): string => new Date(clock.wallNow()).toISOString();
  const newest = (): ScriptedSocket | undefined => sockets.at(-1);
  const tell = (frame: unknown): void => {
    const socket = newest();
    if (socket) reply(socket, frame);
  };

  /** What a message of the guest's is echoed with, which is then in the history. */
  const echoOf = (frame: Readonly<Record<string, unknown>>): object => {
    ids += 1;
    const { text, metadata } = frame.message as { text: string; metadata?: object };
    const messageId = `message-${ids}`;
    const channel = { time: now(), messageId };
    const body = { id: messageId, type: 'Text', text, direction: 'Inbound', channel };
    history.push({ token: String(frame.token), ...body, metadata });
    remote.message('');
    return frames.structured(body, frame.tracingId as string);
  };

  /** What the server answers by itself; nothing where there is no answer. */
  const answerTo = ({ action, frame }: GuestFrame): object | undefined => {
    if (action === 'configureSession') {
      token = String(frame.token);
      const newSession = !known.has(token) || frame.startNew === true;
      known.add(token);
      return frames.session({ newSession, ...sessionBody });
    }
    if (action === 'closeSession') {
      return frames.session({ connected: false, newSession: false, readOnly: true });
    }
    if (action === 'getJwt') return frames.jwt(`jwt-${token}`, Math.floor(clock.wallNow() / 1000) + 600);
    if (action === 'echo') {
      const body = { type: 'Text', text: 'ping', direction: 'Inbound', id: 'echo' };
      return frames.structured(body, frame.tracingId as string);
    }
    if (action === 'message') return echoOf(frame);
    if (action === 'typing') remote.typing('', true);
    return undefined;
  };

  const take = (socket: ScriptedSocket, frame: Readonly<Record<string, unknown>>): void => {
    if (!reaches(socket)) return;
    const guest = { at: clock.now(), action: actionOf(frame), frame };
    arrived.push(guest);
    const answer = scripts.get(guest.action)?.shift() ?? 'answer';
    if (answer === 'ignore') return;
    if (answer === 'answer') {
      const given = answerTo(guest);
      if (given) reply(socket, given);
    } else if ('frame' in answer) {
      const { tracingId } = frame;
      reply(socket, { ...(tracingId !== undefined && { tracingId }), ...answer.frame });
    } else later(() => socket.end(answer.close));
  };

  const handshake = (socket: ScriptedSocket): void => {
    if (socket.readyState !== 0) return;
    const { times, status } = refused;
    if (times === 0) socket.open();
    else {
      refused.times -= 1;
      socket.end(1006, status === undefined ? undefined : `Unexpected server response: ${status}`);
    }
  };

  const webSocket = createScriptedSockets({
    made: (socket) => {
      sockets.push(socket);
      later(() => handshake(socket));
    },
    sent: (socket, frame) => void later(() => take(socket, frame)),
    closed: (socket) => void later(() => socket.end(1000)),
  });

  const page = (address: string, authorization: string | null): Response => {
    const { pathname, searchParams } = new URL(address);
    if (pathname.endsWith('/config.json')) {
      return Response.json({
        status: 'Active',
        messenger: { apps: { conversations: { showUserTypingIndicator: true } } },
      });
    }
    if (historyFails.times > 0) {
      historyFails.times -= 1;
      return Response.json({}, { status: historyFails.status });
    }
    const owner = authorization?.replace(/^bearer jwt-/i, '');
    const [pageNumber, pageSize] = [
      Number(searchParams.get('pageNumber')),
      Number(searchParams.get('pageSize')),
    ];
    const all = history.filter((entity) => entity.token === owner).map(({ token: _, ...entity }) => entity);
    const entities = all.reverse().slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
    return Response.json({ entities, pageSize, pageNumber, total: all.length });
  };

  return {
    webSocket,
    fetch: (input, init) =>
      new Promise((resolve) => {
        const isRequest = input instanceof Request;
        const headers = new Headers(isRequest ? input.headers : init?.headers);
        later(() => resolve(page(isRequest ? input.url : String(input), headers.get('authorization'))));
      }),
    remote: remote.view,
    frames: arrived,
    get log() {
      return arrived.map(({ at, action }) => `${(at / 1000).toFixed(1)} ${action}`);
    },
    sockets,
    answer: (action, ...answers) => {
      scripts.set(action, [...(scripts.get(action) ?? []), ...answers]);
    },
    forgetAnswers: () => scripts.clear(),
    session: (body) => {
      sessionBody = body;
    },
    say: (text) => {
      ids += 1;
      const messageId = `message-${ids}`;
      const body = frames.text(messageId, text, now());
      history.push({ token, ...body });
      tell(frames.structured(body));
      return messageId;
    },
    types: (durationMs) => tell(frames.structured(frames.typing(true, durationMs))),
    stopsTyping: () => tell(frames.structured(frames.typing(false))),
    disconnect: (readOnly = false) => tell(frames.structured(frames.disconnect(readOnly))),
    limit: (seconds) => tell(frames.limited(seconds)),
    expire: () => tell(frames.notice('SessionExpiredEvent')),
    clear: () => {
      tell(frames.notice('SessionClearedEvent'));
      tell(frames.notice('ConnectionClosedEvent'));
    },
    logout: () => tell(frames.notice('LogoutEvent')),
    receive: tell,
    drop: (code = 1006) => newest()?.end(code),
    goSilent: () => {
      const socket = newest();
      if (socket) silent.add(socket);
    },
    refuse: (times, status) => Object.assign(refused, { times, status }),
    failHistory: (times, status = 503) => Object.assign(historyFails, { times, status }),
  };
}

/** What a frame of the guest's asks for. */
function actionOf(frame: Readonly<Record<string, unknown>>): GenesysAction {
  if (frame.action !== 'onMessage') return frame.action as GenesysAction;
  const message = frame.message as { type?: string; events?: readonly { eventType?: string }[] } | undefined;
  if (message?.type !== 'Event') return 'message';
  return message.events?.[0]?.eventType === 'Typing' ? 'typing' : 'join';
}
