import type { FrameEvent, SessionEmitted } from '../../machines/session/events.ts';
import { ConversationError } from '../shared/errors.ts';
import { field, text } from '../shared/json.ts';
import { type HistoryPages, pageSize } from './historyPages.ts';
import type { PastMessage } from './ownMessages.ts';
import { readStructured } from './structuredMessage.ts';

/** Something of the past, in the shape in which it comes live; what the guest wrote is `message.mirrored`. */
export type HistoryEntry = Extract<
  SessionEmitted,
  {
    type:
      | 'message.received'
      | 'message.mirrored'
      | 'session.joined'
      | 'session.signedIn'
      | 'session.disconnected';
  }
>;

/** A part of the history. */
export interface HistoryPart {
  /** The oldest first. Text and names are the server's: hostile until escaped (S14). */
  readonly entries: readonly HistoryEntry[];
  /** What `before` of the next call is, for what is older; null where nothing older is kept. */
  readonly before: string | null;
}

/** What of the history is asked for. */
export interface HistoryQuery {
  /** Only what is older than this entity. Default: from the newest. */
  readonly before: string | undefined;
  readonly limit: number;
}

/** A part, and what of it a conversation is told. */
interface ReadPart extends HistoryPart {
  readonly messages: readonly PastMessage[];
}

/** One entity of the history, and what it says. */
interface Found {
  readonly id: string | undefined;
  readonly frames: readonly FrameEvent[];
}

/** Reads parts of one conversation's history. Rejects with a `ConversationError`. */
export type HistoryReader = (query: HistoryQuery, signal: AbortSignal) => Promise<ReadPart>;

/** The server answers for ten pages a minute. */
const mostPages = 10;
/** Of how many entities it is remembered where they were, so that nobody walks there again from the newest. */
const mostPlaces = 2000;

/**
 * Makes a {@link HistoryReader}. The server counts pages from the newest message, so what is said between two calls
 * moves everything: it is looked for where it was, and further back.
 */
export function historyReader(pages: HistoryPages): HistoryReader {
  const places = new Map<string, number>();
  const note = (id: string, place: number): void => {
    places.delete(id);
    places.set(id, place);
    if (places.size > mostPlaces) places.delete(places.keys().next().value as string);
  };

  return async ({ before, limit }, signal) => {
    const found: Found[] = [];
    let isOlder = before === undefined;
    let page = Math.floor((before === undefined ? 0 : (places.get(before) ?? 0)) / pageSize) + 1;
    for (let asked = 0; asked < mostPages; asked += 1, page += 1) {
      const { entities, isLast } = await pages(page, signal);
      for (const [index, entity] of entities.entries()) {
        const [id, other] = idsOf(entity);
        if (id !== undefined && found.some((each) => each.id === id)) continue;
        // What is older is asked for by a name: where nothing here has one, a part is longer than it was to be.
        if (isOlder && found.length >= limit && found.some((each) => each.id !== undefined))
          return partOf(found, false);
        if (isOlder) found.push({ id, frames: readStructured({ body: entity }) ?? [] });
        else isOlder = id === before || other === before;
        if (id !== undefined) note(id, (page - 1) * pageSize + index);
      }
      if (isLast && isOlder) return partOf(found, true);
      if (isLast) break;
    }
    if (isOlder) return partOf(found, false);
    if (before !== undefined) places.delete(before);
    throw notThere();
  };
}

/** The id of an entity, as its message has it, and another one that it may be called by. */
function idsOf(entity: unknown): readonly [id: string | undefined, other: string | undefined] {
  const own = text(entity, 'id');
  return [text(field(entity, 'channel'), 'messageId') ?? own, own];
}

function partOf(found: readonly Found[], isAll: boolean): ReadPart {
  const frames = found.toReversed().flatMap((each) => each.frames);
  return {
    entries: frames.flatMap(entryOf),
    before: isAll ? null : (found.findLast(({ id }) => id !== undefined)?.id ?? null),
    messages: frames.filter((frame) => frame.type === 'frame.message'),
  };
}

function entryOf(frame: FrameEvent): readonly HistoryEntry[] {
  switch (frame.type) {
    case 'frame.message':
      return [
        {
          type: frame.direction === 'inbound' ? 'message.mirrored' : 'message.received',
          message: frame.message,
        },
      ];
    case 'frame.joined':
      return [{ ...frame, type: 'session.joined' }];
    case 'frame.signedIn':
      return [{ ...frame, type: 'session.signedIn' }];
    case 'frame.disconnected':
      return [{ ...frame, type: 'session.disconnected' }];
    default:
      return [];
  }
}

const notThere = (): ConversationError =>
  new ConversationError({
    code: 'unknown-message',
    message: `There is no such entry in the history, or not near enough; pass the "before" of the last part.`,
  });
