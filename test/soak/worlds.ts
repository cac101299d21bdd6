import { conversationWorld } from './conversation.ts';
import type { World } from './world.ts';

/** Every world that is played, in order. */
export const worlds: readonly World[] = [conversationWorld as World];
