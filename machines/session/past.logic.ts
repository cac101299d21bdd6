import { failureOf } from '../failure.ts';
import { now, timeLeft } from '../waits.ts';
import { type Args, base, changing, emitting } from './base.ts';
import { onceAllowed, silenceAsked } from './pace.logic.ts';
import type { SessionContext } from './types.ts';

/** Nothing was heard, so nothing was missed. */
export const initialPast: Pick<SessionContext, 'past'> = {
  past: { owed: 'nothing', wasUp: false, failures: 0, at: 0 },
};

/** How often history may fail before what was missed is given up. */
const mostFailures = 3;
/** The same where it is refused for its rate, which passes by itself. */
const mostRefusals = 10;

type Past = SessionContext['past'];

const owe = (context: SessionContext, owed: Past['owed']): Pick<SessionContext, 'past'> => ({
  past: { owed, wasUp: true, failures: 0, at: now(context) },
});

const fallenBehind = ({ past }: SessionContext): Past => (past.wasUp ? { ...past, owed: 'missed' } : past);

/** The conversation is another one from here on, or another guest's. */
const forgotten = initialPast;

const isRefusal = ({ event }: Args): boolean =>
  event.type === 'past.missing' && failureOf(event.failure).code === 'rate-limited';

/** Whether history has something to say, and what it is worth. */
export const pastGuards = {
  pastDue: ({ context }: Args) =>
    context.past.owed !== 'nothing' && now(context) >= onceAllowed(context, context.past.at),
  pastIsWhole: ({ event }: Args) => event.type === 'past.had' && event.isWhole,
  pastIsLost: (args: Args) =>
    args.context.past.failures + 1 >= (isRefusal(args) ? mostRefusals : mostFailures),
};

/** How long until history may be asked. */
export const pastDelays = {
  pastDue: ({ context }: Args) =>
    timeLeft(now(context), context.past.owed === 'nothing' ? null : onceAllowed(context, context.past.at)),
};

/** What is owed to the guest of what was said while nobody listened (I-1). */
export const pastActions = {
  /** What the answer to configureSession means: with the same session, history knows what was missed. */
  weighPast: base.enqueueActions(({ context, event, enqueue }) => {
    if (event.type !== 'frame.session') return;
    const { owed, wasUp } = context.past;
    if (!event.newSession) {
      enqueue(changing(owe(context, wasUp ? 'missed' : 'baseline')));
      return;
    }
    enqueue(changing(owe(context, 'nothing')));
    if (owed === 'missed' && !context.startNew) enqueue(emitting({ type: 'session.gap' }));
  }),
  /** Nobody listens: whatever is said now is missed. */
  fallBehind: base.assign(({ context }) => ({ past: fallenBehind(context) })),
  /** The conversation was wiped, so nothing of it was missed. */
  forgetPast: base.assign(forgotten),
  /** The session is over: it may be resumed, but not where the server does not know it any more. */
  leavePast: base.enqueueActions(({ context, enqueue }) => {
    const { failure, past, closeReason } = context;
    const isGone =
      failure === null
        ? closeReason === 'signedIn' || closeReason === 'logout'
        : failure.code === 'conversation-ended' || failure.code === 'not-found';
    if (!isGone) {
      enqueue(changing({ past: fallenBehind(context) }));
      return;
    }
    enqueue(changing(forgotten));
    if (past.owed === 'missed') enqueue(emitting({ type: 'session.gap' }));
  }),
  settlePast: base.assign(({ context }) => owe(context, 'nothing')),
  /** Later, and as much later as history asks for. */
  postponePast: base.assign(({ context, event }) => {
    const { timing, past, search } = context;
    const failures = past.failures + 1;
    const { code, retryAfterMs } = failureOf(event.type === 'past.missing' ? event.failure : undefined);
    const later = { past: { ...past, failures, at: now(context) + timing.settle * failures } };
    if (code !== 'rate-limited') return later;
    const at = now(context) + Math.max(timing.settle, silenceAsked(timing, retryAfterMs));
    return { past: { ...later.past, at }, search: { ...search, at: Math.max(search.at, at) } };
  }),
  emitGap: base.enqueueActions(({ context, enqueue }) => {
    if (context.past.owed === 'missed') enqueue(emitting({ type: 'session.gap' }));
  }),
};
