import { draw } from '../random.ts';
import { timeLeft, toDelay } from '../waits.ts';
import { type Args, base, now } from './base.ts';
import type { Term } from './events.ts';
import type { SessionContext } from './types.ts';

/** When the next health check may and should leave: never twice within `echoSpacing`, never while limited. */
function probeAt({ ports, timing, health, limitedUntil }: SessionContext): number {
  const earliest = Math.max(health.probedAt + timing.echoSpacing, limitedUntil);
  return health.wanted ? earliest : Math.max(earliest, ports.readings.lastFrameAt() + timing.quiet);
}

/** How long before the notice the server is asked whether the session was extended elsewhere. */
const verifyLead = 10_000;
/** How long after the expiry the server is asked whether it is over, so that it says so. */
const overdue = 2000;

const verifyAt = ({ term, timing }: SessionContext): number | null =>
  term.expiresAt === null ? null : term.expiresAt - timing.notice - verifyLead;
const noticeAt = ({ term, timing }: SessionContext): number | null =>
  term.expiresAt === null ? null : term.expiresAt - timing.notice;
const overdueAt = ({ term }: SessionContext): number | null =>
  term.expiresAt === null ? null : term.expiresAt + overdue;

const isDue = (context: SessionContext, at: number | null): boolean => at !== null && now(context) >= at;

/**
 * What a term says, on the monotonic clock. A date is held against the wall clock only here, and never
 * believed beyond the session's own length; a session that just began expires after that length.
 */
function readTerm(context: SessionContext, term: Term, isNew: boolean): Partial<SessionContext> {
  const { durationMs, expiresAt } = term;
  if (durationMs === undefined && expiresAt === undefined) return {};
  const known = durationMs ?? context.term.durationMs;
  const byDate = expiresAt === undefined ? null : Math.max(0, expiresAt - context.ports.readings.wallNow());
  const left =
    byDate === null || (isNew && known !== null) ? known : known === null ? byDate : Math.min(byDate, known);
  return { term: { durationMs: known, expiresAt: left === null ? null : now(context) + left } };
}

export const healthGuards = {
  probeDue: ({ context }: Args) => now(context) >= probeAt(context),
  answered: ({ context }: Args) => context.ports.readings.frameCount() > context.health.framesBefore,
  limited: ({ context }: Args) => now(context) < context.limitedUntil,
  unlimited: ({ context }: Args) => now(context) >= context.limitedUntil,
  verifyDue: ({ context }: Args) => isDue(context, verifyAt(context)),
  noticeDue: ({ context }: Args) => isDue(context, noticeAt(context)),
  noticeNotDue: ({ context }: Args) => !isDue(context, noticeAt(context)),
  verifyNotDue: ({ context }: Args) => !isDue(context, verifyAt(context)),
  overdue: ({ context }: Args) => isDue(context, overdueAt(context)),
  notOverdue: ({ context }: Args) => !isDue(context, overdueAt(context)),
};

export const healthDelays = {
  probeDue: ({ context }: { context: SessionContext }) => timeLeft(now(context), probeAt(context)),
  answerDue: ({ context }: { context: SessionContext }) => context.timing.answer,
  limitOver: ({ context }: { context: SessionContext }) => timeLeft(now(context), context.limitedUntil),
  verifyDue: ({ context }: { context: SessionContext }) => timeLeft(now(context), verifyAt(context)),
  noticeDue: ({ context }: { context: SessionContext }) => timeLeft(now(context), noticeAt(context)),
  overdue: ({ context }: { context: SessionContext }) => timeLeft(now(context), overdueAt(context)),
};

const msLeft = (context: SessionContext): number =>
  toDelay((context.term.expiresAt ?? now(context)) - now(context));

export const healthActions = {
  wantProbe: base.assign(({ context }) => ({ health: { ...context.health, wanted: true } })),
  trustLink: base.assign(({ context }) => ({ health: { ...context.health, wanted: false } })),
  beginProbe: base.assign(({ context }) => ({
    health: {
      wanted: false,
      probedAt: now(context),
      framesBefore: context.ports.readings.frameCount(),
    },
  })),
  sendEcho: base.sendTo('socket', { type: 'send', frame: { kind: 'echo' } }),
  dropSocket: base.sendTo('socket', { type: 'drop' }),
  askForTerm: base.raise({ type: 'probe.wanted' }),
  raiseTermChanged: base.raise({ type: 'term.changed' }),
  emitChecked: base.emit({ type: 'session.checked' }),

  limit: base.assign(({ context, event }) => {
    if (event.type !== 'frame.limited') return {};
    const { timing } = context;
    const [random, seed] = draw(context.seed);
    const asked = Math.min(event.retryAfterMs ?? timing.limitFallback, timing.retryAfterCap);
    const until = now(context) + toDelay(asked + timing.limitJitter * random);
    return { seed, limitedUntil: Math.max(context.limitedUntil, until) };
  }),
  emitLimited: base.emit(({ context }) => ({
    type: 'session.limited',
    msLeft: toDelay(context.limitedUntil - now(context)),
  })),

  noteTerm: base.assign(({ context, event }) =>
    event.type === 'frame.session' || event.type === 'frame.health'
      ? readTerm(context, event, event.type === 'frame.session' && event.newSession)
      : {},
  ),
  /** A message of either side gives the session its whole length again; typing does not. */
  extendTerm: base.assign(({ context }) => {
    const { durationMs } = context.term;
    return durationMs === null ? {} : { term: { durationMs, expiresAt: now(context) + durationMs } };
  }),
  emitDuration: base.enqueueActions(({ context, event, enqueue }) => {
    if (!('durationMs' in event || 'expiresAt' in event)) return;
    const { durationMs } = context.term;
    enqueue.emit({ type: 'session.duration', durationMs, msLeft: msLeft(context) });
  }),
  emitExpiring: base.emit(({ context }) => ({ type: 'session.expiring', msLeft: msLeft(context) })),
  emitExtended: base.emit(({ context }) => ({ type: 'session.extended', msLeft: msLeft(context) })),
};
