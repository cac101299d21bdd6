import type { Actor } from 'xstate';
import type { conversationMachine } from '../../machines/conversation/conversation.machine.ts';
import type { ConversationEvent } from '../../machines/conversation/events.ts';

/** The running chart, as far as reading needs it. */
export interface Chart {
  readonly actor: Pick<Actor<typeof conversationMachine>, 'getSnapshot' | 'on' | 'subscribe'>;
  /** Tells the chart what happened; nothing once it has stopped. */
  send(event: ConversationEvent): void;
  /** Whether it was started; what it is told before waits for that. */
  isStarted(): boolean;
  /**
   * The id of the open conversation.
   * @throws ConversationError `no-conversation` where none is open.
   */
  openId(): string;
}
