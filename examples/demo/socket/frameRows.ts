import type { CallRow } from '../inspector/callList.ts';
import { frameVerb } from '../inspector/frameVerb.ts';
import type { SocketTap } from './socketTap.ts';

/** Makes rows of the call list from the guest's own socket, where there is no sandbox that tells of its frames. */
export function frameRows(show: (row: CallRow) => void): SocketTap {
  const waiting = new Map<string, CallRow>();
  let count = 0;

  const open = (verb: string): CallRow => {
    count += 1;
    return { key: `frame ${count}`, time: Date.now(), verb, status: null, ms: null, flag: null };
  };
  const settle = (row: CallRow, status: CallRow['status']) =>
    show({ ...row, status, ms: Date.now() - row.time });

  return {
    opening: (socket) => {
      const row = open('connect');
      show(row);
      socket.addEventListener('open', () => settle(row, 101), { once: true });
      socket.addEventListener('error', () => settle(row, 'failed'), { once: true });
    },
    sent: (frame) => {
      const row = open(frameVerb(frame));
      const { tracingId } = frame;
      if (tracingId !== undefined) waiting.set(tracingId, row);
      show({ ...row, status: 'sent' });
    },
    received: ({ tracingId, code }) => {
      const row = tracingId === undefined ? undefined : waiting.get(tracingId);
      if (tracingId === undefined || row === undefined) return;
      waiting.delete(tracingId);
      settle(row, code ?? 'sent');
    },
  };
}
