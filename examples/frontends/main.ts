import { openGuest } from './shared/guest.ts';
import type { Mount } from './shared/mount.ts';

const frontends: Readonly<Record<string, () => Promise<{ mount: Mount }>>> = {
  react: () => import('./react/Chat.tsx'),
  vue: () => import('./vue/mount.ts'),
  svelte: () => import('./svelte/mount.ts'),
  solid: () => import('./solid/Chat.tsx'),
  element: () => import('./element/GuestChat.ts'),
};

/** Shows one frontend in its section, and lets it be mounted again as a hot reload does. */
async function show(section: HTMLElement, load: () => Promise<{ mount: Mount }>): Promise<void> {
  const [{ mount }, guest] = await Promise.all([load(), openGuest()]);
  const root = document.createElement('div');
  const again = document.createElement('button');
  again.type = 'button';
  again.textContent = 'Mount again';
  section.append(root, again);
  let unmount = mount(root, guest);
  again.addEventListener('click', () => {
    unmount();
    unmount = mount(root, guest);
  });
  section.dataset.ready = guest.conversationId;
}

const only = new URLSearchParams(location.search).get('only');
for (const section of document.querySelectorAll<HTMLElement>('[data-frontend]')) {
  const name = section.dataset.frontend ?? '';
  const load = frontends[name];
  if (load && (only === null || only === name)) void show(section, load);
  else section.remove();
}
