import type { Message } from '../panes/message.ts';
import { Refused } from '../sandbox/refused.ts';

export const messagingPath = '/api/v2/conversations/messaging';

const answerTime = 10_000;

export interface RestCallsOptions {
  readonly token: () => string;
  /** Fetches a fresh token, which `token` returns from then on. */
  readonly refresh: () => Promise<unknown>;
}

/** The guest’s calls that are the application’s own: over Guest REST the SDK neither sends nor fetches messages. */
export function createRestCalls(
  { conversationId, guestId }: { readonly conversationId: string; readonly guestId: string },
  { token, refresh }: RestCallsOptions,
) {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const send = () =>
      fetch(messagingPath + path, {
        method,
        headers: {
          Authorization: `Bearer ${token()}`,
          'Content-Type': 'application/json',
          'X-Genesys-Request-Id': crypto.randomUUID(),
        },
        signal: AbortSignal.timeout(answerTime),
        ...(body && { body: JSON.stringify(body) }),
      });
    let reply = await send();
    if (reply.status === 401) {
      await refresh();
      reply = await send();
    }
    if (!reply.ok) throw new Refused(reply.status);
    return reply.json();
  };

  return {
    send: async (text: string): Promise<string> => {
      const path = `/participants/${guestId}/messages`;
      return ((await call('POST', path, { conversationId, text })) as { messageId: string }).messageId;
    },
    history: async (): Promise<Message[]> =>
      ((await call('GET', `/${conversationId}/messages`)) as { messages: Message[] }).messages,
  };
}
