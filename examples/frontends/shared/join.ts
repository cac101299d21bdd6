import type { Conversation, MessageFrame } from 'genesys-conversation-machine';
import { bindPage, bindTyping, observeRead } from 'genesys-conversation-machine/browser';
import type { Guest } from './guest.ts';
import { speak } from './speak.ts';

/** What a chat is made of. */
export interface ChatParts {
  /** Its children are the messages, with their ids as `data-message-id`. */
  readonly list: HTMLElement | null | undefined;
  readonly box: HTMLElement | null | undefined;
  /** A live region that nobody sees. */
  readonly spoken: HTMLElement | null | undefined;
  /** Called with all messages when there is another. */
  readonly show: (messages: readonly MessageFrame[]) => void;
}

/**
 * Starts a conversation and binds it to a chat that is on the page; returns what takes both back. Called again in the
 * same task, as by StrictMode, a hot reload or an element that is moved, it goes on as if nothing had happened.
 */
export function join(
  guest: Guest,
  conversation: Conversation,
  { list, box, spoken, show }: ChatParts,
): () => void {
  if (!list || !box || !spoken) throw new Error('Join a chat once it is on the page.');
  conversation.start();
  const ends = [
    bindPage(conversation),
    bindTyping(box, conversation),
    observeRead(list, conversation, { idOf: ({ dataset }) => dataset.messageId }),
    speak(spoken, conversation),
    guest.transport.on('conversation:message', () => show(guest.messages)),
  ];
  return () => {
    for (const end of ends) end();
    void conversation.leave();
  };
}
