import type {
  ConversationView,
  FaultSpec,
  GuestToken,
  SocketFaultSpec,
  WebhookTrouble,
} from 'genesys-conversation-machine/sandbox';
import { Refused } from './refused.ts';

/** The sandbox's control calls: the agent, the faults, and what the guest's own server would do. */
export function createSandbox(secret: string) {
  const control = async (
    method: string,
    path: string,
    body?: object,
    signal?: AbortSignal,
  ): Promise<unknown> => {
    const reply = await fetch(`/sandbox/${path}`, {
      method,
      headers: { 'X-Sandbox-Secret': secret, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    if (!reply.ok) throw new Refused(reply.status);
    return reply.status === 204 ? undefined : reply.json();
  };
  const post = (path: string, body: object = {}, signal?: AbortSignal) => control('POST', path, body, signal);

  return {
    secret,
    view: async (conversationId: string) =>
      (await control('GET', `conversations/${conversationId}`)) as ConversationView,
    conversations: async () =>
      ((await control('GET', 'conversations')) as { conversations: ConversationView[] }).conversations,
    freshToken: async (conversationId: string, signal?: AbortSignal) =>
      (await post(`conversations/${conversationId}/token`, {}, signal)) as GuestToken,
    end: (conversationId: string) => post(`conversations/${conversationId}/end`),
    reopen: (conversationId: string) => post(`conversations/${conversationId}/reopen`),
    addFault: (fault: FaultSpec) => post('faults', fault),
    clearFaults: () => control('DELETE', 'faults'),
    addSocketFault: (fault: SocketFaultSpec) => post('web-messaging/faults', fault),
    disturbWebhooks: (trouble: WebhookTrouble) => post('open-messaging/disturb', trouble),
    releaseWebhooks: () => post('open-messaging/release'),
    toSession: (conversationId: string, verb: string, body?: object) =>
      post(`web-messaging/sessions/${conversationId}/${verb}`, body),
    agentTyping: (body: { conversationId: string; isTyping: boolean }, signal?: AbortSignal) =>
      post('agent/typing', body, signal),
    agentRead: (body: { conversationId: string; messageId?: string }, signal?: AbortSignal) =>
      post('agent/read', body, signal),
    agentSay: async (conversationId: string, text: string) =>
      (await post('agent/messages', { conversationId, text })) as { messageId: string },
  };
}

export type SandboxClient = ReturnType<typeof createSandbox>;
