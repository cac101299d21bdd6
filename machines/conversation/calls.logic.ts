import { type Failure, type FailureKind, failureOf, kindOf } from '../failure.ts';
import { draw } from '../random.ts';
import { backoffWait, clockStep, limitWait, now } from '../waits.ts';
import { type Args, base } from './base.ts';
import type { ConversationEvent } from './events.ts';
import { ledgerOf } from './ledger.logic.ts';
import type { Accepted, ConversationContext, LimitContext } from './types.ts';

/** What an event from an invoked actor carries; XState adds these to the machine's own events. */
export type ActorEvent = { readonly type: string; readonly output?: unknown; readonly error?: unknown };

/** What the accepted call said. */
export function acceptedIn(event: ConversationEvent): Accepted {
  if (event.type === 'flush.settled') return event.accepted ?? {};
  return ((event as ActorEvent).output ?? {}) as Accepted;
}

/** Why the call failed; the only failures without an error are the deadlines' own timers. */
export function failureIn(event: ConversationEvent, context: ConversationContext): Failure {
  if (event.type === 'flush.settled' && event.failure) return event.failure;
  const { error, type } = event as ActorEvent;
  if (type.startsWith('xstate.error.')) return failureOf(error);
  const { deadline, typingDeadline } = context.timing;
  return timedOut(type.startsWith('xstate.after.typingDeadline') ? typingDeadline : deadline);
}

/** What a call that its deadline ended says. */
export const timedOut = (deadline: number): Failure => ({
  code: 'timeout',
  message: `No complete reply within ${deadline} ms; the attempt was given up.`,
});

const failedAs =
  (kind: FailureKind) =>
  ({ context, event }: Args): boolean =>
    kindOf(failureIn(event, context)) === kind;

/** Whether a conversation is over; each is so by itself, whichever is open. */
export const isOverIn = (context: ConversationContext, conversationId: string | null): boolean =>
  ledgerOf(context, conversationId)?.ended === true;

/** Whether the open conversation is over. */
export const isOver = (context: ConversationContext): boolean => isOverIn(context, context.conversationId);

/** Whether a conversation is open that calls may name. */
export const hasOpenConversation = (context: ConversationContext): boolean =>
  context.conversationId !== null && !isOver(context);

/** Whether the newest token in use was rejected. */
export function tokenRejected({ token }: ConversationContext): boolean {
  return token.rejected >= token.current;
}

/**
 * Whether no token will do: none can be had, or the one that a refresh brought, and that no call has
 * succeeded with, was rejected too.
 */
export function tokenLost(context: ConversationContext): boolean {
  const { canRefresh, current, lost, proven, refreshed } = context.token;
  const isUnprovenRefresh = refreshed >= current && proven < current;
  return tokenRejected(context) && (lost || !canRefresh || isUnprovenRefresh);
}

/** Whether a call may leave at all: online, with a token that nobody rejected, outside every rate limit (L-1, A-1). */
export function canCall(context: ConversationContext): boolean {
  const { limit } = context;
  return (
    context.online &&
    !tokenRejected(context) &&
    now(context) >= limit.blockedUntil &&
    !(limit.probing && limit.inFlight > 0)
  );
}

/** Whether a call may leave as far as other tabs are concerned; where they were not asked yet, a chart has to (T-17). */
export const hasWord = ({ ports }: ConversationContext): boolean => ports.voice?.mayCall() !== false;

/** Whether the other tabs have to be asked first, and nobody does that yet. */
export const mustAsk = (context: ConversationContext): boolean =>
  !hasWord(context) && context.ports.voice?.isAsking() === false;

/** What a call that starts changes for both lanes. */
export function started({ limit }: ConversationContext): Pick<ConversationContext, 'limit'> {
  return { limit: { ...limit, inFlight: limit.inFlight + 1 } };
}

/** What a call that is over, however it ended, changes for both lanes. */
export const settledLimit = (limit: LimitContext): LimitContext => ({
  ...limit,
  inFlight: limit.inFlight - 1,
});

/** What an accepted call proves: its token works, and the rate limit is over. */
export function succeeded(
  { limit, token }: ConversationContext,
  { tokenGeneration = token.current }: Accepted,
): Pick<ConversationContext, 'limit' | 'token'> {
  return {
    limit: { ...limit, probing: false },
    token: {
      ...token,
      current: Math.max(token.current, tokenGeneration),
      proven: Math.max(token.proven, tokenGeneration),
    },
  };
}

/** What one lane must know after a failed call. */
export interface LaneOutcome {
  /** Consecutive failures of the lane; a rejected token is the link's trouble, not the lane's. */
  readonly failures: number;
  /** How long the lane waits before its next call, ms. */
  readonly wait: number;
  /** What changes for both lanes. */
  readonly shared: Pick<ConversationContext, 'limit' | 'token' | 'seed'>;
}

/** Weighs a failed call: how long its lane waits, and what it means for the token and the rate limit. */
export function weigh(context: ConversationContext, failure: Failure, failuresBefore: number): LaneOutcome {
  const { limit, timing, token } = context;
  const kind = kindOf(failure);
  if (kind === 'unauthorized') {
    const generation = failure.tokenGeneration ?? token.current;
    return {
      failures: failuresBefore,
      wait: 0,
      shared: {
        limit,
        seed: context.seed,
        token: { ...token, rejected: Math.max(token.rejected, generation), failure },
      },
    };
  }
  const [random, seed] = draw(context.seed);
  const failures = kind === 'refused' ? timing.tries : failuresBefore + 1;
  const backoff = backoffWait(timing, failures, random);
  if (kind !== 'limited') return { failures, wait: backoff, shared: { limit, token, seed } };
  const wait = limitWait(timing, failure, failures, random);
  const blockedUntil = Math.max(limit.blockedUntil, now(context) + wait + clockStep(context));
  return {
    failures,
    wait: failures >= timing.tries ? Math.max(wait, backoff) : wait,
    shared: { seed, token, limit: { ...limit, blockedUntil, probing: true } },
  };
}

/**
 * Whether a failure uses up its lane's burst of tries. A rejected token is the link's trouble and uses up
 * none; a call that is refused for good uses up all.
 */
export function usesUpBurst(context: ConversationContext, failure: Failure, failuresBefore: number): boolean {
  const kind = kindOf(failure);
  return kind === 'refused' || (kind !== 'unauthorized' && failuresBefore + 1 >= context.timing.tries);
}

/** Guards that every call asks: what a failure means, and whether the server asked for silence (L-1). */
export const callGuards = {
  limited: failedAs('limited'),
  forbidden: failedAs('forbidden'),
  gone: failedAs('gone'),
  refused: failedAs('refused'),
  unauthorized: failedAs('unauthorized'),
  blocked: ({ context }: Args) => now(context) < context.limit.blockedUntil,
};

/** How long one attempt may take, ms: at a typing call, whose word is soon over, and at any other. */
export const callDelays = {
  typingDeadline: ({ context }: Args) => context.timing.typingDeadline, // T-12
  deadline: ({ context }: Args) => context.timing.deadline,
};

/** What every call does: before it leaves, where other tabs are to be asked, and when it is over, however it ended. */
export const callActions = {
  ask: ({ context }: Args) => context.ports.voice?.ask(),
  callSettled: base.assign({ limit: ({ context }) => settledLimit(context.limit) }),
};
