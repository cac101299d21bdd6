import { base } from './base.ts';
import { callActions, callDelays, callGuards } from './calls.logic.ts';
import { flushActions, flushGuards } from './flush.logic.ts';
import { linkActions, linkDelays, linkGuards } from './link.logic.ts';
import { openingActions, openingGuards } from './opening.logic.ts';
import { receiptsActions, receiptsDelays, receiptsGuards } from './receipts.logic.ts';
import { rosterActions, rosterDelays, rosterGuards } from './roster.logic.ts';
import { typingActions, typingDelays, typingGuards } from './typing.logic.ts';
import { unreadActions, unreadGuards } from './unread.logic.ts';
import { worksActions } from './works.logic.ts';

/** Every name that the four regions use, with what is behind it. */
export const conversation = base.extend({
  guards: {
    ...callGuards,
    ...openingGuards,
    ...typingGuards,
    ...receiptsGuards,
    ...flushGuards,
    ...unreadGuards,
    ...rosterGuards,
    ...linkGuards,
  },
  actions: {
    ...callActions,
    ...openingActions,
    ...typingActions,
    ...worksActions,
    ...receiptsActions,
    ...flushActions,
    ...unreadActions,
    ...rosterActions,
    ...linkActions,
  },
  delays: { ...callDelays, ...typingDelays, ...receiptsDelays, ...rosterDelays, ...linkDelays },
});
