import { base } from './base.ts';
import { healthActions, healthDelays, healthGuards } from './health.logic.ts';
import { outboxActions, outboxDelays, outboxGuards } from './outbox.logic.ts';
import { reconnectActions, reconnectDelays, reconnectGuards } from './reconnect.logic.ts';
import { sessionActions, sessionGuards } from './session.logic.ts';

/** Every name that the session chart uses, with what is behind it. */
export const session = base.extend({
  guards: { ...sessionGuards, ...reconnectGuards, ...healthGuards, ...outboxGuards },
  actions: { ...sessionActions, ...reconnectActions, ...healthActions, ...outboxActions },
  delays: { ...reconnectDelays, ...healthDelays, ...outboxDelays },
});
