import type { ConversationEvent } from '../../machines/conversation/events.ts';
import type { AttachedReading, MessageOrder } from '../reading/index.ts';
import type { Log } from '../shared/log.ts';
import type { Transport, TransportEvent } from '../shared/transport.ts';
import { checkId } from '../shared/validate.ts';
import type { NoteAcceptance } from './acceptances.ts';
import type { RunningChart } from './chart.ts';
import type { Conversation } from './types.ts';

/** What comes in: from a transport that holds a connection, and from the application's own event stream. */
export interface Inbound {
  /** Listens to the transport from now on. Once is enough. */
  listen(): void;
  /** Listens no more. */
  close(): void;
  readonly receive: Conversation['receive'];
}

/** Makes {@link Inbound}: everything that comes in reaches the chart as an event. */
export function createInbound(
  transport: Transport,
  chart: RunningChart,
  reading: AttachedReading,
  noteAcceptance: NoteAcceptance,
  log: Log,
): Inbound {
  const take = log.guard('transport', (told: TransportEvent) => {
    if (told.type === 'message.accepted') {
      // One that is told late only has its place: it says nothing of what the other side shows now.
      if (told.isCaughtUp) reading.order.note(told.conversationId, told.messageId);
      else noteAcceptance(told.conversationId, told.messageId);
    } else if (told.type === 'message.read') reading.receive({ ...told, type: 'conversation:read' });
    else chart.send(evidenceIn(told, reading.order, transport.participantId));
    reading.catchUp();
  });
  let unsubscribe: (() => void) | undefined;
  let isClosed = false;
  return {
    listen: () => {
      if (!isClosed) unsubscribe ??= transport.subscribe?.(take);
    },
    close: () => {
      isClosed = true;
      unsubscribe?.();
      unsubscribe = undefined;
    },
    receive: (frame) => {
      const typing = readTypingFrame(frame);
      if (!typing) return reading.receive(frame);
      chart.send({ type: 'remote.typing', ...typing });
      return true;
    },
  };
}

/**
 * The machine's event for what a transport tells: the same one. A message gets its place in the order on the
 * way, so that it can be read, and leaves its id there. Throws for anything else, since a transport is not
 * asked what the guest did.
 */
function evidenceIn(
  told: Exclude<TransportEvent, { type: 'message.accepted' | 'message.read' }>,
  order: MessageOrder,
  ownId?: string,
): ConversationEvent {
  switch (told.type) {
    case 'message.received': {
      const { type, conversationId, messageId, participantId, position, sentAt } = told;
      order.note(conversationId, messageId, { position, isOthers: participantId !== ownId });
      return { type, conversationId, participantId, ...(sentAt !== undefined && { sentAt }) };
    }
    case 'network.online':
    case 'network.offline':
    case 'conversation.opened':
    case 'conversation.ended':
    case 'remote.typing':
    case 'limit.announced':
    case 'typing.forbidden':
    case 'messages.missed':
      return told;
    default:
      throw new TypeError('A transport told an event that is none of its own.');
  }
}

/** What the back end's event stream says about somebody's typing. */
interface TypingFrame {
  readonly conversationId: string;
  readonly participantId: string;
  readonly isTyping: boolean;
  /** How long it holds, ms, where the stream says so. */
  readonly durationMs?: number;
}

/**
 * Reads a `conversation:typing` frame: an object or its JSON text. Total: anything else is `null`, nothing
 * is copied but the three fields, and nothing is thrown.
 */
function readTypingFrame(frame: unknown): TypingFrame | null {
  try {
    const { type, conversationId, participantId, isTyping, duration } = (
      typeof frame === 'string' ? JSON.parse(frame) : frame
    ) as Record<string, unknown>;
    if (type !== 'conversation:typing' || typeof isTyping !== 'boolean') return null;
    return {
      conversationId: checkId('conversationId', conversationId),
      participantId: checkId('participantId', participantId),
      isTyping,
      ...(typeof duration === 'number' && { durationMs: duration }),
    };
  } catch {
    return null;
  }
}
