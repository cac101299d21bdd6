import type { ConversationView } from '../conversations/events.ts';

/** The control calls of the sandbox that an agent needs. Each rejects where the sandbox refuses it. */
export interface Control {
  /** Every conversation, in the order in which they started. */
  conversations(): Promise<ConversationView[]>;
  typing(conversationId: string, isTyping: boolean): Promise<unknown>;
  say(conversationId: string, text: string): Promise<unknown>;
  read(conversationId: string): Promise<unknown>;
}

/** Calls the sandbox that this page comes from. */
export function createControl(secret: string): Control {
  const call = async (path: string, body?: object): Promise<unknown> => {
    const reply = await fetch(`/sandbox/${path}`, {
      headers: { 'X-Sandbox-Secret': secret, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`The sandbox answered with ${reply.status}.`);
    return reply.status === 204 ? undefined : reply.json();
  };
  return {
    conversations: async () =>
      ((await call('conversations')) as { conversations: ConversationView[] }).conversations,
    typing: (conversationId, isTyping) => call('agent/typing', { conversationId, isTyping }),
    say: (conversationId, text) => call('agent/messages', { conversationId, text }),
    read: (conversationId) => call('agent/read', { conversationId }),
  };
}

/** Calls `onChange` once the sandbox's feed is open, and whenever it tells of something; `onLost` when it closes. */
export function listen(secret: string, onChange: () => void, onLost: () => void): void {
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/sandbox/feed`);
  socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'authenticate', secret })));
  socket.addEventListener('message', onChange);
  socket.addEventListener('close', onLost);
}
