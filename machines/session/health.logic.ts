import { now, timeLeft } from '../waits.ts';
import { type Args, base } from './base.ts';
import { onceAllowed } from './pace.logic.ts';
import type { SessionContext } from './types.ts';

/** No health check was made, so none is too close to the first one. */
export const initialHealth: Pick<SessionContext, 'health'> = {
  health: { wanted: false, probedAt: Number.MIN_SAFE_INTEGER, framesBefore: 0 },
};

/** When the next health check leaves: never twice within `echoSpacing`, never while a rate limit lasts. */
function probeAt(context: SessionContext): number {
  const { ports, timing, health } = context;
  const earliest = onceAllowed(context, health.probedAt + timing.echoSpacing);
  return health.wanted ? earliest : Math.max(earliest, ports.readings.lastFrameAt() + timing.quiet);
}

/** Whether the link should be probed, and whether it lives. */
export const healthGuards = {
  probeDue: ({ context }: Args) => now(context) >= probeAt(context),
  probeAnswered: ({ context }: Args) => context.ports.readings.frameCount() > context.health.framesBefore,
};

/** How long until a health check is due, and how long its answer may take. */
export const healthDelays = {
  probeDue: ({ context }: Args) => timeLeft(now(context), probeAt(context)),
  answerDeadline: ({ context }: Args) => context.timing.answer,
};

/** What asks for a health check, makes it, and draws its conclusion. */
export const healthActions = {
  wantProbe: base.assign(({ context }) => ({ health: { ...context.health, wanted: true } })),
  /** The answer to configureSession just came over this link: an older doubt was about the one before. */
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
  emitChecked: base.emit({ type: 'session.checked' }),
};
