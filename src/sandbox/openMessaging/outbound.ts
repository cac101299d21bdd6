import { v4 as uuid } from 'uuid';
import type { Manner, StreamEvent } from '../conversations/events.ts';
import type { SandboxClock } from '../shared/clock.ts';
import type { Guests } from './guests.ts';
import type { Notifications } from './notifications.ts';
import type { OpenMessagingSettings } from './settings.ts';
import type { Webhooks } from './webhooks.ts';

/** How long a guest's client shows that the agent types, ms, as in Genesys' example. */
const typingDuration = 5000;

/** What tells a gateway what happens in the conversations of its guests: webhooks, and of an end a notification only. */
export class Outbound {
  readonly #clock: SandboxClock;
  readonly #integrationId: string;
  readonly #guests: Guests;
  readonly #webhooks: Webhooks;
  readonly #notifications: Notifications;
  readonly #settings: () => OpenMessagingSettings;

  constructor(parts: {
    readonly clock: SandboxClock;
    readonly integrationId: string;
    readonly guests: Guests;
    readonly webhooks: Webhooks;
    readonly notifications: Notifications;
    readonly settings: () => OpenMessagingSettings;
  }) {
    this.#clock = parts.clock;
    this.#integrationId = parts.integrationId;
    this.#guests = parts.guests;
    this.#webhooks = parts.webhooks;
    this.#notifications = parts.notifications;
    this.#settings = parts.settings;
  }

  /** Tells of an event of a conversation, whoever caused it; what the guest did comes back as a receipt at most. */
  publish(event: StreamEvent, manner: Manner): void {
    const guestId = this.#guests.of(event.conversationId);
    if (guestId === undefined) return;
    const { conversationId } = event;
    if (event.type === 'conversation:ended') {
      this.#guests.ended(conversationId);
      this.#notifications.tellEnd(conversationId);
    } else if (event.type === 'conversation:message') {
      const isGuests = event.participantId === guestId;
      if (isGuests) this.#tellPublished(event.messageId, guestId, conversationId);
      else this.#tellMessage(event, guestId, manner);
    } else if (event.type === 'conversation:typing') {
      const isAgents = event.participantId !== guestId && event.isTyping;
      if (isAgents && this.#settings().typingOutbound) this.#tellTyping(guestId, conversationId, manner);
    }
  }

  #tellMessage(
    event: Extract<StreamEvent, { type: 'conversation:message' }>,
    guestId: string,
    { bot }: Manner,
  ): void {
    const { conversationId, messageId, text, sentAt } = event;
    const body = { type: 'Text', text, originatingEntity: bot ? 'Bot' : 'Human', conversationId };
    this.#send(messageId, guestId, body, sentAt);
  }

  #tellTyping(guestId: string, conversationId: string, { duration = typingDuration }: Manner): void {
    const events = [{ eventType: 'Typing', typing: { type: 'On', duration } }];
    this.#send(uuid(), guestId, { type: 'Event', originatingEntity: 'Human', conversationId, events });
  }

  #tellPublished(id: string, guestId: string, conversationId: string): void {
    const status = { type: 'Receipt', status: 'Published', isFinalReceipt: true };
    this.#send(id, guestId, { ...status, direction: 'Inbound', conversationId });
  }

  #send(id: string, guestId: string, body: object, time = new Date(this.#clock.now()).toISOString()): void {
    const integrationId = this.#integrationId;
    const channel = {
      id: integrationId,
      platform: 'Open',
      type: 'Private',
      messageId: id,
      to: { id: guestId, idType: 'Opaque' },
      from: { id: integrationId, nickname: 'Sandbox', idType: 'Opaque' },
      time,
    };
    this.#webhooks.send(id, { id, direction: 'Outbound', channel, ...body });
  }
}
