import type { Conversation } from 'genesys-conversation-machine';
import type { CallRow } from '../inspector/callList.ts';

/** Who sits in front of a chat of this page. */
export type Side = 'guest' | 'agent';

/** Somebody at a chat, as a story moves them. */
interface Actor {
  readonly id: string;
  readonly conversation: Conversation;
  /** Writes into the box of the chat, as one key does. */
  readonly write: (text: string) => void;
  /** Sends what the box holds. */
  readonly submit: () => void;
  /** Empties it, if there is something in it. */
  readonly empty: () => void;
}

/** Something that happened on this page; times are ms since 1970. */
export type Fact =
  | { readonly type: 'entered'; readonly side: Side; readonly actor: Actor }
  /** Both sides can talk. */
  | { readonly type: 'ready'; readonly conversationId: string }
  | { readonly type: 'key'; readonly at: number; readonly tab: number }
  /** The guest emptied the box, or left it. */
  | { readonly type: 'paused'; readonly at: number; readonly tab: number; readonly how: 'emptied' | 'left' }
  | { readonly type: 'submitted'; readonly at: number; readonly tab: number }
  /** The guest's message is at the agent. */
  | { readonly type: 'arrived'; readonly at: number }
  /** The agent is shown that the guest types, or no longer. */
  | { readonly type: 'light'; readonly at: number; readonly isLit: boolean }
  | { readonly type: 'call'; readonly row: CallRow }
  /** The server takes no typing call before then. */
  | { readonly type: 'limited'; readonly until: number }
  /** The guest's connection is dead, and nobody has noticed. */
  | { readonly type: 'severed' }
  /** What was counted begins anew. */
  | { readonly type: 'cleared'; readonly at: number };

/** Where the chats tell what happens, and everybody who shows it listens. */
export function createStage() {
  const listeners = new Set<(fact: Fact) => void>();
  const actors = new Map<Side, Actor>();
  const tell = (fact: Fact): void => {
    for (const listener of [...listeners]) listener(fact); // Who begins to listen meanwhile hears what comes next.
  };
  return {
    tell,
    listen: (listener: (fact: Fact) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    enter: (side: Side, actor: Actor): void => {
      actors.set(side, actor);
      tell({ type: 'entered', side, actor });
    },
    actor: (side: Side): Actor | undefined => actors.get(side),
  };
}

export type Stage = ReturnType<typeof createStage>;
