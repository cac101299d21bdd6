import { callActions, callGuards } from './calls.logic.ts';
import { base } from './conversation.base.ts';
import { linkActions, linkDelays, linkGuards } from './link.logic.ts';
import { receiptsActions, receiptsDelays, receiptsGuards } from './receipts.logic.ts';
import { rosterActions, rosterDelays, rosterGuards } from './roster.logic.ts';
import { typingActions, typingDelays, typingGuards } from './typing.logic.ts';

/** Every name that the four regions use, with what is behind it. */
export const conversation = base.extend({
  guards: { ...callGuards, ...typingGuards, ...receiptsGuards, ...rosterGuards, ...linkGuards },
  actions: { ...callActions, ...typingActions, ...receiptsActions, ...rosterActions, ...linkActions },
  delays: { ...typingDelays, ...receiptsDelays, ...rosterDelays, ...linkDelays },
});
