import { signOfLife } from '../reconnect.ts';
import { askAgain } from '../waits.ts';
import { initialHealth } from './health.logic.ts';
import { live } from './live.states.ts';
import { initialOutbox } from './outbox.logic.ts';
import { initialPace } from './pace.logic.ts';
import { initialPast } from './past.logic.ts';
import { initialReconnect } from './reconnect.logic.ts';
import { newSession } from './rows.ts';
import { initialSession } from './session.logic.ts';
import { type ActionName, session } from './setup.ts';
import { initialTerm } from './term.logic.ts';

/** Begins again; a rate limit lasts beyond the session it was told to, so it is waited for first (L-1). */
const again = <const First extends readonly ActionName[]>(...first: First) =>
  [
    { guard: 'blocked', target: 'reconnecting', actions: ['beginAnew', 'reconnectNow', ...first] },
    { target: 'live', actions: ['beginAnew', ...first] },
  ] as const;

/** How a session that is over says so, and begins again. */
const over = (say: 'emitClosed' | 'emitFailed') =>
  session.createStateConfig({
    entry: ['emptyOutbox', 'forgetFailures', 'leavePast', say],
    on: {
      'session.connect': again(),
      'session.startNew': again(...newSession),
    },
  });

/**
 * The life of one guest's web-messaging session: its one socket, its reconnects, and the messages that must
 * be accepted exactly once. Which state leads where, and which actor it invokes (a test holds these tables
 * against the chart; a dot in front means "beside it"):
 *
 * `session`: what may be said now, and if nothing, what comes next?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `idle` | `live` (asked for) | |
 * | `live` | `closed` (in good order: by request, by the server, by logout), `failed` (it cannot go on, the guest must sign in, or nothing is left to try), `reconnecting` (the socket was lost), `reconnecting.suspended` (the page is put away) | `socket` |
 * | `live.connecting` | `.configuring` (the socket opened), `.unresponsive` (not in time) | |
 * | `live.configuring` | `.unresponsive` (no answer in time), `failed` (the answer is an error), `reconnecting` (429), `live` (anew, for a new session) | |
 * | `live.configuring.asking` | `live.configured` (the answer came), `live.readOnly` (the same, but the conversation is over) | |
 * | `live.configuring.endingOld` | `.asking` (the old session is closed) | |
 * | `live.configured` | `.readOnly` (the conversation is over), `.configuring.endingOld` (for a new session), `reconnecting` (the same, while a rate limit lasts, L-1) | |
 * | `live.readOnly` | `.configured` (it goes on), `.configuring.endingOld` (for a new session), `reconnecting` (the same, while a rate limit lasts, L-1) | |
 * | `live.readOnly.settled` | `live.readOnly.asking` (something was missed, I-1) | |
 * | `live.readOnly.asking` | `live.readOnly.settled` (history answered, or did not) | `catchUp` |
 * | `live.unresponsive` | `reconnecting` (at once: the socket is dropped), `failed` (nothing is left to try) | |
 * | `reconnecting` | `reconnecting.waiting` (asked for anew: no wait), `reconnecting.suspended` (the page is put away), `closed` (by request) | |
 * | `reconnecting.waiting` | `live` (the attempt is due), `.offline` (there is no network) | |
 * | `reconnecting.offline` | `.waiting` (the network is back) | |
 * | `reconnecting.suspended` | `.waiting` (the page is back) | |
 * | `closed`, `failed` | `live` (asked for anew), `reconnecting` (the same, while a rate limit lasts, L-1) | |
 *
 * In `live.configured` six questions are asked at once, each by a region:
 *
 * `health`: does the link live?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `listening` | `probing` (silence, or a reason for doubt: the page is shown, the network is back, the machine slept) | |
 * | `probing` | `listening` (any frame), `live.unresponsive` (none in time) | |
 *
 * `pace`: may anything leave?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `open` | `limited` (the server asks for silence, L-1) | |
 * | `limited` | `open` (it is over) | |
 *
 * `term`: how long does the session live?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `running` | `verifying` (shortly before the notice: was the end moved elsewhere?) | |
 * | `verifying` | `running` (it was), `expiring` (it was not, and the application is told) | |
 * | `expiring` | `running` (somebody wrote), `overdue` (nobody did) | |
 * | `overdue` | `running` (somebody wrote), `expiring` (the end was moved, but not far) | |
 *
 * `footing`: has this socket held long enough that earlier failures may be forgotten?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `fresh` | `firm` (it has) | |
 * | `firm` | | |
 *
 * `outbox`: which message leaves next?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `resting` | `searching` (something is unsure, W-6), `delivering` (something waits) | |
 * | `delivering` | `resting` (its echo, its refusal, or neither in time), `pausing` (its frame did not leave) | |
 * | `pausing` | `resting` (a moment later) | |
 * | `searching` | `resting` (history answered, or did not) | `findMessages` |
 *
 * `past`: does the guest know all that was said?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `settled` | `asking` (something was missed, I-1) | |
 * | `asking` | `settled` (history answered, or did not) | `catchUp` |
 *
 * A state that holds others begins in the one named first: `live` in `connecting`, `configuring` in `asking`,
 * `readOnly` in `settled`, `reconnecting` in `waiting`; a region in its first row.
 *
 * The machine is pure: its clocks are `input.ports.readings`, its waits are delays of the actor's clock, its
 * randomness is `input.seed` (C-3). It holds no token and no text: the actor `socket` completes its frames
 * (S5). Its actors, and the actions `forgetIdentity` and `beginConversation`, are given with
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
    ...initialPast,
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
        'session.startNew': { target: 'live', actions: newSession },
      },
    },

    live,

    reconnecting: {
      initial: 'waiting',
      entry: ['fallBehind', 'emitReconnecting'],
      on: {
        'message.send': { actions: 'acceptMessage' },
        'session.connect': { target: '.waiting', reenter: true, actions: 'reconnectNow' },
        'session.startNew': {
          target: '.waiting',
          reenter: true,
          actions: [...newSession, 'reconnectNow'],
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
          after: askAgain('waiting', 'reconnectDue'), // W-3
          on: {
            'page.visible': signOfLife,
            'clock.jumped': signOfLife,
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
