import { isConversationError, type SessionMessage } from 'genesys-conversation-machine';
import { bindPage } from 'genesys-conversation-machine/browser';
import { showCapabilities } from '../inspector/capabilities.ts';
import { showConversation } from '../inspector/conversationStates.ts';
import { showSession } from '../inspector/sessionStates.ts';
import { find } from '../page/dom.ts';
import { type ChatPane, openChatPane } from '../panes/chatPane.ts';
import type { Message } from '../panes/message.ts';
import { createNotice } from '../panes/notice.ts';
import type { SocketGuest } from './socketGuest.ts';
import { socketNotice } from './socketNotice.ts';

export const guestId = 'guest';
export const agentId = 'agent';

/** The guest's side over a socket. */
export type SocketPane = Pick<ChatPane, 'receive' | 'clear' | 'close'>;

const root = find('#guest');
const setNotice = createNotice(root);

/** Opens the guest's pane on a session: what it tells is shown, what the guest writes leaves through it. */
export function openSocketPane(guest: SocketGuest, startNew: () => void): SocketPane {
  const { session, conversation } = guest;
  showCapabilities(session.capabilities);

  const say = (text: string): void => {
    const sending = conversation.sendMessage(text);
    const pending = pane.pend(text);
    sending.then(
      ({ messageId, sentAt }) => pending.sent(messageId, sentAt),
      (thrown: unknown) => pending.failed(reasonOf(thrown), () => say(text)),
    );
  };
  const pane = openChatPane(
    root,
    {
      id: guestId,
      conversation,
      send: async (text) => say(text),
    },
    'Agent',
  );
  const update = () => setNotice(socketNotice(guest, startNew));
  const watchingSession = session.actor.subscribe({ next: update, error: () => {} });
  const watchingTalk = conversation.actor.subscribe({ next: update, error: () => {} });
  const ends = [
    session.on('message.received', ({ message }) => pane.show(messageOf(message, agentId))),
    session.on('message.mirrored', ({ message }) => pane.show(messageOf(message, guestId))),
    showConversation(find('#regions'), conversation),
    showSession(find('#regions'), session),
    bindPage(conversation), // And with it the session.
    () => watchingSession.unsubscribe(),
    () => watchingTalk.unsubscribe(),
  ];

  return {
    receive: pane.receive,
    clear: pane.clear,
    close: () => {
      for (const end of ends) end();
      pane.close();
      session.stop();
      setNotice(null);
    },
  };
}

function messageOf(message: SessionMessage, participantId: string): Message {
  const { messageId, text, kind, sentAt = Date.now() } = message;
  return {
    messageId,
    participantId,
    text: text ?? `(${kind} message that this demo does not draw)`,
    sentAt: new Date(sentAt).toISOString(),
  };
}

function reasonOf(thrown: unknown): string {
  return isConversationError(thrown) ? thrown.message : 'something went wrong.';
}
