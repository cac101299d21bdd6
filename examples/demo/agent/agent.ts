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
  const transport = agentTransport(sandbox, agentId);
  const conversation = createConversation({ conversationId, timing, transport });
  return { id: agentId, conversation, send: conversation.sendMessage };
}
