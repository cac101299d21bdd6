import { createConversation } from 'genesys-conversation-machine';
import { agentTransport } from './agentTransport.ts';
import type { SandboxClient } from './sandbox.ts';
import type { Person } from './seat.ts';

export async function openAgent(sandbox: SandboxClient, conversationId: string): Promise<Person> {
  const id = await sandbox.agentOf(conversationId);
  return {
    id,
    conversation: createConversation({ conversationId, transport: agentTransport(sandbox, id) }),
    send: async (text) => (await sandbox.agentSay(conversationId, text)).messageId,
  };
}
