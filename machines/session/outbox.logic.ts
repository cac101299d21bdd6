import { failureOf } from '../failure.ts';
import { timeLeft } from '../waits.ts';
import { type Args, base, now } from './base.ts';
import { errorVerdict, failureOfCode } from './errorCodes.ts';
import type { SessionEvent } from './events.ts';
import type { FoundMessage, OutboxEntry, SessionContext, SessionFailure } from './types.ts';

/** How often a message may leave, and how often a failing search is repeated, before it is given up. */
const tries = 3;
/** How often a search that is refused for its rate is repeated. */
const limitedTries = 10;
/** How often history is searched before a message that is not in it may leave again. */
const looksNeeded = 2;

/** Close code for a frame that is longer than the other end takes. */
const tooBig = 1009;

const has = ({ outbox }: SessionContext, state: OutboxEntry['state']): boolean =>
  outbox.some((entry) => entry.state === state);

/** The message that leaves next: the oldest that waits. */
const next = ({ outbox }: SessionContext): OutboxEntry | undefined =>
  outbox.find(({ state }) => state === 'waiting');

const without = (context: SessionContext, id: string | undefined): Pick<SessionContext, 'outbox'> => ({
  outbox: context.outbox.filter((entry) => entry.id !== id),
});

const changed = (
  context: SessionContext,
  isMeant: (entry: OutboxEntry) => boolean,
  change: (entry: OutboxEntry) => Partial<OutboxEntry>,
): Pick<SessionContext, 'outbox'> => ({
  outbox: context.outbox.map((entry) => (isMeant(entry) ? { ...entry, ...change(entry) } : entry)),
});

/** The entry that a frame is about: by its id, and for a refusal that can only mean a message, the one that left. */
function subject(context: SessionContext, event: SessionEvent): OutboxEntry | undefined {
  if (event.type !== 'frame.error' && event.type !== 'frame.message' && event.type !== 'frame.limited')
    return;
  const named = context.outbox.find(({ id }) => id === event.id);
  if (named !== undefined || event.type !== 'frame.error' || event.id !== undefined) return named;
  if (errorVerdict(event.code) !== 'message') return undefined;
  return context.outbox.find(({ state }) => state === 'left');
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

export const outboxGuards = {
  mayDeliver: ({ context }: Args) =>
    next(context) !== undefined &&
    !has(context, 'unsure') &&
    !has(context, 'left') &&
    now(context) >= context.limitedUntil,
  maySearch: ({ context }: Args) =>
    has(context, 'unsure') && now(context) >= Math.max(context.search.at, context.limitedUntil),
  nothingLeft: ({ context }: Args) => !has(context, 'left'),
  echoesOurs: ({ context, event }: Args) => subject(context, event) !== undefined,
  blamesMessage: ({ context, event }: Args) => subject(context, event) !== undefined,
};

export const outboxDelays = {
  echoWait: ({ context }: { context: SessionContext }) => context.timing.echoWait,
  unsentPause: ({ context }: { context: SessionContext }) => context.timing.reconnectBase,
  searchDue: ({ context }: { context: SessionContext }) =>
    timeLeft(now(context), has(context, 'unsure') ? Math.max(context.search.at, context.limitedUntil) : null),
  historyWait: ({ context }: { context: SessionContext }) => context.timing.history,
};

const foundIn = (event: SessionEvent): readonly FoundMessage[] =>
  (event as unknown as { output: readonly FoundMessage[] }).output;

export const outboxActions = {
  acceptMessage: base.assign(({ context, event }) =>
    event.type === 'message.send'
      ? { outbox: [...context.outbox, { id: event.id, state: 'waiting' as const, sends: 0, looks: 0 }] }
      : {},
  ),
  refuseMessage: base.enqueueActions(({ context, event, enqueue }) => {
    if (event.type !== 'message.send') return;
    enqueue.emit({ type: 'message.failed', id: event.id, failure: refusal(context) });
  }),
  beginDelivery: base.assign(({ context }) =>
    changed(
      context,
      (entry) => entry === next(context),
      ({ sends }) => ({ state: 'left', sends: sends + 1, looks: 0 }),
    ),
  ),
  sendMessage: base.sendTo('socket', ({ context }) => ({
    type: 'send',
    frame: { kind: 'message', id: context.outbox.find(({ state }) => state === 'left')?.id ?? '' },
  })),
  /** Its frame did not leave: it waits as before. */
  takeBack: base.assign(({ context, event }) =>
    event.type === 'socket.unsent'
      ? changed(
          context,
          ({ id, state }) => id === event.id && state === 'left',
          ({ sends }) => ({ state: 'waiting', sends: sends - 1 }),
        )
      : {},
  ),
  /**
   * Its frame left and nobody knows how it fared; unless the socket died of a frame that was too big, which
   * must not kill the next one as well.
   */
  doubtLeft: base.enqueueActions(({ context, event, enqueue }) => {
    const left = context.outbox.find(({ state }) => state === 'left');
    if (left === undefined) return;
    if (event.type === 'socket.closed' && event.code === tooBig) {
      enqueue.assign(without(context, left.id));
      enqueue.emit({ type: 'message.failed', id: left.id, failure: failureOfCode(4011) });
      return;
    }
    enqueue.assign({
      ...changed(
        context,
        (entry) => entry === left,
        () => ({ state: 'unsure', looks: 0 }),
      ),
      search: { failures: 0, at: now(context) },
    });
  }),
  /** The server said that it refused the message for its rate: it was not accepted, and waits. */
  holdRefused: base.assign(({ context, event }) => {
    const refused = subject(context, event);
    return refused === undefined
      ? {}
      : changed(
          context,
          (entry) => entry === refused,
          () => ({ state: 'waiting' }),
        );
  }),
  /** The echo of a message: accepted, said once. */
  settleSent: base.enqueueActions(({ context, event, enqueue }) => {
    const entry = subject(context, event);
    if (event.type !== 'frame.message' || entry === undefined) return;
    const { messageId, sentAt } = event.message;
    enqueue.assign(without(context, entry.id));
    enqueue.emit({
      type: 'message.sent',
      id: entry.id,
      messageId,
      ...(sentAt !== undefined && { sentAt }),
    });
  }),
  /** An error about a message: refused for good where the number says so, else unsure. */
  blameMessage: base.enqueueActions(({ context, event, enqueue }) => {
    const entry = subject(context, event);
    if (event.type !== 'frame.error' || entry === undefined) return;
    const verdict = errorVerdict(event.code);
    const refused = verdict === 'message' || (verdict === 'answer' && event.code >= 400 && event.code < 500);
    if (!refused) {
      enqueue.assign({
        ...changed(
          context,
          (each) => each === entry,
          () => ({ state: 'unsure', looks: 0 }),
        ),
        search: { failures: 0, at: now(context) },
      });
      return;
    }
    enqueue.assign(without(context, entry.id));
    enqueue.emit({ type: 'message.failed', id: entry.id, failure: failureOfCode(event.code) });
  }),
  /** What history says: found is sent; twice not found is not accepted, and leaves again. */
  weighFound: base.enqueueActions(({ context, event, enqueue }) => {
    const found = new Map(foundIn(event).map((each) => [each.id, each]));
    const outbox: OutboxEntry[] = [];
    for (const entry of context.outbox) {
      const hit = entry.state === 'unsure' ? found.get(entry.id) : undefined;
      const looks = entry.looks + 1;
      if (hit !== undefined) enqueue.emit({ type: 'message.sent', ...hit });
      else if (entry.state !== 'unsure') outbox.push(entry);
      else if (looks < looksNeeded) outbox.push({ ...entry, looks });
      else if (entry.sends < tries) outbox.push({ ...entry, looks: 0, state: 'waiting' });
      else enqueue.emit({ type: 'message.failed', id: entry.id, failure: tiredFailure });
    }
    enqueue.assign({ outbox, search: { failures: 0, at: now(context) + context.timing.settle } });
  }),
  /** History cannot be searched now: later, and as much later as it asks for; at last given up. */
  searchFailed: base.enqueueActions(({ context, event, enqueue }) => {
    const { settle, limitFallback, retryAfterCap } = context.timing;
    const failures = context.search.failures + 1;
    const { code, retryAfterMs = limitFallback } = failureOf((event as { error?: unknown }).error);
    const isLimited = code === 'rate-limited';
    if (failures < (isLimited ? limitedTries : tries)) {
      const wait = isLimited ? Math.max(settle, Math.min(retryAfterMs, retryAfterCap)) : settle * failures;
      enqueue.assign({ search: { failures, at: now(context) + wait } });
      return;
    }
    const isUnsure = ({ state }: OutboxEntry): boolean => state === 'unsure';
    for (const { id } of context.outbox.filter(isUnsure)) {
      enqueue.emit({ type: 'message.failed', id, failure: unsureFailure });
    }
    enqueue.assign({
      outbox: context.outbox.filter((entry) => !isUnsure(entry)),
      search: { failures: 0, at: now(context) },
    });
  }),
  /** The session is over: nothing that is still here will be sent. */
  emptyOutbox: base.enqueueActions(({ context, enqueue }) => {
    for (const { id, state } of context.outbox) {
      const failure = state === 'waiting' ? (context.failure ?? unsentFailure) : unsureFailure;
      enqueue.emit({ type: 'message.failed', id, failure });
    }
    enqueue.assign({ outbox: [] });
  }),
};

/** The ids that history is asked about. */
export function unsureIds({ outbox }: SessionContext): readonly string[] {
  return outbox.filter(({ state }) => state === 'unsure').map(({ id }) => id);
}
