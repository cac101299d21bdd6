import type { StreamEvent } from 'genesys-conversation-machine/sandbox';
import { type AgentPane, openAgentPane } from '../agent/agentPane.ts';
import { showCapabilities } from '../inspector/capabilities.ts';
import { showConversation } from '../inspector/conversationStates.ts';
import { find } from '../page/dom.ts';
import { bindPage } from '../page/pageLife.ts';
import { openChatPane } from '../panes/chatPane.ts';
import { createNotice } from '../panes/notice.ts';
import { messagingPath } from '../rest/restCalls.ts';
import { openRestGuest } from '../rest/restGuest.ts';
import { restNotice } from '../rest/restNotice.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';
import { openStream } from '../sandbox/stream.ts';
import type { Round, RoundOptions } from './round.ts';

const guestRoot = find('#guest');
const setGuestNotice = createNotice(guestRoot);

let tokenCalls = 0;

/** A round over the Guest REST contract: calls by HTTP, and the event stream for what comes in. */
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
  const { conversationId, conversation } = guest;
  onKnown(conversationId);
  const view = await sandbox.view(conversationId);
  showCapabilities(guest.capabilities);
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
  const unbindPage = bindPage({
    hide: conversation.hide,
    show: conversation.show,
    offline: conversation.offline,
    online: conversation.online,
    freeze: conversation.flush,
  });

  conversation.start();
  const closeStream = openStream({
    path: `${messagingPath}/events`,
    firstFrame: async (wasRefused) => ({ type: 'authenticate', token: await guest.streamToken(wasRefused) }),
    onFrame: (frame) => guestPane.take(frame as StreamEvent),
    onOpen: (reopened) => {
      if (reopened || guest.isResumed)
        report(guest.history().then((messages) => messages.forEach(guestPane.receive)));
    },
  });
  onReady(conversationId);

  return {
    takeFeed: (event) => {
      if (event.type === 'call' || event.type === 'conversation:started') return;
      if (event.conversationId !== conversationId || event.type === 'conversation:reopened') return;
      agentPane.take(event);
    },
    close: () => {
      watching.unsubscribe();
      unbindPage();
      closeStream();
      hideStates();
      guestPane.close();
      agentPane.close();
      setGuestNotice(null);
    },
  };
}
