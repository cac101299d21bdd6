import { isConversationError, type SessionMessage, type WebMessaging } from 'genesys-conversation-machine';
import { showCapabilities } from './capabilities.ts';
import { find } from './dom.ts';
import { createNotice } from './notice.ts';
import { bindPage } from './page.ts';
import { type Message, type Seat, takeSeat } from './seat.ts';
import { showSession } from './sessionView.ts';
import type { SocketGuest } from './socketGuest.ts';
import { socketNotice } from './socketNotice.ts';
import { showStates } from './stateView.ts';

export const guestId = 'guest';
export const agentId = 'agent';

/** The guest's side over a socket. */
export interface SocketChat {
  readonly seat: Seat;
  close(): void;
}

const root = find('#guest');
const setNotice = createNotice(root);

/** Puts the guest in their seat: what the session tells is shown, what they write leaves through it. */
export function openSocketChat(guest: SocketGuest, startNew: () => void): SocketChat {
  const { session, conversation } = guest;
  showCapabilities(session.capabilities);

  const say = (text: string): void => {
    const sending = session.sendMessage(text);
    const pending = seat.pend(text);
    sending.then(
      ({ messageId, sentAt }) => pending.sent(messageId, sentAt),
      (thrown: unknown) => pending.failed(reasonOf(thrown), () => say(text)),
    );
  };
  const seat = takeSeat(
    root,
    {
      id: guestId,
      conversation,
      send: async (text) => {
        say(text);
        return undefined;
      },
    },
    'Agent',
  );
  const update = () => setNotice(socketNotice(guest, startNew));
  const watchingSession = session.actor.subscribe({ next: update, error: () => {} });
  const watchingTalk = conversation.actor.subscribe({ next: update, error: () => {} });
  const ends = [
    session.on('message.received', ({ message }) => seat.show(messageOf(message, agentId))),
    session.on('message.mirrored', ({ message }) => seat.show(messageOf(message, guestId))),
    showStates(find('#regions'), conversation),
    showSession(find('#regions'), session),
    bindSession(session),
    bindPage({ hide: conversation.hide, show: conversation.show }),
    () => watchingSession.unsubscribe(),
    () => watchingTalk.unsubscribe(),
  ];

  return {
    seat,
    close: () => {
      for (const end of ends) end();
      seat.leave();
      session.stop();
      setNotice(null);
    },
  };
}

function bindSession({ hide, show, offline, online, freeze, resume }: WebMessaging): () => void {
  return bindPage({ hide, show, offline, online, freeze, resume });
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
