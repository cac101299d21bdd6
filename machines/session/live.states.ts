import { configured } from './configured.states.ts';
import { session } from './setup.ts';

/** Messages may overtake the answer to configureSession, since frames have no order; none is lost. */
const messages = {
  'frame.message': [
    { guard: 'concernsOurMessage', actions: ['extendTerm', 'settleSent'] },
    { guard: 'isInbound', actions: ['extendTerm', 'emitMirrored'] },
    { actions: ['extendTerm', 'emitReceived'] },
  ],
  'frame.typing': { actions: 'emitTyping' },
} as const;

/** What a session does with frames once it was configured, writable or not. */
const inbox = {
  ...messages,
  'frame.joined': { actions: 'emitJoined' },
  'frame.signedIn': { actions: 'emitSignedIn' },
  'frame.health': { actions: ['noteTerm', 'raiseTermChanged', 'emitChecked', 'emitDuration'] },
  'session.startNew': {
    target: '#session.live.configuring.endingOld',
    actions: ['emptyOutbox', 'askForNewSession', 'beginConversation'],
  },
} as const;

/** Waits for the socket to open. */
const connecting = session.createStateConfig({
  tags: 'accepting',
  on: {
    'socket.opened': 'configuring',
    'session.startNew': { actions: ['emptyOutbox', 'askForNewSession', 'beginConversation'] },
    'config.loaded': { actions: 'noteDeployment' },
  },
  after: { connectDeadline: '#session.live.unresponsive' },
});

/**
 * Waits for the answer to configureSession (`asking`), or first for the one to closeSession (`endingOld`).
 * Nothing else is sent meanwhile, and any HTTP-like error is fatal.
 */
const configuring = session.createStateConfig({
  initial: 'asking',
  tags: 'accepting',
  states: {
    asking: {
      entry: 'sendConfigure',
      on: {
        'frame.session': [
          {
            guard: 'mustJoin',
            target: '#session.live.configured',
            actions: [
              'noteTerm',
              'emitConfigured',
              'noteConfigured',
              'trustLink',
              'emitDuration',
              'sendJoin',
            ],
          },
          {
            guard: 'isWritable',
            target: '#session.live.configured',
            actions: ['noteTerm', 'emitConfigured', 'noteConfigured', 'trustLink', 'emitDuration'],
          },
          { guard: 'isReadOnly', target: '#session.live.readOnly', actions: ['noteTerm', 'noteConfigured'] },
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
    ...messages,
    'session.startNew': {
      target: '#session.live',
      reenter: true,
      actions: ['emptyOutbox', 'askForNewSession', 'beginConversation'],
    },
    'frame.error': [
      { guard: 'forgetsIdentity', target: '#session.failed', actions: ['forgetIdentity', 'failByError'] },
      { guard: 'errorIsFatal', target: '#session.failed', actions: 'failByError' },
      {
        guard: 'wantsSignIn',
        target: '#session.reconnecting',
        actions: ['emitAuthorizationRequired', 'planReconnect'],
      },
      { guard: 'errorIsAnswer', target: '#session.failed', actions: 'failByError' },
      { actions: 'emitError' },
    ],
    'frame.limited': [
      { guard: 'reconnectsExhausted', target: '#session.failed', actions: 'failByExhaustion' },
      { target: '#session.reconnecting', actions: ['beSilent', 'emitLimited', 'planReconnect'] },
    ],
  },
  after: { configureDeadline: '#session.live.unresponsive' },
});

/** May only be looked at: nothing is sent, not even a health check. */
const readOnly = session.createStateConfig({
  tags: 'up',
  entry: ['emitReadOnly', 'emptyOutbox'],
  on: {
    ...inbox,
    'message.send': { actions: 'refuseMessage' },
    'frame.session': {
      guard: 'isWritable',
      target: 'configured',
      actions: ['noteTerm', 'emitConfigured', 'noteConfigured', 'trustLink', 'emitDuration'],
    },
    'frame.disconnected': { actions: 'emitDisconnected' },
  },
});

/** Nobody answers: the socket is let go of without waiting for its close event, and replaced. */
const unresponsive = session.createStateConfig({
  entry: 'dropSocket',
  always: [
    { guard: 'reconnectsExhausted', target: '#session.failed', actions: 'failByExhaustion' },
    { target: '#session.reconnecting', actions: 'planReconnect' },
  ],
});

/**
 * One socket, from its making to its end: the invocation belongs to this state, so there is never more than
 * one, and leaving the state in any way lets go of it.
 *
 * | state          | meaning                                                     |
 * | -------------- | ----------------------------------------------------------- |
 * | `connecting`   | the socket is not open yet                                  |
 * | `configuring`  | configureSession was sent; nothing else before its answer   |
 * | `configured`   | the session can be talked in                                |
 * | `readOnly`     | the session can be looked at                                |
 * | `unresponsive` | passed through when the other end does not answer in time   |
 *
 * How a socket ends decides what follows: see the table of close codes in `session.closeCodes.ts`, and that
 * of error numbers in `session.errorCodes.ts`.
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
    'session.close': { target: '#session.closed', actions: 'closeByRequest' },
    'message.send': { actions: 'acceptMessage' },
    'page.frozen': { target: '#session.reconnecting.suspended', actions: 'reconnectNow' },
    'socket.refused': { target: '#session.failed', actions: 'failByRefusal' },
    'socket.closed': [
      { guard: 'closeIsFinal', target: '#session.closed', actions: 'closeByServer' },
      { guard: 'closeIsFatal', target: '#session.failed', actions: 'failByClose' },
      { guard: 'reconnectsExhausted', target: '#session.failed', actions: 'failByExhaustion' },
      { target: '#session.reconnecting', actions: 'planReconnect' },
    ],
    'frame.connectionClosed': [
      { guard: 'wasCleared', target: '#session.closed', actions: 'closeByClear' },
      { guard: 'forgetsIdentity', target: '#session.closed', actions: ['forgetIdentity', 'closeBySignIn'] },
      { target: '#session.closed', actions: 'closeBySessionLimit' },
    ],
    'frame.logout': { target: '#session.closed', actions: ['forgetIdentity', 'closeByLogout'] },
    'frame.expired': { target: '#session.failed', actions: 'failByExpiry' },
    'frame.cleared': { actions: ['noteCleared', 'beginConversation', 'emitCleared'] },
    'frame.error': [
      { guard: 'forgetsIdentity', target: '#session.failed', actions: ['forgetIdentity', 'failByError'] },
      { guard: 'errorIsFatal', target: '#session.failed', actions: 'failByError' },
      {
        guard: 'wantsSignIn',
        target: '#session.reconnecting',
        actions: ['emitAuthorizationRequired', 'planReconnect'],
      },
      { guard: 'forbidsTyping', actions: 'emitTypingForbidden' },
      { guard: 'concernsOurMessage', actions: 'weighRefusal' },
      { actions: 'emitError' },
    ],
    'frame.limited': { actions: ['beSilent', 'requeueRefused', 'emitLimited'] },
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
