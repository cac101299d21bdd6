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
      done(sandbox.agentTyping({ conversationId, isTyping }, signal)),
    sendRead: ({ conversationId, messageId }, { signal }) =>
      done(sandbox.agentRead({ conversationId, ...(messageId && { messageId }) }, signal)),
    sendMessage: (text, { conversationId = '' }) => attempt(sandbox.agentSay(conversationId, text)),
  };
}

async function done(call: Promise<unknown>): Promise<object> {
  await attempt(call);
  return {};
}

async function attempt<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (thrown) {
    const status = thrown instanceof Refused ? thrown.status : undefined;
    const code = status === undefined ? 'network' : codeOf(status);
    throw new ConversationError({
      code,
      message: `The agent’s call failed: ${code}.`,
      ...(status !== undefined && { status }),
    });
  }
}

function codeOf(status: number): FailureCode {
  if (status === 404) return 'not-found';
  if (status === 409) return 'conversation-ended';
  return status < 500 ? 'bad-request' : 'unavailable';
}
