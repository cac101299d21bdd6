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
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  actor.subscribe({ error: stop, complete: stop });

  return {
    sendMessage: (text) => {
      if (!transport.sendMessage) throw unsupported();
      if (chart.isStopped() || stopping.signal.aborted) throw stoppedError();
      const conversationId = chart.openId();
      if (typeof text !== 'string' || text === '')
        throw invalidOption('text', 'text that is not empty', text);
      const sending = transport.sendMessage(text, { conversationId, signal: stopping.signal });
      chart.send({ type: 'message.sent' }); // T-5, T-6: from here on this message says that typing is over.
      const sent = new Promise<SentMessage>((resolve, reject) => {
        const giveUp = (): void => reject(stoppedError());
        const { signal } = stopping;
        signal.addEventListener('abort', giveUp, { once: true });
        sending
          .finally(() => signal.removeEventListener('abort', giveUp))
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
