import type { Platform } from './platform.ts';

/** What a gateway says of its guests: the inbound calls of one integration of Open Messaging. */
export interface OpenMessaging {
  /** A message; resolves to what the platform calls the message and the conversation that it stands in. */
  message(
    guestId: string,
    messageId: string,
    text: string,
  ): Promise<{ readonly id: string; readonly conversationId: string | null }>;
  /** That the guest types. There is no word for the end of it. */
  typing(guestId: string): Promise<unknown>;
  /** That a message has reached the guest, or could not. There is no word for its being read. */
  receipt(guestId: string, id: string, status: 'Delivered' | 'Failed'): Promise<unknown>;
}

/** Speaks for the integration `integrationId`. */
export function createOpenMessaging(platform: Platform, integrationId: string): OpenMessaging {
  const path = (kind: string): string =>
    `/api/v2/conversations/messages/${encodeURIComponent(integrationId)}/inbound/open/${kind}`;
  const guest = (id: string) => ({ id, idType: 'Opaque' });
  const now = (): string => new Date().toISOString();
  return {
    message: async (guestId, messageId, text) => {
      const channel = { from: guest(guestId), time: now(), messageId };
      const body = { channel, text };
      const { id, conversationId = null } = await platform.call<{ id: string; conversationId?: string }>(
        'message',
        `${path('message')}?prefetchConversationId=true`,
        { body },
      );
      return { id, conversationId };
    },
    typing: (guestId) =>
      platform.call('typing', path('event'), {
        body: { channel: { from: guest(guestId), time: now() }, events: [{ eventType: 'Typing' }] },
      }),
    receipt: (guestId, id, status) => {
      const channel = { to: guest(guestId), time: now() };
      const reasons = [{ code: 'GeneralError' }];
      const body = { id, channel, status, isFinalReceipt: true, ...(status === 'Failed' && { reasons }) };
      return platform.call('receipt', path('receipt'), { body });
    },
  };
}
