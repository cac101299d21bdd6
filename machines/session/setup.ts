import { base } from './base.ts';
import { healthActions, healthDelays, healthGuards } from './health.logic.ts';
import { outboxActions, outboxDelays, outboxGuards } from './outbox.logic.ts';
import { paceActions, paceDelays, paceGuards } from './pace.logic.ts';
import { pastActions, pastDelays, pastGuards } from './past.logic.ts';
import { reconnectActions, reconnectDelays, reconnectGuards } from './reconnect.logic.ts';
import { sessionActions, sessionGuards } from './session.logic.ts';
import { termActions, termDelays, termGuards } from './term.logic.ts';

const guards = {
  ...sessionGuards,
  ...reconnectGuards,
  ...healthGuards,
  ...paceGuards,
  ...termGuards,
  ...outboxGuards,
  ...pastGuards,
};

const actions = {
  ...sessionActions,
  ...reconnectActions,
  ...healthActions,
  ...paceActions,
  ...termActions,
  ...outboxActions,
  ...pastActions,
};

const delays = {
  ...reconnectDelays,
  ...healthDelays,
  ...paceDelays,
  ...termDelays,
  ...outboxDelays,
  ...pastDelays,
};

/** The name of an action of the session chart. */
export type ActionName = keyof typeof actions;

/** Every name that the session chart uses, with what is behind it. */
export const session = base.extend({ guards, actions, delays });
