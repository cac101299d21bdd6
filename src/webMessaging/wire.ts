import { v4 as uuid } from 'uuid';
import type { FrameEvent, SessionEvent } from '../../machines/session/events.ts';
import type {
  FoundMessage,
  OutgoingFrame,
  SessionReadings,
  SocketCommand,
} from '../../machines/session/types.ts';
import type { Clock } from '../shared/clock.ts';
import { within } from '../shared/deadline.ts';
import { storagePatience } from '../shared/storage.ts';
import { attribution } from './attribution.ts';
import type { Deployment, DeploymentLoader, NoDeployment } from './deployment.ts';
import { floodGate } from './floodGate.ts';
import { type JwtFrame, readFrame } from './frames.ts';
import { historyOf } from './history.ts';
import { identityKeeper } from './identity.ts';
import { jwtKeeper } from './jwtKeeper.ts';
import type { MessageStore } from './messageStore.ts';
import type { ResolvedOptions } from './options.ts';
import { outgoing } from './outgoing.ts';
import { type OpenSocket, openSocket } from './platformSocket.ts';
import { RecentIds } from './recentIds.ts';

/** How long the public configuration may keep a connection waiting, ms. */
const configWait = 5000;

/** What the chart's actors work with. It holds the token, the socket and the texts; the chart holds none of them. */
export interface Wire {
  readonly readings: SessionReadings;
  /** Local name of the conversation; null before the first connection. */
  conversationId(): string | null;
  /** Whether the deployment's configuration forbids typing signals. */
  typingIsOff(): boolean;
  /** Makes one connection and tells what comes of it, until the returned function is called. */
  connect(
    tell: (event: SessionEvent) => void,
    receive: (listener: (command: SocketCommand) => void) => void,
  ): () => void;
  /** Hands a typing signal to the open socket; its tracing id, or null where it did not leave. */
  sendTyping(): string | null;
  /** Looks into history for messages. */
  findMessages(ids: readonly string[], signal: AbortSignal): Promise<readonly FoundMessage[]>;
  forgetIdentity(): void;
  beginConversation(): void;
  /** Nothing is waited for any more. */
  end(): void;
}

/** Makes the {@link Wire} of one session. `warn` gets each kind of oddity once. */
export function createWire(
  options: ResolvedOptions,
  clock: Clock,
  deployment: DeploymentLoader | null,
  messages: MessageStore,
  warn: (message: string) => void,
): Wire {
  const { endpoints, deploymentId, storage, Socket, origin } = options;
  const lifetime = new AbortController();
  const report = (message: string): void => {
    if (!lifetime.signal.aborted) warn(message);
  };
  const identity = identityKeeper(storage, `genesys-conversation-machine:${deploymentId}`, report, (work) =>
    within({ signal: lifetime.signal, deadline: { clock, ms: storagePatience } }, work),
  );
  const jwts = jwtKeeper(clock);
  const attributed = attribution(clock);
  const warned = new RecentIds(64);
  let current: OpenSocket | null = null;
  let lastFrameAt = 0;
  let frameCount = 0;
  let typing: Deployment['typing'] = 'unknown';
  let failedHandshakes = 0;

  const token = (): string => identity.current?.token ?? '';
  const send = (frame: string): boolean => current?.send(frame) ?? false;
  const textOf = (frame: OutgoingFrame): string | null => {
    switch (frame.kind) {
      case 'configure':
        return outgoing.configure(token(), deploymentId, uuid(), frame.startNew);
      case 'closeSession':
        return outgoing.closeSession(token(), uuid());
      case 'join':
        return outgoing.join(token(), uuid());
      case 'echo':
        return outgoing.echo(token());
      case 'message': {
        const body = messages.bodyOf(frame.id);
        return body === undefined ? null : outgoing.message(token(), frame.id, body);
      }
    }
  };
  const findMessages = historyOf(endpoints, options.getJson, jwts, () => send(outgoing.jwt(token(), uuid())));

  const take = (event: FrameEvent | JwtFrame, tell: (event: SessionEvent) => void): void => {
    if (event.type === 'jwt') {
      jwts.arrived(event.jwt, event.exp);
      return;
    }
    if (event.type === 'frame.session') {
      jwts.clear();
      if (event.connected) identity.noteSession(event.newSession);
    }
    tell(attributed.complete(event));
  };

  const prepare = async (signal: AbortSignal): Promise<Deployment | NoDeployment> => {
    const [, verdict] = await Promise.all([
      identity.load(),
      deployment === null
        ? null
        : within({ signal, deadline: { clock, ms: configWait } }, (limited) =>
            deployment.load(limited),
          ).catch(() => null),
    ]);
    return verdict ?? { typing, autoStart: false };
  };

  return {
    readings: {
      now: () => clock.now(),
      wallNow: () => clock.wallNow(),
      lastFrameAt: () => lastFrameAt,
      frameCount: () => frameCount,
    },
    conversationId: () => identity.current?.conversationId ?? null,
    typingIsOff: () => typing === 'forbidden',
    sendTyping: () => {
      const tracingId = uuid();
      if (!send(outgoing.typing(token(), tracingId))) return null;
      attributed.typingLeft(tracingId);
      return tracingId;
    },
    findMessages,
    forgetIdentity: () => identity.forget(),
    beginConversation: () => identity.beginConversation(),
    end: () => lifetime.abort(),

    connect: (tellAlways, receive) => {
      const controller = new AbortController();
      const gate = floodGate(clock);
      let socket: OpenSocket | null = null;
      let isOver = false;
      let wasOpen = false;
      const tell = (event: SessionEvent): void => {
        if (!isOver) tellAlways(event);
      };
      const end = (letGo: (socket: OpenSocket) => void): void => {
        isOver = true;
        controller.abort();
        if (socket !== null) letGo(socket);
        if (current === socket) {
          current = null;
          jwts.lost();
        }
      };

      const listener = {
        opened: () => {
          wasOpen = true;
          failedHandshakes = 0;
          tell({ type: 'socket.opened' });
        },
        message: (data: unknown) => {
          if (isOver) return;
          frameCount += 1;
          lastFrameAt = clock.now();
          const { name, isUnknown, events } = readFrame(data);
          if (isUnknown && warned.note(name))
            warn(`Frames of a kind that is not known were left out: ${printable(name)}.`);
          if (!gate.admit(name !== 'unreadable')) {
            tell({ type: 'socket.closed', code: 1006 });
            return end((open) => open.drop());
          }
          if (events.length === 0) tell({ type: 'frame.ignored' });
          for (const event of events) if (!isOver) take(event, tell);
        },
        closed: (closed: {
          readonly code: number;
          readonly wasClean: boolean;
          readonly refused?: number;
        }) => {
          if (!wasOpen) {
            failedHandshakes += 1;
            if (failedHandshakes % 3 === 0) deployment?.recheck();
          }
          tell({ type: 'socket.closed', ...closed });
        },
      };

      receive((command) => {
        if (isOver) return;
        if (command.type === 'drop') return end((dead) => dead.drop());
        const text = textOf(command.frame);
        const hasLeft = text !== null && send(text);
        if (!hasLeft && command.frame.kind === 'message')
          tell({ type: 'socket.unsent', id: command.frame.id });
      });

      prepare(controller.signal)
        .then((verdict) => {
          if (isOver) return;
          if ('refused' in verdict) return tell({ type: 'socket.refused', failure: verdict.refused });
          typing = verdict.typing;
          tell({ type: 'config.loaded', autoStart: verdict.autoStart });
          if (isOver) return;
          socket = openSocket(Socket, endpoints.socket, origin, listener);
          current = socket;
        })
        .catch(() => tell({ type: 'socket.refused', failure: noSocket }));

      return () => end((open) => open.close());
    },
  };
}

const noSocket = {
  code: 'unexpected',
  message: 'The WebSocket could not be made; check the webSocket option, and the content security policy.',
} as const;

/** A server's word, fit for a log: short, and without characters that a terminal acts on (S14). */
function printable(name: string): string {
  return name.replaceAll(/[^\w .-]/g, '?').slice(0, 64);
}
