import type { Conversation } from 'genesys-conversation-machine';
import type { StreamEvent } from 'genesys-conversation-machine/sandbox';
import { bindComposer } from './composer.ts';
import { find } from './dom.ts';
import { createMessageLog } from './messageLog.ts';

export interface Person {
  readonly id: string;
  readonly conversation: Conversation;
  send(text: string): Promise<string>;
}

export interface Message {
  readonly messageId: string;
  readonly participantId: string;
  readonly position: number;
  readonly text: string;
  readonly sentAt: string;
}

export interface Seat {
  take(frame: StreamEvent): void;
  show(message: Message): void;
  leave(): void;
}

export function takeSeat(root: HTMLElement, person: Person, otherName: string): Seat {
  const { id, conversation } = person;
  const typing = find('[data-part=typing]', root);
  const log = createMessageLog(root, id, (messageId) => conversation.viewed(messageId));
  const unbindComposer = bindComposer(root, person);
  const unbindPage = bindPage(conversation);
  conversation.on('roster.changed', ({ participantIds }) => {
    typing.textContent = participantIds.length === 0 ? '' : `${otherName} is typing…`;
  });

  const show = (message: Message) => {
    if (message.participantId !== id)
      conversation.messageReceived({ ...message, sentAt: Date.parse(message.sentAt) });
    log.show(message);
  };

  return {
    show,
    take: (frame) => {
      conversation.receive(frame);
      if (frame.type === 'conversation:message') show(frame);
      if (frame.type === 'conversation:ended') conversation.end();
      if (frame.type === 'conversation:read' && frame.participantId !== id) log.markRead(frame.messageId);
    },
    leave: () => {
      unbindComposer();
      unbindPage();
      log.dispose();
      conversation.stop();
      typing.textContent = '';
    },
  };
}

function bindPage(conversation: Conversation): () => void {
  const listeners = new AbortController();
  const { signal } = listeners;
  const onVisibility = () => (document.hidden ? conversation.hide() : conversation.show());
  document.addEventListener('visibilitychange', onVisibility, { signal });
  window.addEventListener('pagehide', () => conversation.flush(), { signal });
  window.addEventListener('offline', () => conversation.offline(), { signal });
  window.addEventListener('online', () => conversation.online(), { signal });
  return () => listeners.abort();
}
