import type { Conversation } from 'genesys-conversation-machine';

/** What somebody who looks may ask of a conversation: what a person does in its box, and nothing that ends anything. */
const verbs = {
  keystroke: (conversation: Conversation) => conversation.keystroke(),
  'input.cleared': (conversation: Conversation) => conversation.clearInput(),
  'input.blurred': (conversation: Conversation) => conversation.blurInput(),
} as const;

/** The name of an event that may come back. */
type Verb = keyof typeof verbs;

/** Who may send events back, and which. */
export interface Acceptance {
  readonly conversation: Conversation;
  /** Where the inspector stands. */
  readonly frame: HTMLIFrameElement;
  /** Its origin. The same frame may be led elsewhere. */
  readonly origin: string;
  /** Names of events; whatever else comes is nothing. */
  readonly allow: readonly Verb[];
}

/**
 * Takes events of an inspector back into a conversation. `@xstate/inspect` itself would take them from any frame of any
 * origin, and any event; here it is one window, at one origin, by a list, and nothing of the event but its name.
 * Returns what ends it.
 */
export function acceptEvents({ conversation, frame, origin, allow }: Acceptance): () => void {
  const take = (message: MessageEvent<unknown>): void => {
    if (message.source !== frame.contentWindow || message.origin !== origin) return;
    const verb = allow.find((each) => each === nameOf(message.data));
    if (verb !== undefined) verbs[verb](conversation);
  };
  window.addEventListener('message', take);
  return () => window.removeEventListener('message', take);
}

/** The name of the event in a message of `createWindowReceiver`. */
function nameOf(data: unknown): unknown {
  const { type, event } = (data ?? {}) as { type?: unknown; event?: unknown };
  if (type !== 'xstate.event' || typeof event !== 'string') return undefined;
  try {
    const { name } = (JSON.parse(event) ?? {}) as { name?: unknown };
    return name;
  } catch {
    return undefined;
  }
}
