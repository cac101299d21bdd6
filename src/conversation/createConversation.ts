import { RunningChart } from './chart.ts';

// The chart is first, so that a bundle has its tables beside what their names mean: so they compress better.

import { unreadIn } from '../reading/index.ts';
import { resolveOptions } from './options.ts';
import { type LateVerb, lateVerbs, Parts } from './parts.ts';
import type { Conversation, ConversationOptions } from './types.ts';
import { Keys } from './typingVerbs.ts';

/**
 * Makes a conversation: an XState actor and a handle whose verbs send it one event each. Reads its storage,
 * and does nothing more until `start()`.
 *
 * @throws ConversationError `invalid-option` when an option cannot be right.
 * @example
 * const conversation = createConversation({
 *   transport: guestRest({ orgUrl, participantId: guestId, token: guestToken, events: eventStream() }),
 *   conversationId,
 * }).start();
 * conversation.on('roster.changed', ({ participantIds }) => console.info(participantIds.length > 0 ? 'typing' : ''));
 * conversation.keystroke();
 */
export function createConversation(options: ConversationOptions): Conversation {
  const chart = new RunningChart(resolveOptions(options));
  const { actor } = chart;
  const parts = new Parts(chart);
  const keys = new Keys(chart);
  const handle = {
    actor,
    keystroke: (at?: number) => keys.keystroke(at),
    start: () => {
      parts.start();
      return conversation;
    },
    stop: () => chart.stop(),
    leave: () => parts.leave(),
  };
  // Properties are added, and none is changed, in one order: so all handles share one shape, and take a tenth of the room.
  Object.defineProperty(handle, verbOf, { value: (name: LateVerb) => parts.verb(name) });
  const conversation = Object.defineProperties(handle, late) as unknown as Conversation;
  return conversation;
}

/** Where a handle answers for the verbs that are made late. A function, which no view library wraps. */
const verbOf = Symbol('verbOf');

interface Handle {
  readonly actor: Conversation['actor'];
  readonly [verbOf]: (name: LateVerb) => unknown;
}

/** The rest of a handle, of which each has every property, and all have the same getters. */
const late: PropertyDescriptorMap = {
  unread: {
    enumerable: true,
    get(this: Handle) {
      return unreadIn(this.actor.getSnapshot().context);
    },
  },
};
for (const name of lateVerbs) {
  late[name] = {
    enumerable: true,
    get(this: Handle) {
      return this[verbOf](name);
    },
  };
}
