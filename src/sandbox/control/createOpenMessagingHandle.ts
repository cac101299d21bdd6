import { loginPath } from '../http/paths.ts';
import type { OpenMessaging } from '../openMessaging/openMessaging.ts';
import type { OpenMessagingSettings } from '../openMessaging/settings.ts';
import type { WebhookTrouble } from '../openMessaging/webhooks.ts';
import { checkBoolean, checkRecord, checkString } from '../shared/validate.ts';
import type { Route } from './command.ts';
import type { SandboxOpenMessaging } from './openMessagingHandle.ts';

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
