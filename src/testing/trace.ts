import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import type { Conversation } from '../conversation/types.ts';
import { type Clock, checkClock } from '../shared/clock.ts';
import { invalidOption } from '../shared/errors.ts';

/** One decision of a conversation and when it fell, monotonic ms. */
export interface TraceEntry {
  /** When it was taken, ms of the clock. */
  readonly at: number;
  /** The decision. */
  readonly event: ConversationEmitted;
}

/** Every decision of a conversation, in order. */
export interface Trace {
  /** Every decision, in order. */
  readonly entries: readonly TraceEntry[];
  /**
   * The decisions of one kind.
   * @example
   * expect(recordTrace(conversation, clock).of('read.failed')).toEqual([]);
   */
  of<T extends ConversationEmitted['type']>(type: T): readonly Extract<ConversationEmitted, { type: T }>[];
  /**
   * One line of JSON per decision: the same for the same seed, events and answers (C-3).
   * @example
   * expect(recordTrace(conversation, clock).toString()).toBe('');
   */
  toString(): string;
}

/**
 * Notes what a conversation decides from now on, for a test to look at; `createRecorder` writes all that happens.
 * @example
 * const trace = recordTrace(conversation, clock);
 * conversation.keystroke();
 * await clock.advance(10_000);
 * expect(trace.of('typing.stopped')).toHaveLength(1);
 */
export function recordTrace(conversation: Conversation, clock: Clock): Trace {
  if (typeof (conversation as Partial<Conversation> | null)?.actor?.on !== 'function') {
    throw invalidOption('conversation', 'a conversation', conversation);
  }
  checkClock(clock);
  const entries: TraceEntry[] = [];
  conversation.actor.on('*', (event) => entries.push({ at: clock.now(), event }));
  return {
    entries,
    of: <T extends ConversationEmitted['type']>(type: T) =>
      entries
        .map(({ event }) => event)
        .filter((event): event is Extract<ConversationEmitted, { type: T }> => event.type === type),
    toString: () => entries.map((entry) => JSON.stringify(entry)).join('\n'),
  };
}
