import type { SnapshotFrom } from 'xstate';
import { ConversationError, toError } from '../shared/errors.ts';
import { stoppedError } from './refusals.ts';
import type { SessionActor } from './sessionActor.ts';

/** How a session stands, in one word. */
export type SessionState =
  | 'idle'
  | 'connecting'
  | 'configuring'
  | 'configured'
  | 'readOnly'
  | 'reconnecting'
  | 'closed'
  | 'failed';

/** The one word for where a session's chart is. */
export function stateOf(snapshot: SnapshotFrom<SessionActor>): SessionState {
  const { value } = snapshot;
  if (typeof value === 'string') return value;
  if ('reconnecting' in value) return 'reconnecting';
  const phase = value.live;
  if (phase === 'unresponsive') return 'reconnecting';
  if (typeof phase === 'string') return phase;
  if (phase !== undefined && 'readOnly' in phase) return 'readOnly';
  return phase !== undefined && 'configuring' in phase ? 'configuring' : 'configured';
}

/** Resolves when the session is up, read-only or not, after `ask`; rejects when it closed, failed or was stopped. */
export function untilUp(actor: SessionActor, ask: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const subscriptions = [
      actor.on('session.configured', () => settle(resolve)),
      actor.on('session.readOnly', () => settle(resolve)),
      actor.on('session.failed', ({ failure }) => settle(() => reject(toError(failure)))),
      actor.on('session.closed', () => settle(() => reject(wasClosed()))),
      actor.subscribe({
        complete: () => settle(() => reject(stoppedError())),
        error: () => settle(() => reject(stoppedError())),
      }),
    ];
    const settle = (how: () => void): void => {
      for (const subscription of subscriptions) subscription.unsubscribe();
      how();
    };
    ask();
  });
}

const wasClosed = (): ConversationError =>
  new ConversationError({
    code: 'network',
    message: 'The session was closed before it was up; connect again.',
  });
