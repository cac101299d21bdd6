import type { ConversationView } from 'genesys-conversation-machine/sandbox';
import { type AgentPane, openAgentPane } from '../agent/agentPane.ts';
import { openGatewayGuest } from '../gateway/gatewayGuest.ts';
import { openGatewayPane } from '../gateway/gatewayPane.ts';
import type { Notice } from '../panes/notice.ts';
import { isTold } from '../sandbox/feed.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';
import type { Round, RoundOptions } from './round.ts';

export interface GatewayRoundOptions extends RoundOptions {
  readonly gatewayUrl: string;
  /** Whether the guest wants a new conversation, and not the one from before. */
  readonly fresh: boolean;
  readonly startNew: () => void;
}

/** How long the agent takes the guest to be typing: a little longer than from one signal to the next. */
const remoteTimeToLive = 6000;

/**
 * A round through a gateway, with the sandbox as the platform behind it. There is a conversation for the agent from the
 * guest's first message on; after an end it may be another one, while the guest goes on with theirs.
 */
export async function startGatewayRound(
  sandbox: SandboxClient,
  options: GatewayRoundOptions,
): Promise<Round> {
  const { calls, decisions, gatewayUrl, fresh, onKnown, onReady, startNew } = options;
  const guest = await openGatewayGuest({
    ...{ orgUrl: gatewayUrl, isFresh: fresh },
    logger: decisions.log,
    showCall: calls.show,
  });
  const before = (await sandbox.conversations()).filter(({ guestId }) => guestId === guest.id).at(-1);
  let agentPane: AgentPane | undefined;
  const closeGuest = openGatewayPane(guest, startNew);

  const openAgent = (view: ConversationView) => {
    agentPane?.close();
    agentPane = openAgentPane(sandbox, view, noticeOf, { remoteTimeToLive });
    onKnown(view.conversationId);
  };
  if (before !== undefined) openAgent(before);
  onReady(guest.conversation.actor.getSnapshot().context.conversationId ?? '');

  return {
    takeFeed: (event) => {
      if (event.type === 'conversation:started' && event.guestId === guest.id) {
        openAgent({ ...event, ended: false, typing: [], messages: [] });
      }
      if (event.type === 'call' || event.conversationId !== agentPane?.conversationId) return;
      if (event.type === 'conversation:reopened') agentPane.conversation.reopen();
      if (event.type === 'conversation:delivery') agentPane.markDelivery(event.messageId, event.delivery);
      // The platform tells an agent of no end of typing: their own clock does.
      const isEndOfTyping = event.type === 'conversation:typing' && !event.isTyping;
      if (isTold(event) && !isEndOfTyping) agentPane.take(event);
    },
    close: () => {
      closeGuest();
      agentPane?.close();
    },
  };
}

function noticeOf(link: unknown): Notice | null {
  return link === 'ended' ? { text: 'This conversation is over.' } : null;
}
