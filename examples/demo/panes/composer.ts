import { isConversationError } from 'genesys-conversation-machine';
import { bindTyping, type TypingTarget } from 'genesys-conversation-machine/browser';
import { find } from '../page/dom.ts';
import type { Person } from './person.ts';

const safariComposing = 229;

/** What somebody does in the box, for whoever shows it. */
export interface ComposerEar {
  key(): void;
  paused(how: 'emptied' | 'left'): void;
  submitted(): void;
}

/** The box of a chat while it is in use. */
export interface Composer {
  /** Writes as one key does, without taking the focus. */
  write(text: string): void;
  /** Sends what the box holds. */
  submit(): void;
  /** Empties the box, if there is something in it. */
  empty(): void;
  close(): void;
}

/** Binds the box that messages are written in: Enter and the button send, a failure keeps the text. */
export function bindComposer(root: HTMLElement, { conversation, send }: Person, ear: ComposerEar): Composer {
  const form = find<HTMLFormElement>('[data-part=composer]', root);
  const text = find<HTMLTextAreaElement>('[data-part=text]', root);
  const button = find<HTMLButtonElement>('[data-part=send]', root);
  const problem = find('[data-part=send-error]', root);
  const listeners = new AbortController();
  const { signal } = listeners;

  // What is written while a message is on its way belongs to the next one: the box is never locked.
  const setBusy = (busy: boolean) => {
    button.disabled = busy;
  };
  const submit = async () => {
    const words = text.value.trim();
    if (words === '' || button.disabled) return;
    setBusy(true);
    problem.hidden = true;
    text.value = '';
    ear.submitted();
    try {
      await send(words);
    } catch (thrown) {
      if (signal.aborted) return;
      text.value = text.value === '' ? words : `${words}\n${text.value}`;
      problem.textContent = `Not sent: ${reasonOf(thrown)}. Your text is still here; try again.`;
      problem.hidden = false;
    } finally {
      if (!signal.aborted) setBusy(false);
    }
  };

  const target: TypingTarget = {
    actor: conversation.actor,
    keystroke: (at) => {
      conversation.keystroke(at);
      ear.key();
    },
    clearInput: () => {
      conversation.clearInput();
      ear.paused('emptied');
    },
    blurInput: () => {
      conversation.blurInput();
      ear.paused('left');
    },
  };
  const unbindTyping = bindTyping(text, target);
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

  return {
    write: (words) => {
      text.value += words;
      target.keystroke();
    },
    submit: () => void submit(),
    empty: () => {
      if (text.value === '') return;
      text.value = '';
      target.clearInput();
    },
    close: () => {
      listeners.abort();
      unbindTyping();
      text.value = '';
      problem.hidden = true;
      setBusy(false);
    },
  };
}

const words: Readonly<Record<string, string>> = {
  network: 'the server cannot be reached',
  timeout: 'the server did not answer',
};

function reasonOf(thrown: unknown): string {
  if (!isConversationError(thrown)) return 'something went wrong';
  if (thrown.status !== undefined) return `the server answered with ${thrown.status}`;
  return words[thrown.code] ?? thrown.message.replace(/\.$/, '');
}
