import { type CallOptions, isUnknownToPlatform, type Platform, PlatformRefusal } from './platform.ts';

/** What the platform calls a message, and the conversation that it stands in. */
interface Told {
  readonly id: string;
  readonly conversationId: string | null;
}

/** What is asked before a call leaves. */
type Conditions = Pick<CallOptions, 'mayLeave' | 'beforehand'>;

/** What a gateway says of its guests: the inbound calls of one integration of Open Messaging. */
export interface OpenMessaging {
  /** A message. */
  message(guestId: string, messageId: string, text: string, conditions?: Conditions): Promise<Told>;
  /**
   * Whether the platform has a message, the newest of the guest's in a conversation, of which nobody knows. Rejects with
   * {@link Untraceable} where it does not tell, and never will.
   */
  find(platformId: string, messageId: string): Promise<Told | undefined>;
  /** That the guest types. There is no word for the end of it. */
  typing(guestId: string, conditions?: Conditions): Promise<unknown>;
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
    message: async (guestId, messageId, text, conditions) => {
      const channel = { from: guest(guestId), time: now(), messageId };
      const body = { channel, text };
      const { id, conversationId = null } = await platform.call<{ id: string; conversationId?: string }>(
        'message',
        `${path('message')}?prefetchConversationId=true`,
        { body, ...conditions },
      );
      return { id, conversationId };
    },
    find: async (platformId, messageId) => {
      const root = `/api/v2/conversations/messages/${encodeURIComponent(platformId)}`;
      const get = <T>(path: string) =>
        platform.call<T>('message', path, { method: 'GET' }).catch((error: unknown) => {
          throw isFinal(error) ? new Untraceable() : error;
        });
      const { participants = [] } = await get<{ participants?: Participant[] }>(root);
      const newest = participants
        .filter(({ purpose }) => purpose === 'customer')
        .flatMap(({ messages = [] }) => messages)
        .reduce<MessageOf | undefined>(
          (last, each) => (last && last.messageTime > each.messageTime ? last : each),
          undefined,
        );
      if (newest === undefined) return undefined;
      const { id, providerMessageId } = await get<{ id: string; providerMessageId?: string }>(
        `${root}/messages/${encodeURIComponent(newest.messageId)}`,
      );
      return providerMessageId === messageId ? { id, conversationId: platformId } : undefined;
    },
    typing: (guestId, conditions) =>
      platform.call('typing', path('event'), {
        ...conditions,
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

/** Whether asking again brings no other answer. */
const isFinal = (error: unknown): boolean =>
  isUnknownToPlatform(error) || (error instanceof PlatformRefusal && ![429, 503].includes(error.status));

/** Nobody can be asked any more whether a message has arrived; told again it might stand there twice. */
export class Untraceable extends Error {}

/** A participant of a conversation, and what they wrote, as the platform's view of it shows them. */
interface Participant {
  readonly purpose?: string;
  readonly messages?: readonly MessageOf[];
}

interface MessageOf {
  readonly messageId: string;
  /** ISO 8601. */
  readonly messageTime: string;
}
