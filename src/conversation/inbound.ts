import { readStreamFrame } from '../shared/streamFrame.ts';
import type { TransportEvent } from '../shared/transport.ts';
import type { RunningChart } from './chart.ts';
import type { Evidence } from './evidence.ts';
import type { Conversation } from './types.ts';

/** What comes in: from a transport that holds a connection, and from the application's own event stream. */
export interface Inbound {
  /** Listens to the transport from now on. Once is enough. */
  listen(): void;
  /** Listens no more. */
  close(): void;
  readonly receive: Conversation['receive'];
}

/** Makes {@link Inbound}: everything that comes in becomes evidence. */
export function createInbound({ transport, log }: RunningChart, evidence: () => Evidence): Inbound {
  const listener = log.guard('transport', (event: TransportEvent) => evidence().take(event));
  const warned = new Set<string>();
  let unsubscribe: (() => void) | undefined;
  let isClosed = false;
  return {
    listen: () => {
      if (!isClosed) unsubscribe ??= transport.subscribe?.(listener);
    },
    close: () => {
      isClosed = true;
      unsubscribe?.();
      unsubscribe = undefined;
    },
    receive: (frame) => {
      const { type, isWhole, events } = readStreamFrame(frame);
      for (const event of events) evidence().take(event);
      if (type !== null && !isWhole && !warned.has(type)) {
        warned.add(type);
        log.warn(`A frame ${type} was left out: a field is missing, or not what it should be. Said once.`);
      }
      return isWhole;
    },
  };
}
