import { conversationWorld } from './conversation.ts';
import { sessionWorld } from './session.ts';
import { streamWorld } from './stream.ts';
import { tabsWorld } from './tabs.ts';
import type { World } from './world.ts';

/** Every world that is played, in order. */
export const worlds: readonly World[] = [
  conversationWorld as World,
  sessionWorld as World,
  tabsWorld as World,
  streamWorld as World,
];
