import type { ConversationEvent } from '../../machines/conversation/events.ts';
import type { ToldMessage, TransportEvent } from '../shared/transport.ts';
import type { NoteAcceptance } from './acceptances.ts';
import type { RunningChart } from './chart.ts';

/** Turns what comes in into the chart's own events. */
export interface Evidence {
  /** Tells the chart one thing. Throws for what is none of a transport's events. */
  take(told: TransportEvent): void;
  /** Notes a page of the past, oldest first: it moves no mark and ends nobody's typing. */
  takePage(conversationId: string, messages: readonly ToldMessage[]): void;
}

/** How far a back end's clock is believed to be ahead of this device's, ms; a stamp beyond it says nothing. */
const farthestAhead = 15 * 60_000;

/**
 * Makes {@link Evidence}. A message gets its place in the order on the way, so that it can be read, and leaves its
 * id there.
 */
export function createEvidence(chart: RunningChart, noteAcceptance: NoteAcceptance): Evidence {
  const { clock, reading, transport } = chart;
  const { order } = reading;
  const factsOf = ({ messageId, participantId, position, sentAt, isOwn }: ToldMessage) => ({
    messageId,
    participantId,
    position,
    sentAt: sentAt !== undefined && sentAt <= clock.wallNow() + farthestAhead ? sentAt : undefined,
    author: (isOwn ?? participantId === transport.participantId) ? ('own' as const) : ('others' as const),
  });
  /** A stamp that is ahead is as good as now. */
  const timeOf = ({ sentAt }: { readonly sentAt?: number }) => {
    if (sentAt === undefined) return {};
    const now = clock.wallNow();
    return { sentAt: Math.min(sentAt, now), ageMs: Math.max(0, now - sentAt) };
  };
  const tellOf = (message: ToldMessage, isHistory: boolean): void => {
    const { type, conversationId, participantId } = message;
    chart.send({ type, conversationId, participantId, ...timeOf(message), ...(isHistory && { isHistory }) });
  };

  const takeMessage = (message: ToldMessage): void => {
    const { conversationId, messageId } = message;
    const facts = factsOf(message);
    const { isNew, isPast } = order.note(conversationId, messageId, facts);
    // What the guest wrote elsewhere puts out the indicator as what they wrote here does, before anything follows (T-11).
    if (facts.author === 'own' && !isPast && !message.isCaughtUp) noteAcceptance(conversationId, messageId);
    tellOf(message, !isNew || isPast);
  };
  const takePage = (conversationId: string, messages: readonly ToldMessage[]): void => {
    order.notePage(conversationId, messages.map(factsOf));
    // The chart counts anew, and keeps the last message of each author: nothing else of a page is news to it.
    const last = new Map<string, ToldMessage>();
    for (const message of messages) {
      const { participantId, sentAt = 0 } = message;
      const known = last.get(participantId);
      last.delete(participantId);
      last.set(participantId, known?.sentAt !== undefined && known.sentAt > sentAt ? known : message);
    }
    for (const message of last.values()) tellOf(message, true);
    reading.catchUp();
  };

  return {
    take: (told) => {
      switch (told.type) {
        case 'message.received':
          if (told.isHistory) takePage(told.conversationId, [told]);
          else takeMessage(told);
          break;
        case 'history.received':
          takePage(told.conversationId, told.messages);
          return;
        case 'message.accepted':
          // One that is told late only has its place: it says nothing of what the other side shows now.
          if (told.isCaughtUp) order.note(told.conversationId, told.messageId, { author: 'own' });
          else noteAcceptance(told.conversationId, told.messageId);
          break;
        case 'message.read':
          reading.read(told);
          return;
        case 'message.removed':
          reading.remove(told.conversationId, told.messageId);
          break;
        case 'remote.typing':
          chart.send({
            ...told,
            ...('sentAt' in told && { sentAt: timeOf(told).sentAt }),
          } as ConversationEvent);
          break;
        case 'network.online':
        case 'network.offline':
        case 'conversation.opened':
        case 'conversation.ended':
        case 'limit.announced':
        case 'typing.forbidden':
        case 'messages.missed':
          chart.send(told);
          break;
        default:
          throw new TypeError('A transport told an event that is none of its own.');
      }
      reading.catchUp();
    },
    takePage,
  };
}
