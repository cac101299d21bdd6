import type { Failure } from '../failure.ts';
import { type Args, base } from './base.ts';
import { errorVerdict, failureOfCode } from './errorCodes.ts';
import type { SessionEvent } from './events.ts';
import { isExhausted } from './reconnect.logic.ts';
import type { CloseReason, SessionContext, SessionFailure } from './types.ts';

const sessionIn = (event: SessionEvent) => (event.type === 'frame.session' ? event : undefined);
const errorIn = (event: SessionEvent) => (event.type === 'frame.error' ? event : undefined);

const isUsable = (event: SessionEvent): boolean =>
  sessionIn(event)?.connected === true && sessionIn(event)?.readOnly === false;

const closesWith = (closeReason: CloseReason) => base.assign({ closeReason });

const expired: SessionFailure = {
  code: 'conversation-ended',
  message: 'The session has expired; start a new one.',
};

/** What an actor that broke leaves behind; its error is not repeated, since nobody vouches for it (S4). */
const broken: Failure = {
  code: 'unexpected',
  message: 'The socket actor broke; please report this, then connect again.',
};

const isFatal = ({ event }: Args): boolean => {
  const error = errorIn(event);
  return error !== undefined && ['fatal', 'forget'].includes(errorVerdict(error.code));
};

export const sessionGuards = {
  usable: ({ event }: Args) => isUsable(event),
  viewOnly: ({ event }: Args) => sessionIn(event)?.readOnly === true,
  oldEnded: ({ event }: Args) => sessionIn(event)?.connected === false,
  joins: ({ context, event }: Args) =>
    context.deployment.autoStart && isUsable(event) && sessionIn(event)?.newSession === true,
  forgetsToken: ({ event }: Args) =>
    (event.type === 'frame.error' && errorVerdict(event.code) === 'forget') ||
    (event.type === 'frame.connectionClosed' && event.signedIn),
  isFatal,
  isFatalWhileConfiguring: (args: Args) => {
    const error = errorIn(args.event);
    return isFatal(args) || (error !== undefined && errorVerdict(error.code) === 'answer');
  },
  wantsSignIn: ({ context, event }: Args) => errorIn(event)?.wantsSignIn === true && !isExhausted(context),
  forbidsTyping: ({ event }: Args) => errorIn(event)?.about === 'typing' && errorIn(event)?.code === 403,
  wasCleared: ({ context }: Args) => context.cleared,
  isInbound: ({ event }: Args) => event.type === 'frame.message' && event.direction === 'inbound',
  endsInReadOnly: ({ event }: Args) => event.type === 'frame.disconnected' && event.readOnly,
};

export const sessionActions = {
  /** Told to whoever keeps the token: it must not be used again. Provided by the runner; the chart holds none. */
  forgetIdentity: (_: { context: SessionContext }) => {},
  /** Told to whoever keeps the token: what follows is another conversation. */
  beginConversation: (_: { context: SessionContext }) => {},

  sendConfigure: base.sendTo('socket', ({ context }) => ({
    type: 'send',
    frame: { kind: 'configure', startNew: context.startNew },
  })),
  sendCloseSession: base.sendTo('socket', { type: 'send', frame: { kind: 'closeSession' } }),
  sendJoin: base.sendTo('socket', { type: 'send', frame: { kind: 'join' } }),

  askForNew: base.assign({ startNew: true }),
  beginAnew: base.assign({ failure: null, cleared: false }),
  configured: base.assign({ startNew: false, cleared: false, failure: null }),
  noteDeployment: base.assign(({ event }) =>
    event.type === 'config.loaded' ? { deployment: { autoStart: event.autoStart } } : {},
  ),
  noteCleared: base.assign({ cleared: true }),
  failByError: base.assign(({ event }) => ({
    failure: failureOfCode(errorIn(event)?.code ?? 0),
  })),
  failByRefusal: base.assign(({ event }) => ({
    failure: event.type === 'socket.refused' ? event.failure : broken,
  })),
  failByExpiry: base.assign({ failure: expired }),
  closedByRequest: closesWith('requested'),
  closedByServer: closesWith('server'),
  closedBySignIn: closesWith('signedIn'),
  closedByLimit: closesWith('sessionLimit'),
  closedByClear: closesWith('cleared'),
  closedByLogout: closesWith('logout'),

  emitConfigured: base.emit(({ event }) => ({
    type: 'session.configured',
    resumed: sessionIn(event)?.newSession !== true,
    clearedExisting: sessionIn(event)?.clearedExisting === true,
  })),
  emitReadOnly: base.emit({ type: 'session.readOnly' }),
  emitClosed: base.emit(({ context }) => ({ type: 'session.closed', reason: context.closeReason })),
  emitFailed: base.emit(({ context }) => ({ type: 'session.failed', failure: context.failure ?? broken })),
  emitCleared: base.emit({ type: 'session.cleared' }),
  emitDisconnected: base.emit(({ event }) => ({
    type: 'session.disconnected',
    readOnly: event.type === 'frame.disconnected' && event.readOnly,
  })),
  emitJoined: base.emit({ type: 'session.joined' }),
  emitSignedIn: base.emit({ type: 'session.signedIn' }),
  emitAuthorizationRequired: base.emit({ type: 'session.authorizationRequired' }),
  emitError: base.emit(({ event }) => ({
    type: 'session.error',
    failure: failureOfCode(errorIn(event)?.code ?? 0),
  })),
  emitTypingForbidden: base.emit({ type: 'typing.forbidden', failure: failureOfCode(403) }),
  emitTyping: base.enqueueActions(({ event, enqueue }) => {
    if (event.type === 'frame.typing') enqueue.emit({ ...event, type: 'remote.typing' });
  }),
  emitReceived: base.enqueueActions(({ event, enqueue }) => {
    if (event.type === 'frame.message') enqueue.emit({ type: 'message.received', message: event.message });
  }),
  emitMirrored: base.enqueueActions(({ event, enqueue }) => {
    if (event.type === 'frame.message') enqueue.emit({ type: 'message.mirrored', message: event.message });
  }),
};
