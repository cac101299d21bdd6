import type { CloseReason } from 'genesys-conversation-machine';
import type { Notice } from '../panes/notice.ts';
import type { SocketGuest } from './socketGuest.ts';

const closedTexts: Readonly<Record<CloseReason, string>> = {
  requested: 'The session is closed.',
  server: 'The server closed the connection.',
  signedIn: 'The guest signed in elsewhere.',
  sessionLimit: 'The same guest is open in too many tabs; this one was closed.',
  cleared: 'The conversation was cleared.',
  logout: 'The guest was signed out.',
};

const down: Notice = { text: 'There is no connection; getting one.' };

/** What the guest should know of their session at the moment, and what they can do about it. */
export function socketNotice({ session, conversation }: SocketGuest, startNew: () => void): Notice | null {
  const { context } = session.actor.getSnapshot();
  const connect = () => void session.connect().catch(() => {});
  switch (session.state) {
    case 'connecting':
    case 'configuring':
      return context.reconnect.failures > 0 ? down : null;
    case 'reconnecting':
      return down;
    case 'closed':
      return { text: closedTexts[context.closeReason], action: { label: 'Connect again', run: connect } };
    case 'failed':
      return {
        text: context.failure?.message ?? 'The session failed.',
        action: { label: 'Connect again', run: connect },
      };
    case 'readOnly':
      return {
        text: 'This conversation can only be read now.',
        action: { label: 'Start a new one', run: startNew },
      };
    case 'configured':
      return inSession(conversation.actor.getSnapshot().value);
    default:
      return null;
  }
}

function inSession({ link, typing }: { readonly link: unknown; readonly typing: unknown }): Notice | null {
  if (link === 'ended') return { text: 'The agent left. The next message opens the conversation again.' };
  return typing === 'disabled'
    ? { text: 'Typing signals are switched off in this deployment. Messages go on as before.' }
    : null;
}
