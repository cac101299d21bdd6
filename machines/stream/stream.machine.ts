import { signOfLife } from '../reconnect.ts';
import { askAgain } from '../waits.ts';
import { base } from './base.ts';
import { initialStream, streamActions, streamDelays, streamGuards } from './stream.logic.ts';

const stream = base.extend({ guards: streamGuards, actions: streamActions, delays: streamDelays });

/**
 * The event stream of the Guest REST contract: one socket at any time for everybody who listens. Which state leads
 * where, and which actor it invokes (a test holds these tables against the chart; a dot in front means "beside it"):
 *
 * `stream`: does the guest hear, and if not, what comes next?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `idle` | `live` (somebody listens) | |
 * | `live` | `idle` (nobody does), `reconnecting` (the socket was lost, or its token rejected), `reconnecting.suspended` (the page is put away), `unauthorized` (no token can be had) | `socket` |
 * | `live.connecting` | `.open` (the first frame was answered), `.unresponsive` (not in time) | |
 * | `live.unresponsive`, `live.silent` | `reconnecting` (the socket is dropped) | |
 * | `reconnecting` | `idle` (nobody listens), `reconnecting.suspended` (the page is put away) | |
 * | `reconnecting.waiting` | `live` (the attempt is due), `.offline` (there is no network) | |
 * | `reconnecting.offline` | `.waiting` (the network is back) | |
 * | `reconnecting.suspended` | `.waiting` (the page is back) | |
 * | `unauthorized` | `live` (a fresh token, or somebody who looks), `idle` (nobody listens) | |
 *
 * In `live.open` three questions are asked at once, each by a region:
 *
 * `health`: does the link live?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `listening` | `probing` (silence, or a reason for doubt) | |
 * | `probing` | `listening` (something came), `live.silent` (nothing did, in time) | |
 *
 * `record`: was anything said while nobody listened?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `any` | `catchingUp` (one more listens) | |
 * | `catchingUp` | `complete` (it was told, or cannot be had), `resting` (not now) | `catchUp` |
 * | `resting` | `catchingUp` (a moment later) | |
 * | `complete` | | |
 *
 * `footing`: has this stream held long enough that earlier failures may be forgotten?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `fresh` | `firm` (it has) | |
 * | `firm` | | |
 *
 * A state that holds others begins in the one named first. There is no state for giving up: as long as somebody
 * listens, a stream that is lost is had again.
 *
 * The machine is pure: its clock is `input.ports.readings`, its waits are delays of the actor's clock, its
 * randomness is `input.seed` (C-3). It holds no token and no text. `guestRest({ events })` runs it.
 */
export const streamMachine = stream.createMachine({
  id: 'stream',
  context: ({ input: { ports, timing, seed } }) => ({ ports, timing, seed, ...initialStream }),
  initial: 'idle',
  on: {
    'network.offline': { actions: 'goOffline' },
    'network.online': { actions: 'goOnline' },
  },
  states: {
    idle: {
      on: { 'stream.wanted': { target: 'live', actions: 'begin' } },
    },

    live: {
      initial: 'connecting',
      invoke: { id: 'socket', src: 'socket', input: ({ context }) => ({ ports: context.ports }) }, // W-4
      on: {
        'stream.unwanted': 'idle',
        'page.frozen': '#stream.reconnecting.suspended',
        'socket.closed': { target: '#stream.reconnecting', actions: 'planReconnect' }, // W-3
        'token.missing': { target: 'unauthorized', actions: 'noteMissingToken' },
      },
      states: {
        connecting: {
          on: { 'frame.authenticated': { target: 'open', actions: ['noteOpen', 'emitOpened'] } }, // S2
          after: { connectDeadline: 'unresponsive' }, // W-4
        },

        open: {
          type: 'parallel',
          states: {
            health: {
              initial: 'listening',
              states: {
                listening: {
                  always: { guard: 'isQuiet', target: 'probing' },
                  after: askAgain('listening', 'isQuiet'),
                  on: {
                    'page.visible': 'probing',
                    'clock.jumped': 'probing',
                    'network.online': { target: 'probing', actions: 'goOnline' },
                  },
                },
                probing: {
                  entry: ['beginProbe', 'sendPing'],
                  // An answer from before a sleep says nothing of the link after it.
                  on: { 'clock.jumped': { guard: 'probeAnswered', target: 'probing', reenter: true } },
                  after: {
                    answerDeadline: [
                      { guard: 'probeAnswered', target: 'listening' },
                      { target: '#stream.live.silent' }, // W-4
                    ],
                  },
                },
              },
            },

            record: {
              initial: 'catchingUp',
              on: { 'stream.wanted': '.catchingUp' }, // Whoever comes later hears the same.
              states: {
                catchingUp: {
                  invoke: {
                    id: 'catchUp',
                    src: 'catchUp', // I-1
                    input: ({ context }) => ({ ports: context.ports }),
                    onDone: 'complete',
                    onError: [
                      { guard: 'mayCatchUpAgain', target: 'resting', actions: 'noteRecordFailure' },
                      { guard: 'wasOpenBefore', target: 'complete', actions: 'emitGap' }, // I-1
                      { target: 'complete' },
                    ],
                  },
                },
                resting: { after: { recordRest: 'catchingUp' } },
                complete: {},
              },
            },

            footing: {
              initial: 'fresh',
              states: {
                fresh: { after: { minUptime: { target: 'firm', actions: 'forgetFailures' } } },
                firm: {},
              },
            },
          },
        },

        unresponsive: {
          entry: 'dropSocket',
          always: { target: '#stream.reconnecting', actions: 'planReconnect' },
        },
        silent: {
          entry: 'dropSocket',
          always: { target: '#stream.reconnecting', actions: 'planAtOnce' },
        },
      },
    },

    reconnecting: {
      initial: 'waiting',
      entry: 'emitLost',
      on: {
        'stream.unwanted': 'idle',
        'page.frozen': '.suspended',
      },
      states: {
        waiting: {
          always: [
            { guard: 'offline', target: 'offline' },
            { guard: 'reconnectDue', target: '#stream.live' },
          ],
          after: askAgain('waiting', 'reconnectDue'), // W-3
          on: {
            'page.visible': signOfLife,
            'clock.jumped': signOfLife,
            'network.online': { ...signOfLife, actions: ['goOnline', 'hastenReconnect'] },
          },
        },
        offline: {
          always: { guard: 'online', target: 'waiting', actions: 'reconnectSoon' },
        },
        suspended: {
          on: { 'page.resumed': { target: 'waiting', actions: 'reconnectSoon' } },
        },
      },
    },

    unauthorized: {
      entry: 'emitUnauthorized',
      on: {
        'token.renewed': 'live',
        'page.visible': 'live',
        'stream.unwanted': 'idle',
      },
    },
  },
});
