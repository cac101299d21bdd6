import type { Conversation, TimingOptions } from 'genesys-conversation-machine';
import { bindPage } from 'genesys-conversation-machine/browser';
import type { ConversationView, StreamEvent } from 'genesys-conversation-machine/sandbox';
import { find } from '../page/dom.ts';
import { openChatPane } from '../panes/chatPane.ts';
import { createNotice, type Notice } from '../panes/notice.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';
import { openAgent } from './agent.ts';

/** The agent's side of one conversation. */
export interface AgentPane {
  readonly conversationId: string;
  readonly conversation: Conversation;
  take(event: StreamEvent): void;
  markDelivery(messageId: string, delivery: 'Delivered' | 'Failed'): void;
  close(): void;
}

const root = find('#agent');
const setNotice = createNotice(root);

/** Opens the agent's pane on the conversation of `view`; `noticeOf` says what its link is worth telling. */
export function openAgentPane(
  sandbox: SandboxClient,
  view: ConversationView,
  noticeOf: (link: unknown) => Notice | null,
  timing?: TimingOptions,
): AgentPane {
  const agent = openAgent(sandbox, view, timing);
  const { conversation } = agent;
  const pane = openChatPane(root, agent, 'Guest');
  const watching = conversation.actor.subscribe({
    next: ({ value }) => setNotice(noticeOf(value.link)),
    error: () => {},
  });
  conversation.start();
  const unbindPage = bindPage(conversation);
  view.messages.forEach(pane.receive);
  for (const { messageId, delivery } of view.messages) if (delivery) pane.markDelivery(messageId, delivery);
  if (view.ended) conversation.end();

  return {
    conversationId: view.conversationId,
    conversation,
    take: pane.take,
    markDelivery: pane.markDelivery,
    close: () => {
      watching.unsubscribe();
      unbindPage();
      pane.close();
      setNotice(null);
    },
  };
}
