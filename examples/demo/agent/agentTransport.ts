import { ConversationError, type FailureCode, type Transport } from 'genesys-conversation-machine';
import { Refused } from '../sandbox/refused.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';

/** What the agent's side calls: not Genesys' REST contract but the sandbox's control, so a transport of its own. */
export function agentTransport(sandbox: SandboxClient, agentId: string): Transport {
  return {
    capabilities: {
      stopTyping: true,
      readReceipts: true,
      messageEndsTyping: true,
      spacing: 1000,
      timeToLive: 5000,
    },
    participantId: agentId,
    sendTyping: ({ conversationId, isTyping }, { signal }) =>
      attempt(sandbox.agentTyping({ conversationId, isTyping }, signal)),
    sendRead: ({ conversationId, messageId }, { signal }) =>
      attempt(sandbox.agentRead({ conversationId, ...(messageId && { messageId }) }, signal)),
  };
}

async function attempt(call: Promise<unknown>): Promise<object> {
  try {
    await call;
    return {};
  } catch (thrown) {
    const code = thrown instanceof Refused ? codeOf(thrown.status) : 'network';
    throw new ConversationError({ code, message: `The agent’s call failed: ${code}.` });
  }
}

function codeOf(status: number): FailureCode {
  if (status === 404) return 'not-found';
  if (status === 409) return 'conversation-ended';
  return status < 500 ? 'bad-request' : 'unavailable';
}
