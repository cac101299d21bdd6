import { configured } from './configured.states.ts';
import { past } from './past.states.ts';
import { errors, lost, messages, newSession } from './rows.ts';
import { session } from './setup.ts';

/** What a session does with frames once it was configured, writable or not. */
const inbox = {
  'frame.joined': { actions: 'emitJoined' },
  'frame.signedIn': { actions: 'emitSignedIn' },
  'frame.health': { actions: ['noteTerm', 'raiseTermChanged', 'emitChecked', 'emitDuration'] },
  'session.startNew': [
    { guard: 'blocked', target: '#session.reconnecting', actions: [...newSession, 'reconnectNow'] }, // L-1
    { target: '#session.live.configuring.endingOld', actions: newSession },
  ],
} as const;

/** The session can be talked in. */
const becomeWritable = ['noteTerm', 'emitConfigured', 'noteConfigured', 'trustLink', 'emitDuration'] as const;
const becomeConfigured = ['weighPast', ...becomeWritable] as const;

const connecting = session.createStateConfig({
  on: {
    'socket.opened': 'configuring',
    'session.startNew': { actions: newSession },
    'config.loaded': { actions: 'noteDeployment' },
  },
  after: { connectDeadline: '#session.live.unresponsive' }, // W-4
});

/**
 * | state       | the server is asked to …                             |
 * | ----------- | ---------------------------------------------------- |
 * | `asking`    | configure the session                                |
 * | `endingOld` | close the old one first, since a new one was asked for |
 *
 * Nothing else is sent meanwhile (W-1), so every answer that is an error is about this, and ends the session.
 */
const configuring = session.createStateConfig({
  initial: 'asking',
  states: {
    asking: {
      entry: 'sendConfigure', // W-1
      on: {
        'frame.session': [
          {
            guard: 'mustJoin',
            target: '#session.live.configured',
            actions: [...becomeConfigured, 'sendJoin'],
          },
          { guard: 'isWritable', target: '#session.live.configured', actions: becomeConfigured },
          {
            guard: 'isReadOnly',
            target: '#session.live.readOnly',
            actions: ['noteTerm', 'weighPast', 'noteConfigured'],
          },
        ],
      },
    },
    endingOld: {
      entry: 'sendCloseSession',
      on: {
        'frame.session': { guard: 'oldSessionEnded', target: 'asking' },
      },
    },
  },
  on: {
    'session.startNew': { target: '#session.live', reenter: true, actions: newSession },
    'frame.error': errors({ guard: 'errorIsAnswer', target: '#session.failed', actions: 'failByError' }),
    'frame.limited': lost('beSilent', 'emitLimited'), // L-1
  },
  after: { configureDeadline: '#session.live.unresponsive' }, // W-4
});

/** Nothing is said here, not even a health check (W-11); only history may be asked for. */
const readOnly = session.createStateConfig({
  ...past,
  tags: 'up',
  entry: ['emitReadOnly', 'emptyOutbox'],
  on: {
    ...inbox,
    'message.send': { actions: 'refuseMessage' },
    'frame.session': { guard: 'isWritable', target: 'configured', actions: becomeWritable },
    'frame.disconnected': { actions: 'emitDisconnected' },
  },
  after: { minUptime: { actions: 'forgetFailures' } }, // W-3
});

const unresponsive = session.createStateConfig({
  entry: 'dropSocket', // W-4
  always: lost(),
});

/**
 * One socket, from its making to its end: the invocation belongs to this state, so there is never more than
 * one, and leaving the state in any way lets go of it (W-4).
 *
 * | state          | meaning                                                                     |
 * | -------------- | --------------------------------------------------------------------------- |
 * | `connecting`   | the socket is not open yet                                                  |
 * | `configuring`  | configureSession was sent, or closeSession before it; its answer is awaited |
 * | `configured`   | the session can be talked in                                                |
 * | `readOnly`     | the session can be looked at                                                |
 * | `unresponsive` | passed through: nobody answered in time, and no close event is waited for   |
 *
 * How a socket ends decides what follows: see the table of verdicts in `reconnect.ts`, the messenger's own close
 * codes in `closeCodes.ts`, and its error numbers in `errorCodes.ts`.
 */
export const live = session.createStateConfig({
  initial: 'connecting',
  invoke: {
    id: 'socket',
    src: 'socket',
    input: ({ context }) => ({ ports: context.ports }),
    onError: { target: '#session.failed', actions: 'failByRefusal' },
  },
  on: {
    ...messages,
    'session.close': { target: '#session.closed', actions: 'closeByRequest' },
    'message.send': { actions: 'acceptMessage' },
    'page.frozen': { target: '#session.reconnecting.suspended', actions: 'reconnectNow' },
    'socket.refused': { target: '#session.failed', actions: 'failByRefusal' },
    'socket.closed': [
      { guard: 'closeIsFinal', target: '#session.closed', actions: 'closeByServer' }, // W-3
      { guard: 'closeIsFatal', target: '#session.failed', actions: 'failByClose' }, // W-3
      ...lost(),
    ],
    'frame.connectionClosed': [
      { guard: 'wasCleared', target: '#session.closed', actions: 'closeByClear' },
      { guard: 'forgetsIdentity', target: '#session.closed', actions: ['forgetIdentity', 'closeBySignIn'] }, // W-2
      { target: '#session.closed', actions: 'closeBySessionLimit' },
    ],
    'frame.logout': { target: '#session.closed', actions: ['forgetIdentity', 'closeByLogout'] }, // W-2
    'frame.expired': { target: '#session.failed', actions: 'failByExpiry' },
    'frame.cleared': { actions: ['noteCleared', 'forgetPast', 'beginConversation', 'emitCleared'] },
    'frame.error': errors(
      { guard: 'forbidsTyping', actions: 'emitTypingForbidden' },
      { guard: 'concernsOurMessage', actions: 'weighRefusal' }, // W-6
    ),
    'frame.limited': { actions: ['beSilent', 'requeueRefused', 'emitLimited'] }, // L-1
  },
  states: {
    connecting,
    configuring,
    configured: {
      ...configured,
      on: {
        ...inbox,
        'frame.session': [
          { guard: 'isReadOnly', target: 'readOnly', actions: 'noteTerm' },
          { actions: ['noteTerm', 'raiseTermChanged', 'emitDuration'] },
        ],
        'frame.disconnected': [
          { guard: 'endsInReadOnly', target: 'readOnly', actions: 'emitDisconnected' },
          { actions: 'emitDisconnected' },
        ],
      },
    },
    readOnly,
    unresponsive,
  },
});
