import type { AttachedReading } from '../reading/index.ts';
import { invalidOption } from '../shared/errors.ts';
import { checkId } from '../shared/validate.ts';
import type { NoteAcceptance } from './acceptances.ts';
import type { RunningChart } from './chart.ts';
import type { MessageVerbs } from './types.ts';

/** Makes {@link MessageVerbs}: each message gets its place before the chart hears of it. */
export function createMessageVerbs(
  { actor, send, openId }: RunningChart,
  { order, catchUp }: AttachedReading,
  noteAcceptance: NoteAcceptance,
  ownId: string | undefined,
): Omit<MessageVerbs, 'sendMessage'> {
  return {
    messageSent: (messageId) => {
      if (messageId !== undefined) order.note(openId(), checkId('messageId', messageId));
      send({ type: 'message.sent' });
      catchUp();
    },
    messageAccepted: (messageId) => {
      if (messageId !== undefined) checkId('messageId', messageId);
      const { conversationId } = actor.getSnapshot().context;
      if (conversationId === null) return;
      noteAcceptance(conversationId, messageId);
      catchUp();
    },
    messageReceived: ({ messageId, participantId, position, sentAt }) => {
      checkId('messageId', messageId);
      checkId('participantId', participantId);
      if (position !== undefined && !Number.isSafeInteger(position)) {
        throw invalidOption('position', 'a whole number up to 2^53 - 1', position);
      }
      if (sentAt !== undefined && !Number.isFinite(sentAt)) {
        throw invalidOption('sentAt', 'a time in ms since 1970', sentAt);
      }
      const conversationId = openId();
      order.note(conversationId, messageId, { position, isOthers: participantId !== ownId });
      send({
        type: 'message.received',
        conversationId,
        participantId,
        ...(sentAt !== undefined && { sentAt }),
      });
      catchUp();
    },
  };
}
