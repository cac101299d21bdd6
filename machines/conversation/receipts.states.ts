import { askAgain } from '../waits.ts';
import { flushCalls } from './flush.logic.ts';
import { readCall } from './receipts.logic.ts';
import { conversation } from './setup.ts';

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
 *
 * Stands before `typing` in the machine, so that of two calls that are due the read leaves first.
 */
export const receipts = conversation.createStateConfig({
  id: 'receipts',
  initial: 'upToDate',
  on: {
    'message.viewed': { actions: 'noteViewed' },
    'read.requested': { actions: 'noteRequested' },
    'message.received': { actions: 'noteReceived' },
    'unread.requested': { actions: 'noteUnread' },
    'ledger.loaded': { actions: 'mergeLedgers' },
    'storage.failed': { actions: 'emitStorageFailed' },
    'peer.read': { guard: 'peerReadOn', actions: ['notePeerRead', 'emitPeerRead'] },
    'flush.requested': { guard: 'canFlush', target: '.flushing' },
  },
  always: { guard: 'unreadMoved', actions: 'countUnread' },
  states: {
    upToDate: {
      always: { guard: 'somethingPending', target: 'collecting' },
    },

    collecting: {
      always: [
        { guard: 'nothingPending', target: 'upToDate' },
        { guard: 'blocked', target: 'rateLimited' },
        { guard: 'readDue', target: 'sending' },
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
        onDone: { target: 'upToDate', actions: ['emitRead', 'readAccepted'] },
        onError: [
          { guard: 'unauthorized', target: 'collecting', actions: ['emitReadRetrying', 'readFailed'] },
          { guard: 'forbidden', target: 'disabled', actions: ['emitReadUndeliverable', 'readFailed'] },
          { guard: 'gone', target: 'upToDate', actions: ['giveUpConversation', 'readFailed'] },
          { guard: 'refused', target: 'upToDate', actions: ['emitReadUndeliverable', 'readFailed'] },
          {
            guard: 'limitedLastTry',
            target: 'parked',
            actions: ['emitReadRetrying', 'readFailed', 'emitReadLimited'],
          },
          {
            guard: 'limited',
            target: 'rateLimited',
            actions: ['emitReadRetrying', 'readFailed', 'emitReadLimited'],
          },
          { guard: 'lastTry', target: 'parked', actions: ['emitReadRetrying', 'readFailed'] },
          { target: 'cooldown', actions: ['emitReadRetrying', 'readFailed'] },
        ],
      },
      after: {
        deadline: [
          { guard: 'lastTry', target: 'parked', actions: ['emitReadRetrying', 'readFailed'] },
          { target: 'cooldown', actions: ['emitReadRetrying', 'readFailed'] },
        ],
      },
    },

    cooldown: {
      always: { guard: 'readRested', target: 'collecting' },
      after: askAgain('cooldown', 'readRested'),
    },

    rateLimited: {
      always: { guard: 'readRested', target: 'collecting' },
      after: askAgain('rateLimited', 'readRested'),
    },

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
          { guard: 'flushAccepted', actions: ['emitRead', 'readAccepted'] },
          { guard: 'unauthorized', actions: ['emitReadRetrying', 'readFailed'] },
          { guard: 'forbidden', target: 'disabled', actions: ['emitReadUndeliverable', 'readFailed'] },
          { guard: 'gone', actions: ['giveUpConversation', 'readFailed'] },
          { guard: 'refused', actions: ['emitReadUndeliverable', 'readFailed'] },
          { guard: 'limited', actions: ['emitReadRetrying', 'readFailed', 'emitReadLimited'] },
          { actions: ['emitReadRetrying', 'readFailed'] },
        ],
        'flush.requested': {},
      },
      after: { deadline: { target: 'cooldown', actions: 'flushTimedOut' } },
    },

    disabled: {
      on: {
        'flush.requested': {},
        'conversation.opened': { target: 'upToDate', actions: 'startNewBurst' },
        'token.renewed': { target: 'upToDate', actions: 'startNewBurst' },
        'token.refreshed': { target: 'upToDate', actions: 'startNewBurst' },
      },
    },
  },
});
