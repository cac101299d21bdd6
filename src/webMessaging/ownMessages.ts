import type { FrameEvent } from '../../machines/session/events.ts';
import type { ToldMessage } from '../shared/transport.ts';

/** A message as history has it. */
export type PastMessage = Pick<Extract<FrameEvent, { type: 'frame.message' }>, 'direction' | 'message'>;

/** How many of the guest's own messages are remembered; what is told again is recent. */
const most = 200;

/** The guest's own messages, as far as they are known to a session: who begins to listen late has to know them. */
export class OwnMessages {
  readonly #known = new Map<string, ToldMessage>();

  note(messages: readonly ToldMessage[]): void {
    for (const message of messages) {
      if (!message.isOwn) continue;
      this.#known.set(message.messageId, { ...this.#known.get(message.messageId), ...message });
    }
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= most) break;
      this.#known.delete(oldest);
    }
  }

  /** Those of a conversation, the oldest first as far as their times say. */
  of(conversationId: string): readonly ToldMessage[] {
    return [...this.#known.values()]
      .filter((message) => message.conversationId === conversationId)
      .sort((one, other) => (one.sentAt ?? 0) - (other.sentAt ?? 0));
  }
}
