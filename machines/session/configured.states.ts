import { askAgain } from '../waits.ts';
import { unsureIds } from './outbox.logic.ts';
import { session } from './setup.ts';

/**
 * Does the link live? Any frame says so; silence is answered with a health check, and a check without an
 * answer with another socket.
 */
const health = session.createStateConfig({
  initial: 'listening',
  states: {
    listening: {
      always: { guard: 'probeDue', target: 'probing' },
      after: askAgain('listening', 'probeDue'),
      on: {
        'page.visible': { target: 'listening', reenter: true, actions: 'wantProbe' },
        'network.online': { target: 'listening', reenter: true, actions: 'wantProbe' },
        'clock.jumped': { target: 'listening', reenter: true, actions: 'wantProbe' },
        'probe.wanted': { target: 'listening', reenter: true, actions: 'wantProbe' },
      },
    },
    probing: {
      entry: ['beginProbe', 'sendEcho'],
      always: { guard: 'probeAnswered', target: 'listening' },
      after: { answerDeadline: '#session.live.unresponsive' },
    },
  },
});

/** May anything leave? Not while the server asked for silence (L-1). */
const pace = session.createStateConfig({
  initial: 'open',
  states: {
    open: { always: { guard: 'blocked', target: 'limited' } },
    limited: {
      always: { guard: 'limitOver', target: 'open' },
      after: askAgain('limited', 'limitOver'),
    },
  },
});

/** How long does the session live? Told before it ends; the server is asked once before and once after. */
const term = session.createStateConfig({
  initial: 'running',
  states: {
    running: {
      always: { guard: 'verifyDue', target: 'verifying' },
      after: askAgain('running', 'verifyDue'),
      on: { 'term.changed': { target: 'running', reenter: true } },
    },
    verifying: {
      entry: 'askForTerm',
      always: [
        { guard: 'verifyNotDue', target: 'running' },
        { guard: 'noticeDue', target: 'expiring', actions: 'emitExpiring' },
      ],
      after: { noticeDue: { target: 'expiring', actions: 'emitExpiring' } },
    },
    expiring: {
      always: [
        { guard: 'noticeNotDue', target: 'running', actions: 'emitExtended' },
        { guard: 'overdue', target: 'overdue' },
      ],
      after: askAgain('expiring', 'overdue'),
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

/** Has this socket held long enough that earlier failures may be forgotten? */
const footing = session.createStateConfig({
  initial: 'fresh',
  states: {
    fresh: { after: { minUptime: 'firm' } },
    firm: { entry: 'forgetFailures' },
  },
});

/**
 * Which message leaves next? One at a time, each until its echo, so that order holds and every refusal is
 * understood; what a lost connection left open is looked up in history first, and never sent twice blindly.
 */
const outbox = session.createStateConfig({
  initial: 'resting',
  states: {
    resting: {
      always: [
        { guard: 'searchDue', target: 'searching' },
        { guard: 'mayDeliver', target: 'delivering' },
      ],
      after: askAgain('resting', 'searchDue'),
    },
    delivering: {
      entry: ['beginDelivery', 'sendMessage'],
      always: { guard: 'deliverySettled', target: 'resting' },
      after: { echoDeadline: { target: 'resting', actions: 'doubtDelivery' } },
      on: { 'socket.unsent': { target: 'pausing', actions: 'takeBackUnsent' } },
    },
    pausing: { after: { unsentPause: 'resting' } },
    searching: {
      invoke: {
        id: 'findMessages',
        src: 'findMessages',
        input: ({ context }) => ({ ports: context.ports, ids: unsureIds(context) }),
        onDone: { target: 'resting', actions: 'weighFound' },
        onError: { target: 'resting', actions: 'searchFailed' },
      },
      after: { historyDeadline: { target: 'resting', actions: 'searchFailed' } },
    },
  },
});

/**
 * A session that can be talked in: five questions at once, each a region. Frames are read one level up;
 * these regions look at what they changed.
 */
export const configured = session.createStateConfig({
  type: 'parallel',
  tags: ['up', 'accepting'],
  exit: 'doubtDelivery',
  states: { health, pace, term, footing, outbox },
});
