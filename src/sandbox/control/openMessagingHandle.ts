import type { OpenMessagingSettings } from '../openMessaging/settings.ts';
import type { WebhookDelivery, WebhookTrouble } from '../openMessaging/webhooks.ts';

/** The Open Messaging side of a running sandbox: what a gateway of one's own speaks with. */
export interface SandboxOpenMessaging {
  /** The id of the run's integration, which stands in the path of every inbound call. */
  readonly integrationId: string;
  /** Where a token is had by the client-credentials grant: `http://127.0.0.1:<port>/oauth/token`. */
  readonly tokenUrl: string;
  /** Changes the settings that are given, and returns them all. Throws a `TypeError`. */
  configure(changes: Partial<OpenMessagingSettings>): OpenMessagingSettings;
  /** The conversation that a guest of a gateway is in; undefined while they are in none that is live. */
  live(guestId: string): string | undefined;
  /** The webhooks that were sent, oldest first, with what became of their tries. */
  webhooks(): readonly WebhookDelivery[];
  /** What the next webhooks suffer: sent twice, held back; `{}` for nothing. Throws a `TypeError`. */
  disturb(trouble: WebhookTrouble): void;
  /** Sends the webhooks that are held back, the newest first. */
  release(): void;
  /** Breaks the sockets of all notification channels. */
  dropChannels(): void;
}
