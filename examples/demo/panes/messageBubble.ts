import { element } from '../page/dom.ts';
import { clockTime } from '../page/format.ts';

/** Draws one message; `receipt` is what became of it, null for somebody else's. */
export function messageBubble(text: string, sentAt: string, receipt: string | null): HTMLLIElement {
  const time = element('time', { textContent: clockTime(Date.parse(sentAt)) });
  time.dateTime = sentAt;
  const meta = element('p', { className: 'meta' }, time);
  if (receipt !== null) meta.append(element('span', { className: 'receipt', textContent: receipt }));
  const item = element(
    'li',
    { className: receipt === null ? 'message' : 'message own' },
    element('p', { className: 'words', textContent: text }),
    meta,
  );
  item.dataset.testid = 'message';
  if (receipt !== null) item.ariaLive = 'off'; // Whoever wrote it knows it, and a tick is no news to speak of.
  return item;
}
