import type { SessionEmitted } from '../../machines/session/events.ts';
import type { LogEntry } from '../conversation/types.ts';

/** Writes a session's decisions to the application's logger. */
export interface SessionLog {
  /** Logs a decision: its name and its numbers. */
  decision(event: SessionEmitted): void;
  /** Logs an oddity. */
  warn(message: string): void;
}

/** A log that never holds a token, a URL or a message's text (S17); what the logger throws is nobody's. */
export function sessionLog(logger: ((entry: LogEntry) => void) | undefined): SessionLog {
  const write = (entry: LogEntry): void => {
    try {
      logger?.(entry);
    } catch {
      // A logger that throws has nobody left to tell.
    }
  };
  return {
    decision: (event) =>
      write({ level: isTrouble(event) ? 'warn' : 'debug', message: `${event.type}${detail(event)}` }),
    warn: (message) => write({ level: 'warn', message }),
  };
}

function isTrouble({ type }: SessionEmitted): boolean {
  return type.endsWith('failed') || type === 'session.limited' || type === 'session.error';
}

function detail(event: SessionEmitted): string {
  if ('failure' in event) return `: ${event.failure.code}, ${event.failure.message}`;
  if (event.type === 'session.closed') return `: ${event.reason}`;
  if (event.type === 'session.reconnecting') return `: attempt ${event.attempt} in ${event.msLeft} ms`;
  return 'msLeft' in event ? `: ${event.msLeft} ms` : '';
}
