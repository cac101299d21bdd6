import { type Failure, kindOf, noToken } from '../failure.ts';
import { draw } from '../random.ts';
import { clockStep, limitWait, now, timeLeft, toDelay } from '../waits.ts';
import { type Args, base } from './base.ts';
import { failureIn, isOver, tokenLost, tokenRejected, weigh } from './calls.logic.ts';
import type { ConversationEvent } from './events.ts';
import type {
  ConversationContext,
  ConversationInput,
  LimitContext,
  Refreshed,
  TokenContext,
} from './types.ts';

/** What the region starts from: online, unlimited, with a token that nobody has rejected yet. */
export const initialLink = ({
  canRefresh,
}: ConversationInput): Pick<ConversationContext, 'online' | 'frozenAt' | 'limit' | 'token'> => ({
  online: true,
  frozenAt: null,
  limit: noLimit,
  token: canRefresh ? untried : { ...untried, canRefresh },
});

const noLimit: LimitContext = { blockedUntil: 0, probing: false, inFlight: 0 };
const untried: TokenContext = {
  canRefresh: true,
  current: 1,
  rejected: 0,
  proven: 0,
  refreshed: 0,
  lost: false,
  failure: null,
  failures: 0,
  notBefore: 0,
};

const refreshedIn = (event: ConversationEvent): number =>
  (event as unknown as { output: Refreshed }).output.tokenGeneration;

const limitIn = (event: ConversationEvent): Failure => ({
  code: 'rate-limited',
  message: 'The back end asked for silence.',
  ...(event.type === 'limit.announced' && { retryAfterMs: event.retryAfterMs }),
});

const isPassing = ({ context, event }: Args): boolean =>
  ['transient', 'limited'].includes(kindOf(failureIn(event, context)));

/** What the link region asks; none changes anything. */
export const linkGuards = {
  offline: ({ context }: Args) => !context.online,
  conversationOver: ({ context }: Args) => isOver(context),
  conversationNotOver: ({ context }: Args) => !isOver(context),
  tokenLost: ({ context }: Args) => tokenLost(context),
  tokenRejected: ({ context }: Args) => tokenRejected(context),
  refreshIsFresh: ({ context, event }: Args) => refreshedIn(event) > context.token.rejected,
  refreshFailurePasses: isPassing,
  refreshRested: ({ context }: Args) => now(context) >= context.token.notBefore,
  canRefresh: ({ context }: Args) => context.token.canRefresh,
  wasFrozen: ({ context }: Args) => context.frozenAt !== null,
};

/** The link region's waits, whole ms (L-3). */
export const linkDelays = {
  refreshRested: ({ context }: Args) => timeLeft(now(context), context.token.notBefore),
};

/** What the link region does to the facts that both lanes read. */
export const linkActions = {
  goOffline: base.assign({ online: false }),
  goOnline: base.assign({ online: true }),
  freeze: base.assign({ frozenAt: ({ context }) => now(context) }),
  beSilent: base.assign(({ context, event }) => {
    const [random, seed] = draw(context.seed);
    const wait = limitWait(context.timing, limitIn(event), 1, random);
    const blockedUntil = Math.max(context.limit.blockedUntil, now(context) + wait + clockStep(context));
    return { seed, limit: { ...context.limit, blockedUntil, probing: true } };
  }),
  emitLimitAnnounced: base.emit(({ context, event }) => ({
    type: 'rate.limited',
    lane: 'both',
    msLeft: toDelay(context.limit.blockedUntil - now(context)),
    failure: limitIn(event),
  })),
  tokenRefreshed: base.assign({
    token: ({ context: { token }, event }) => {
      const generation = refreshedIn(event);
      return {
        ...token,
        current: generation,
        refreshed: generation,
        lost: false,
        failures: 0,
        failure: null,
      };
    },
  }),
  refreshFailed: base.assign(({ context, event }) => {
    const failure = failureIn(event, context);
    const { failures, wait, shared } = weigh(context, failure, context.token.failures);
    return {
      seed: shared.seed,
      token: { ...context.token, failures, failure, notBefore: now(context) + wait },
    };
  }),
  loseToken: base.assign({ token: ({ context: { token } }) => ({ ...token, lost: true }) }),
  hopeForToken: base.assign({ token: ({ context: { token } }) => ({ ...token, lost: false }) }),
  trustNextToken: base.assign({
    token: ({ context: { token } }) => ({
      ...token,
      current: Math.max(token.current, token.rejected + 1),
      refreshed: 0,
      lost: false,
      failures: 0,
      failure: null,
    }),
  }),
  raiseTokenRefreshed: base.raise({ type: 'token.refreshed' }),
  emitTokenRefreshed: base.emit(({ context }) => ({
    type: 'token.refreshed',
    tokenGeneration: context.token.current,
  })),
  emitUnauthorized: base.emit(({ context }) => ({
    type: 'link.unauthorized',
    failure: context.token.failure ?? noToken,
  })),
};
