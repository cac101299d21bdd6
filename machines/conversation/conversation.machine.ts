import { initialLink } from './link.logic.ts';
import { link } from './link.states.ts';
import { initialReceipts } from './receipts.logic.ts';
import { receipts } from './receipts.states.ts';
import { initialRoster } from './roster.logic.ts';
import { roster } from './roster.states.ts';
import { conversation } from './setup.ts';
import { initialTyping } from './typing.logic.ts';
import { typing } from './typing.states.ts';

/**
 * One guest's side of one conversation at a time.
 */
export const conversationMachine = conversation.createMachine({
  id: 'conversation',
  type: 'parallel',
  context: ({ input }) => ({
    ports: input.ports,
    capabilities: input.capabilities,
    timing: input.timing,
    participantId: input.participantId,
    seed: input.seed,
    conversationId: input.conversationId,
    endedConversationId: null,
    ...initialLink(input),
    typing: initialTyping(input),
    receipts: initialReceipts(input),
    roster: initialRoster,
  }),
  states: { receipts, typing, roster, link },
});
