import type { ConversationView, MessageView } from '../conversations/events.ts';
import type { Control } from './control.ts';

/** How long the agent's typing is shown after their last key, ms. */
const silence = 3000;
/** How often an agent who types on says so, ms: less than the sandbox shows it for. */
const renewal = 2000;

/** The place of one conversation on the desk. */
export interface Place {
  /** Shows the conversation as it is now. */
  show(conversation: ConversationView): void;
}

/** Makes a place from its template, and puts it on the desk. */
export function createPlace(
  conversationId: string,
  control: Control,
  complain: (error: unknown) => void,
): Place {
  const template = document.querySelector('template') as HTMLTemplateElement;
  const section = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  const part = (selector: string) => section.querySelector(selector) as HTMLElement;
  const [log, list, typing, form] = [part('[role=log]'), part('ol'), part('.typing'), part('form')];
  const input = part('input') as HTMLInputElement;
  part('h2 span').textContent = conversationId;
  Object.assign(log, { ariaLabel: `Messages of ${conversationId}`, tabIndex: 0 }); // Who has no mouse scrolls it too.

  let saidAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    if (saidAt > 0) control.typing(conversationId, false).catch(complain);
    saidAt = 0;
  };
  input.addEventListener('input', () => {
    if (input.value === '') return stop();
    clearTimeout(timer);
    timer = setTimeout(stop, silence);
    if (Date.now() - saidAt < renewal) return;
    saidAt = Date.now();
    control.typing(conversationId, true).catch(complain);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (input.value.trim() === '') return;
    clearTimeout(timer);
    saidAt = 0; // The message itself says that the typing is over.
    control.say(conversationId, input.value).catch(complain);
    input.value = '';
  });
  part('[type=button]').addEventListener('click', () => control.read(conversationId).catch(complain));
  document.querySelector('main')?.prepend(section);

  return {
    show: (conversation) => {
      list.replaceChildren(...conversation.messages.map((message) => itemOf(message, conversation)));
      log.scrollTop = log.scrollHeight;
      form.hidden = conversation.ended;
      typing.textContent = conversation.typing.includes(conversation.guestId) ? 'The guest is typing…' : '';
      if (conversation.ended) typing.textContent = 'This conversation is over.';
    },
  };
}

function itemOf(message: MessageView, { guestId, agentId }: ConversationView): HTMLElement {
  const { participantId, text, readBy } = message;
  const item = document.createElement('li');
  if (participantId === agentId) {
    item.className = 'own';
    const state = readBy.includes(guestId)
      ? ' ✓ read'
      : message.delivery
        ? ` ✓ ${message.delivery.toLowerCase()}`
        : '';
    item.textContent = `You: ${text}${state}`;
  } else {
    item.textContent = `Guest: ${text}${readBy.includes(agentId) ? '' : ' (unread)'}`;
  }
  return item;
}
