import { field, parseJson } from './json.ts';
import { timeOf } from './time.ts';
import type { TransportEvent } from './transport.ts';
import { checkId, checkMessageId, isPosition } from './validate.ts';

/** What a frame of the back end's event stream says. */
export interface StreamFrame {
  /** Its `type`, where that is one of the four that this SDK knows. */
  readonly type: string | null;
  /** Whether all of it could be read. */
  readonly isWhole: boolean;
  /** What it tells, so far as it could be read. */
  readonly events: readonly TransportEvent[];
}

/**
 * Reads a frame of the event stream, `conversation:typing`, `conversation:message`, `conversation:read` or
 * `conversation:ended`: an object, or its JSON text. Total: nothing is thrown, and nothing is copied but the
 * fields that are known (S12).
 */
export function readStreamFrame(frame: unknown): StreamFrame {
  const unknown = { type: null, isWhole: false, events: [] };
  try {
    return readWhole(typeof frame === 'string' ? parseJson(frame) : frame) ?? unknown;
  } catch {
    return unknown; // An object can do anything when it is looked at.
  }
}

function readWhole(frame: unknown): StreamFrame | null {
  const type = field(frame, 'type');
  const reader = typeof type === 'string' ? readers.get(type) : undefined;
  if (typeof type !== 'string' || reader === undefined) return null;
  const conversationId = idIn(frame, 'conversationId');
  const events = conversationId === null ? [] : reader(frame, conversationId);
  const isWhole = events.length > 0 && (type !== 'conversation:message' || messageIdIn(frame) !== null);
  return { type, isWhole, events };
}

type Reader = (frame: unknown, conversationId: string) => readonly TransportEvent[];

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['conversation:typing', typingIn],
  ['conversation:message', messageIn],
  ['conversation:read', readIn],
  ['conversation:ended', (_, conversationId) => [{ type: 'conversation.ended', conversationId }]],
]);

function typingIn(frame: unknown, conversationId: string): readonly TransportEvent[] {
  const participantId = idIn(frame, 'participantId');
  const isTyping = field(frame, 'isTyping');
  const duration = field(frame, 'duration');
  if (participantId === null || typeof isTyping !== 'boolean') return [];
  return [
    {
      type: 'remote.typing',
      conversationId,
      participantId,
      isTyping,
      ...(typeof duration === 'number' && { durationMs: duration }),
      ...timeIn(frame),
    },
  ];
}

function messageIn(frame: unknown, conversationId: string): readonly TransportEvent[] {
  const participantId = idIn(frame, 'participantId');
  const messageId = messageIdIn(frame);
  const position = field(frame, 'position');
  if (participantId === null) return [];
  // Whatever its id is, whoever wrote it no longer types.
  if (messageId === null)
    return [{ type: 'remote.typing', conversationId, participantId, isTyping: false, ...timeIn(frame) }];
  return [
    {
      type: 'message.received',
      conversationId,
      participantId,
      messageId,
      ...(isPosition(position) && { position }),
      ...timeIn(frame),
    },
  ];
}

function readIn(frame: unknown, conversationId: string): readonly TransportEvent[] {
  const participantId = idIn(frame, 'participantId');
  const messageId = messageIdIn(frame);
  if (participantId === null || messageId === null) return [];
  return [{ type: 'message.read', conversationId, participantId, messageId }];
}

const idIn = (frame: unknown, name: string): string | null => orNull(() => checkId(name, field(frame, name)));

const messageIdIn = (frame: unknown): string | null =>
  orNull(() => checkMessageId('messageId', field(frame, 'messageId')));

/** The back end's time of a frame: ms since 1970, or ISO 8601 with a zone. */
function timeIn(frame: unknown): { readonly sentAt?: number } {
  const sentAt = timeOf(field(frame, 'sentAt'));
  return sentAt === null ? {} : { sentAt };
}

function orNull<T>(check: () => T): T | null {
  try {
    return check();
  } catch {
    return null;
  }
}
