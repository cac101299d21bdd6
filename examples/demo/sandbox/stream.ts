const firstPause = 500;
const longestPause = 8000;
const unauthenticated = 4401;

export interface StreamOptions {
  readonly path: string;
  readonly firstFrame: (wasRefused: boolean) => Promise<object>;
  readonly onFrame: (frame: unknown) => void;
  readonly onOpen?: (reopened: boolean) => void;
  readonly onLost?: () => void;
}

export function openStream({ path, firstFrame, onFrame, onOpen, onLost }: StreamOptions): () => void {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = firstPause;
  let wasOpen = false;
  let wasRefused = false;
  let closed = false;

  const retry = ({ code }: CloseEvent) => {
    if (closed) return;
    wasRefused = code === unauthenticated;
    onLost?.();
    timer = setTimeout(connect, pause);
    pause = Math.min(pause * 2, longestPause);
  };

  const connect = () => {
    const current = new WebSocket(new URL(path, location.origin.replace(/^http/, 'ws')));
    socket = current;
    current.addEventListener('open', async () => {
      try {
        current.send(JSON.stringify(await firstFrame(wasRefused)));
      } catch {
        current.close();
      }
    });
    current.addEventListener('message', ({ data }) => {
      const frame = parse(data);
      if (frame?.type !== 'authenticated') return onFrame(frame);
      pause = firstPause;
      onOpen?.(wasOpen);
      wasOpen = true;
    });
    current.addEventListener('close', retry);
  };

  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    socket?.close();
  };
}

function parse(data: unknown): { type?: unknown } | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === 'object' ? frame : null;
  } catch {
    return null;
  }
}
