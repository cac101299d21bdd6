import type { Failure } from '../failure.ts';
import { type Args, base } from './base.ts';
import { errorVerdict, expired, failureOfCode, mustSignIn } from './errorCodes.ts';
import type { SessionEmitted, SessionEvent, SessionMessage } from './events.ts';
import type { CloseReason, SessionContext } from './types.ts';

/** Nothing was asked for, and nothing was told. */
export const initialSession: Pick<
  SessionContext,
  'startNew' | 'cleared' | 'closeReason' | 'failure' | 'deployment'
> = {
  startNew: false,
  cleared: false,
  closeReason: 'requested',
  failure: null,
  deployment: { autoStart: false },
};

const sessionIn = (event: SessionEvent) => (event.type === 'frame.session' ? event : undefined);
const errorIn = (event: SessionEvent) => (event.type === 'frame.error' ? event : undefined);

const errorVerdictIn = (event: SessionEvent) =>
  event.type === 'frame.error' ? errorVerdict(event.code) : undefined;

const messageIn = (event: SessionEvent): SessionMessage =>
  (event as Extract<SessionEvent, { type: 'frame.message' }>).message;

const isWritable = (event: SessionEvent): boolean =>
  sessionIn(event)?.connected === true && sessionIn(event)?.readOnly === false;

/** Says what a frame says, by the name that it has for listeners. */
const emitsAs = (type: SessionEmitted['type']) =>
  base.emit(({ event }) => ({ ...event, type }) as SessionEmitted);

const closesWith = (closeReason: CloseReason) => base.assign({ closeReason });

/** What an actor that broke leaves behind; its error is not repeated, since nobody vouches for it (S4). */
const broken: Failure = {
  code: 'unexpected',
  message: 'The socket actor broke; please report this, then connect again.',
};

/** What a frame says about the session as a whole. */
export const sessionGuards = {
  isWritable: ({ event }: Args) => isWritable(event),
  isReadOnly: ({ event }: Args) => sessionIn(event)?.readOnly === true,
  oldSessionEnded: ({ event }: Args) => sessionIn(event)?.connected === false,
  /** A deployment that starts by itself does so when a new session joins it. */
  mustJoin: ({ context, event }: Args) =>
    context.deployment.autoStart && isWritable(event) && sessionIn(event)?.newSession === true,
  /** W-2: whoever signed in, or may no longer be a guest, leaves no token behind. */
  forgetsIdentity: ({ event }: Args) =>
    errorVerdictIn(event) === 'forget' || (event.type === 'frame.connectionClosed' && event.signedIn),
  errorIsFatal: ({ event }: Args) => errorVerdictIn(event) === 'fatal',
  /** An HTTP-like error: what it answers is said by who asks. */
  errorIsAnswer: ({ event }: Args) => errorVerdictIn(event) === 'answer',
  wantsSignIn: ({ event }: Args) => errorIn(event)?.wantsSignIn === true,
  forbidsTyping: ({ event }: Args) => errorIn(event)?.about === 'typing',
  wasCleared: ({ context }: Args) => context.cleared,
  isInbound: ({ event }: Args) => event.type === 'frame.message' && event.direction === 'inbound',
  endsInReadOnly: ({ event }: Args) => event.type === 'frame.disconnected' && event.readOnly,
};

/** What is sent about the session as a whole, what becomes of it, and how that is told. */
export const sessionActions = {
  /** Told to whoever keeps the token: it must not be used again. Provided by the runner; the chart holds none. */
  forgetIdentity: (_: Args) => {},
  /** Told to whoever keeps the token: what follows is another conversation. */
  beginConversation: (_: Args) => {},

  sendConfigure: base.sendTo('socket', ({ context }) => ({
    type: 'send',
    frame: { kind: 'configure', startNew: context.startNew },
  })),
  sendCloseSession: base.sendTo('socket', { type: 'send', frame: { kind: 'closeSession' } }),
  sendJoin: base.sendTo('socket', { type: 'send', frame: { kind: 'join' } }),

  askForNewSession: base.assign({ startNew: true }),
  beginAnew: base.assign({ failure: null, cleared: false }),
  noteConfigured: base.assign({ startNew: false, cleared: false, failure: null }),
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
  failBySignIn: base.assign({ failure: mustSignIn }),
  failByExpiry: base.assign({ failure: expired }),
  closeByRequest: closesWith('requested'),
  closeByServer: closesWith('server'),
  closeBySignIn: closesWith('signedIn'),
  closeBySessionLimit: closesWith('sessionLimit'),
  closeByClear: closesWith('cleared'),
  closeByLogout: closesWith('logout'),

  emitConfigured: base.emit(({ event }) => ({
    type: 'session.configured',
    resumed: sessionIn(event)?.newSession !== true,
    clearedExisting: sessionIn(event)?.clearedExisting === true,
  })),
  emitReadOnly: base.emit({ type: 'session.readOnly' }),
  emitClosed: base.emit(({ context }) => ({ type: 'session.closed', reason: context.closeReason })),
  emitFailed: base.emit(({ context }) => ({ type: 'session.failed', failure: context.failure ?? broken })),
  emitCleared: base.emit({ type: 'session.cleared' }),
  emitDisconnected: emitsAs('session.disconnected'),
  emitJoined: emitsAs('session.joined'),
  emitSignedIn: emitsAs('session.signedIn'),
  emitAuthorizationRequired: base.emit({ type: 'session.authorizationRequired' }),
  emitError: base.emit(({ event }) => ({
    type: 'session.error',
    failure: failureOfCode(errorIn(event)?.code ?? 0),
  })),
  emitTypingForbidden: base.emit({ type: 'typing.forbidden', failure: failureOfCode(403) }),
  emitTyping: emitsAs('remote.typing'),
  emitReceived: base.emit(({ event }) => ({ type: 'message.received', message: messageIn(event) })),
  emitMirrored: base.emit(({ event }) => ({ type: 'message.mirrored', message: messageIn(event) })),
};
