import type { Fault } from '../faults.ts';

const session = (name: string): string => `machines/session/${name}.ts`;

/** Faults of how a session asks whether it is alive, and how it ends. */
export const healthFaults: readonly Fault[] = [
  {
    clause: 'W-8',
    what: 'health checks follow each other at once',
    file: session('health.logic'),
    from: 'onceAllowed(context, context.health.probedAt + context.timing.echoSpacing);',
    to: 'onceAllowed(context, context.health.probedAt + context.timing.echoSpacing / 30);',
    shows: 'a session that nears its end',
  },
  {
    clause: 'W-8',
    what: 'a doubt is not asked about',
    file: session('health.logic'),
    from: 'health: { ...context.health, doubted: true, again: false },',
    to: 'health: { ...context.health, doubted: false, again: false },',
    shows: 'a session that is doubted',
  },
  {
    clause: 'W-8',
    what: 'doubt asks as often as somebody looks',
    file: 'machines/session/health.logic.ts',
    from: 'onceAllowed(context, health.askedAt + doubtSpacing))',
    to: 'onceAllowed(context, health.askedAt))',
    shows: 'doubts, one right after the other',
  },
  {
    clause: 'W-8',
    what: 'a doubted link is waited for like any other',
    file: 'machines/session/health.logic.ts',
    from: 'const patience = now(context) + (health.doubted ? timing.doubt : timing.answer);',
    to: 'const patience = now(context) + timing.answer;',
    shows: 'a doubted link that is dead',
  },
  {
    clause: 'W-8',
    what: 'any frame answers a doubt',
    file: 'machines/session/health.logic.ts',
    from: 'return hasHeard(context) && (!isHurried || isAgain || isAnswered(context));',
    to: 'return hasHeard(context) && (!isHurried || isAgain || true);',
    shows: 'a doubted link over which something was still under way',
  },
  {
    clause: 'W-8',
    what: 'silence is not probed',
    file: 'machines/session/health.logic.ts',
    from: 'Math.max(check, ports.readings.lastFrameAt() + timing.quiet);',
    to: 'Math.max(check, ports.readings.lastFrameAt() + 100 * timing.quiet);',
    shows: 'a session that nears its end',
  },
  {
    clause: 'W-8',
    what: 'each further doubt prolongs the wait for a dead link',
    file: 'machines/session/health.logic.ts',
    from: 'return isOpen ? Math.min(health.answerBy, patience) : patience;',
    to: 'return isOpen ? Math.max(health.answerBy, patience) : patience;',
    shows: 'a doubt while a link is probed already',
  },
];
