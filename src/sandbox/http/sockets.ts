import type { WebSocket } from 'ws';
import type { SandboxClock } from '../shared/clock.ts';

const authenticationTime = 5000;
const unauthenticated = 4401;
const tooLate = 4408;
const open = 1;
const mostUnread = 8 * 1024 * 1024;

/** Sends a frame on an open socket; breaks the connection of a client that reads nothing. */
export function deliver(socket: WebSocket, frame: string): void {
  if (socket.readyState !== open) return;
  if (socket.bufferedAmount > mostUnread) socket.terminate();
  else socket.send(frame);
}

/**
 * Waits for the first frame, which must authenticate. `admit` is given it, and returns what to answer with beside the
 * type `authenticated`, or undefined to refuse: the socket is closed, as it is when the frame is another or is late.
 */
export function admitByFirstFrame<Who extends object>(
  clock: SandboxClock,
  socket: WebSocket,
  admit: (frame: Record<string, unknown>) => Who | undefined,
  admitted: (who: Who) => void,
): void {
  const timer = clock.setTimeout(() => socket.close(tooLate, 'no authentication'), authenticationTime);
  socket.once('close', () => clock.clearTimeout(timer));
  socket.once('message', (data, isBinary) => {
    clock.clearTimeout(timer);
    const frame = isBinary ? undefined : parseFrame(String(data));
    if (frame?.type !== 'authenticate') {
      socket.close(unauthenticated, 'the first frame must authenticate');
      return;
    }
    const who = admit(frame);
    if (who === undefined) {
      socket.close(unauthenticated, 'unauthorized');
      return;
    }
    deliver(socket, JSON.stringify({ type: 'authenticated', ...who }));
    admitted(who);
  });
}

/** The JSON object that a frame holds, or undefined when it holds anything else. */
export function parseFrame(text: string): Record<string, unknown> | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    const isObject = typeof frame === 'object' && frame !== null && !Array.isArray(frame);
    return isObject ? (frame as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
