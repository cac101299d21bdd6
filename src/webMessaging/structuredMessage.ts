import type { FrameEvent, PersonNames, Sender, SessionMessage } from '../../machines/session/events.ts';
import { longestTyping } from '../../machines/waits.ts';
import { field, list, number, text } from '../shared/json.ts';
import { timeOf } from '../shared/time.ts';

/** How many events of one frame are read. */
const eventCap = 32;

/**
 * Reads a `StructuredMessage`: a text, something structured, or a list of events. `Inbound` is from the
 * guest, `Outbound` to the guest. Events that nobody knows are left out.
 */
export function readStructured(frame: unknown): readonly FrameEvent[] | undefined {
  const body = field(frame, 'body');
  const direction = directionOf(body);
  const type = text(body, 'type');
  if (direction === undefined) return undefined;
  if (type === 'Event')
    return list(body, 'events')
      .slice(0, eventCap)
      .flatMap((event) => read(event, body, direction));
  if (type !== 'Text' && type !== 'Structured') return undefined;
  const channelId = text(field(body, 'channel'), 'messageId');
  const bodyId = text(body, 'id');
  const messageId = channelId ?? bodyId;
  if (messageId === undefined) return undefined;
  const id = text(frame, 'tracingId') ?? text(field(body, 'metadata'), 'customMessageId');
  return [
    {
      type: 'frame.message',
      direction,
      ...(id !== undefined && { id }),
      ...(bodyId !== undefined && bodyId !== messageId && { otherId: bodyId }),
      message: messageIn(body, messageId, type),
    },
  ];
}

function directionOf(body: unknown): 'inbound' | 'outbound' | undefined {
  const direction = text(body, 'direction');
  if (direction === 'Inbound') return 'inbound';
  return direction === 'Outbound' ? 'outbound' : undefined;
}

function messageIn(body: unknown, messageId: string, type: 'Text' | 'Structured'): SessionMessage {
  const words = text(body, 'text', 65_536);
  const content = list(body, 'content');
  return {
    messageId,
    kind: type === 'Text' ? 'text' : 'structured',
    sender: senderOf(body),
    ...(words !== undefined && { text: words }),
    ...(content.length > 0 && { content }),
    ...namesIn(body),
    ...dateOf(body),
  };
}

function senderOf(body: unknown): Sender {
  const entity = text(body, 'originatingEntity');
  if (entity === 'Human') return 'human';
  return entity === 'Bot' ? 'bot' : 'unknown';
}

/** Who a frame says that it comes from. */
function namesIn(body: unknown): PersonNames {
  const from = field(field(body, 'channel'), 'from');
  const names: { -readonly [Key in keyof PersonNames]: PersonNames[Key] } = {};
  for (const key of ['firstName', 'lastName', 'nickname', 'image'] as const) {
    const name = text(from, key, key === 'image' ? 2048 : undefined);
    if (name !== undefined) names[key] = name;
  }
  return names;
}

/** The same, as part of an event. */
function dateOf(body: unknown): { readonly sentAt?: number } {
  const sentAt = timeIn(body);
  return sentAt === undefined ? {} : { sentAt };
}

/** The server's time of a body, ms since 1970. */
export function timeIn(body: unknown): number | undefined {
  return timeOf(text(field(body, 'channel'), 'time', 64)) ?? undefined;
}

function read(event: unknown, body: unknown, direction: 'inbound' | 'outbound'): readonly FrameEvent[] {
  const eventType = text(event, 'eventType');
  if (eventType === 'Typing' && direction === 'outbound') return [typingIn(event, body)];
  if (eventType !== 'Presence') return [];
  const presence = text(field(event, 'presence'), 'type');
  if (presence === 'Disconnect' && direction === 'outbound') {
    const flag = field(field(body, 'metadata'), 'readOnly');
    return [{ type: 'frame.disconnected', readOnly: flag === true || flag === 'true', ...dateOf(body) }];
  }
  if (presence === 'Join' && direction === 'inbound') return [{ type: 'frame.joined', ...dateOf(body) }];
  if (presence === 'SignIn' && direction === 'inbound')
    return [{ type: 'frame.signedIn', ...namesIn(body), ...dateOf(body) }];
  return [];
}

function typingIn(event: unknown, body: unknown): FrameEvent {
  const typing = field(event, 'typing');
  const duration = number(typing, 'duration') || number(typing, 'durationMs');
  const sender = senderOf(body);
  return {
    type: 'frame.typing',
    isTyping: text(typing, 'type')?.toLowerCase() !== 'off',
    ...(duration !== undefined &&
      duration > 0 && { durationMs: Math.min(Math.ceil(duration), longestTyping) }),
    ...dateOf(body),
    ...(sender !== 'unknown' && { sender }),
    ...namesIn(body),
  };
}
