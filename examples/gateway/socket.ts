import type { WebSocket } from 'ws';

const acknowledgementTime = 5000;

/** Sends a frame where there is still somebody to send it to. */
export function send(socket: WebSocket, frame: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
}

let pings = 0;

/**
 * Resolves to whether the client has what it was sent: it is asked for a pong behind the frames, which it answers by itself,
 * and in order; one for several pings is that of the last of them.
 */
export function isAcknowledged(socket: WebSocket): Promise<boolean> {
  pings += 1;
  const own = pings;
  // As many as there are messages under way.
  socket.setMaxListeners(0);
  return new Promise((resolve) => {
    const settle = (isThere: boolean): void => {
      clearTimeout(timer);
      socket.off('pong', answered).off('close', lost);
      resolve(isThere);
    };
    const answered = (data: Buffer): void => {
      if (Number(data) >= own) settle(true);
    };
    const lost = (): void => settle(false);
    const timer = setTimeout(lost, acknowledgementTime);
    socket.on('pong', answered).on('close', lost);
    if (socket.readyState === socket.OPEN) socket.ping(String(own));
    else lost();
  });
}

/** The object that a text is the JSON of; undefined for anything else. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
