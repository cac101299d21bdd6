import type { Conversation, TimingOptions } from 'genesys-conversation-machine';
import type { ConversationView, StreamEvent } from 'genesys-conversation-machine/sandbox';
import { openAgent } from './agent.ts';
import { find } from './dom.ts';
import { createNotice, type Notice } from './notice.ts';
import { bindPage } from './page.ts';
import type { SandboxClient } from './sandbox.ts';
import { takeSeat } from './seat.ts';

/** The agent's side of one conversation. */
export interface AgentDesk {
  readonly conversationId: string;
  readonly conversation: Conversation;
  take(event: StreamEvent): void;
  close(): void;
}

const root = find('#agent');
const setNotice = createNotice(root);

/** Seats the agent at the conversation of `view`; `noticeOf` says what its link is worth telling. */
export function openAgentDesk(
  sandbox: SandboxClient,
  view: ConversationView,
  noticeOf: (link: unknown) => Notice | null,
  timing?: TimingOptions,
): AgentDesk {
  const agent = openAgent(sandbox, view, timing);
  const { conversation } = agent;
  const seat = takeSeat(root, agent, 'Guest');
  const unbindPage = bindPage({
    hide: conversation.hide,
    show: conversation.show,
    offline: conversation.offline,
    online: conversation.online,
  });
  const watching = conversation.actor.subscribe({
    next: ({ value }) => setNotice(noticeOf(value.link)),
    error: () => {},
  });
  conversation.start();
  view.messages.forEach(seat.receive);
  if (view.ended) conversation.end();

  return {
    conversationId: view.conversationId,
    conversation,
    take: seat.take,
    close: () => {
      watching.unsubscribe();
      unbindPage();
      seat.leave();
      setNotice(null);
    },
  };
}
