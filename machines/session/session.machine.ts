import { askAgain } from '../waits.ts';
import { initialHealth } from './health.logic.ts';
import { live } from './live.states.ts';
import { initialOutbox } from './outbox.logic.ts';
import { initialPace } from './pace.logic.ts';
import { initialReconnect } from './reconnect.logic.ts';
import { initialSession } from './session.logic.ts';
import { session } from './setup.ts';
import { initialTerm } from './term.logic.ts';

/** How a session that is over says so, and begins again. */
const over = (say: 'emitClosed' | 'emitFailed') =>
  session.createStateConfig({
    entry: ['emptyOutbox', 'forgetFailures', say],
    on: {
      'session.connect': [
        { guard: 'blocked', target: 'reconnecting', actions: ['beginAnew', 'reconnectNow'] },
        { target: 'live', actions: 'beginAnew' },
      ],
      'session.startNew': [
        {
          guard: 'blocked',
          target: 'reconnecting',
          actions: ['beginAnew', 'reconnectNow', 'askForNewSession', 'beginConversation'],
        },
        { target: 'live', actions: ['beginAnew', 'askForNewSession', 'beginConversation'] },
      ],
    },
  });

/**
 * The life of one guest's web-messaging session: its one socket, its reconnects, and the messages that must
 * be accepted exactly once.
 *
 * | state          | meaning                                                            |
 * | -------------- | ------------------------------------------------------------------ |
 * | `idle`         | nothing was asked for yet                                          |
 * | `live`         | there is a socket: `connecting`, `configuring`, `configured` or `readOnly` |
 * | `reconnecting` | the socket was lost; the next one comes after a wait (`waiting`), with the network (`offline`), or with the page (`suspended`) |
 * | `closed`       | over in good order: by request, by the server, by logout           |
 * | `failed`       | over because it cannot go on, or could not be had again            |
 *
 * The machine is pure: its clocks are `input.ports.readings`, its waits are delays of the actor's clock, its
 * randomness is `input.seed`. It holds no token and no text: the actor `socket` completes its frames. That
 * actor, `findMessages`, and the actions `forgetIdentity` and `beginConversation` are given with
 * `sessionMachine.provide`. `webMessaging` does all that.
 */
export const sessionMachine = session.createMachine({
  id: 'session',
  context: ({ input: { ports, timing, seed } }) => ({
    ports,
    timing,
    seed,
    ...initialSession,
    ...initialReconnect,
    ...initialHealth,
    ...initialPace,
    ...initialTerm,
    ...initialOutbox,
  }),
  initial: 'idle',
  on: {
    'message.send': { actions: 'refuseMessage' },
    'network.offline': { actions: 'goOffline' },
    'network.online': { actions: 'goOnline' },
  },
  states: {
    idle: {
      on: {
        'session.connect': 'live',
        'session.startNew': { target: 'live', actions: ['askForNewSession', 'beginConversation'] },
      },
    },

    live,

    reconnecting: {
      initial: 'waiting',
      tags: 'accepting',
      entry: 'emitReconnecting',
      on: {
        'message.send': { actions: 'acceptMessage' },
        'session.connect': { target: '.waiting', reenter: true, actions: 'reconnectNow' },
        'session.startNew': {
          target: '.waiting',
          reenter: true,
          actions: ['emptyOutbox', 'askForNewSession', 'beginConversation', 'reconnectNow'],
        },
        'session.close': { target: 'closed', actions: 'closeByRequest' },
        'page.frozen': '.suspended',
      },
      states: {
        waiting: {
          always: [
            { guard: 'offline', target: 'offline' },
            { guard: 'reconnectDue', target: '#session.live' },
          ],
          after: askAgain('waiting', 'reconnectDue'),
          on: {
            'page.visible': {
              guard: 'mayHasten',
              target: 'waiting',
              reenter: true,
              actions: 'hastenReconnect',
            },
            'clock.jumped': {
              guard: 'mayHasten',
              target: 'waiting',
              reenter: true,
              actions: 'hastenReconnect',
            },
          },
        },
        offline: {
          always: { guard: 'online', target: 'waiting' },
        },
        suspended: {
          on: { 'page.resumed': 'waiting' },
        },
      },
    },

    closed: over('emitClosed'),
    failed: over('emitFailed'),
  },
});
