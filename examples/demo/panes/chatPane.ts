import { describeTyping } from 'genesys-conversation-machine';
import { observeRead } from 'genesys-conversation-machine/browser';
import type { StreamEvent } from 'genesys-conversation-machine/sandbox';
import { find } from '../page/dom.ts';
import type { Side } from '../stage/createStage.ts';
import { stage } from '../stage/stage.ts';
import { bindComposer, type ComposerEar } from './composer.ts';
import type { Message } from './message.ts';
import { createMessageLog, type LateFailure, type PendingMessage } from './messageLog.ts';
import type { Person } from './person.ts';
import { createUnreadBadge } from './unreadBadge.ts';

export interface ChatPane {
  /** Takes a frame of the event stream, or of the sandbox's feed. */
  take(frame: StreamEvent): void;
  /** Tells the conversation of a message, and shows it. */
  receive(message: Message): void;
  /** Shows a message that the conversation knows of. */
  show(message: Message): void;
  /** Shows how far somebody has read. */
  markRead(read: { readonly participantId: string; readonly messageId: string }): void;
  /** Shows whether a message of one's own reached the other side's device. */
  markDelivery(messageId: string, delivery: 'Delivered' | 'Failed'): void;
  /** Shows at a message of one's own why it failed after it was accepted; false where it is not shown. */
  explainFailure(failure: LateFailure): boolean;
  /** Shows a message of one's own that is on its way. */
  pend(text: string): PendingMessage;
  clear(): void;
  close(): void;
}

/** Joins a conversation's handle to one chat of the page: keys and sights in, the indicator and the ticks out. */
export function openChatPane(root: HTMLElement, person: Person, otherName: string): ChatPane {
  const { id, conversation } = person;
  const side = root.id as Side;
  const typing = find('[data-part=typing]', root);
  const spoken = find('[data-part=spoken]', root);
  const isOpen = () => conversation.actor.getSnapshot().context.conversationId !== null;
  const log = createMessageLog(root, id);
  const composer = bindComposer(root, person, side === 'guest' ? guestEar : silentEar);
  const showUnread = createUnreadBadge(root);
  const unobserve = observeRead(find('[data-part=messages]', root), conversation, {
    idOf: ({ dataset }) => dataset.messageId,
  });
  // What is seen flickers; what is spoken comes after a moment, once.
  conversation.on('roster.changed', ({ participantIds }) => {
    typing.textContent = participantIds.length === 0 ? '' : `${otherName} is typing…`;
    log.follow();
    if (side === 'agent') stage.tell({ type: 'light', at: Date.now(), isLit: participantIds.length > 0 });
    if (participantIds.length === 0) spoken.textContent = '';
  });
  conversation.on('roster.announced', ({ participantIds }) => {
    spoken.textContent = describeTyping(participantIds.map(() => otherName));
  });
  conversation.on('unread.changed', ({ count }) => showUnread(count));

  const receive = (message: Message) => {
    if (side === 'agent' && message.participantId !== id) stage.tell({ type: 'arrived', at: Date.now() });
    if (message.participantId !== id && isOpen()) {
      conversation.messageReceived({ ...message, sentAt: Date.parse(message.sentAt) });
    }
    log.show(message);
  };
  const markRead: ChatPane['markRead'] = ({ participantId, messageId }) => {
    if (participantId !== id) log.markRead(messageId);
  };

  const { write, submit, empty } = composer;
  stage.enter(side, { id, conversation, write, submit, empty });
  return {
    receive,
    show: log.show,
    markRead,
    markDelivery: log.markDelivery,
    explainFailure: log.explainFailure,
    pend: log.pend,
    clear: log.clear,
    take: (frame) => {
      conversation.receive(frame);
      if (frame.type === 'conversation:message') receive(frame);
      if (frame.type === 'conversation:ended') conversation.end();
      if (frame.type === 'conversation:read') markRead(frame);
    },
    close: () => {
      composer.close();
      showUnread(0);
      unobserve();
      log.dispose();
      conversation.stop();
      typing.textContent = '';
      spoken.textContent = '';
    },
  };
}

/** The guest speaks for the tab that this page is. */
const guestEar: ComposerEar = {
  key: () => stage.tell({ type: 'key', at: Date.now(), tab: 1 }),
  paused: (how) => stage.tell({ type: 'paused', at: Date.now(), tab: 1, how }),
  submitted: () => stage.tell({ type: 'submitted', at: Date.now(), tab: 1 }),
};

const silentEar: ComposerEar = { key: () => {}, paused: () => {}, submitted: () => {} };
