import { longestTyping } from '../../machines/waits.ts';
import type { Clock } from '../shared/clock.ts';
import { field, list, number, text } from '../shared/json.ts';
import type { TabFacts } from '../shared/tabs.ts';

/** What a message is known by. Another version is another language: it is not read. */
const format = { sdk: 'genesys-conversation-machine/tabs', version: 1 } as const;

/** How old anything may be that a message says, ms: no window is as long. */
export const oldest = 600_000;
/** How long a message is believed to have been on its way, ms: a wall clock that is set meanwhile mutes nobody (I-2). */
const longestWay = 10_000;
/** What a turn cannot be beyond, by taking turns. */
const mostTurns = 2 ** 40;
/** Most entries of a list that are read (S11). */
const mostEntries = 50;

/** What a tab tells the others: always all that it knows of itself, so that the newest message makes up for any other. */
export interface Told {
  readonly guest: string;
  readonly from: string;
  /** Counts the sender's messages, from 1. */
  readonly seq: number;
  /** Whether an answer is waited for. */
  readonly asks: boolean;
  /** Whether the sender is about to make a call. */
  readonly claims: boolean;
  readonly leaves: boolean;
  readonly facts: TabFacts;
}

/** Makes a message: times become ages at a time of the wall clock, since tabs share no other. */
export function messageOf(told: Told, heard: Readonly<Record<string, number>>, clock: Clock): object {
  const { facts, ...rest } = told;
  const { call, typed, reading, silentUntil, indicators, reads } = facts;
  const age = (at: number): number => Math.round(clock.now() - at);
  return {
    ...format,
    ...rest,
    at: clock.wallNow(),
    heard,
    call: call && {
      conversationId: call.conversationId,
      isTyping: call.isTyping,
      age: age(call.at),
      isUnderWay: call.isUnderWay,
    },
    typed: typed && { conversationId: typed.conversationId, age: age(typed.at) },
    reading,
    silence: Math.max(0, -age(silentUntil)),
    indicators: indicators.map(({ conversationId, turn, isHeld, calledAt, litUntil }) => ({
      conversationId,
      turn,
      isHeld,
      age: age(calledAt),
      left: -age(litUntil),
    })),
    reads,
  };
}

/**
 * What a message says, on this tab's clock, and which of this tab's messages its sender had heard by then; `null` for
 * what is none, or none of this version. `mostWay`: how long it may have been on its way, ms.
 */
export function readMessage(
  message: unknown,
  id: string,
  clock: Clock,
  mostWay = longestWay,
): (Told & { readonly heard: number }) | null {
  if (field(message, 'sdk') !== format.sdk || field(message, 'version') !== format.version) return null;
  const [guest, from] = [text(message, 'guest'), text(message, 'from')];
  const [seq, at] = [number(message, 'seq'), number(message, 'at')];
  if (guest === undefined || from === undefined || seq === undefined || at === undefined) return null;
  const way = between(0, clock.wallNow() - at, mostWay);
  const before = (each: unknown): number =>
    clock.now() - way - between(0, number(each, 'age') ?? oldest, oldest);

  const silence = between(0, number(message, 'silence') ?? 0, oldest);
  const called = field(message, 'call');
  const calledIn = text(called, 'conversationId');
  const typed = field(message, 'typed');
  const typedIn = text(typed, 'conversationId');
  return {
    guest,
    from,
    seq,
    heard: number(field(message, 'heard'), id) ?? 0,
    asks: field(message, 'asks') === true,
    claims: field(message, 'claims') === true,
    leaves: field(message, 'leaves') === true,
    facts: {
      call:
        calledIn === undefined
          ? null
          : {
              conversationId: calledIn,
              isTyping: field(called, 'isTyping') === true,
              at: before(called),
              isUnderWay: field(called, 'isUnderWay') === true,
            },
      typed: typedIn === undefined ? null : { conversationId: typedIn, at: before(typed) },
      reading: text(message, 'reading') ?? null,
      silentUntil: silence > 0 ? clock.now() - way + silence : 0,
      indicators: list(message, 'indicators')
        .slice(0, mostEntries)
        .flatMap((each) => {
          const conversationId = text(each, 'conversationId');
          const [turn, left] = [number(each, 'turn'), number(each, 'left')];
          if (conversationId === undefined || turn === undefined || left === undefined) return [];
          if (!Number.isInteger(turn) || turn < 0 || turn > mostTurns) return [];
          const litUntil = clock.now() - way + Math.min(left, longestTyping);
          const isHeld = field(each, 'isHeld') === true;
          return [{ conversationId, turn, isHeld, calledAt: before(each), litUntil }];
        }),
      reads: list(message, 'reads')
        .slice(0, mostEntries)
        .flatMap((each) => {
          const conversationId = text(each, 'conversationId');
          const messageId = text(each, 'messageId', 2048);
          return conversationId === undefined || messageId === undefined
            ? []
            : [{ conversationId, messageId }];
        }),
    },
  };
}

const between = (least: number, value: number, most: number): number =>
  Math.min(most, Math.max(least, value));
