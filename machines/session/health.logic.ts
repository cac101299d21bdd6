import { now, timeLeft, toDelay } from '../waits.ts';
import { type Args, base } from './base.ts';
import { onceAllowed } from './pace.logic.ts';
import type { SessionContext } from './types.ts';

/** No question was asked, so none is too close to the first one. */
export const initialHealth: Pick<SessionContext, 'health'> = {
  health: {
    wanted: false,
    doubted: false,
    again: false,
    isHurried: false,
    isAgain: false,
    asks: 'echo',
    probedAt: Number.MIN_SAFE_INTEGER,
    askedAt: Number.MIN_SAFE_INTEGER,
    answerBy: Number.MIN_SAFE_INTEGER,
    framesBefore: 0,
    answersBefore: 0,
  },
};

/** Least time between two questions that doubt asks, ms: a link that lived a second ago is not asked again. */
const doubtSpacing = 1000;

/**
 * Until when a question that leaves now has to be answered: sooner where somebody waits, and never later than the one
 * before it, which is unanswered still; but for one whose time a sleep has taken.
 */
function answerBy(context: SessionContext): number {
  const { timing, health } = context;
  const patience = now(context) + (health.doubted ? timing.doubt : timing.answer);
  const isOpen = !hasHeard(context) && now(context) < health.answerBy;
  return isOpen ? Math.min(health.answerBy, patience) : patience;
}

/** When a health check may leave: never twice within `echoSpacing`, never while a rate limit lasts (L-1). */
const checkAt = (context: SessionContext): number =>
  onceAllowed(context, context.health.probedAt + context.timing.echoSpacing);

const isAnswered = ({ ports, health }: SessionContext): boolean =>
  ports.readings.answerCount() > health.answersBefore;

const hasHeard = ({ ports, health }: SessionContext): boolean =>
  ports.readings.frameCount() > health.framesBefore;

/** Whether somebody still waits to know: the answer may have come behind the frame that was none. */
const isDoubted = (context: SessionContext): boolean =>
  context.health.doubted && !(context.health.again && isAnswered(context));

/** When the next question leaves: a health check, or what doubt asks in its place (W-8). */
function probeAt(context: SessionContext): number {
  const { ports, timing, health } = context;
  const check = checkAt(context);
  const regular = health.wanted ? check : Math.max(check, ports.readings.lastFrameAt() + timing.quiet);
  return isDoubted(context)
    ? Math.min(regular, onceAllowed(context, health.askedAt + doubtSpacing))
    : regular;
}

/** Whether the link should be probed, and whether it lives. */
export const healthGuards = {
  probeDue: ({ context }: Args) => now(context) >= probeAt(context),
  /** A frame that is no answer may have been under way when the link died: where somebody waits, it is asked once more. */
  probeAnswered: ({ context }: Args) => {
    const { isHurried, isAgain } = context.health;
    return hasHeard(context) && (!isHurried || isAgain || isAnswered(context));
  },
  heardOther: ({ context }: Args) => hasHeard(context),
  /** Somebody waits for an answer that was asked for in no hurry. */
  mayHurry: ({ context }: Args) => !context.health.isHurried,
};

/** How long until the link is probed, and how long the answer may take: less where somebody waits for it. */
export const healthDelays = {
  probeDue: ({ context }: Args) => timeLeft(now(context), probeAt(context)),
  answerDeadline: ({ context }: Args) => toDelay(context.health.answerBy - now(context)),
};

/** What asks for a probe, makes it, and draws its conclusion. */
export const healthActions = {
  /** What only a health check is answered with is wanted: it may be deferred. */
  wantCheck: base.assign(({ context }) => ({ health: { ...context.health, wanted: true } })),
  /** The link may have died unnoticed, and somebody waits to know. */
  doubtLink: base.assign(({ context }) => ({
    health: { ...context.health, doubted: true, again: false },
  })),
  doubtStill: base.assign(({ context }) => ({ health: { ...context.health, doubted: true, again: true } })),
  /** The answer to configureSession just came over this link: an older doubt was about the one before. */
  trustLink: base.assign(({ context }) => ({
    health: { ...context.health, wanted: false, doubted: false },
  })),
  /** Where no health check may leave yet, a token of the history is asked for: any frame is an answer (W-8). */
  beginProbe: base.assign(({ context }) => {
    const { health, ports } = context;
    const isCheck = now(context) >= checkAt(context);
    return {
      health: {
        ...health,
        wanted: health.wanted && !isCheck,
        doubted: false,
        isHurried: health.doubted,
        isAgain: health.again,
        asks: isCheck ? ('echo' as const) : ('jwt' as const),
        probedAt: isCheck ? now(context) : health.probedAt,
        askedAt: now(context),
        answerBy: answerBy(context),
        framesBefore: ports.readings.frameCount(),
        answersBefore: ports.readings.answerCount(),
      },
    };
  }),
  sendProbe: base.sendTo('socket', ({ context }) => ({
    type: 'send',
    frame: { kind: context.health.asks },
  })),
  dropSocket: base.sendTo('socket', { type: 'drop' }),
  emitChecked: base.emit({ type: 'session.checked' }),
};
