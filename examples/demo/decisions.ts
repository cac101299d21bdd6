import type { ConversationEmitted, LogEntry } from 'genesys-conversation-machine';
import { element, keepNewest } from './dom.ts';
import { duration, preciseTime, waitLeft } from './format.ts';

const mostLines = 60;

export function createDecisionFeed(list: HTMLElement) {
  return {
    log: ({ level, message, event }: LogEntry) => {
      const why = event === undefined ? message : explain(event);
      if (why === null) return;
      const line = element(
        'li',
        {},
        element('span', { className: 'time', textContent: preciseTime(Date.now()) }),
        element('span', { className: 'what', textContent: event?.type ?? level }),
        element('span', { className: 'why', textContent: why }),
      );
      line.dataset.event = event?.type ?? level;
      line.dataset.level = level;
      list.prepend(line);
      keepNewest(list, mostLines);
    },
  };
}

function explain(event: ConversationEmitted): string | null {
  switch (event.type) {
    case 'typing.announced':
      return 'the agent sees “is typing”';
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
    case 'storage.failed':
      return event.degraded ? `${event.reason}: kept in memory only` : `${event.reason}: put aside`;
    case 'rate.limited':
      return `nothing leaves for ${duration(event.msLeft)}`;
    case 'token.refreshed':
      return `token number ${event.tokenGeneration} is in use`;
    case 'link.unauthorized':
      return 'no token works; sign in again';
    case 'conversation.ended':
      return event.failure === undefined ? 'by the application' : `the sandbox said ${event.failure.code}`;
    case 'roster.announced':
      return 'worth saying aloud';
    case 'roster.changed':
      return event.participantIds.length === 0 ? 'nobody else types' : 'the agent types';
  }
}
