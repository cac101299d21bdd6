import type { Guest } from '../shared/guest.ts';
import { join } from '../shared/join.ts';
import type { Mount } from '../shared/mount.ts';
import { sendsOnEnter } from '../shared/sendsOnEnter.ts';

const markup = `
  <h2>Custom element <small></small></h2>
  <div role="log" aria-label="Messages" tabindex="0"><ol></ol></div>
  <p class="typing" aria-hidden="true"></p>
  <p class="spoken" role="status"></p>
  <form><textarea aria-label="Your message"></textarea><button type="submit">Send</button></form>
  <p role="alert"></p>`;

/** Binds a chat that is written into `element` to one more conversation of a guest. */
function openChat(element: HTMLElement, guest: Guest) {
  element.innerHTML = markup;
  const part = (selector: string) => element.querySelector<HTMLElement>(selector) ?? element;
  const [list, spoken, problem] = [part('ol'), part('.spoken'), part('[role=alert]')];
  const box = part('textarea') as HTMLTextAreaElement;
  const conversation = guest.converse();

  const show = (messages: Guest['messages']) => {
    for (const { messageId, participantId, text = '' } of messages.slice(list.childElementCount)) {
      const item = Object.assign(document.createElement('li'), { textContent: text });
      item.dataset.messageId = messageId;
      if (participantId === guest.id) Object.assign(item, { className: 'own', ariaLive: 'off' });
      list.append(item);
    }
  };
  const send = (event: Event) => {
    event.preventDefault();
    const words = box.value;
    if (words.trim() === '') return;
    box.value = problem.textContent = '';
    conversation.sendMessage(words).catch(({ message }: Error) => {
      box.value = words + box.value;
      problem.textContent = `Not sent: ${message}`;
    });
  };
  show(guest.messages);
  part('form').addEventListener('submit', send);
  box.addEventListener('keydown', (event) => sendsOnEnter(event) && send(event));
  conversation.actor.subscribe({
    next: (state) => {
      const isTyping = state.matches({ roster: 'someoneTyping' });
      part('.typing').textContent = isTyping ? 'The agent is typing…' : '';
      part('small').textContent = conversation.unread > 0 ? `${conversation.unread} unread` : '';
    },
    error: console.error,
  });
  return { join: () => join(guest, conversation, { list, box, spoken, show }) };
}

/** `<guest-chat>`: a chat for as long as it is on the page. One that is moved leaves and starts in one task: it stays. */
class GuestChat extends HTMLElement {
  guest: Guest | null = null;
  #chat: ReturnType<typeof openChat> | null = null;
  #leave = () => {};

  connectedCallback(): void {
    if (this.guest) this.#chat ??= openChat(this, this.guest);
    this.#leave = this.#chat?.join() ?? this.#leave;
  }

  disconnectedCallback(): void {
    this.#leave();
  }
}
customElements.define('guest-chat', GuestChat);

/** Shows the chat as a custom element. */
export const mount: Mount = (root, guest) => {
  const chat = Object.assign(document.createElement('guest-chat'), { guest });
  root.append(chat);
  return () => chat.remove();
};
