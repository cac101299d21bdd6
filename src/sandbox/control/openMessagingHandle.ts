import { loginPath } from '../http/paths.ts';
import type { OpenMessaging } from '../openMessaging/openMessaging.ts';
import type { OpenMessagingSettings } from '../openMessaging/settings.ts';
import type { WebhookDelivery, WebhookTrouble } from '../openMessaging/webhooks.ts';
import { checkBoolean, checkRecord, checkString } from '../shared/validate.ts';
import type { Route } from './command.ts';

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

/** Makes the Open Messaging part of the handle. */
export function createOpenMessagingHandle(openMessaging: OpenMessaging, port: number): SandboxOpenMessaging {
  const { integrationId, webhooks, notifications } = openMessaging;
  return {
    integrationId,
    tokenUrl: `http://127.0.0.1:${port}${loginPath}`,
    configure: openMessaging.configure,
    live: (guestId) => openMessaging.live(checkString('guestId', guestId)),
    webhooks: () => webhooks.list(),
    disturb: (trouble) => {
      const { duplicate = false, hold = false } = checkRecord('trouble', trouble, ['duplicate', 'hold']);
      webhooks.disturb({
        duplicate: checkBoolean('duplicate', duplicate),
        hold: checkBoolean('hold', hold),
      });
    },
    release: () => webhooks.release(),
    dropChannels: () => notifications.drop(),
  };
}

/** Adds the control of Open Messaging by way of `route`. */
export function installOpenMessagingControl(route: Route, handle: () => SandboxOpenMessaging): void {
  const root = '/sandbox/open-messaging';
  route('GET', root, () => {
    const { integrationId, tokenUrl, webhooks } = handle();
    return { integrationId, tokenUrl, webhooks: webhooks() };
  });
  route('POST', `${root}/settings`, ({ body }) => handle().configure(body as Partial<OpenMessagingSettings>));
  route('POST', `${root}/disturb`, ({ body }) => handle().disturb(body as WebhookTrouble));
  route('POST', `${root}/release`, () => handle().release());
  route('POST', `${root}/drop-channels`, () => handle().dropChannels());
}
