import type { Manner } from '../conversations/events.ts';
import { notice, objectOf, refuse, tracingIdOf } from './frames.ts';
import { mostCustomData } from './limits.ts';
import { requireLive, type SessionRequest } from './request.ts';

const longestText = 4096;
const forbiddenTyping = 'Turn on the Feature Toggle or fix the configuration.';
const forbiddenClear = 'Presence events Conversation Clear are not supported';
const unsupportedEvents = ['CoBrowse', 'Reactions', 'Video'];

type Event = { typing: true } | { presence: 'Join' | 'Clear' };

/** Takes a message, typing or presence of the guest's. */
export function receiveMessage(request: SessionRequest): number | null {
  const { parts, frame, session } = request;
  parts.limits.count('messagesPerSecond', session.token);
  requireLive(request);
  const message = objectOf(frame.message);
  requireSmallAttributes(frame, message);
  switch (message.type) {
    case 'Event':
      return takeEvents(request, message);
    case 'Text':
    case 'Structured':
      return takeText(request, message, message.type);
    default:
      throw refuse(400, 'message.type must be Text, Structured or Event.');
  }
}

function takeText(
  request: SessionRequest,
  message: Record<string, unknown>,
  type: 'Text' | 'Structured',
): number {
  const { connection, session } = request;
  const { conversations, sessions } = request.parts;
  requireWritable(request);
  const content = Array.isArray(message.content) && message.content.length > 0 ? message.content : undefined;
  if (content?.some((item) => objectOf(item).contentType === 'Attachment')) {
    throw refuse(4009, 'attachment not found');
  }
  const isSilent = message.text === undefined || message.text === '';
  const text = isSilent ? (chosen(content) ?? message.text) : message.text;
  if (typeof text !== 'string') throw refuse(400, 'message.text must be a string.');
  if (text === '') throw refuse(4011, 'message is empty');
  if (Buffer.byteLength(text) > longestText) throw refuse(4011, 'message too long');
  if (sessions.hasEnded(session)) conversations.reopen(session.conversationId);
  conversations.say(session.conversationId, session.guestId, text, {
    ...mannerOf(request),
    type: content === undefined ? type : 'Structured',
    ...(content !== undefined && { content }),
  });
  connection.lastTyping = undefined;
  return 200;
}

function takeEvents(request: SessionRequest, { events }: Record<string, unknown>): number | null {
  if (!Array.isArray(events) || events.length === 0) throw refuse(400, 'message.events must not be empty.');
  const parsed = events.map(parseEvent);
  if (parsed.some((event) => 'typing' in event)) requireTyping(request);
  let code: number | null = 200;
  for (const event of parsed) {
    if (!('typing' in event)) takePresence(request, event.presence);
    else if (!takeTyping(request)) code = null;
  }
  return code;
}

function takeTyping(request: SessionRequest): boolean {
  const { session } = request;
  const { conversations, deployments, relay, sessions } = request.parts;
  if (!deployments.effective(session.deploymentId).showUserTypingIndicator) return false;
  const manner = mannerOf(request);
  if (sessions.hasEnded(session)) relay.echoTyping(session, manner);
  else conversations.setTyping(session.conversationId, session.guestId, true, manner);
  return true;
}

function takePresence(request: SessionRequest, presence: 'Join' | 'Clear'): void {
  const { session } = request;
  const { deployments, relay, sessions } = request.parts;
  if (presence === 'Join') {
    requireWritable(request);
    relay.tellPresence(session, 'Inbound', 'Join', mannerOf(request));
    return;
  }
  if (!deployments.get(session.deploymentId).conversationClear.enabled) throw refuse(403, forbiddenClear);
  relay.tellPresence(session, 'Inbound', 'Clear', mannerOf(request));
  sessions.remove(session, notice('SessionClearedEvent'), notice('ConnectionClosedEvent'));
}

function parseEvent(value: unknown): Event {
  const { eventType, typing, presence } = objectOf(value);
  if (eventType === 'Typing') {
    if (objectOf(typing).type === 'On') return { typing: true };
    throw refuse(400, 'typing.type must be On.');
  }
  if (eventType === 'Presence') {
    const { type } = objectOf(presence);
    if (type === 'Join' || type === 'Clear') return { presence: type };
    throw refuse(400, 'presence.type must be Join or Clear.');
  }
  if (unsupportedEvents.includes(String(eventType))) throw refuse(4000, 'This feature is not available.');
  throw refuse(400, 'Unknown eventType.');
}

function requireTyping(request: SessionRequest): void {
  requireWritable(request);
  const settings = request.parts.deployments.effective(request.session.deploymentId);
  if (!settings.showUserTypingIndicator && settings.typingWhenOff === 'refuse') {
    throw refuse(403, forbiddenTyping);
  }
}

function requireWritable({ parts, session }: SessionRequest): void {
  if (parts.sessions.isReadOnly(session)) throw refuse(409, 'The conversation is read-only.');
}

function requireSmallAttributes(frame: Record<string, unknown>, message: Record<string, unknown>): void {
  for (const channel of [frame.channel, message.channel]) {
    const { customAttributes } = objectOf(objectOf(channel).metadata);
    if (customAttributes === undefined) continue;
    if (Buffer.byteLength(JSON.stringify(customAttributes)) > mostCustomData) {
      throw refuse(4013, `Custom Attributes in channel metadata is larger than ${mostCustomData} bytes`);
    }
  }
}

function chosen(content: unknown[] | undefined): unknown {
  return content
    ?.map((item) => objectOf(objectOf(item).buttonResponse).text)
    .find((text) => text !== undefined);
}

function mannerOf({ frame }: SessionRequest): Manner {
  const tracingId = tracingIdOf(frame);
  const metadata = objectOf(objectOf(frame.message).metadata);
  return { ...(tracingId !== undefined && { tracingId }), metadata };
}
