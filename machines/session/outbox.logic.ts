import { failureOf } from '../failure.ts';
import { now, timeLeft } from '../waits.ts';
import { type Args, base, changing, emitting } from './base.ts';
import { frameTooBig } from './closeCodes.ts';
import { errorVerdict, failureOfCode } from './errorCodes.ts';
import type { SessionEvent } from './events.ts';
import { onceAllowed, silenceAsked } from './pace.logic.ts';
import type { FoundMessage, OutboxEntry, SessionContext, SessionFailure } from './types.ts';

/** Nothing was said, and nothing is searched for. */
export const initialOutbox: Pick<SessionContext, 'outbox' | 'search'> = {
  outbox: [],
  search: { failures: 0, at: 0 },
};

/** How often a message may leave before it is given up. */
const sendTries = 3;
/** How often history is searched before a message that is not in it may leave again (W-6). */
const looksNeeded = 2;
/** How often a search may fail before what it was for is given up. */
const searchTries = 3;
/** The same where it is refused for its rate, which passes by itself. */
const limitedSearchTries = 10;

const isUnsure = ({ state }: OutboxEntry): boolean => state === 'unsure';

/** The message that leaves next, where one may: the oldest, since then all of them wait. */
const next = ({ outbox }: SessionContext): OutboxEntry | undefined => outbox[0];

/** The one message whose echo is awaited. */
const underWay = ({ outbox }: SessionContext): OutboxEntry | undefined =>
  outbox.find(({ state }) => state === 'left');

/** When history may be asked next; null where nothing is unsure, or where what was missed may settle it first (I-1). */
const searchAt = (context: SessionContext): number | null =>
  context.outbox.some(isUnsure) && (context.past.owed === 'nothing' || context.past.failures > 0)
    ? onceAllowed(context, context.search.at)
    : null;

const without = (context: SessionContext, id: string | undefined): Pick<SessionContext, 'outbox'> => ({
  outbox: context.outbox.filter((entry) => entry.id !== id),
});

const changed = (
  context: SessionContext,
  entry: OutboxEntry | undefined,
  change: Partial<OutboxEntry>,
): Pick<SessionContext, 'outbox'> => ({
  outbox: context.outbox.map((each) => (each === entry ? { ...each, ...change } : each)),
});

/** Nobody knows how it fared: history decides, from its first look on (W-6). */
const doubted = (context: SessionContext, entry: OutboxEntry): Pick<SessionContext, 'outbox' | 'search'> => ({
  ...changed(context, entry, { state: 'unsure', looks: 0 }),
  search: { failures: 0, at: now(context) },
});

/**
 * The entry that a frame is about: by its id, or, for a refusal that does not say whom it means, the one message that
 * is under way. An echo is from the guest's side; what comes back with our id from the other one is their message.
 */
function subject(context: SessionContext, event: SessionEvent): OutboxEntry | undefined {
  if (event.type !== 'frame.error' && event.type !== 'frame.message' && event.type !== 'frame.limited')
    return;
  if (event.type === 'frame.message' && event.direction !== 'inbound') return;
  const named = context.outbox.find(({ id }) => id === event.id);
  if (named !== undefined || event.type === 'frame.message' || event.id !== undefined) return named;
  const meansMessage = event.type === 'frame.limited' || (event.about !== 'typing' && refuses(event.code));
  return meansMessage ? underWay(context) : undefined;
}

/** Numbers that say nothing about what was asked: who one is, how long it took, how much there is. */
const passing: ReadonlySet<number> = new Set([401, 408, 425, 429]);

/** Whether an error refuses for good what it answers. */
function refuses(code: number): boolean {
  const verdict = errorVerdict(code);
  return verdict === 'message' || (verdict === 'answer' && code >= 400 && code < 500 && !passing.has(code));
}

const unsureFailure: SessionFailure = {
  code: 'network',
  unsure: true,
  message:
    'The connection was lost before the message was confirmed, and history could not tell whether it arrived; show it as unsure.',
};
const unsentFailure: SessionFailure = {
  code: 'network',
  message: 'The session ended before the message left; it was not sent. Connect again and send it anew.',
};
const tiredFailure: SessionFailure = {
  code: 'timeout',
  message: 'The message left several times and was never accepted; it is not in the history either.',
};

/** Refuses a message outright: nothing may be sent in this state. */
const refusal = (context: SessionContext): SessionFailure =>
  context.failure ?? {
    code: 'network',
    message: 'The session is not connected or may only be looked at; connect, or start a new session.',
  };

/** Which message may leave or must be searched for, and whether a frame is about one of ours. */
export const outboxGuards = {
  mayDeliver: ({ context }: Args) =>
    next(context) !== undefined &&
    context.outbox.every(({ state }) => state === 'waiting') &&
    now(context) >= context.blockedUntil,
  searchDue: ({ context }: Args) => now(context) >= (searchAt(context) ?? Number.POSITIVE_INFINITY),
  deliverySettled: ({ context }: Args) => underWay(context) === undefined,
  concernsOurMessage: ({ context, event }: Args) => subject(context, event) !== undefined,
};

/** How long echo and history may take, and how long until either may be asked for again. */
export const outboxDelays = {
  echoDeadline: ({ context }: Args) => context.timing.echoWait,
  unsentPause: ({ context }: Args) => context.timing.reconnectBase,
  searchDue: ({ context }: Args) => timeLeft(now(context), searchAt(context)),
  historyDeadline: ({ context }: Args) => context.timing.history,
};

const foundIn = (event: SessionEvent): readonly FoundMessage[] =>
  (event as unknown as { output: readonly FoundMessage[] }).output;

/** What becomes of a message, from its acceptance here to the one time it is told as sent or failed. */
export const outboxActions = {
  acceptMessage: base.assign(({ context, event }) =>
    event.type === 'message.send'
      ? { outbox: [...context.outbox, { id: event.id, state: 'waiting' as const, sends: 0, looks: 0 }] }
      : {},
  ),
  refuseMessage: base.emit(({ context, event }) => ({
    type: 'message.failed',
    id: (event as Extract<SessionEvent, { type: 'message.send' }>).id,
    failure: refusal(context),
  })),
  beginDelivery: base.assign(({ context }) => {
    const entry = next(context);
    return changed(context, entry, { state: 'left', sends: (entry?.sends ?? 0) + 1, looks: 0 });
  }),
  sendMessage: base.sendTo('socket', ({ context }) => ({
    type: 'send',
    frame: { kind: 'message', id: underWay(context)?.id ?? '' },
  })),
  /** Its frame did not leave: it waits as before. */
  takeBackUnsent: base.assign(({ context, event }) => {
    const left = underWay(context);
    if (event.type !== 'socket.unsent' || left?.id !== event.id) return {};
    return changed(context, left, { state: 'waiting', sends: left.sends - 1 });
  }),
  /**
   * Its frame left and nobody knows how it fared; unless the socket died of a frame that was too big, which
   * must not kill the next one as well.
   */
  doubtDelivery: base.enqueueActions(({ context, event, enqueue }) => {
    const left = underWay(context);
    if (left === undefined) return;
    if (event.type === 'socket.closed' && event.code === frameTooBig) {
      enqueue(changing(without(context, left.id)));
      enqueue(emitting({ type: 'message.failed', id: left.id, failure: failureOfCode(4011) }));
      return;
    }
    enqueue(changing(doubted(context, left)));
  }),
  /** The server said that it refused the message for its rate: it was not accepted, and waits. */
  requeueRefused: base.assign(({ context, event }) =>
    changed(context, subject(context, event), { state: 'waiting' }),
  ),
  /** The echo of a message: accepted, said once. */
  settleSent: base.enqueueActions(({ context, event, enqueue }) => {
    const entry = subject(context, event);
    if (event.type !== 'frame.message' || entry === undefined) return;
    const { messageId, sentAt } = event.message;
    enqueue(changing(without(context, entry.id)));
    enqueue(
      emitting({
        type: 'message.sent',
        id: entry.id,
        messageId,
        ...(sentAt !== undefined && { sentAt }),
      }),
    );
  }),
  /** An error about a message: refused for good where the number says so, else unsure. */
  weighRefusal: base.enqueueActions(({ context, event, enqueue }) => {
    const entry = subject(context, event);
    if (event.type !== 'frame.error' || entry === undefined) return;
    const verdict = errorVerdict(event.code);
    const refused = verdict === 'message' || (verdict === 'answer' && event.code >= 400 && event.code < 500);
    if (!refused) {
      enqueue(changing(doubted(context, entry)));
      return;
    }
    enqueue(changing(without(context, entry.id)));
    enqueue(emitting({ type: 'message.failed', id: entry.id, failure: failureOfCode(event.code) }));
  }),
  /** What history says: found is sent; twice not found is not accepted, and leaves again. */
  weighFound: base.enqueueActions(({ context, event, enqueue }) => {
    const found = new Map(foundIn(event).map((each) => [each.id, each]));
    const outbox: OutboxEntry[] = [];
    for (const entry of context.outbox) {
      const hit = isUnsure(entry) ? found.get(entry.id) : undefined;
      const looks = entry.looks + 1;
      if (hit !== undefined) enqueue(emitting({ type: 'message.sent', ...hit }));
      else if (!isUnsure(entry)) outbox.push(entry);
      else if (looks < looksNeeded) outbox.push({ ...entry, looks });
      else if (entry.sends < sendTries) outbox.push({ ...entry, looks: 0, state: 'waiting' });
      else enqueue(emitting({ type: 'message.failed', id: entry.id, failure: tiredFailure }));
    }
    enqueue(changing({ outbox, search: { failures: 0, at: now(context) + context.timing.settle } }));
  }),
  /** History cannot be searched now: later, and as much later as it asks for; at last given up. */
  searchFailed: base.enqueueActions(({ context, event, enqueue }) => {
    const { settle } = context.timing;
    const failures = context.search.failures + 1;
    const { code, retryAfterMs } = failureOf((event as { error?: unknown }).error);
    const isLimited = code === 'rate-limited';
    if (failures < (isLimited ? limitedSearchTries : searchTries)) {
      const wait = isLimited
        ? Math.max(settle, silenceAsked(context.timing, retryAfterMs))
        : settle * failures;
      enqueue(changing({ search: { failures, at: now(context) + wait } }));
      return;
    }
    for (const { id } of context.outbox.filter(isUnsure)) {
      enqueue(emitting({ type: 'message.failed', id, failure: unsureFailure }));
    }
    enqueue(
      changing({
        outbox: context.outbox.filter((entry) => !isUnsure(entry)),
        search: { failures: 0, at: now(context) },
      }),
    );
  }),
  /** The session is over: nothing that is still here will be sent. */
  emptyOutbox: base.enqueueActions(({ context, enqueue }) => {
    for (const { id, state } of context.outbox) {
      const failure = state === 'waiting' ? (context.failure ?? unsentFailure) : unsureFailure;
      enqueue(emitting({ type: 'message.failed', id, failure }));
    }
    enqueue(changing({ outbox: [] }));
  }),
};

/** The ids that history is asked about. */
export function unsureIds({ outbox }: SessionContext): readonly string[] {
  return outbox.filter(isUnsure).map(({ id }) => id);
}
