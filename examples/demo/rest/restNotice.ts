import type { Notice } from '../panes/notice.ts';

/** What a participant should know of their link at the moment, and what they can do about it. */
export function restNotice(link: unknown, recover: () => void): Notice | null {
  if (link === 'ended') {
    return { text: 'This conversation is over.', action: { label: 'Reopen', run: recover } };
  }
  if (link === 'unauthorized') {
    return {
      text: 'The guest’s token no longer works.',
      action: { label: 'Sign in again', run: recover },
    };
  }
  return link === 'offline'
    ? { text: 'Offline. What is still true is told when the network is back.' }
    : null;
}
