import {
  type ConversationFrame,
  evidenceOf,
  idIn,
  messageFactsIn,
  msOf,
  readMessage,
  type StreamFrame,
  sentAtIn,
} from './frames.ts';
import { field, number, parseJson, text } from './json.ts';
import type { TransportEvent } from './transport.ts';
import { checkMessageId } from './validate.ts';

/** What a frame of the back end's event stream says. */
export interface FrameRead {
  /** Its `type`, where that is one that this SDK knows. */
  readonly type: string | null;
  /** All of it, for an application; null where it is not what the contract says. */
  readonly frame: ConversationFrame | StreamFrame | null;
  /** What it tells a conversation, so far as it could be read. */
  readonly events: readonly TransportEvent[];
  /** Whether it tells a conversation all that a frame of its type does. */
  readonly isWhole: boolean;
}

const unknown: FrameRead = { type: null, frame: null, events: [], isWhole: false };
const whole = (frame: ConversationFrame): FrameRead => ({
  type: frame.type,
  frame,
  events: [evidenceOf(frame)],
  isWhole: true,
});
const cut = (type: string): FrameRead => ({ ...unknown, type });

/**
 * Reads a frame of the event stream: an object, or its JSON text. Total: nothing is thrown, and nothing is copied
 * but the fields that are known (S11, S12).
 */
export function readStreamFrame(frame: unknown): FrameRead {
  try {
    return read(typeof frame === 'string' ? parseJson(frame) : frame);
  } catch {
    return unknown; // An object can do anything when it is looked at.
  }
}

function read(value: unknown): FrameRead {
  const type = text(value, 'type', 64);
  const conversationId = idIn(value, 'conversationId');
  switch (type) {
    case 'pong':
      return { ...unknown, type, frame: { type } };
    case 'authenticated':
      return { ...cut(type), frame: conversationId === undefined ? null : { type, conversationId } };
    case 'conversation:ended':
      return conversationId === undefined ? cut(type) : whole({ type, conversationId });
    case 'conversation:message':
      return conversationId === undefined ? cut(type) : readSaid(value, conversationId);
    case 'conversation:read': {
      const participantId = idIn(value, 'participantId');
      const messageId = idIn(value, 'messageId', checkMessageId);
      return conversationId && participantId && messageId
        ? whole({ type, conversationId, participantId, messageId })
        : cut(type);
    }
    case 'conversation:typing': {
      const participantId = idIn(value, 'participantId');
      const isTyping = field(value, 'isTyping');
      const duration = number(value, 'duration');
      if (!conversationId || !participantId || typeof isTyping !== 'boolean') return cut(type);
      return whole({
        type,
        conversationId,
        participantId,
        isTyping,
        ...(duration !== undefined && { duration }),
        ...sentAtIn(value),
      });
    }
    default:
      return unknown;
  }
}

/** A message: without words it still has its place, and whatever its id is, whoever wrote it no longer types. */
function readSaid(value: unknown, conversationId: string): FrameRead {
  const message = readMessage(value, conversationId);
  if (message !== null) return whole(message);
  const type = 'conversation:message';
  const facts = messageFactsIn(value, conversationId);
  if (facts !== null) return { type, frame: null, events: [evidenceOf(facts)], isWhole: true };
  const participantId = idIn(value, 'participantId');
  if (participantId === undefined) return cut(type);
  const stopped = { type: 'remote.typing', conversationId, participantId, isTyping: false } as const;
  return { ...cut(type), events: [{ ...stopped, ...msOf(sentAtIn(value)) }] };
}
