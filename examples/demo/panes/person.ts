import type { Conversation } from 'genesys-conversation-machine';

/** Somebody who takes part in a conversation from this page: the guest, or the agent. */
export interface Person {
  readonly id: string;
  readonly conversation: Conversation;
  /** Sends a message by the conversation; resolves when it is in good hands. */
  send(text: string): Promise<unknown>;
}
