import { askAgain } from '../waits.ts';
import { unsureIds } from './outbox.logic.ts';
import { past } from './past.states.ts';
import { session } from './setup.ts';

/** A reason to doubt the link, which may have died unnoticed; the timer of `listening` was set without it (W-8). */
const doubt = { target: 'listening', reenter: true, actions: 'doubtLink' } as const;
/** The same while it is probed in no hurry: it is asked anew, and the answer waited for less long. */
const hurry = { guard: 'mayHurry', target: 'probing', reenter: true, actions: 'doubtLink' } as const;
/** The network is back: a doubt, and what is noted of it everywhere else. */
const back = ['goOnline', 'doubtLink'] as const;

/**
 * Does the link live?
 *
 * | state       | meaning                                                                           |
 * | ----------- | --------------------------------------------------------------------------------- |
 * | `listening` | frames come in, or have not been missing for long                                 |
 * | `probing`   | silence or doubt: a question was sent; without any frame the socket is replaced    |
 */
const health = session.createStateConfig({
  initial: 'listening',
  states: {
    listening: {
      always: { guard: 'probeDue', target: 'probing' },
      after: askAgain('listening', 'probeDue'), // W-8
      on: {
        'page.visible': doubt,
        'network.online': { ...doubt, actions: back },
        'clock.jumped': doubt,
        'probe.wanted': { target: 'listening', reenter: true, actions: 'wantCheck' },
      },
    },
    probing: {
      entry: ['beginProbe', 'sendProbe'],
      always: [
        { guard: 'probeAnswered', target: 'listening' },
        { guard: 'heardOther', target: 'listening', actions: 'doubtStill' }, // W-8
      ],
      after: { answerDeadline: '#session.live.unresponsive' }, // W-4
      on: {
        'page.visible': hurry,
        'network.online': { ...hurry, actions: back },
        'clock.jumped': hurry,
        'probe.wanted': { actions: 'wantCheck' }, // W-8: the question may say nothing of the end
      },
    },
  },
});

/**
 * May anything leave?
 *
 * | state     | meaning                                  |
 * | --------- | ---------------------------------------- |
 * | `open`    | yes                                      |
 * | `limited` | no: the server asked for silence (L-1)   |
 *
 * A mirror of `blockedUntil`, which the other regions read: a limit outlives its socket. What is decided here
 * is when they look again: the step to `open` has their `always` asked anew, and so wakes the outbox.
 */
const pace = session.createStateConfig({
  initial: 'open',
  states: {
    open: { always: { guard: 'blocked', target: 'limited' } }, // L-1
    limited: {
      always: { guard: 'limitOver', target: 'open' },
      after: askAgain('limited', 'limitOver'),
    },
  },
});

/**
 * How long does the session live?
 *
 * | state       | meaning                                                                          |
 * | ----------- | -------------------------------------------------------------------------------- |
 * | `running`   | its end is far, or was never told                                                |
 * | `verifying` | the notice is near: the server is asked first whether the end was moved elsewhere |
 * | `expiring`  | the application was told that the end is near                                    |
 * | `overdue`   | the end is past: the server is asked, so that it says so                         |
 */
const term = session.createStateConfig({
  initial: 'running',
  states: {
    running: {
      always: { guard: 'verifyDue', target: 'verifying', actions: 'askForTerm' }, // W-9
      after: askAgain('running', 'verifyDue'),
      on: askAgain('running', 'term.changed'), // W-9: maybe nearer
    },
    verifying: {
      always: [
        { guard: 'verifyNotDue', target: 'running' },
        { guard: 'noticeDue', target: 'expiring', actions: 'emitExpiring' },
      ],
      after: askAgain('verifying', 'noticeDue'),
      on: askAgain('verifying', 'term.changed'),
    },
    expiring: {
      always: [
        { guard: 'noticeNotDue', target: 'running', actions: 'emitExtended' },
        { guard: 'overdue', target: 'overdue' },
      ],
      after: askAgain('expiring', 'overdue'),
      on: askAgain('expiring', 'term.changed'),
    },
    overdue: {
      entry: 'askForTerm',
      always: [
        { guard: 'noticeNotDue', target: 'running', actions: 'emitExtended' },
        { guard: 'notOverdue', target: 'expiring' },
      ],
    },
  },
});

/**
 * Has this socket held long enough that earlier failures may be forgotten?
 *
 * | state   | meaning                                                       |
 * | ------- | ------------------------------------------------------------- |
 * | `fresh` | not yet: a link that breaks at once counts as the next failure |
 * | `firm`  | yes                                                           |
 */
const footing = session.createStateConfig({
  initial: 'fresh',
  states: {
    fresh: { after: { minUptime: 'firm' } },
    firm: { entry: 'forgetFailures' }, // W-3
  },
});

/**
 * Which message leaves next? One at a time, each until its echo, so that order holds and every refusal is
 * understood.
 *
 * | state        | meaning                                                                         |
 * | ------------ | ------------------------------------------------------------------------------- |
 * | `resting`    | nothing waits, or what waits may not leave yet                                  |
 * | `delivering` | the oldest message left; its echo or refusal is awaited                         |
 * | `pausing`    | its frame did not leave the machine; a moment later it is tried again           |
 * | `searching`  | history is asked about what a lost connection or a missing echo left open       |
 */
const outbox = session.createStateConfig({
  initial: 'resting',
  states: {
    resting: {
      always: [
        { guard: 'searchDue', target: 'searching' }, // W-6
        { guard: 'mayDeliver', target: 'delivering' }, // W-10
      ],
      after: askAgain('resting', 'searchDue'),
    },
    delivering: {
      entry: ['beginDelivery', 'sendMessage'],
      always: { guard: 'deliverySettled', target: 'resting' },
      after: { echoDeadline: { target: 'resting', actions: 'doubtDelivery' } }, // W-6
      on: { 'socket.unsent': { target: 'pausing', actions: 'takeBackUnsent' } },
    },
    pausing: { after: { unsentPause: 'resting' } },
    searching: {
      invoke: {
        id: 'findMessages',
        src: 'findMessages',
        input: ({ context }) => ({ ports: context.ports, ids: unsureIds(context) }),
        onDone: { target: 'resting', actions: 'weighFound' }, // W-6
        onError: { target: 'resting', actions: 'searchFailed' },
      },
      after: { historyDeadline: { target: 'resting', actions: 'searchFailed' } },
    },
  },
});

/**
 * A session that can be talked in: six questions at once, each a region. Frames are read one level up;
 * these regions look at what they changed.
 */
export const configured = session.createStateConfig({
  type: 'parallel',
  tags: 'up',
  exit: 'doubtDelivery', // W-6
  states: { health, pace, term, footing, outbox, past },
});
