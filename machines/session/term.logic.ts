import { now, timeLeft, toDelay } from '../waits.ts';
import { type Args, base, emitting } from './base.ts';
import type { Term } from './events.ts';
import type { SessionContext } from './types.ts';

/** The server said nothing about the session's life yet. */
export const initialTerm: Pick<SessionContext, 'term'> = { term: { durationMs: null, expiresAt: null } };

/** How long before the notice the server is asked whether the session was extended elsewhere, ms. */
const verifyLead = 10_000;
/** How long after the expiry the server is asked whether it is over, so that it says so, ms. */
const expiryGrace = 2000;

const verifyAt = ({ term, timing }: SessionContext): number | null =>
  term.expiresAt === null ? null : term.expiresAt - timing.notice - verifyLead;
const noticeAt = ({ term, timing }: SessionContext): number | null =>
  term.expiresAt === null ? null : term.expiresAt - timing.notice;
const overdueAt = ({ term }: SessionContext): number | null =>
  term.expiresAt === null ? null : term.expiresAt + expiryGrace;

const isDue = (context: SessionContext, at: number | null): boolean => at !== null && now(context) >= at;

const msLeft = (context: SessionContext): number =>
  toDelay((context.term.expiresAt ?? now(context)) - now(context));

/**
 * What a term says, on the monotonic clock. A date is held against the wall clock only here, and never
 * believed beyond the session's own length; a session that just began expires after that length.
 */
function readTerm(context: SessionContext, term: Term, isNew: boolean): Partial<SessionContext> {
  const { durationMs, expiresAt } = term;
  if (durationMs === undefined && expiresAt === undefined) return {};
  const known = durationMs ?? context.term.durationMs;
  const length = known ?? Number.POSITIVE_INFINITY;
  const byDate = expiresAt === undefined ? length : Math.max(0, expiresAt - context.ports.readings.wallNow());
  const left = isNew && known !== null ? known : Math.min(byDate, length);
  return { term: { durationMs: known, expiresAt: now(context) + left } };
}

/** Which moments of the session's life have come; each can be taken back, since a message extends the session. */
export const termGuards = {
  verifyDue: ({ context }: Args) => isDue(context, verifyAt(context)),
  verifyNotDue: ({ context }: Args) => !isDue(context, verifyAt(context)),
  noticeDue: ({ context }: Args) => isDue(context, noticeAt(context)),
  noticeNotDue: ({ context }: Args) => !isDue(context, noticeAt(context)),
  overdue: ({ context }: Args) => isDue(context, overdueAt(context)),
  notOverdue: ({ context }: Args) => !isDue(context, overdueAt(context)),
};

/** How long it is until those moments. */
export const termDelays = {
  verifyDue: ({ context }: Args) => timeLeft(now(context), verifyAt(context)),
  noticeDue: ({ context }: Args) => timeLeft(now(context), noticeAt(context)),
  overdue: ({ context }: Args) => timeLeft(now(context), overdueAt(context)),
};

/** What moves the session's end, and how its end is told. */
export const termActions = {
  noteTerm: base.assign(({ context, event }) =>
    event.type === 'frame.session' || event.type === 'frame.health'
      ? readTerm(context, event, event.type === 'frame.session' && event.newSession)
      : {},
  ),
  /** A message of either side gives the session its whole length again; typing does not. */
  extendTerm: base.assign(({ context, event }) => {
    const { durationMs } = context.term;
    const isOld = event.type === 'frame.message' && event.message.isCaughtUp === true;
    return durationMs === null || isOld ? {} : { term: { durationMs, expiresAt: now(context) + durationMs } };
  }),
  raiseTermChanged: base.raise({ type: 'term.changed' }),
  /** A health check is the only question that the server answers with the session's end. */
  askForTerm: base.raise({ type: 'probe.wanted' }),
  emitDuration: base.enqueueActions(({ context, event, enqueue }) => {
    if (!('durationMs' in event || 'expiresAt' in event)) return;
    const { durationMs } = context.term;
    enqueue(emitting({ type: 'session.duration', durationMs, msLeft: msLeft(context) }));
  }),
  emitExpiring: base.emit(({ context }) => ({ type: 'session.expiring', msLeft: msLeft(context) })),
  emitExtended: base.emit(({ context }) => ({ type: 'session.extended', msLeft: msLeft(context) })),
};
