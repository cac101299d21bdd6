import { type Failure, kindOf } from '../failure.ts';
import { clockStep, never, now, timeLeft, toDelay } from '../waits.ts';
import { type Args, base } from './base.ts';
import {
  acceptedIn,
  canCall,
  failureIn,
  hasOpenConversation,
  hasWord,
  isOverIn,
  mustAsk,
  settledLimit,
  started,
  succeeded,
  tokenLost,
  tokenRejected,
  weigh,
} from './calls.logic.ts';
import type { ConversationEvent, DroppedReason, HeldReason } from './events.ts';
import { readDue } from './receipts.logic.ts';
import type {
  ConversationContext,
  ConversationInput,
  Inheritance,
  TypingCall,
  TypingContext,
} from './types.ts';
import { hasJustWritten, isWriting, noWork } from './works.logic.ts';

/** Nothing said, nothing typed: of all charts the same object, since most never get further. */
const nothingSaid: TypingContext = {
  isShared: true,
  conversationId: null,
  keysAtEnd: 0,
  keysAtFalter: 0,
  falteredAt: 0,
  ...noWork,
  keysAtCall: 0,
  calledAt: 0,
  notBefore: 0,
  litUntil: 0,
  renewing: false,
  failures: 0,
  leaving: false,
  reopenedAt: Number.MIN_SAFE_INTEGER,
  submits: 0,
  keysAtAcceptance: -1,
  doubtful: false,
};

/** What the lane starts from. */
export function initialTyping({ ports, shareTyping = true }: ConversationInput): TypingContext {
  const count = ports.readings.keyCount();
  if (count === 0 && shareTyping) return nothingSaid;
  return { ...nothingSaid, isShared: shareTyping, keysAtEnd: count, keysAtFalter: count, keysAtCall: count };
}

/** Whether there are keys that no episode's end has accounted for. */
const hasKeys = ({ ports, typing }: ConversationContext): boolean =>
  ports.readings.keyCount() > typing.keysAtEnd;

const episodeGoesOn = (context: ConversationContext): boolean =>
  hasKeys(context) || isWriting(context) || hasJustWritten(context);

/** Whether the box was emptied or left after the last key of an episode, so that its end is near. */
const isFaltering = (context: ConversationContext): boolean =>
  hasKeys(context) && context.ports.readings.keyCount() === context.typing.keysAtFalter;

const blinkEndsAt = ({ timing, typing }: ConversationContext): number => typing.falteredAt + timing.blink;

/** Whether the box stayed empty, or left, for longer than a blink. */
const hasFaltered = (context: ConversationContext): boolean =>
  isFaltering(context) && now(context) >= blinkEndsAt(context);

const isPressingKeys = (context: ConversationContext): boolean =>
  hasKeys(context) && !hasFaltered(context) && context.ports.readings.keyAge() < context.timing.idle;

/** Whether somebody types; what a guest keeps to themselves says nothing to anybody, other tabs and handles included (T-14). */
const isTypingNow = (context: ConversationContext): boolean =>
  context.typing.isShared && (isWriting(context) || hasJustWritten(context) || isPressingKeys(context));

/** Whether somebody types without a doubt: worth a call. */
const isTypingSurely = (context: ConversationContext): boolean =>
  context.typing.isShared && (isWriting(context) || (isPressingKeys(context) && !isFaltering(context)));

const inSameConversation = ({ conversationId, typing }: ConversationContext): boolean =>
  conversationId === typing.conversationId;

const typesHere = (context: ConversationContext): boolean =>
  isTypingNow(context) && inSameConversation(context);

/** Until when the calls of others keep this one waiting (T-13). */
function othersRestAt({ ports, timing, typing }: ConversationContext): number {
  const calledAt = ports.voice?.othersCalledAt() ?? null;
  return calledAt === null || calledAt < typing.reopenedAt ? 0 : calledAt + timing.spacing;
}

const restedAt = (context: ConversationContext): number =>
  Math.max(context.typing.notBefore, context.limit.blockedUntil, othersRestAt(context));

/** Whether the indicator is somebody else's by now, or will be: of another tab that types on where nobody types here. */
const isTakenOver = (context: ConversationContext): boolean => {
  const { ports, typing } = context;
  if (typing.conversationId === null || !ports.voice) return false;
  if (ports.voice.isTakenOver(typing.conversationId)) return true;
  return ports.voice.othersType(typing.conversationId) && !typesHere(context);
};

const othersCall = ({ ports }: ConversationContext, conversationId: string | null): boolean =>
  conversationId !== null && ports.voice?.othersCall(conversationId) === true;

/** Whether an indicator of this chart's own is lit that it can still stop, or goes on with. */
const hasLit = (context: ConversationContext): boolean =>
  isLit(context) &&
  !isTakenOver(context) &&
  (inSameConversation(context) ||
    (context.capabilities.stopTyping && !isOverIn(context, context.typing.conversationId)));

/** The indicator that may be taken over in the open conversation: by a chart that owes no stop in another (T-5). */
function inheritance(context: ConversationContext, hasKey: boolean): Inheritance | null {
  const { conversationId, ports } = context;
  if (conversationId === null || !hasOpenConversation(context) || !ports.voice) return null;
  if (hasLit(context)) return null;
  const inherited = ports.voice.inheritance(conversationId, hasKey);
  return inherited && now(context) < inherited.litUntil ? inherited : null;
}

const isRested = (context: ConversationContext): boolean => now(context) >= restedAt(context);

const isLit = (context: ConversationContext): boolean => now(context) < context.typing.litUntil;

/** Whether the guest types where it may be told. */
const isTold = (context: ConversationContext): boolean =>
  context.typing.isShared && hasOpenConversation(context);

/** Whether no key can be told before something happens: there is no network, no token, nothing open, or nothing shared. */
export const isMute = (context: ConversationContext): boolean =>
  !context.online || tokenRejected(context) || !isTold(context);

/** Whether the last key was of an episode that goes on, and the box was not emptied or left since. */
export const typesOn = ({ ports, typing }: ConversationContext): boolean => {
  const count = ports.readings.keyCount();
  return count > typing.keysAtEnd && count !== typing.keysAtFalter;
};

const couldAnnounce = (context: ConversationContext): boolean =>
  isTold(context) &&
  canCall(context) &&
  isRested(context) &&
  !othersCall(context, context.conversationId) &&
  context.ports.voice?.othersOweStop() !== true && // T-8
  !readDue(context);

const mayAnnounce = (context: ConversationContext): boolean => couldAnnounce(context) && hasWord(context);

const couldStop = (context: ConversationContext): boolean =>
  isLit(context) &&
  !isTakenOver(context) &&
  !othersCall(context, context.typing.conversationId) &&
  context.capabilities.stopTyping &&
  !isOverIn(context, context.typing.conversationId) &&
  canCall(context) &&
  (isRested(context) || context.typing.leaving) &&
  !readDue(context);

/** A page that goes asks nobody: there is no time. */
const mayStop = (context: ConversationContext): boolean =>
  couldStop(context) && (hasWord(context) || context.typing.leaving);

/**
 * Whether the indicator goes out by itself so soon that no stop is worth its call, or just did as no renewal was worth
 * one. Nobody waits for that in a conversation that was left, with a page that goes, or where typing is no longer shared.
 */
const fades = (context: ConversationContext): boolean => {
  const { timing, typing } = context;
  const lasts = typing.litUntil - now(context);
  const canWait = typing.isShared && !typing.leaving && inSameConversation(context);
  return canWait && lasts >= -timing.renewalWorth && lasts <= timing.stopWorth;
};

/** Whether another tab has put the indicator out since this one announced it. */
const wasStoppedElsewhere = ({ ports, typing }: ConversationContext): boolean =>
  typing.conversationId !== null &&
  (ports.voice?.stoppedAt(typing.conversationId) ?? typing.calledAt) > typing.calledAt;

/** Whether the episode, if no further key comes, goes on for longer after a time than a renewal must be worth. */
const isWorthACall = (context: ConversationContext, from: number): boolean => {
  const { ports, timing } = context;
  if (isWriting(context)) return true;
  const endsAt = now(context) - ports.readings.keyAge() + timing.idle;
  return endsAt - Math.max(from, now(context)) > timing.renewalWorth;
};

/**
 * Whether somebody types who waited, and whose announcement is worth its call: one that no stop can take back lasts its
 * whole time-to-live, however little is left of the truth.
 */
const wantsToAnnounce = (context: ConversationContext): boolean =>
  isTypingSurely(context) && (context.capabilities.stopTyping || isWorthACall(context, 0));

/** Whether there is a reason to renew the indicator: keys that it does not know of, and time left to type (T-10). */
const wantsRenewal = (context: ConversationContext): boolean =>
  isTypingSurely(context) &&
  (isWriting(context) || context.ports.readings.keyCount() > context.typing.keysAtCall) &&
  isWorthACall(context, context.typing.litUntil);

/** Whether an accepted message has put the indicator out at the other side. */
const acceptancePutsOut = (
  { capabilities, typing }: ConversationContext,
  event: ConversationEvent,
): boolean =>
  event.type === 'message.accepted' &&
  capabilities.messageEndsTyping &&
  event.conversationId === typing.conversationId;

function heldReason(context: ConversationContext): HeldReason {
  if (!context.online) return 'offline';
  if (tokenRejected(context)) return 'refreshing';
  if (now(context) < context.limit.blockedUntil) return 'rate-limited';
  return context.typing.failures > 0 ? 'backoff' : 'spacing';
}

function droppedReason(context: ConversationContext): DroppedReason | null {
  if (context.conversationId === null) return 'no-conversation';
  if (!hasOpenConversation(context)) return 'conversation-ended';
  return tokenLost(context) ? 'unauthorized' : null;
}

/** What the typing region asks; none changes anything. */
export const typingGuards = {
  isTypingNow: ({ context }: Args) => isTypingNow(context),
  isTypingNoMore: ({ context }: Args) => !isTypingNow(context),
  isTypingInOpenConversation: ({ context }: Args) => isTypingNow(context) && isTold(context),
  hasNoOpenConversation: ({ context }: Args) => !hasOpenConversation(context),
  episodeOver: ({ context }: Args) => !episodeGoesOn(context),
  isTypingHere: ({ context }: Args) => typesHere(context),
  mayAnnounce: ({ context }: Args) => mayAnnounce(context),
  couldAnnounce: ({ context }: Args) => couldAnnounce(context),
  mayResume: ({ context }: Args) => wantsToAnnounce(context) && mayAnnounce(context),
  mayRenew: ({ context }: Args) => wantsRenewal(context) && mayAnnounce(context),
  mayStop: ({ context }: Args) => mayStop(context),
  /** What `stopping.waiting` would find, in one step; a page that went while the call was under way is back by then. */
  mayStopAtOnce: ({ context }: Args) =>
    !context.typing.leaving && mayStop(context) && !fades(context) && !wasStoppedElsewhere(context),
  mayPutOut: ({ context }: Args) => mayStop(context) && !typesHere(context),
  mustAskToCall: ({ context }: Args) =>
    mustAsk(context) &&
    ((wantsToAnnounce(context) && couldAnnounce(context)) || (couldStop(context) && !typesHere(context))),
  mustAskToRenew: ({ context }: Args) => mustAsk(context) && wantsRenewal(context) && couldAnnounce(context),
  mustAskToStop: ({ context }: Args) => mustAsk(context) && couldStop(context),
  stoppedElsewhere: ({ context }: Args) => wasStoppedElsewhere(context),
  fades: ({ context }: Args) => fades(context),
  fadesNoMore: ({ context }: Args) => !fades(context),
  cannotStop: ({ context }: Args) => !context.capabilities.stopTyping,
  notLit: ({ context }: Args) => !isLit(context),
  takenOver: ({ context }: Args) => isTakenOver(context),
  inherits: ({ context }: Args) => inheritance(context, isTypingSurely(context)) !== null,
  inheritsByKey: ({ context }: Args) => !isMute(context) && inheritance(context, true) !== null,
  mustRest: ({ context }: Args) => !isMute(context) && !isRested(context),
  mustRestToResume: ({ context }: Args) => isTypingSurely(context) && !isMute(context) && !isRested(context),
  typingRested: ({ context }: Args) => isRested(context),
  heldRested: ({ context }: Args) => isRested(context) && isTypingSurely(context),
  heldTooLong: ({ context }: Args) =>
    isRested(context) && isTypingSurely(context) && !wantsToAnnounce(context),
  takesStopBack: ({ context }: Args) => inSameConversation(context) && context.typing.isShared,
  switchesTyping: ({ context, event }: Args) =>
    event.type === 'sharing.changed' && event.lane === 'typing' && event.isShared !== context.typing.isShared,
  typingShared: ({ context }: Args) => context.typing.isShared,
  typingNotShared: ({ context }: Args) => !context.typing.isShared,
  typingIsOver: ({ context }: Args) => isOverIn(context, context.typing.conversationId),
  /** A message in another conversation says nothing of the one whose stop is owed. */
  messageEndsTyping: ({ context }: Args) =>
    context.capabilities.messageEndsTyping && inSameConversation(context),
  acceptancePutsOut: ({ context, event }: Args) => acceptancePutsOut(context, event),
  acceptanceFollowsSubmit: ({ context, event }: Args) =>
    acceptancePutsOut(context, event) && context.typing.submits > 0,
  isDoubtful: ({ context }: Args) =>
    context.typing.doubtful && isTypingNow(context) && inSameConversation(context),
  typingPredatesFreeze: ({ context }: Args) =>
    context.frozenAt !== null && context.typing.calledAt <= context.frozenAt,
  /** A typing call is tried again while it is true; only a back end that fails everybody is left alone. */
  typingLastTry: ({ context, event }: Args) =>
    kindOf(failureIn(event, context)) === 'transient' && !mayTryAgain(context),
};

/** How long a blink lasts that may end an episode: of an emptied box, or of a work that has just ended. */
function blinkLeft(context: ConversationContext): number {
  if (isWriting(context)) return never;
  if (hasJustWritten(context)) return toDelay(context.typing.writtenUntil - now(context));
  return isFaltering(context) ? toDelay(blinkEndsAt(context) - now(context)) : never;
}

/** An emptied box ends an episode sooner than silence, a work that writes neither (T-5, T-16). */
const silenceLeft = ({ context }: Args): number =>
  isWriting(context) || hasJustWritten(context)
    ? blinkLeft(context)
    : Math.min(toDelay(context.timing.idle - context.ports.readings.keyAge()), blinkLeft(context));

/** The timer of the wait `silenceLeft`, as XState names it: who leaves `lit` takes it back by this name. */
const silence = 'xstate.after.silenceLeft.conversation.typing.typing.lit';

/** The typing region's waits, whole ms (L-3). */
export const typingDelays = {
  silenceLeft,
  renewalLeft: ({ context }: Args) =>
    toDelay(context.typing.calledAt + context.timing.renewal - now(context)),
  typingRested: ({ context }: Args) => timeLeft(now(context), restedAt(context)),
  blinked: ({ context }: Args) => blinkLeft(context),
  unlit: ({ context }: Args) => timeLeft(now(context), context.typing.litUntil),
};

const startedTyping = (context: ConversationContext, isTyping: boolean) => {
  const { readings } = context.ports;
  const calledAt = readings.now();
  return {
    ...started(context),
    typing: {
      ...context.typing,
      conversationId: isTyping ? context.conversationId : context.typing.conversationId,
      keysAtCall: readings.keyCount(),
      calledAt,
      notBefore: calledAt + context.timing.spacing + clockStep(context), // I-2
      renewing: isTyping && calledAt < context.typing.litUntil,
      leaving: !isTyping && context.typing.leaving,
      doubtful: false,
    },
  };
};

/** Whether a call that failed may be tried again: while the back end fails not everybody (R-3b), else while a burst lasts. */
const mayTryAgain = ({ ports, timing, typing }: ConversationContext): boolean =>
  ports.policies?.mayRetry?.() ?? typing.failures + 1 < timing.tries;

/**
 * Weighs a failed typing call. One that failed for a passing reason is tried again at the spacing, or a first backoff
 * after it left where that is longer, since what it says is true now; nothing doubles. Where the back end fails
 * everybody it rests for as long as reading does.
 */
function weighTyping(context: ConversationContext, failure: Failure) {
  const { timing, typing } = context;
  if (kindOf(failure) !== 'transient') {
    const { wait, ...outcome } = weigh(context, failure, typing.failures);
    return { ...outcome, restedAt: now(context) + wait };
  }
  const triesAgain = mayTryAgain(context);
  const { wait, shared } = weigh(context, failure, triesAgain ? 0 : timing.tries - 1);
  return {
    shared,
    failures: typing.failures + 1,
    restedAt: (triesAgain ? typing.calledAt : now(context)) + wait,
  };
}

const ended = ({ ports, typing }: ConversationContext): TypingContext => ({
  ...typing,
  ...noWork,
  keysAtEnd: ports.readings.keyCount(),
  leaving: false,
});

/**
 * After a submit: the episode is over, and what follows belongs to the next message (T-6, T-11). One that is told after
 * its acceptance, without a key between, is none to wait for.
 */
function submitted(context: ConversationContext): TypingContext {
  const { ports, typing } = context;
  const isLate = typing.keysAtAcceptance === ports.readings.keyCount() && !episodeGoesOn(context);
  return {
    ...ended(context),
    ...(isLate ? { keysAtAcceptance: -1 } : { submits: typing.submits + 1 }),
  };
}

/** What an accepted typing call proves, and that it is over. */
function accepted(context: ConversationContext, event: ConversationEvent) {
  const { limit, token } = succeeded(context, acceptedIn(event));
  return { limit: settledLimit(limit), token };
}

/** What the typing region does: notes in its own context, and events for whoever listens. */
export const typingActions = {
  noteKey: ({ context }: Args) => context.ports.readings.noteKey(),
  /** The timer of silence is set again, as by entering `lit` anew, which would set that of the renewal too. */
  listenOn: base.raise(({ event }) => event, { id: silence, delay: silenceLeft }),
  /** Keys of before the first conversation was open are nobody's; a work under way is for that one. */
  forgetKeys: base.assign({
    typing: ({ context }) => ({ ...context.typing, keysAtEnd: context.ports.readings.keyCount() }),
  }),
  endEpisode: base.assign({ typing: ({ context }) => ended(context) }),
  switchTyping: base.assign({
    typing: ({ context: { typing } }) => ({ ...typing, isShared: !typing.isShared }),
  }),
  emitSharing: base.emit(({ event }) => event as Extract<ConversationEvent, { type: 'sharing.changed' }>),
  /** The box was emptied or left: another such edge with no key between does not begin anew. */
  falter: base.assign({
    typing: ({ context }) =>
      isFaltering(context)
        ? context.typing
        : {
            ...context.typing,
            keysAtFalter: context.ports.readings.keyCount(),
            falteredAt: now(context),
          },
  }),
  /** Who types on while another tab has the indicator goes on with an episode that is not their own to show. */
  endTakenOver: base.assign({
    typing: ({ context }) => {
      const { ports, typing } = context;
      const isElsewhere = ports.voice?.isElsewhere(typing.conversationId ?? '') === true;
      return isElsewhere && typesHere(context) ? typing : ended(context);
    },
  }),
  letGo: ({ context }: Args) => context.ports.voice?.letGo(context.typing.conversationId ?? ''),
  takeOver: ({ context }: Args) => context.ports.voice?.takeOver(context.conversationId ?? ''),
  inherit: base.assign({
    typing: ({ context }) => {
      const { conversationId, ports, typing } = context;
      const inherited = ports.voice?.inheritance(conversationId ?? '', true);
      if (!inherited) return typing;
      return { ...typing, ...inherited, conversationId, keysAtCall: ports.readings.keyCount() - 1 };
    },
  }),
  emitTakenOver: base.emit(({ context }) => ({
    type: 'typing.dropped',
    conversationId: context.typing.conversationId,
    reason: 'taken-over',
  })),
  leave: base.assign({ typing: ({ context }) => ({ ...context.typing, leaving: true }) }),
  /** Whoever types on is there, wherever the page went meanwhile. */
  stay: base.assign({
    typing: ({ context: { typing } }) => (typing.leaving ? { ...typing, leaving: false } : typing),
  }),
  beginAnnouncing: base.assign(({ context }) => startedTyping(context, true)),
  beginStopping: base.assign(({ context }) => startedTyping(context, false)),
  typingAccepted: base.assign(({ context, event }) => ({
    ...accepted(context, event),
    typing: {
      ...context.typing,
      failures: 0,
      litUntil: context.typing.calledAt + context.timing.timeToLive,
    },
  })),
  stopAccepted: base.assign(({ context, event }) => ({
    ...accepted(context, event),
    typing: { ...context.typing, failures: 0, leaving: false, litUntil: 0 },
  })),
  putOut: base.assign({ typing: ({ context }) => ({ ...context.typing, litUntil: 0 }) }),
  typingFailed: base.assign(({ context, event }) => {
    const failure = failureIn(event, context);
    const { failures, restedAt, shared } = weighTyping(context, failure);
    const windowUsed = failure.unsent ? 0 : context.typing.notBefore;
    const notBefore = Math.max(windowUsed, restedAt);
    return {
      ...shared,
      limit: settledLimit(shared.limit),
      typing: { ...context.typing, failures, notBefore, leaving: false },
    };
  }),
  submit: base.assign({ typing: ({ context }) => submitted(context) }),
  endBySubmit: base.assign({ typing: ({ context }) => ({ ...submitted(context), litUntil: 0 }) }),
  /**
   * Keys since the submit are those of somebody who still types. Of an acceptance that no submit went before
   * nobody knows that, so it is both in one; only a further key says that the guest types on.
   */
  takeAcceptance: base.assign({
    typing: ({ context, event }) => {
      const { capabilities, conversationId, ports, typing } = context;
      if (event.type !== 'message.accepted') return typing;
      const reopens = capabilities.messageReopensWindow === true && typing.failures === 0;
      const isHere = event.conversationId === conversationId;
      const keys = ports.readings.keyCount();
      return {
        ...typing,
        ...(reopens && { notBefore: Math.min(typing.notBefore, now(context)), reopenedAt: now(context) }),
        ...(isHere && { submits: Math.max(0, typing.submits - 1) }),
        ...(isHere && typing.submits === 0 && { ...noWork, keysAtEnd: keys, keysAtAcceptance: keys }),
        ...(acceptancePutsOut(context, event) && { litUntil: 0 }),
      };
    },
  }),
  doubt: base.assign({ typing: ({ context }) => ({ ...context.typing, doubtful: true }) }),
  /** Nobody knows whether an announcement arrived that is given up: the indicator may be lit, and owes its stop. */
  abandonAnnouncement: base.assign({
    typing: ({ context }) => ({
      ...context.typing,
      leaving: false,
      litUntil: context.typing.calledAt + context.timing.timeToLive,
    }),
  }),
  abandonStop: base.assign({ typing: ({ context }) => ({ ...context.typing, leaving: false }) }),
  forgetTypingTrouble: base.assign({
    typing: ({ context }) => ({
      ...context.typing,
      failures: 0,
      notBefore: context.typing.calledAt + context.timing.spacing + clockStep(context),
    }),
  }),

  emitAnnounced: base.emit(({ context }) => ({
    type: context.typing.renewing ? 'typing.renewed' : 'typing.announced',
    conversationId: context.typing.conversationId ?? '',
  })),
  emitTypingAcknowledged: base.emit(({ context, event }) =>
    acknowledged(context, true, acceptedIn(event).requestId),
  ),
  emitStopAcknowledged: base.emit(({ context, event }) =>
    acknowledged(context, false, acceptedIn(event).requestId),
  ),
  emitStopped: base.emit(({ context }) => ({
    type: 'typing.stopped',
    conversationId: context.typing.conversationId ?? '',
    called: true,
  })),
  emitEnded: base.emit(({ context }) => ({
    type: 'typing.stopped',
    conversationId: context.typing.conversationId ?? '',
    called: false,
  })),
  emitHeld: base.emit(({ context }) => {
    const reason = droppedReason(context);
    return reason
      ? { type: 'typing.dropped', conversationId: context.conversationId, reason }
      : {
          type: 'typing.held',
          conversationId: context.conversationId ?? '',
          reason: heldReason(context),
          msLeft: toDelay(restedAt(context) - now(context)),
        };
  }),
  emitStale: base.emit(({ context }) => ({
    type: 'typing.dropped',
    conversationId: context.conversationId,
    reason: 'stale',
  })),
  emitStopStale: base.emit(({ context }) => ({
    type: 'typing.dropped',
    conversationId: context.typing.conversationId,
    reason: 'stale',
  })),
  emitDisabled: base.emit(({ context }) => ({
    type: 'typing.dropped',
    conversationId: context.conversationId,
    reason: 'disabled',
  })),
  emitAnnounceFailed: base.emit(({ context, event }) => ({
    type: 'typing.failed',
    conversationId: context.typing.conversationId ?? '',
    isTyping: true,
    failure: failureIn(event, context),
  })),
  emitStopFailed: base.emit(({ context, event }) => ({
    type: 'typing.failed',
    conversationId: context.typing.conversationId ?? '',
    isTyping: false,
    failure: failureIn(event, context),
  })),
  emitTypingLimited: base.emit(({ context, event }) => ({
    type: 'rate.limited',
    lane: 'typing',
    msLeft: toDelay(context.limit.blockedUntil - now(context)),
    failure: failureIn(event, context),
  })),
};

function acknowledged(context: ConversationContext, isTyping: boolean, requestId: string | undefined) {
  return {
    type: 'typing.acknowledged' as const,
    conversationId: context.typing.conversationId ?? '',
    isTyping,
    ...(requestId !== undefined && { requestId }),
  };
}

/** The call that the state under way makes. */
export function typingCall(context: ConversationContext, isTyping: boolean): TypingCall {
  return {
    conversationId: context.typing.conversationId ?? '',
    isTyping,
    attempt: context.typing.failures + 1,
    keepalive: context.typing.leaving,
  };
}
