import { v4 as uuid } from 'uuid';
import type { Manner, StreamEvent } from '../conversations/events.ts';
import type { SandboxClock } from '../shared/clock.ts';
import type { Deployments } from './deployments.ts';
import { notice, type StructuredBody, traced } from './frames.ts';
import type { Session, Sessions } from './sessions.ts';

const typingDuration = 5000;

/** What tells the sockets of a session what happens in its conversation, whoever caused it. */
export class Relay {
  readonly #clock: SandboxClock;
  readonly #sessions: Sessions;
  readonly #deployments: Deployments;

  constructor(clock: SandboxClock, sessions: Sessions, deployments: Deployments) {
    this.#clock = clock;
    this.#sessions = sessions;
    this.#deployments = deployments;
  }

  /** Tells the sockets of an event. There is no frame for the agent's end of typing, and none for reading. */
  publish(event: StreamEvent, manner: Manner): void {
    const session = this.#sessions.of(event.conversationId);
    if (session?.state !== 'open') return;
    switch (event.type) {
      case 'conversation:message':
        this.#sessions.touch(session);
        this.#tell(session, this.#message(session, event, manner), manner);
        return;
      case 'conversation:typing':
        if (event.participantId === session.guestId) this.echoTyping(session, manner);
        else if (event.isTyping) this.#tellTyping(session, manner);
        return;
      case 'conversation:ended': {
        const { enabled, type } = this.#deployments.get(session.deploymentId).conversationDisconnect;
        if (enabled) this.tellPresence(session, 'Outbound', 'Disconnect', manner, type === 'ReadOnly');
      }
    }
  }

  /** Echoes a guest's typing to all sockets of the session. */
  echoTyping(session: Session, manner: Manner): void {
    const events = [{ eventType: 'Typing', typing: { type: 'On' } }];
    this.#tell(session, { ...this.#head('Event', 'Inbound'), events }, manner);
  }

  /** Tells all sockets of a presence event. */
  tellPresence(
    session: Session,
    direction: 'Inbound' | 'Outbound',
    type: string,
    manner: Manner,
    readOnly?: boolean,
  ): void {
    const head = this.#head('Event', direction);
    if (readOnly !== undefined) head.metadata.readOnly = String(readOnly);
    const events = [{ eventType: 'Presence', presence: { type } }];
    this.#tell(session, { ...head, metadata: { ...manner.metadata, ...head.metadata }, events }, manner);
  }

  #tellTyping(session: Session, { duration = typingDuration, ...manner }: Manner): void {
    const events = [{ eventType: 'Typing', typing: { type: 'On', duration } }];
    this.#tell(session, { ...this.#head('Event', 'Outbound'), ...senderOf(manner), events }, manner);
  }

  #message(
    { guestId }: Session,
    event: Extract<StreamEvent, { type: 'conversation:message' }>,
    manner: Manner,
  ): StructuredBody {
    const isGuest = event.participantId === guestId;
    const head = this.#head(manner.type ?? 'Text', isGuest ? 'Inbound' : 'Outbound', event.messageId);
    const channel = { ...head.channel, time: event.sentAt };
    const said = { text: event.text, ...(manner.content !== undefined && { content: manner.content }) };
    if (isGuest) return { ...head, ...said, channel, metadata: { ...manner.metadata, ...head.metadata } };
    return {
      ...head,
      ...said,
      ...senderOf(manner),
      channel: { ...channel, type: 'Private', from: nameOf(manner) },
    };
  }

  #head(
    type: StructuredBody['type'],
    direction: StructuredBody['direction'],
    messageId = uuid(),
  ): StructuredBody {
    const time = new Date(this.#clock.now()).toISOString();
    const metadata = { correlationId: uuid() };
    return { id: messageId.replaceAll('-', ''), type, direction, channel: { time, messageId }, metadata };
  }

  #tell(session: Session, body: StructuredBody, { tracingId }: Manner): void {
    const frame = JSON.stringify(traced(notice('StructuredMessage', body), tracingId));
    if (!isTyping(body)) session.history.push(body);
    this.#sessions.broadcast(session, frame);
  }
}

function senderOf({ bot = false }: Manner): { originatingEntity: 'Human' | 'Bot' } {
  return { originatingEntity: bot ? 'Bot' : 'Human' };
}

function nameOf({ nickname, image }: Manner): Record<string, string> {
  return { ...(nickname !== undefined && { nickname }), ...(image !== undefined && { image }) };
}

function isTyping({ events }: StructuredBody): boolean {
  return events?.some((event) => 'typing' in event) ?? false;
}
