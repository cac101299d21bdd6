import { find } from '../page/dom.ts';

/** Shows how many messages are unread: at the head of a chat, and on the tab that leads to it. */
export function createUnreadBadge(root: HTMLElement): (count: number) => void {
  const badges = [find('[data-part=unread]', root), find(`[data-tab=${root.id}] [data-part=tab-unread]`)];
  return (count) => {
    for (const badge of badges) {
      badge.hidden = count === 0;
      badge.textContent = count === 0 ? '' : `${count} unread`;
    }
  };
}
