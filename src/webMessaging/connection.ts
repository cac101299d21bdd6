import type { SessionEvent } from '../../machines/session/events.ts';
import type { OutgoingFrame, SocketCommand } from '../../machines/session/types.ts';
import type { Clock } from '../shared/clock.ts';
import { floodCounter } from '../shared/floodCounter.ts';
import type { OpenSocket, SocketListener } from '../shared/platformSocket.ts';
import type { Deployment, NoDeployment } from './deploymentConfig.ts';
import type { Intake } from './intake.ts';

/** What one connection is made with. */
export interface ConnectionParts {
  readonly intake: Pick<Intake, 'begin' | 'read' | 'take'>;
  readonly clock: Clock;
  /** Told of every frame that comes in, as it came. */
  heard(data: unknown): void;
  /** Gets everything that must be known before a socket is made; never rejects. */
  prepare(signal: AbortSignal): Promise<Deployment | NoDeployment>;
  /** Told what the deployment wants, right before a socket is made. */
  prepared(deployment: Deployment): void;
  /** Makes the socket. Throws what the platform throws. */
  dial(listener: SocketListener): OpenSocket;
  /** Told how each handshake went. */
  shookHands(hasWorked: boolean): void;
  /** The text of a frame that the chart wants sent; null where there is nothing to send any more. */
  textOf(frame: OutgoingFrame): string | null;
  /** Told that nothing more comes or leaves. May be told more than once. */
  over(): void;
}

/** One connection, from before its socket until that is let go of. */
export interface Connection {
  /** Hands a frame to the socket; false where it surely did not leave. */
  send(text: string): boolean;
  /** Lets go in good order; the chart is told nothing from here on. */
  close(): void;
}

/** Makes a connection: tells the chart what comes of it, and obeys its commands. */
export function openConnection(
  parts: ConnectionParts,
  tellAlways: (event: SessionEvent) => void,
  receive: (listener: (command: SocketCommand) => void) => void,
): Connection {
  const { intake, clock } = parts;
  const isFlood = floodCounter(clock);
  const controller = new AbortController();
  let socket: OpenSocket | null = null;
  let isOver = false;
  let wasOpen = false;

  const tell = (event: SessionEvent): void => {
    if (!isOver) tellAlways(event);
  };
  const send = (text: string): boolean => !isOver && (socket?.send(text) ?? false);
  const end = (letGo: (socket: OpenSocket) => void): void => {
    isOver = true;
    controller.abort();
    if (socket !== null) letGo(socket);
    parts.over();
  };

  intake.begin(tell);
  const listener: SocketListener = {
    opened: () => {
      wasOpen = true;
      parts.shookHands(true);
      tell({ type: 'socket.opened' });
    },
    message: (data) => {
      parts.heard(data);
      if (isOver) return;
      const { name, events } = intake.read(data);
      if (isFlood(name !== 'unreadable')) {
        tell({ type: 'socket.closed', code: 1006 });
        return end((open) => open.drop());
      }
      if (events.length === 0) tell({ type: 'frame.ignored' });
      for (const event of events) {
        if (!isOver) tell(intake.take(event) ?? { type: 'frame.ignored' });
      }
    },
    closed: (closed) => {
      if (!wasOpen) parts.shookHands(false);
      tell({ type: 'socket.closed', ...closed });
    },
  };

  receive((command) => {
    if (command.type === 'drop') return end((dead) => dead.drop());
    const text = parts.textOf(command.frame);
    const hasLeft = text !== null && send(text);
    if (!hasLeft && command.frame.kind === 'message') tell({ type: 'socket.unsent', id: command.frame.id });
  });

  parts
    .prepare(controller.signal)
    .then((verdict) => {
      if ('refused' in verdict) return tell({ type: 'socket.refused', failure: verdict.refused });
      parts.prepared(verdict);
      tell({ type: 'config.loaded', autoStart: verdict.autoStart });
      if (!isOver) socket = parts.dial(listener);
    })
    .catch(() => tell({ type: 'socket.refused', failure: noSocket }));

  return { send, close: () => end((open) => open.close()) };
}

const noSocket = {
  code: 'unexpected',
  message: 'The WebSocket could not be made; check the webSocket option, and the content security policy.',
} as const;
