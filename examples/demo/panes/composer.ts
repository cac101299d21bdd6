import { isConversationError } from 'genesys-conversation-machine';
import { find } from '../page/dom.ts';
import { Refused } from '../sandbox/refused.ts';
import type { Person } from './person.ts';
import { bindTyping } from './typingKeys.ts';

const safariComposing = 229;

/** Binds the box that messages are written in: Enter and the button send, a failure keeps the text. */
export function bindComposer(root: HTMLElement, { conversation, send }: Person): () => void {
  const form = find<HTMLFormElement>('[data-part=composer]', root);
  const text = find<HTMLTextAreaElement>('[data-part=text]', root);
  const button = find<HTMLButtonElement>('[data-part=send]', root);
  const problem = find('[data-part=send-error]', root);
  const listeners = new AbortController();
  const { signal } = listeners;

  const setBusy = (busy: boolean) => {
    text.readOnly = busy;
    button.disabled = busy;
  };
  const submit = async () => {
    const words = text.value.trim();
    if (words === '' || text.readOnly) return;
    setBusy(true);
    problem.hidden = true;
    try {
      const messageId = await send(words);
      if (signal.aborted) return;
      text.value = '';
      conversation.messageSent(messageId);
    } catch (thrown) {
      if (signal.aborted) return;
      problem.textContent = `Not sent: ${reasonOf(thrown)}. Your text is still here; try again.`;
      problem.hidden = false;
    } finally {
      if (!signal.aborted) setBusy(false);
    }
  };

  bindTyping(text, conversation, signal);
  text.addEventListener(
    'keydown',
    (event) => {
      const isComposing = event.isComposing || event.keyCode === safariComposing;
      if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    },
    { signal },
  );
  const keepFocus = (event: Event) => event.preventDefault();
  button.addEventListener('pointerdown', keepFocus, { signal });
  button.addEventListener('mousedown', keepFocus, { signal });
  form.addEventListener(
    'submit',
    (event) => {
      event.preventDefault();
      void submit();
    },
    { signal },
  );

  return () => {
    listeners.abort();
    text.value = '';
    problem.hidden = true;
    setBusy(false);
  };
}

function reasonOf(thrown: unknown): string {
  if (isConversationError(thrown)) return thrown.message.replace(/\.$/, '');
  if (thrown instanceof Refused) return `the sandbox answered with ${thrown.status}`;
  return thrown instanceof DOMException && thrown.name === 'TimeoutError'
    ? 'the sandbox did not answer'
    : 'the sandbox cannot be reached';
}
