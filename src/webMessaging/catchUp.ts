import type { FrameEvent } from '../../machines/session/events.ts';
import type { HistoryPages } from './historyPages.ts';
import { readStructured } from './structuredMessage.ts';

type MessageFrame = Extract<FrameEvent, { type: 'frame.message' }>;

/** What history has that was not told. */
export interface Missed {
  /** In the order in which it was said. */
  readonly messages: readonly MessageFrame[];
  /** Whether history reached back to what was known before. */
  readonly isWhole: boolean;
}

/** What is known of the messages that were told. */
export interface Known {
  /** Whether a message was told already. */
  has(frame: MessageFrame): boolean;
  /** Whether everything from the conversation's beginning on was told, or will be. */
  isFromTheStart(): boolean;
}

/** How far it is looked back; beyond that a gap is told. */
const mostPages = 8;

/**
 * Reads history, newest first, until something that was told before. What was not told and is newer than that was
 * missed; in a conversation that was heard from its start, all that was not told. Rejects with a `ConversationError`.
 */
export async function missedIn(pages: HistoryPages, known: Known, signal: AbortSignal): Promise<Missed> {
  const fresh: MessageFrame[] = [];
  let newerThanKnown: number | null = null;
  let isExhausted = false;
  for (let page = 1; page <= mostPages && newerThanKnown === null && !isExhausted; page += 1) {
    const { entities, isLast } = await pages(page, signal);
    for (const frame of entities.flatMap(messageOf)) {
      if (known.has(frame)) newerThanKnown = fresh.length;
      else fresh.push(frame);
    }
    isExhausted = isLast;
  }
  const isFromTheStart = known.isFromTheStart();
  const missed = isFromTheStart ? fresh : fresh.slice(0, newerThanKnown ?? 0);
  return {
    messages: missed.reverse(),
    isWhole: newerThanKnown !== null || (isExhausted && isFromTheStart),
  };
}

/** The messages that there are, before anything can be missed: what a resumed session begins with. */
export async function baselineOf(pages: HistoryPages, signal: AbortSignal): Promise<readonly MessageFrame[]> {
  const { entities } = await pages(1, signal);
  return entities.flatMap(messageOf);
}

/** The message that an entity of history is, marked as caught up; none for an event, or what nobody can read. */
function messageOf(entity: unknown): readonly MessageFrame[] {
  return (readStructured({ body: entity }) ?? []).flatMap((event) =>
    event.type === 'frame.message' ? [{ ...event, message: { ...event.message, isCaughtUp: true } }] : [],
  );
}
