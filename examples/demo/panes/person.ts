import type { Conversation } from 'genesys-conversation-machine';

/** Somebody who takes part in a conversation from this page: the guest, or the agent. */
export interface Person {
  readonly id: string;
  readonly conversation: Conversation;
  /** Resolves when the message is in good hands, with its id where that is known by then. */
  send(text: string): Promise<string | undefined>;
}
