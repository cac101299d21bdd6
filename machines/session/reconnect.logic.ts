import { draw } from '../random.ts';
import { type SocketEnd, waitAfter } from '../reconnect.ts';
import { now, timeLeft, toDelay } from '../waits.ts';
import { type Args, base } from './base.ts';
import { failureOfClose, verdictOf } from './closeCodes.ts';
import type { SessionEvent } from './events.ts';
import { onceAllowed } from './pace.logic.ts';
import type { SessionContext, SessionFailure } from './types.ts';

/** The network is taken to be there until somebody says otherwise; nothing failed yet. */
export const initialReconnect: Pick<SessionContext, 'online' | 'reconnect'> = {
  online: true,
  reconnect: { failures: 0, since: 0, at: 0, faults: 0, jumped: false, hastened: false },
};

/** How the socket ended; a deadline's own timer stands for a connection that broke without a word. */
const endIn = (event: SessionEvent): SocketEnd => (event.type === 'socket.closed' ? event : { code: 1006 });

const closeVerdictIn = (event: SessionEvent) => verdictOf(endIn(event));

/** Whether everything that may be tried to get a connection back was tried. */
function isExhausted(context: SessionContext): boolean {
  const { reconnect, timing } = context;
  if (reconnect.failures === 0) return false;
  return (
    reconnect.failures >= timing.reconnectTries || now(context) - reconnect.since >= timing.reconnectWindow
  );
}

const faultRepeats = ({ context, event }: Args): boolean =>
  closeVerdictIn(event) === 'once' && context.reconnect.faults > 0;

/** What the end of a socket asks for, and whether and when another one may follow. */
export const reconnectGuards = {
  closeIsFinal: ({ event }: Args) => closeVerdictIn(event) === 'final',
  closeIsFatal: (args: Args) => closeVerdictIn(args.event) === 'fatal' || faultRepeats(args),
  reconnectsExhausted: ({ context }: Args) => isExhausted(context),
  offline: ({ context }: Args) => !context.online,
  online: ({ context }: Args) => context.online,
  reconnectDue: ({ context }: Args) => now(context) >= context.reconnect.at,
  mayHasten: ({ context }: Args) => !context.reconnect.hastened,
};

/** How long a socket may take to be configured, how long the next one is waited for, and how long one must hold. */
export const reconnectDelays = {
  connectDeadline: ({ context }: Args) => context.timing.connect,
  configureDeadline: ({ context }: Args) => context.timing.configure,
  reconnectDue: ({ context }: Args) => timeLeft(now(context), context.reconnect.at),
  minUptime: ({ context }: Args) => context.timing.minUptime,
};

const giveUp: SessionFailure = {
  code: 'network',
  message: 'The connection was lost and could not be had again; check the network, then connect again.',
};

/** What a lost socket, a network or a user who is back change about the next attempt, and how it is told. */
export const reconnectActions = {
  planReconnect: base.assign(({ context, event }) => {
    const [random, seed] = draw(context.seed);
    const { reconnect } = context;
    const verdict = closeVerdictIn(event);
    const failures = reconnect.failures + 1;
    const { jumped } = reconnect;
    const full = waitAfter(context.timing, { verdict, failures, jumped, random });
    const { health, timing } = context;
    // Somebody waits who has waited for the answer of a dead link already.
    const wait = toDelay(health.isHurried ? Math.min(full, timing.reconnectBase * random) : full);
    return {
      seed,
      health: { ...health, isHurried: false },
      reconnect: {
        failures,
        since: reconnect.failures === 0 ? now(context) : reconnect.since,
        at: onceAllowed(context, now(context) + wait),
        faults: reconnect.faults + (verdict === 'once' ? 1 : 0),
        jumped: reconnect.jumped || verdict === 'immediate',
        hastened: false,
      },
    };
  }),
  /** The user is back: the attempt comes soon, but not everybody's at the same moment, and once only. */
  hastenReconnect: base.assign(({ context }) => {
    const [random, seed] = draw(context.seed);
    const soon = now(context) + toDelay(context.timing.reconnectBase * random);
    const at = onceAllowed(context, Math.min(context.reconnect.at, soon));
    return { seed, reconnect: { ...context.reconnect, at, hastened: true } };
  }),
  /** Time without a network does not use up the window, and its end is everybody's at once: jitter. */
  goOnline: base.assign(({ context }) => {
    if (context.online) return {};
    const [random, seed] = draw(context.seed);
    const soon = now(context) + toDelay(context.timing.reconnectBase * random);
    const { reconnect } = context;
    return {
      seed,
      online: true,
      reconnect: { ...reconnect, since: now(context), at: Math.max(reconnect.at, soon) },
    };
  }),
  goOffline: base.assign({ online: false }),
  forgetFailures: base.assign(({ context }) => ({
    reconnect: { ...context.reconnect, failures: 0, faults: 0, jumped: false },
  })),
  reconnectNow: base.assign(({ context }) => ({
    reconnect: { ...context.reconnect, at: onceAllowed(context, now(context)) },
  })),
  emitReconnecting: base.emit(({ context }) => ({
    type: 'session.reconnecting',
    attempt: context.reconnect.failures,
    msLeft: toDelay(context.reconnect.at - now(context)),
  })),
  failByClose: base.assign(({ event }) => ({ failure: failureOfClose(endIn(event)) })),
  failByExhaustion: base.assign({ failure: giveUp }),
};
