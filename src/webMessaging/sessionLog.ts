import type { SessionEmitted } from '../../machines/session/events.ts';
import type { Log } from '../shared/log.ts';

/** Logs a session's decisions: their names and numbers, never a token, a URL or a message's text (S17). */
export function logDecisions(log: Log): (event: SessionEmitted) => void {
  return (event) => log.decision(event.type, { detail: detailOf(event) });
}

function detailOf(event: SessionEmitted): string {
  if ('failure' in event) return `: ${event.failure.code}, ${event.failure.message}`;
  if (event.type === 'session.closed') return `: ${event.reason}`;
  if (event.type === 'session.reconnecting') return `: attempt ${event.attempt} in ${event.msLeft} ms`;
  return 'msLeft' in event ? `: ${event.msLeft} ms` : '';
}
