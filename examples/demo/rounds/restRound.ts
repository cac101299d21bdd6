import { bindPage } from 'genesys-conversation-machine/browser';
import { type AgentPane, openAgentPane } from '../agent/agentPane.ts';
import { showCapabilities } from '../inspector/capabilities.ts';
import { showConversation } from '../inspector/conversationStates.ts';
import { find } from '../page/dom.ts';
import { openChatPane } from '../panes/chatPane.ts';
import { createNotice } from '../panes/notice.ts';
import { openRestGuest } from '../rest/restGuest.ts';
import { restNotice } from '../rest/restNotice.ts';
import { isTold } from '../sandbox/feed.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';
import type { Round, RoundOptions } from './round.ts';

const guestRoot = find('#guest');
const setGuestNotice = createNotice(guestRoot);

let tokenCalls = 0;

/** A round over the Guest REST contract: the transport calls, sends, and hears what comes in. */
export async function startRestRound(sandbox: SandboxClient, options: RoundOptions): Promise<Round> {
  const { calls, decisions, report, onKnown, onReady } = options;
  const guest = await openRestGuest({
    sandbox,
    logger: decisions.log,
    onTokenFetched: ({ startedAt, ms, status }) => {
      tokenCalls += 1;
      calls.show({ key: `token ${tokenCalls}`, time: startedAt, verb: 'token', status, ms, flag: null });
    },
  });
  const { conversationId, conversation, transport } = guest;
  onKnown(conversationId);
  const view = await sandbox.view(conversationId);
  showCapabilities(transport.capabilities);
  const guestPane = openChatPane(guestRoot, guest, 'Agent');
  const hideStates = showConversation(find('#regions'), conversation);

  const reopen = async () => {
    await sandbox.reopen(conversationId);
    conversation.reopen();
    agentPane.conversation.reopen();
  };
  const recover = () => {
    const { link } = conversation.actor.getSnapshot().value;
    if (link === 'unauthorized') conversation.reauthorize();
    else report(reopen());
  };
  const agentPane: AgentPane = openAgentPane(sandbox, view, (link) => restNotice(link, recover));
  const watching = conversation.actor.subscribe({
    next: ({ value }) => setGuestNotice(restNotice(value.link, recover)),
    error: () => {},
  });
  const ends = [
    transport.on('conversation:message', ({ sentAt = new Date().toISOString(), ...message }) =>
      guestPane.show({ ...message, sentAt }),
    ),
    transport.on('conversation:read', guestPane.markRead),
  ];
  conversation.start();
  ends.push(bindPage(conversation));
  onReady(conversationId);

  return {
    takeFeed: (event) => {
      if (isTold(event) && event.conversationId === conversationId) agentPane.take(event);
    },
    close: () => {
      watching.unsubscribe();
      for (const end of ends) end();
      hideStates();
      guestPane.close();
      agentPane.close();
      setGuestNotice(null);
    },
  };
}
