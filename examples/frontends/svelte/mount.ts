import { flushSync, mount as show, unmount } from 'svelte';
import type { Mount } from '../shared/mount.ts';
import Chat from './Chat.svelte';

/** Shows the chat in Svelte. */
export const mount: Mount = (target, guest) => {
  const chat = show(Chat, { target, props: { guest } });
  flushSync(); // At once: it may take over from another.
  return () => void unmount(chat);
};
