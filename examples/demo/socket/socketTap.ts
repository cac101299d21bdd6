import type { WebSocketConstructor } from 'genesys-conversation-machine';

/** A frame as far as this page looks into it. */
interface TappedFrame {
  readonly action?: string;
  readonly tracingId?: string;
  readonly code?: number;
}

/** Hears what goes over the guest's socket; it changes nothing. */
export interface SocketTap {
  opening?(socket: WebSocket): void;
  sent?(frame: TappedFrame): void;
  received?(frame: TappedFrame): void;
}

/** The platform's WebSocket with an ear on it. */
export function tappedSocket(tap: SocketTap): WebSocketConstructor {
  return class extends WebSocket {
    constructor(url: string) {
      super(url);
      tap.opening?.(this);
      this.addEventListener('message', ({ data }) => tap.received?.(parse(data)));
    }

    override send(data: string): void {
      super.send(data);
      tap.sent?.(parse(data));
    }
  };
}

function parse(data: unknown): TappedFrame {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === 'object' && frame !== null ? frame : {};
  } catch {
    return {};
  }
}
