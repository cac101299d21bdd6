import type { RunningChart } from './chart.ts';

/** Notes that a message of the guest was accepted; its id, where known, gives it its place in the order. */
export type NoteAcceptance = (conversationId: string, messageId?: string) => void;

/**
 * Makes the one way in for acceptances (T-11): a transport and the application may both tell of the same one,
 * and the second would be taken for another message.
 */
export function createAcceptances(chart: RunningChart): NoteAcceptance {
  return (conversationId, messageId) => {
    if (messageId !== undefined) {
      const { order } = chart.reading;
      if (!order.accepted.note(JSON.stringify([conversationId, messageId]))) return;
      order.note(conversationId, messageId, { author: 'own' });
    }
    chart.send({ type: 'message.accepted', conversationId });
  };
}
