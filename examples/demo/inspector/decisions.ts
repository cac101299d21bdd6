import type { LogEntry } from 'genesys-conversation-machine';
import { element, keepNewest } from '../page/dom.ts';
import { preciseTime } from '../page/format.ts';
import { conversationWords, sessionWords } from './decisionWords.ts';

const mostLines = 60;

/** Fills the list of decisions, newest first. */
export function createDecisionFeed(list: HTMLElement) {
  const add = (level: LogEntry['level'], what: string, why: string): void => {
    const line = element(
      'li',
      {},
      element('span', { className: 'time', textContent: preciseTime(Date.now()) }),
      element('span', { className: 'what', textContent: what }),
      element('span', { className: 'why', textContent: why }),
    );
    line.dataset.event = what;
    line.dataset.level = level;
    list.prepend(line);
    keepNewest(list, mostLines);
  };

  return {
    /** Takes what a conversation's logger gets. */
    log: ({ level, message, event }: LogEntry) => {
      const why = event === undefined ? message : conversationWords(event);
      if (why !== null) add(level, event?.type ?? level, why);
    },
    /** Takes what a session's logger gets: `session.reconnecting: attempt 1 in 320 ms`, or an oddity in words. */
    logSession: ({ level, message }: LogEntry) => {
      const [, type, detail] = /^([a-z]+\.[a-zA-Z]+)(?:: (.*))?$/.exec(message) ?? [];
      const words = type === undefined ? undefined : sessionWords(type, detail);
      if (type === undefined || words === undefined) add(level, level, message);
      else if (words !== null) add(level, type, words);
    },
  };
}
