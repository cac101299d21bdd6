import { base } from './session.base.ts';
import { healthActions, healthDelays, healthGuards } from './session.health.logic.ts';
import { sessionActions, sessionGuards } from './session.logic.ts';
import { outboxActions, outboxDelays, outboxGuards } from './session.outbox.logic.ts';
import { reconnectActions, reconnectDelays, reconnectGuards } from './session.reconnect.logic.ts';

/** Every name that the session chart uses, with what is behind it. */
export const session = base.extend({
  guards: { ...sessionGuards, ...reconnectGuards, ...healthGuards, ...outboxGuards },
  actions: { ...sessionActions, ...reconnectActions, ...healthActions, ...outboxActions },
  delays: { ...reconnectDelays, ...healthDelays, ...outboxDelays },
});
