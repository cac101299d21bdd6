import { bindPage } from 'genesys-conversation-machine/browser';
import { showCapabilities } from '../inspector/capabilities.ts';
import { showConversation } from '../inspector/conversationStates.ts';
import { find } from '../page/dom.ts';
import { openChatPane } from '../panes/chatPane.ts';
import { createNotice, type Notice } from '../panes/notice.ts';
import type { GatewayGuest } from './gatewayGuest.ts';

const root = find('#guest');
const setNotice = createNotice(root);

/** Opens the guest's pane on a gateway, and starts the conversation; returns what ends both. */
export function openGatewayPane(guest: GatewayGuest, startNew: () => void): () => void {
  const { conversation, transport } = guest;
  showCapabilities(transport.capabilities, 'What was read ends at the gateway: Genesys has no word for it.');
  const pane = openChatPane(root, guest, 'Agent');
  const watching = conversation.actor.subscribe({
    next: ({ value }) => setNotice(noticeOf(value.link, startNew)),
    error: () => {},
  });
  const ends = [
    transport.on('conversation:message', ({ sentAt = new Date().toISOString(), ...message }) => {
      const failure = lateFailure(message);
      if (failure && pane.explainFailure({ ...failure, tryAgain: guest.send })) return;
      pane.show({ ...message, sentAt });
    }),
    transport.on('conversation:read', pane.markRead),
    showConversation(find('#regions'), conversation),
    () => watching.unsubscribe(),
  ];
  conversation.start();
  ends.push(bindPage(conversation));
  return () => {
    for (const end of ends) end();
    pane.close();
    setNotice(null);
  };
}

/** What a gateway tells of a message that it took and the platform did not: a message of its own, named after the other. */
function lateFailure({ messageId: noticeId, text }: { readonly messageId: string; readonly text: string }) {
  const [, messageId] = /^not-delivered:(.+)$/.exec(noticeId) ?? [];
  const [, why = text] = /” \((.*)\)$/s.exec(text) ?? [];
  return messageId === undefined ? undefined : { messageId, noticeId, why };
}

function noticeOf(link: unknown, startNew: () => void): Notice | null {
  if (link === 'ended') return { text: 'This conversation is over. Your next message begins it again.' };
  if (link === 'unauthorized') {
    return {
      text: 'The gateway no longer takes the guest’s token.',
      action: { label: 'New conversation', run: startNew },
    };
  }
  return link === 'offline'
    ? { text: 'Offline. What is still true is told when the network is back.' }
    : null;
}
