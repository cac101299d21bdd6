import type { ConversationEmitted, SessionEmitted } from 'genesys-conversation-machine';
import { duration, waitLeft } from '../page/format.ts';

const sessionTexts: Readonly<Record<SessionEmitted['type'], string | null>> = {
  'session.configured': 'the socket is up, and messages may leave',
  'session.readOnly': 'nothing may be sent any more',
  'session.reconnecting': 'the socket is lost',
  'session.closed': 'over until somebody connects again',
  'session.failed': 'it cannot go on',
  'session.gap': 'messages may be missing here',
  'session.cleared': 'the conversation was wiped on every device',
  'session.duration': null,
  'session.expiring': 'the session ends unless somebody writes',
  'session.extended': 'somebody wrote, so it goes on',
  'session.limited': 'the server asks for silence',
  'session.disconnected': 'the agent ended the conversation',
  'session.joined': 'the conversation started by itself',
  'session.signedIn': 'the guest signed in',
  'session.authorizationRequired': 'the server wants the guest signed in',
  'session.checked': 'the other end answered a health check',
  'session.error': 'the server reported an error',
  'remote.typing': null,
  'typing.forbidden': 'no typing signals here',
  'message.received': null,
  'message.mirrored': 'the guest wrote on another device',
  'message.sent': 'its echo came back: accepted',
  'message.failed': 'will not be sent',
};

/** A session's decision in words: null for what is told elsewhere on the page, undefined for what is none. */
export function sessionWords(type: string, detail: string | undefined): string | null | undefined {
  if (!Object.hasOwn(sessionTexts, type)) return undefined;
  const text = sessionTexts[type as SessionEmitted['type']];
  return text === null || detail === undefined ? text : `${text}: ${brief(detail)}`;
}

/** A conversation's decision in words; null for what is told elsewhere on the page. */
export function conversationWords(event: ConversationEmitted): string | null {
  switch (event.type) {
    case 'typing.announced':
      return 'told that the guest types';
    case 'typing.renewed':
      return 'still typing, told again in time';
    case 'typing.stopped':
      return event.called ? 'a stop call said so' : 'no call needed';
    case 'typing.held':
      return `${event.reason}, ${waitLeft(event.msLeft)}`;
    case 'typing.dropped':
      return `will not leave: ${event.reason}`;
    case 'typing.acknowledged':
      return null;
    case 'typing.failed':
      return `${event.isTyping ? 'start' : 'stop'} failed: ${event.failure.code}`;
    case 'read.acknowledged':
      return `read up to message ${event.mark.position}`;
    case 'read.failed':
      return `${event.failure.code}, ${event.willRetry ? 'kept for another try' : 'cannot be delivered'}`;
    case 'read.parked':
      return `kept, ${waitLeft(event.msLeft)}`;
    case 'unread.changed':
      return `${event.count} unread`;
    case 'peer.read':
      return `the other side read up to message ${event.position}`;
    case 'messages.missed':
      return 'what was said meanwhile cannot be had';
    case 'storage.failed':
      return event.degraded ? `${event.reason}: kept in memory only` : `${event.reason}: put aside`;
    case 'sharing.changed': {
      const what = event.lane === 'typing' ? 'typing' : 'reading';
      return event.isShared ? `${what} is shared again` : `${what} is kept to the guest`;
    }
    case 'rate.limited':
      return `nothing leaves for ${duration(event.msLeft)}`;
    case 'token.refreshed':
      return `token number ${event.tokenGeneration} is in use`;
    case 'conversation.resumed':
      return 'a later call was accepted: it goes on';
    case 'link.unauthorized':
      return 'no token works; sign in again';
    case 'conversation.ended':
      return event.failure === undefined ? 'by the application' : `the back end said ${event.failure.code}`;
    case 'roster.announced':
      return 'worth saying aloud';
    case 'roster.changed':
      return event.participantIds.length === 0 ? 'nobody else types' : 'the agent types';
  }
}

/** A failure's code without its explanation, and ms as people read them. */
function brief(detail: string): string {
  const [first = ''] = detail.split(', ');
  return first.replace(/(\d+)(?:\.\d+)? ms/g, (_, ms) => duration(Number(ms)));
}
