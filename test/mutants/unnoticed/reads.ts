import type { Unnoticed } from '../scope.ts';
import { narrowed, setFirst, within } from './reasons.ts';

const ledger = within('machines/conversation', 'ledger.logic');
const receipts = within('machines/conversation', 'receipts.logic');
const states = within('machines/conversation', 'receipts.states');
const unread = within('machines/conversation', 'unread.logic');

const ofALedger =
  'Narrows a type: a call under way is that of a ledger, which is kept while its mark is pending.';
const guarded = 'Narrows a type: the guard of the row has found one.';
const restedBoth =
  'A rest ends by its timer and by being asked whether it is over: either alone leads on at the same moment.';
const newBurst =
  'A new burst ends the rest, and the row that asks whether it is over leads to the same place.';
const never = 'Nothing comes here: the line before it narrows a type.';

/** In what is read: the ledgers, the lane that reports them, and what counts as unread. */
export const inReads: readonly Unnoticed[] = [
  ledger('endedByReply: false,', 'false', 'true', setFirst),

  receipts(
    'return ledger !== undefined && context.ports.voice?.othersRead(ledger.conversationId) === true;',
    'ledger !== undefined',
    'true',
    'Narrows a type: it is asked last, where something is pending.',
  ),
  receipts(
    "if (event.type !== 'message.viewed') return false;",
    "event.type !== 'message.viewed'",
    'false',
    narrowed,
  ),
  receipts("if (event.type !== 'message.viewed') return false;", 'false', 'true', never),
  receipts(
    '? Math.max(failures, context.timing.tries - 1)',
    'context.timing.tries - 1',
    'context.timing.tries + 1',
    'The last try of a burst or more than that: it is parked, and the count begins anew.',
  ),
  receipts(
    "ledgers: withLedger(context.receipts, ledgerConcerned(context, event)?.conversationId ?? '', change),",
    'ledgerConcerned(context, event)?.conversationId',
    'ledgerConcerned(context, event).conversationId',
    ofALedger,
  ),
  receipts(
    "ledgers: withLedger(context.receipts, ledgerConcerned(context, event)?.conversationId ?? '', change),",
    "''",
    '"Stryker was here!"',
    ofALedger,
  ),
  receipts(
    "event.type === 'sharing.changed' && event.lane === 'read' && event.isShared !== context.receipts.isShared,",
    "event.type === 'sharing.changed'",
    'true',
    narrowed,
  ),
  receipts(
    "if (event.type !== 'read.elsewhere') return false;",
    "event.type !== 'read.elsewhere'",
    'false',
    narrowed,
  ),
  receipts("if (event.type !== 'read.elsewhere') return false;", 'false', 'true', never),
  receipts(
    "!mayStillRead(context, context.receipts.conversationId ?? ''),",
    "''",
    '"Stryker was here!"',
    ofALedger,
  ),
  receipts('if (!ledger) return {};', '!ledger', 'false', guarded),
  receipts("event.type === 'ledger.loaded'", "event.type === 'ledger.loaded'", 'true', narrowed),
  receipts("event.type === 'read.elsewhere'", "event.type === 'read.elsewhere'", 'true', narrowed),
  receipts(
    'const known = ledgerOf(context, conversationId)?.acknowledged;',
    'ledgerOf(context, conversationId)?.acknowledged',
    'ledgerOf(context, conversationId).acknowledged',
    'Narrows a type: the action before it made the ledger.',
  ),
  receipts(
    "if (event.type !== 'message.removed') return;",
    "event.type !== 'message.removed'",
    'false',
    narrowed,
  ),
  receipts(
    "kind === 'unauthorized' && (failure.tokenGeneration ?? context.token.current) < context.token.current;",
    "kind === 'unauthorized'",
    'true',
    'Is asked of a rejected token alone.',
  ),
  receipts(
    "refused: kind === 'refused' ? (ledger.inFlight?.position ?? ledger.refused) : ledger.refused,",
    'ledger.inFlight?.position',
    'ledger.inFlight.position',
    ofALedger,
  ),
  receipts('const mark = ledger?.inFlight;', 'ledger?.inFlight', 'ledger.inFlight', ofALedger),
  ...['false', '!ledger && !mark'].map((to) =>
    receipts(
      'if (!ledger || !mark || !isAbove(mark, ledger.acknowledged)) return;',
      '!ledger || !mark',
      to,
      ofALedger,
    ),
  ),
  receipts(
    'const markOf = (ledger: Ledger | undefined): Mark => ledger?.inFlight ?? { position: 0 };',
    'ledger?.inFlight',
    'ledger.inFlight',
    ofALedger,
  ),
  receipts(
    'const markOf = (ledger: Ledger | undefined): Mark => ledger?.inFlight ?? { position: 0 };',
    '{ position: 0 }',
    '{}',
    ofALedger,
  ),
  receipts(
    "conversationId: ledger?.conversationId ?? '',",
    'ledger?.conversationId',
    'ledger.conversationId',
    ofALedger,
  ),
  receipts("conversationId: ledger?.conversationId ?? '',", "''", '"Stryker was here!"', ofALedger),

  states(
    'const stayFor: Lead = () => ({});',
    '() => ({})',
    '() => undefined',
    'Nothing is spread either way.',
  ),
  ...(
    [
      ["{ guard: 'readRested', target: 'collecting' }", '{}'],
      ["'collecting'", '""'],
    ] as const
  ).map(([from, to]) => ({
    ...states("always: { guard: 'readRested', target: 'collecting' },", from, to, restedBoth),
    nth: 2,
  })),
  states("after: { readRested: { target: 'collecting' } },", "{ target: 'collecting' }", '{}', restedBoth),
  states("after: { readRested: { target: 'collecting' } },", "'collecting'", '""', restedBoth),
  states("target: 'collecting',", "'collecting'", '""', newBurst),
  states(
    "'read.requested': { target: 'collecting', actions: ['noteRequested', 'startNewBurst'] },",
    "'collecting'",
    '""',
    newBurst,
  ),
  states("id: 'receipts',", "'receipts'", '""', 'No row names the region.'),

  unread(
    "if (event.type !== 'peer.read' || event.participantId === context.participantId) return false;",
    "event.type !== 'peer.read'",
    'false',
    narrowed,
  ),
  unread('if (!ledger) return;', '!ledger', 'false', guarded),
  unread(
    "if (event.type !== 'message.received') return;",
    "event.type !== 'message.received'",
    'false',
    narrowed,
  ),
  unread('let [before, count] = [0, 0];', '[0, 0]', '[]', setFirst),
  unread(
    'return count === before ? ledger : { ...ledger, unread: count };',
    'count === before',
    'false',
    'Costs a copy of the ledger, with the same in it.',
  ),
  unread(
    "if (event.type !== 'unread.requested') return receipts;",
    "event.type !== 'unread.requested'",
    'false',
    narrowed,
  ),
  unread("if (event.type !== 'peer.read') return receipts;", "event.type !== 'peer.read'", 'false', narrowed),
];
