import { createConversation, type TimingOptions } from 'genesys-conversation-machine';
import type { ConversationView } from 'genesys-conversation-machine/sandbox';
import type { Person } from '../panes/person.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';
import { agentTransport } from './agentTransport.ts';

export function openAgent(
  sandbox: SandboxClient,
  { conversationId, agentId }: Pick<ConversationView, 'conversationId' | 'agentId'>,
  timing: TimingOptions = {},
): Person {
  return {
    id: agentId,
    conversation: createConversation({ conversationId, timing, transport: agentTransport(sandbox, agentId) }),
    send: async (text) => (await sandbox.agentSay(conversationId, text)).messageId,
  };
}
