import type { ActionName } from './setup.ts';

/** Messages may overtake the answer to configureSession, since frames have no order; none is lost. */
export const messages = {
  'frame.message': [
    { guard: 'concernsOurMessage', actions: ['extendTerm', 'settleSent'] }, // W-6
    { guard: 'isInbound', actions: ['extendTerm', 'emitMirrored'] },
    { actions: ['extendTerm', 'emitReceived'] },
  ],
  'frame.typing': { actions: 'emitTyping' },
} as const;

/** A new session is asked for: what was not sent yet belonged to the old one, and so did what was said. */
export const newSession = ['emptyOutbox', 'askForNewSession', 'beginConversation'] as const;

/**
 * The connection is lost: another one follows, unless everything that may be tried was tried. `first` is done
 * before it is planned.
 */
export const lost = <const First extends readonly ActionName[]>(...first: First) =>
  [
    { guard: 'reconnectsExhausted', target: '#session.failed', actions: 'failByExhaustion' },
    { target: '#session.reconnecting', actions: [...first, 'planReconnect'] }, // W-3
  ] as const;

/**
 * What the server reports as an error. `own` are the rows of the state that asks, for an error that is not
 * the end of the session anyway and wants nobody signed in.
 */
export const errors = <const Own extends readonly object[]>(...own: Own) =>
  [
    { guard: 'forgetsIdentity', target: '#session.failed', actions: ['forgetIdentity', 'failByError'] }, // W-2
    { guard: 'errorIsFatal', target: '#session.failed', actions: 'failByError' },
    {
      guard: 'wantsSignIn', // W-3: a guest who connects again is told the same
      target: '#session.failed',
      actions: ['emitAuthorizationRequired', 'failBySignIn'],
    },
    ...own,
    { actions: 'emitError' },
  ] as const;
