import { askAgain } from '../waits.ts';
import { flushCalls } from './flush.logic.ts';
import { readCall } from './receipts.logic.ts';
import { conversation } from './setup.ts';

/** Where a failure leads: the lane's own call leaves its state, a call of a flush settles and the flush goes on. */
type Lead = (state: string) => { readonly target?: string };
const leaveFor: Lead = (target) => ({ target });
const stayFor: Lead = () => ({});

/** What follows a read call that the server answered with a refusal. */
const answered = (lead: Lead) =>
  [
    { guard: 'unauthorized', ...lead('collecting'), actions: ['emitReadRetrying', 'readFailed'] },
    { guard: 'gone', ...lead('upToDate'), actions: ['giveUpConversation', 'readFailed'] },
    { guard: 'refused', ...lead('upToDate'), actions: ['emitReadUndeliverable', 'readFailed'] },
    { guard: 'forbidden', target: 'disabled', actions: ['emitReadUndeliverable', 'readFailed'] },
    {
      guard: 'readLimitedLastTry',
      ...lead('parked'),
      actions: ['emitReadRetrying', 'readFailed', 'emitReadLimited'],
    },
    {
      guard: 'limited',
      ...lead('rateLimited'),
      actions: ['emitReadRetrying', 'readFailed', 'emitReadLimited'], // L-1
    },
  ] as const;

/** What follows one that failed for a passing reason, its deadline among them. */
const passing = (lead: Lead) =>
  [
    { guard: 'readLastTry', ...lead('parked'), actions: ['emitReadRetrying', 'readFailed'] },
    { ...lead('cooldown'), actions: ['emitReadRetrying', 'readFailed'] },
  ] as const;

/** The page may be going: every pending mark leaves at once. */
const flush = { guard: 'canFlush', target: '.flushing' } as const;

/** A wait of the lane. */
const resting = (state: 'cooldown' | 'rateLimited') =>
  conversation.createStateConfig({
    always: { guard: 'readRested', target: 'collecting' },
    after: askAgain(state, 'readRested'),
  });

/**
 * How far have we read, and how far is that acknowledged?
 *
 * | state         | meaning                                                                   |
 * | ------------- | ------------------------------------------------------------------------- |
 * | `upToDate`    | everything seen is acknowledged, or can never be                          |
 * | `collecting`  | a mark is pending; its neighbours, spacing and the link are waited for    |
 * | `sending`     | one read call is under way; what is seen meanwhile folds into the next     |
 * | `cooldown`    | the call failed for a passing reason: backoff                             |
 * | `rateLimited` | the server said how long nothing may leave                                |
 * | `parked`      | a burst of attempts is used up; the mark is kept and tried again later    |
 * | `flushing`    | the page may be going: every pending mark leaves at once, one call per conversation |
 * | `disabled`    | may not report reads here                                                 |
 * | `off`         | reads are kept to ourselves: the guest wants it so                         |
 *
 * `cooldown` and `rateLimited` wait alike, until the later of the lane's own rest and the server's silence;
 * what differs is who asked for the wait, and that is what a person looks for in an inspector.
 */
export const receipts = conversation.createStateConfig({
  id: 'receipts',
  initial: 'upToDate',
  on: {
    'message.viewed': { actions: 'noteViewed' },
    'read.requested': { actions: 'noteRequested' },
    'message.received': { actions: 'noteReceived' },
    'message.removed': { actions: 'noteRemoved' },
    'read.elsewhere': {
      guard: 'readFurtherElsewhere',
      actions: ['noteReadElsewhere', 'emitReadElsewhere'],
    },
    'unread.requested': { actions: 'noteUnread' },
    'sharing.changed': { guard: 'switchesReads', actions: ['switchReads', 'emitSharing'] },
    'ledger.loaded': { actions: 'mergeLedgers' },
    'storage.failed': { actions: 'emitStorageFailed' },
    'messages.missed': { actions: 'emitMissed' }, // I-1
    'peer.read': { guard: 'peerReadOn', actions: ['notePeerRead', 'emitPeerRead'] },
    'flush.requested': flush, // R-5b
    'page.hidden': flush,
    'page.frozen': flush,
  },
  always: { guard: 'unreadMoved', actions: 'countUnread' }, // R-5a
  states: {
    upToDate: {
      always: [
        { guard: 'readsNotShared', target: 'off' },
        { guard: 'somethingPending', target: 'collecting' },
      ],
    },

    collecting: {
      always: [
        { guard: 'nothingPending', target: 'upToDate' },
        { guard: 'blocked', target: 'rateLimited' }, // L-1
        { guard: 'mayRead', target: 'sending' },
        { guard: 'mustAskToRead', actions: 'ask' },
      ],
      after: askAgain('collecting', 'readDue'),
      on: {
        'read.requested': { target: 'collecting', reenter: true, actions: 'noteRequested' },
      },
    },

    sending: {
      entry: 'beginReading',
      exit: 'callSettled',
      invoke: {
        id: 'sendRead',
        src: 'sendRead',
        input: ({ context }) => ({ ports: context.ports, call: readCall(context) }),
        onDone: { target: 'upToDate', actions: ['liftEnd', 'emitRead', 'readAccepted'] },
        onError: [
          { guard: 'readHeldBack', target: 'collecting', actions: 'abandonReads' }, // L-1, L-4
          ...answered(leaveFor),
          ...passing(leaveFor),
        ],
      },
      after: { deadline: passing(leaveFor) },
      on: {
        'page.resumed': { guard: 'readPredatesFreeze', target: 'collecting', actions: 'abandonReads' },
      },
    },

    cooldown: resting('cooldown'),
    rateLimited: resting('rateLimited'), // L-1

    parked: {
      entry: ['restBetweenBursts', 'emitParked'],
      always: { guard: 'readRested', target: 'collecting' },
      after: { readRested: { target: 'collecting' } },
      on: {
        'message.viewed': {
          guard: 'newerMark',
          target: 'collecting',
          actions: ['noteViewed', 'startNewBurst'],
        },
        'read.requested': { target: 'collecting', actions: ['noteRequested', 'startNewBurst'] },
        'network.online': { target: 'collecting', actions: 'startNewBurstWithJitter' },
        'page.visible': { target: 'collecting', actions: 'startNewBurstWithJitter' },
        'token.renewed': { target: 'collecting', actions: 'startNewBurstWithJitter' },
        'token.refreshed': { target: 'collecting', actions: 'startNewBurstWithJitter' },
      },
    },

    flushing: {
      entry: 'beginFlushing',
      exit: 'callSettled',
      invoke: {
        id: 'flushReads',
        src: 'flushReads',
        input: ({ context }) => ({ ports: context.ports, calls: flushCalls(context) }),
        onError: { target: 'cooldown', actions: 'flushTimedOut' },
      },
      always: { guard: 'flushed', target: 'upToDate' },
      on: {
        'flush.settled': [
          { guard: 'flushAccepted', actions: ['liftEnd', 'emitRead', 'readAccepted'] },
          ...answered(stayFor),
          ...passing(stayFor),
        ],
        'flush.requested': {},
        'page.hidden': {},
        'page.frozen': {},
        'page.resumed': { guard: 'readPredatesFreeze', target: 'collecting', actions: 'abandonReads' },
      },
      after: { deadline: { target: 'cooldown', actions: 'flushTimedOut' } },
    },

    off: {
      always: { guard: 'readsShared', target: 'upToDate' },
    },

    disabled: {
      on: {
        'flush.requested': {},
        'page.hidden': {},
        'page.frozen': {},
        'conversation.opened': { target: 'upToDate', actions: 'startNewBurst' },
        'token.renewed': { target: 'upToDate', actions: 'startNewBurst' },
        'token.refreshed': { target: 'upToDate', actions: 'startNewBurst' },
      },
    },
  },
});
