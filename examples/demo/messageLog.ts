import { element, find } from './dom.ts';
import { clockTime } from './format.ts';
import type { Message } from './seat.ts';
import { watchVisibility } from './visibility.ts';

export interface MessageLog {
  show(message: Message): boolean;
  markRead(upTo: string): void;
  dispose(): void;
}

export function createMessageLog(
  root: HTMLElement,
  ownId: string,
  onSeen: (messageId: string) => void,
): MessageLog {
  const log = find('[data-part=log]', root);
  const list = find('[data-part=messages]', root);
  const empty = find('[data-part=empty]', root);
  const newer = find<HTMLButtonElement>('[data-part=newer]', root);
  const items = new Map<string, HTMLLIElement>();
  const visibility = watchVisibility(log, ({ dataset: { messageId } }) => messageId && onSeen(messageId));
  const listeners = new AbortController();

  const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  const toEnd = () => {
    log.scrollTop = log.scrollHeight;
    newer.hidden = true;
  };
  const { signal } = listeners;
  newer.addEventListener('click', toEnd, { signal });
  log.addEventListener('scroll', () => isAtEnd() && toEnd(), { signal });

  return {
    show: (message) => {
      if (items.has(message.messageId)) return false;
      const own = message.participantId === ownId;
      const follow = own || isAtEnd();
      const item = bubble(message, own);
      items.set(message.messageId, item);
      list.append(item);
      empty.hidden = true;
      if (follow) toEnd();
      else newer.hidden = false;
      if (!own) visibility.watch(item);
      return true;
    },
    markRead: (upTo) => {
      if (!items.has(upTo)) return;
      for (const [messageId, item] of items) {
        const receipt = item.querySelector('.receipt');
        if (receipt !== null && item.dataset.read !== 'true') {
          receipt.textContent = '✓✓ Read';
          item.dataset.read = 'true';
        }
        if (messageId === upTo) break;
      }
    },
    dispose: () => {
      listeners.abort();
      visibility.stop();
      list.replaceChildren();
      newer.hidden = true;
      empty.hidden = false;
    },
  };
}

function bubble({ messageId, text, sentAt }: Message, own: boolean): HTMLLIElement {
  const time = element('time', { textContent: clockTime(Date.parse(sentAt)) });
  time.dateTime = sentAt;
  const meta = element('p', { className: 'meta' }, time);
  if (own) meta.append(element('span', { className: 'receipt', textContent: '✓ Sent' }));
  const item = element(
    'li',
    { className: own ? 'message own' : 'message' },
    element('p', { className: 'words', textContent: text }),
    meta,
  );
  item.dataset.messageId = messageId;
  item.dataset.testid = 'message';
  return item;
}
