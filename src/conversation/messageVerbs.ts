import { invalidOption } from '../shared/errors.ts';
import { toldMessage } from '../shared/frames.ts';
import { timeOf } from '../shared/time.ts';
import type { ToldMessage } from '../shared/transport.ts';
import { checkId, checkMessageId, checkObject, isPosition } from '../shared/validate.ts';
import type { NoteAcceptance } from './acceptances.ts';
import type { RunningChart } from './chart.ts';
import type { Evidence } from './evidence.ts';
import type { IncomingMessage, MessageVerbs } from './types.ts';

/** What {@link MessageVerbs} are made with; each is asked for where a verb needs it. */
export interface MessageParts {
  readonly chart: RunningChart;
  readonly evidence: Evidence;
  readonly noteAcceptance: NoteAcceptance;
}

/**
 * Makes {@link MessageVerbs}: each message gets its place before the chart hears of it. What is refused is refused
 * for its place only: the guest's episode, or the author's typing, is over all the same.
 */
export function createMessageVerbs(parts: MessageParts): Omit<MessageVerbs, 'sendMessage'> {
  const { chart } = parts;
  const { reading } = chart;
  return {
    messageSent: (messageId) => {
      try {
        if (chart.answeringReads) reading.readNewest();
        if (messageId !== undefined) {
          reading.order.note(chart.openId(), checkMessageId('messageId', messageId), { author: 'own' });
        }
      } finally {
        chart.send({ type: 'message.sent' });
        reading.catchUp();
      }
    },
    messageAccepted: (messageId) => {
      if (messageId !== undefined) checkMessageId('messageId', messageId);
      const { conversationId } = chart.actor.getSnapshot().context;
      if (conversationId === null) return;
      parts.noteAcceptance(conversationId, messageId);
      reading.catchUp();
    },
    messageReceived: (message) => {
      const conversationId = chart.openId();
      checkMessage(message);
      const participantId = checkId('participantId', message.participantId);
      try {
        parts.evidence.take(checked(message, conversationId));
      } catch (error) {
        chart.send({ type: 'remote.typing', conversationId, participantId, isTyping: false });
        throw error;
      }
    },
    historyReceived: (messages) => {
      if (!Array.isArray(messages)) throw invalidOption('messages', 'an array of messages', messages);
      const conversationId = chart.openId();
      parts.evidence.takePage(
        conversationId,
        messages.map((message) => checked(message, conversationId)),
      );
    },
    messageRemoved: (messageId) =>
      parts.evidence.take({
        type: 'message.removed',
        conversationId: chart.openId(),
        messageId: checkMessageId('messageId', messageId),
      }),
  };
}

function checkMessage(message: unknown): void {
  checkObject('message', message, 'an object with messageId and participantId');
}

function checked(message: IncomingMessage, conversationId: string): ToldMessage {
  checkMessage(message);
  const { messageId, participantId, position } = message;
  checkMessageId('messageId', messageId);
  checkId('participantId', participantId);
  if (position !== undefined && !isPosition(position)) {
    throw invalidOption('position', 'a whole number up to 2^52', position);
  }
  const sentAt = message.sentAt === undefined ? undefined : timeOf(message.sentAt);
  if (sentAt === null) {
    throw invalidOption('sentAt', 'a time: ms since 1970, or ISO 8601 with a zone', message.sentAt);
  }
  return toldMessage(conversationId, { messageId, participantId, position, sentAt });
}
