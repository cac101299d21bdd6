import { v4 as uuid } from 'uuid';
import type { Conversations } from '../conversations/conversations.ts';
import type { Manner, StreamEvent } from '../conversations/events.ts';
import type { Tokens } from '../rest/tokens.ts';
import type { SandboxClock } from '../shared/clock.ts';
import { Guests } from './guests.ts';
import { Inbound } from './inbound.ts';
import { Notifications } from './notifications.ts';
import { Outbound } from './outbound.ts';
import { defaultSettings, type OpenMessagingSettings, withChanges } from './settings.ts';
import { Webhooks } from './webhooks.ts';

/** Open Messaging in one run: one integration, its guests, its webhooks. */
export interface OpenMessaging {
  readonly integrationId: string;
  readonly inbound: Inbound;
  readonly webhooks: Webhooks;
  readonly notifications: Notifications;
  /** The conversation that a guest of a gateway is in, if it is live. */
  live(guestId: string): string | undefined;
  /** Tells the gateway of an event of a conversation. */
  publish(event: StreamEvent, manner: Manner): void;
  /** Changes the settings that are given, and returns them all. Throws a `TypeError`. */
  configure(changes: Partial<OpenMessagingSettings>): OpenMessagingSettings;
}

/** Makes the state of Open Messaging for one run. */
export function createOpenMessaging(
  clock: SandboxClock,
  conversations: Conversations,
  tokens: Tokens,
): OpenMessaging {
  let current = defaultSettings;
  const settings = (): OpenMessagingSettings => current;
  const integrationId = uuid();
  const guests = new Guests(clock, conversations, settings);
  const webhooks = new Webhooks(clock, settings);
  const notifications = new Notifications();
  const outbound = new Outbound({ clock, integrationId, guests, webhooks, notifications, settings });
  return {
    integrationId,
    webhooks,
    notifications,
    inbound: new Inbound({ clock, integrationId, tokens, conversations, guests, settings }),
    live: (guestId) => guests.live(guestId),
    publish: (event, manner) => outbound.publish(event, manner),
    configure: (changes) => {
      current = withChanges(current, changes);
      return current;
    },
  };
}
