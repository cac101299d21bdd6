import { askAgain } from '../waits.ts';
import { conversation } from './setup.ts';

/**
 * May we call at all?
 *
 * | state          | meaning                                                                     |
 * | -------------- | --------------------------------------------------------------------------- |
 * | `ready`        | yes                                                                         |
 * | `refreshing`   | a token was rejected; a fresh one is asked for, one request at a time (A-1) |
 * | `unauthorized` | no token works; the application must sign the guest in again                |
 * | `offline`      | the network is gone                                                         |
 * | `ended`        | the open conversation is over                                               |
 *
 * This region decides one thing, the refresh. For the rest it mirrors, for people and for whoever asks the
 * actor: the lanes ask the same facts in context (`canCall`), not these states. In a parallel chart a region
 * learns of another's state one step late: after a 401 in one lane the other would leave once more with the
 * token that was just rejected, and after a 409 it would call a conversation that is over.
 */
export const link = conversation.createStateConfig({
  id: 'link',
  initial: 'ready',
  on: {
    'network.offline': { actions: 'goOffline' },
    'network.online': { actions: 'goOnline' },
    'page.frozen': { actions: 'freeze' },
    'conversation.opened': { actions: 'openConversation' },
    'conversation.closed': { actions: 'closeConversation' },
    'conversation.ended': { actions: 'giveUpConversation' },
    'limit.announced': { actions: ['beSilent', 'emitLimitAnnounced'] }, // L-1
  },
  states: {
    ready: {
      on: { 'network.offline': { target: 'offline', actions: 'goOffline' } },
      always: [
        { guard: 'conversationOver', target: 'ended' },
        { guard: 'offline', target: 'offline' },
        { guard: 'tokenLost', target: 'unauthorized' },
        { guard: 'tokenRejected', target: 'refreshing' },
      ],
    },

    refreshing: {
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            id: 'refreshToken',
            src: 'refreshToken', // one at a time
            input: ({ context }) => ({
              ports: context.ports,
              rejectedGeneration: context.token.rejected,
            }),
            onDone: [
              {
                guard: 'refreshIsFresh',
                target: '#link.ready',
                actions: ['tokenRefreshed', 'emitTokenRefreshed', 'raiseTokenRefreshed'],
              },
              { target: '#link.unauthorized' },
            ],
            onError: [
              { guard: 'refreshFailurePasses', target: 'pausing', actions: 'refreshFailed' },
              { target: '#link.unauthorized', actions: 'refreshFailed' },
            ],
          },
          after: { deadline: { target: 'pausing', actions: 'refreshFailed' } },
          on: { 'page.resumed': { guard: 'wasFrozen', target: 'asking', reenter: true } },
        },
        pausing: {
          always: [
            { guard: 'offline', target: '#link.offline' },
            { guard: 'refreshRested', target: 'asking' },
          ],
          after: askAgain('pausing', 'refreshRested'),
          on: { 'token.renewed': 'asking' },
        },
      },
    },

    unauthorized: {
      entry: ['loseToken', 'emitUnauthorized'],
      on: {
        'token.renewed': [
          { guard: 'canRefresh', target: 'refreshing', actions: 'hopeForToken' },
          { target: 'ready', actions: 'trustNextToken' },
        ],
      },
    },

    offline: {
      on: { 'network.online': { target: 'ready', actions: 'goOnline' } },
      always: { guard: 'conversationOver', target: 'ended' },
    },

    ended: {
      always: { guard: 'conversationNotOver', target: 'ready' },
    },
  },
});
