import type { Fault } from '../faults.ts';

/** Faults of what one life leaves to the next. */
export const lifeFaults: readonly Fault[] = [
  {
    clause: 'R-3a',
    what: 'a stored end holds for the conversation that is open',
    file: 'machines/conversation/ledger.logic.ts',
    from: 'over: ledger.over || (over && conversationId !== openConversationId),',
    to: 'over: ledger.over || over,',
    shows: 'a second life, in a conversation that the first one ended',
  },
  {
    clause: 'R-3a',
    what: 'a stored acknowledgement goes back',
    file: 'src/reading/ledgerFormat.ts',
    from: 'acknowledged: greater(later.acknowledged, earlier.acknowledged),',
    to: 'acknowledged: later.acknowledged ?? earlier.acknowledged,',
    shows: 'a storage that two views share, of which one knows less',
  },
  {
    clause: 'R-3',
    what: 'a stored refusal is not taken over',
    file: 'machines/conversation/ledger.logic.ts',
    from: 'refused: refused === null ? ledger.refused : Math.max(refused, ledger.refused ?? refused),',
    to: 'refused: ledger.refused,',
    shows: 'a second life, of which the first was refused for good',
  },
  {
    clause: 'R-10',
    what: 'messages of one’s own are anybody’s after a reload',
    file: 'src/reading/keptPlaces.ts',
    from: "author: author === 'own' ? author : null }",
    to: 'author: null }',
    shows: 'a second life that sees a message of one’s own',
  },
];
