import { element, find } from '../page/dom.ts';
import type { Message } from './message.ts';
import { messageBubble } from './messageBubble.ts';

/** A message on its way; exactly one of its methods is called. */
export interface PendingMessage {
  /** `sentAt`: the server's time, ms since 1970. */
  sent(messageId: string, sentAt?: number): void;
  failed(why: string, tryAgain: () => void): void;
}

export interface MessageLog {
  /** Keeps the end in view, where it was. */
  follow(): void;
  show(message: Message): void;
  pend(text: string): PendingMessage;
  markRead(upTo: string): void;
  /** Says of a message of one's own that it reached the other side's device, or did not. */
  markDelivery(messageId: string, delivery: 'Delivered' | 'Failed'): void;
  /** Says of a message of one's own that it was accepted and failed all the same; false where it is not shown. */
  explainFailure(failure: LateFailure): boolean;
  clear(): void;
  dispose(): void;
}

/** What a notice tells of a message that was accepted and did not arrive. */
export interface LateFailure {
  readonly messageId: string;
  /** The notice's own id: it is a message as well, and is read where the reason stands. */
  readonly noticeId: string;
  readonly why: string;
  /** Sends the text anew. */
  tryAgain(text: string): Promise<unknown>;
}

export function createMessageLog(root: HTMLElement, ownId: string): MessageLog {
  const log = find('[data-part=log]', root);
  const list = find('[data-part=messages]', root);
  const empty = find('[data-part=empty]', root);
  const newer = find<HTMLButtonElement>('[data-part=newer]', root);
  const items = new Map<string, HTMLLIElement>();
  const listeners = new AbortController();

  let below = 0;

  const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  const toEnd = () => {
    log.scrollTop = log.scrollHeight;
    below = 0;
    newer.hidden = true;
  };
  const { signal } = listeners;
  newer.addEventListener('click', toEnd, { signal });
  log.addEventListener('scroll', () => isAtEnd() && toEnd(), { signal });

  /** Puts a message where its time belongs: what was missed while the connection was lost comes in late. */
  const place = (item: HTMLLIElement) => {
    const { sentAt = '' } = item.dataset;
    const isLater = (other: HTMLElement) => sentAt !== '' && (other.dataset.sentAt ?? '') > sentAt;
    const later = [...list.querySelectorAll<HTMLElement>('.message')].find(isLater);
    list.insertBefore(item, later ?? null);
  };
  const append = (item: HTMLLIElement, own: boolean) => {
    const follow = own || isAtEnd();
    place(item);
    empty.hidden = true;
    if (follow) return toEnd();
    below += 1;
    newer.textContent = below === 1 ? 'New message below' : `${below} new messages below`;
    newer.hidden = false;
  };
  const name = (item: HTMLLIElement, messageId: string, sentAt: string) => {
    item.dataset.messageId = messageId;
    item.dataset.sentAt = sentAt;
    items.set(messageId, item);
  };
  const markDelivery: MessageLog['markDelivery'] = (messageId, delivery) => {
    const item = items.get(messageId);
    const receipt = item?.querySelector('.receipt');
    if (!item || !receipt || item.dataset.read === 'true') return;
    item.dataset.delivery = delivery.toLowerCase();
    receipt.textContent = delivery === 'Delivered' ? '✓ Delivered' : '✗ Not delivered';
  };
  const clear = () => {
    items.clear();
    list.replaceChildren();
    below = 0;
    newer.hidden = true;
    empty.hidden = false;
  };

  return {
    follow: () => {
      if (log.scrollHeight - log.scrollTop - log.clientHeight < 64) toEnd();
    },
    show: ({ messageId, participantId, text, sentAt }) => {
      if (items.has(messageId)) return;
      const own = participantId === ownId;
      const item = messageBubble(text, sentAt, own ? '✓ Sent' : null);
      name(item, messageId, sentAt);
      append(item, own);
    },
    pend: (text) => {
      const item = messageBubble(text, new Date().toISOString(), 'Sending…');
      const receipt = find('.receipt', item);
      item.dataset.delivery = 'pending';
      append(item, true);
      return {
        sent: (messageId, sentAt = Date.now()) => {
          if (items.has(messageId)) return item.remove();
          name(item, messageId, new Date(sentAt).toISOString());
          place(item);
          item.dataset.delivery = 'sent';
          receipt.textContent = '✓ Sent';
        },
        failed: (why, tryAgain) => {
          item.dataset.delivery = 'failed';
          receipt.textContent = `Not sent: ${why}`;
          const button = element('button', { textContent: 'Try again' });
          button.type = 'button';
          button.addEventListener('click', () => {
            item.remove();
            tryAgain();
          });
          item.append(button);
          if (isAtEnd()) toEnd();
          else item.scrollIntoView({ block: 'nearest' });
        },
      };
    },
    markRead: (upTo) => {
      if (!items.has(upTo)) return;
      for (const [messageId, item] of items) {
        const receipt = item.querySelector('.receipt');
        if (receipt !== null && item.dataset.read !== 'true' && item.dataset.delivery !== 'failed') {
          receipt.textContent = '✓✓ Read';
          item.dataset.read = 'true';
        }
        if (messageId === upTo) break;
      }
    },
    markDelivery,
    explainFailure: ({ messageId, noticeId, why, tryAgain }) => {
      const item = items.get(messageId);
      if (item === undefined) return false;
      if (items.has(noticeId)) return true;
      markDelivery(messageId, 'Failed');
      const button = element('button', { textContent: 'Try again' });
      button.type = 'button';
      button.addEventListener('click', () => {
        button.disabled = true;
        tryAgain(find('.words', item).textContent).then(
          () => button.remove(),
          () => {
            button.disabled = false;
          },
        );
      });
      const reason = element('p', { className: 'meta' });
      reason.append(
        element('span', { className: 'visually-hidden', textContent: 'Your message was not delivered: ' }),
        element('span', { className: 'receipt', textContent: why }),
      );
      const notice = element('li', { className: 'message own reason' }, reason, button);
      notice.dataset.delivery = 'failed';
      name(notice, noticeId, item.dataset.sentAt ?? '');
      const follow = isAtEnd();
      item.after(notice);
      if (follow) toEnd();
      return true;
    },
    clear,
    dispose: () => {
      listeners.abort();
      clear();
    },
  };
}
