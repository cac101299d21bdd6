import type { Conversation } from 'genesys-conversation-machine';

/** Tells the conversation which of the box's events are a person's typing: what a script sets is not (T-9). */
export function bindTyping(text: HTMLTextAreaElement, conversation: Conversation, signal: AbortSignal): void {
  text.addEventListener(
    'input',
    (event) => {
      if (!event.isTrusted) return;
      if (text.value === '') conversation.clearInput();
      else conversation.keystroke();
    },
    { signal },
  );
  text.addEventListener('blur', () => conversation.blurInput(), { signal });
}
