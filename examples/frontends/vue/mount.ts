import { createApp } from 'vue';
import type { Mount } from '../shared/mount.ts';
import Chat from './Chat.vue';

/** Shows the chat in Vue. */
export const mount: Mount = (element, guest) => {
  const app = createApp(Chat, { guest });
  app.mount(element);
  return () => app.unmount();
};
