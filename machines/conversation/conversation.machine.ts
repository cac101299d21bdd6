import { merged } from './ledger.logic.ts';
import { link } from './link.states.ts';
import { receipts } from './receipts.states.ts';
import { roster } from './roster.states.ts';
import { conversation } from './setup.ts';
import { typing } from './typing.states.ts';

/**
 * One guest's side of one conversation at a time: what is told about their typing and reading, who else
 * types, and whether calls may leave at all.
 *
 * The machine is pure: its clock and keyboard are `input.ports.readings`, its waits are delays of the
 * actor's clock, its randomness is `input.seed`, and its calls are the actors `sendTyping`, `sendRead`,
 * `flushReads` and `refreshToken`, to be given with `conversationMachine.provide`. `createConversation` does all that.
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
    online: true,
    limit: { blockedUntil: 0, probing: false, inFlight: 0 },
    token: {
      canRefresh: input.canRefresh,
      current: 1,
      rejected: 0,
      proven: 0,
      refreshed: 0,
      lost: false,
      failure: null,
      failures: 0,
      notBefore: 0,
    },
    typing: {
      conversationId: null,
      keysAtEnd: input.ports.readings.keyCount(),
      keysAtCall: input.ports.readings.keyCount(),
      calledAt: 0,
      notBefore: 0,
      litUntil: 0,
      renewing: false,
      failures: 0,
      leaving: false,
    },
    receipts: {
      ledgers: merged([], input.ledgers ?? [], input.conversationId),
      peers: [],
      forbidden: false,
      conversationId: null,
      calledAt: Number.MIN_SAFE_INTEGER,
      dueAt: 0,
      notBefore: 0,
      failures: 0,
      failing: false,
    },
    roster: { typists: [], since: 0, announced: false, lastMessages: [] },
  }),
  states: { receipts, typing, roster, link },
});
