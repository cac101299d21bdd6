import type { RunningChart } from './chart.ts';

/** How many accepted messages are remembered by id; who hears of one twice hears of it soon. */
const most = 100;

/** Notes that a message of the guest was accepted; its id, where known, gives it its place in the order. */
export type NoteAcceptance = (conversationId: string, messageId?: string) => void;

/**
 * Makes the one way in for acceptances (T-11): a transport and the application may both tell of the same one,
 * and the second would be taken for another message.
 */
export function createAcceptances(chart: RunningChart): NoteAcceptance {
  const known = new Set<string>();
  return (conversationId, messageId) => {
    if (messageId !== undefined) {
      const key = JSON.stringify([conversationId, messageId]);
      if (known.has(key)) return;
      known.add(key);
      for (const oldest of known) {
        if (known.size <= most) break;
        known.delete(oldest);
      }
      chart.reading.order.note(conversationId, messageId, { author: 'own' });
    }
    chart.send({ type: 'message.accepted', conversationId });
  };
}
