import { initialRoster } from '../../machines/conversation/roster.logic.ts';
import type {
  ConversationContext,
  ConversationInput,
  ReceiptsContext,
  RosterContext,
  TypingContext,
} from '../../machines/conversation/types.ts';
import type { RunningChart } from '../conversation/chart.ts';
import type { ConversationActor } from '../conversation/types.ts';

type ChartSnapshot = ReturnType<ConversationActor['getSnapshot']>;

/** What differs from one conversation to the next of a chart's context; the rest comes from the options. */
type Remembered = Omit<ConversationContext, 'ports' | 'capabilities' | 'timing' | 'participantId'>;

/** How a chart stood as it was put away: its states, and what it remembers that still says something. */
export interface Rest extends Remembered {
  readonly value: ChartSnapshot['value'];
}

const restful: { readonly [Region in 'typing' | 'receipts' | 'roster' | 'link']: ReadonlySet<unknown> } = {
  typing: new Set(['idle', 'off', 'disabled']),
  receipts: new Set(['upToDate', 'off', 'disabled']),
  roster: new Set(['quiet']),
  link: new Set(['ready', 'unauthorized', 'offline', 'ended']),
};

/**
 * Whether a chart waits for nothing: it is in states that have no timer and make no call, nothing is lit, and nobody types.
 * Put away, it comes back as it was, since only an event can move it.
 */
export function isAtRest(chart: RunningChart): boolean {
  const snapshot = chart.actor.getSnapshot();
  const { context, value } = snapshot;
  const { ports, timing, typing } = context;
  const { readings } = ports;
  const now = readings.now();
  const isSilent = readings.keyCount() === typing.keysAtEnd || readings.keyAge() >= timing.idle;
  return (
    restful.typing.has(value.typing) &&
    restful.receipts.has(value.receipts) &&
    restful.roster.has(value.roster) &&
    restful.link.has(value.link) &&
    snapshot.status === 'active' &&
    isSilent &&
    typing.writing.length === 0 &&
    now >= Math.max(typing.writtenUntil, typing.litUntil)
  );
}

/** How a chart at rest stands. What is equal in many conversations is one object for all of them, by `shared`. */
export function restOf(chart: RunningChart, shared: Shared): Rest {
  const { context, value } = chart.actor.getSnapshot();
  const { conversationId, frozenAt, limit, online, receipts, roster, seed, token, typing } = context;
  const now = context.ports.readings.now();
  const margin = context.ports.readings.step?.() ?? 0;
  const counts = { before: typing, keys: context.ports.readings.keyCount() };
  const silent = { ...limit, blockedUntil: ahead(limit.blockedUntil, now) };
  return {
    value: shared.of(value),
    conversationId,
    frozenAt,
    online,
    seed,
    limit: shared.of(silent),
    token: shared.of(token),
    typing: shared.of(typingAt(now, context.timing.spacing + margin, counts)),
    receipts: receiptsAt(now, context.timing.readInterval + margin, receipts, shared),
    roster: rosterAt(now, context.timing.announceGap, roster),
  };
}

/** How an actor starts that goes on from there. */
export function persistedOf({ value, ...remembered }: Rest, input: ConversationInput) {
  const { ports, capabilities, timing, participantId } = input;
  const context: ConversationContext = { ports, capabilities, timing, participantId, ...remembered };
  return {
    status: 'active',
    value,
    context,
    children: {},
    historyValue: {},
    output: undefined,
    error: undefined,
  } as const;
}

/** A time that is still to come; 0 for every one that is past. */
const ahead = (time: number, now: number): number => (time > now ? time : 0);

/** What the typing lane remembers at rest. Keys are counted anew: those so far are accounted for, or too old to say anything. */
function typingAt(
  now: number,
  spacing: number,
  { before, keys }: { readonly before: TypingContext; readonly keys: number },
): TypingContext {
  const isRecent = before.calledAt + spacing > now;
  return {
    ...before,
    conversationId: null,
    keysAtEnd: 0,
    keysAtFalter: 0,
    falteredAt: 0,
    writing: [],
    writtenUntil: 0,
    keysAtCall: 0,
    calledAt: isRecent ? before.calledAt : 0,
    notBefore: ahead(before.notBefore, now),
    litUntil: 0,
    renewing: false,
    reopenedAt: before.reopenedAt + spacing > now ? before.reopenedAt : Number.MIN_SAFE_INTEGER,
    keysAtAcceptance: before.keysAtAcceptance === keys ? 0 : -1,
    doubtful: false,
  };
}

function receiptsAt(now: number, interval: number, before: ReceiptsContext, shared: Shared): ReceiptsContext {
  const isRecent = before.calledAt + interval > now;
  const receipts: ReceiptsContext = {
    ...before,
    calledAt: isRecent ? before.calledAt : Number.MIN_SAFE_INTEGER,
    dueAt: 0,
    notBefore: ahead(before.notBefore, now),
  };
  return before.ledgers.length === 0 && before.peers.length === 0 ? shared.of(receipts) : receipts;
}

function rosterAt(now: number, announceGap: number, before: RosterContext): RosterContext {
  const announcedAt = before.announcedAt ?? Number.NEGATIVE_INFINITY;
  const isRecent = announcedAt + announceGap > now;
  const lastMessages = before.lastMessages.filter(({ until }) => until > now);
  if (!isRecent && lastMessages.length === 0) return initialRoster;
  return { ...initialRoster, announcedAt: isRecent ? announcedAt : null, lastMessages };
}

/** How many objects are shared before they are forgotten; what has one keeps it. */
const mostShared = 1000;

/** One object for all that are equal. */
export class Shared {
  readonly #known = new Map<string, object>();

  /** The first object that was equal to this one, which is plain data. */
  of<Value extends object>(value: Value): Value {
    const key = JSON.stringify(value);
    const known = this.#known.get(key);
    if (known) return known as Value;
    if (this.#known.size >= mostShared) this.#known.clear();
    this.#known.set(key, value);
    return value;
  }
}
