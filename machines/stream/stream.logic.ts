import { failureOf, kindOf } from '../failure.ts';
import { draw } from '../random.ts';
import { type CloseVerdict, verdictOfSocket, waitAfter } from '../reconnect.ts';
import { backoffWait, now, timeLeft, toDelay } from '../waits.ts';
import { type Args, base } from './base.ts';
import type { StreamContext, StreamEvent } from './types.ts';

/** Nobody listens yet, the network is taken to be there, and nothing failed. */
export const initialStream: Omit<StreamContext, 'ports' | 'timing' | 'seed'> = {
  online: true,
  opened: 0,
  failure: null,
  reconnect: { failures: 0, at: 0, jumped: false, hastened: false },
  framesBefore: 0,
  record: { failures: 0, at: 0 },
};

/** By this code the server says that the first frame carried no token that works. */
const unauthenticated = 4401;

/**
 * What the end of a stream asks for. There is no end that is final, since somebody listens: what is in good order
 * is paced, and what would end the same way again is tried slowly. A rejected token is replaced at once.
 */
function verdictOf(event: StreamEvent): CloseVerdict {
  if (event.type !== 'socket.closed') return 'retry';
  if (event.code === unauthenticated) return 'immediate';
  const verdict = verdictOfSocket(event);
  if (verdict === 'final') return 'paced';
  return verdict === 'once' ? 'slowly' : verdict;
}

function planned(context: StreamContext, verdict: CloseVerdict): Partial<StreamContext> {
  const [random, seed] = draw(context.seed);
  const { jumped } = context.reconnect;
  const failures = context.reconnect.failures + 1;
  const wait = toDelay(waitAfter(context.timing, { verdict, failures, jumped, random }));
  return {
    seed,
    reconnect: {
      failures,
      at: now(context) + wait,
      jumped: jumped || verdict === 'immediate',
      hastened: false,
    },
  };
}

/** A sign of life: the attempt comes soon, but not everybody's at the same moment. */
function soon(context: StreamContext): readonly [at: number, seed: number] {
  const [random, seed] = draw(context.seed);
  return [now(context) + toDelay(context.timing.reconnectBase * random), seed];
}

const failureIn = (event: StreamEvent) => failureOf((event as { readonly error?: unknown }).error);

const quietAt = ({ ports, timing }: StreamContext): number => ports.readings.lastFrameAt() + timing.quiet;

/** What the stream asks; none changes anything. */
export const streamGuards = {
  offline: ({ context }: Args) => !context.online,
  online: ({ context }: Args) => context.online,
  reconnectDue: ({ context }: Args) => now(context) >= context.reconnect.at,
  mayHasten: ({ context }: Args) => !context.reconnect.hastened,
  isQuiet: ({ context }: Args) => now(context) >= quietAt(context),
  probeAnswered: ({ context }: Args) => context.ports.readings.frameCount() > context.framesBefore,
  mayCatchUpAgain: ({ context, event }: Args) =>
    ['transient', 'limited'].includes(kindOf(failureIn(event))) &&
    context.record.failures + 1 < context.timing.tries,
  wasOpenBefore: ({ context }: Args) => context.opened > 1,
};

/** The stream's waits, whole ms (L-3). */
export const streamDelays = {
  connectDeadline: ({ context }: Args) => context.timing.connect,
  reconnectDue: ({ context }: Args) => timeLeft(now(context), context.reconnect.at),
  isQuiet: ({ context }: Args) => timeLeft(now(context), quietAt(context)),
  answerDeadline: ({ context }: Args) => context.timing.answer,
  minUptime: ({ context }: Args) => context.timing.minUptime,
  recordRest: ({ context }: Args) => toDelay(context.record.at - now(context)),
};

/** What the stream does: notes in its own context, commands to its socket, and events for whoever listens. */
export const streamActions = {
  begin: base.assign({ opened: 0, failure: null, reconnect: initialStream.reconnect }),
  goOnline: base.assign({ online: true }),
  goOffline: base.assign({ online: false }),
  planReconnect: base.assign(({ context, event }) => planned(context, verdictOf(event))),
  /** The link died in silence: the first attempt is made at once, since whoever looked is waiting. */
  planAtOnce: base.assign(({ context }) => planned(context, 'immediate')),
  reconnectSoon: base.assign(({ context }) => {
    const [at, seed] = soon(context);
    return { seed, reconnect: { ...context.reconnect, at: Math.max(context.reconnect.at, at) } };
  }),
  hastenReconnect: base.assign(({ context }) => {
    const [at, seed] = soon(context);
    const { reconnect } = context;
    return { seed, reconnect: { ...reconnect, at: Math.min(reconnect.at, at), hastened: true } };
  }),
  forgetFailures: base.assign(({ context }) => ({
    reconnect: { ...context.reconnect, failures: 0, jumped: false },
  })),
  noteOpen: base.assign(({ context }) => ({ opened: context.opened + 1, record: initialStream.record })),
  noteMissingToken: base.assign({
    failure: ({ event }) => (event.type === 'token.missing' ? event.failure : null),
  }),
  beginProbe: base.assign(({ context }) => ({ framesBefore: context.ports.readings.frameCount() })),
  noteRecordFailure: base.assign(({ context }) => {
    const [random, seed] = draw(context.seed);
    const { reconnectBase: backoffBase, reconnectCap: backoffCap, jitter, tries } = context.timing;
    const failures = context.record.failures + 1;
    const rules = { backoffBase, backoffCap, jitter, tries, park: backoffCap, retryAfterCap: backoffCap };
    return { seed, record: { failures, at: now(context) + backoffWait(rules, failures, random) } };
  }),
  sendPing: base.sendTo('socket', { type: 'ping' }),
  dropSocket: base.sendTo('socket', { type: 'drop' }),
  emitOpened: base.emit(({ context }) => ({ type: 'stream.opened', reopened: context.opened > 1 })),
  emitLost: base.emit(({ context }) => ({
    type: 'stream.lost',
    attempt: context.reconnect.failures,
    msLeft: toDelay(context.reconnect.at - now(context)),
  })),
  emitUnauthorized: base.emit(({ context }) => ({
    type: 'stream.unauthorized',
    failure: context.failure ?? failureOf(undefined),
  })),
  emitGap: base.emit({ type: 'stream.gap' }),
};
