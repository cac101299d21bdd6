import { ConversationError, invalidOption } from '../shared/errors.ts';
import { stoppedError } from '../shared/refusals.ts';
import type { SentMessage } from '../shared/transport.ts';
import type { NoteAcceptance } from './acceptances.ts';
import type { RunningChart } from './chart.ts';
import type { MessageVerbs } from './types.ts';

/** Makes `sendMessage`, for a transport that sends messages. */
export function createSendMessage(
  chart: RunningChart,
  noteAcceptance: NoteAcceptance,
): Pick<MessageVerbs, 'sendMessage'> {
  const { actor, transport } = chart;
  // One each: Node takes eleven listeners of one signal for a leak, and says so in the console.
  const underWay = new Set<AbortController>();
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    for (const sending of underWay) sending.abort();
  };
  actor.subscribe({ error: stop, complete: stop });

  return {
    sendMessage: (text) => {
      if (!transport.sendMessage) throw unsupported();
      if (chart.isStopped() || isOver) throw stoppedError();
      const conversationId = chart.openId();
      if (typeof text !== 'string' || text === '')
        throw invalidOption('text', 'text that is not empty', text);
      const controller = new AbortController();
      const { signal } = controller;
      const sending = transport.sendMessage(text, { conversationId, signal });
      underWay.add(controller);
      chart.send({ type: 'message.sent' }); // T-5, T-6: from here on this message says that typing is over.
      const sent = new Promise<SentMessage>((resolve, reject) => {
        const giveUp = (): void => reject(stoppedError());
        signal.addEventListener('abort', giveUp, { once: true });
        sending
          .finally(() => underWay.delete(controller))
          .then((message) => {
            noteAcceptance(message.conversationId ?? conversationId, message.messageId); // T-11
            resolve(message);
          }, reject);
      });
      sent.catch(() => {}); // Who does not wait for it is not to be told by an unhandled rejection.
      return sent;
    },
  };
}

const unsupported = (): ConversationError =>
  new ConversationError({
    code: 'unsupported',
    message: 'This transport sends no messages; send them yourself, then call messageSent().',
  });
